"""The outside world of an order centre: a shop, a warehouse system and a carrier that speak the real protocols."""
