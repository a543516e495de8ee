"""A warehouse system that speaks Qimen."""
