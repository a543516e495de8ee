"""What every simulated marketplace has in common: orders, money, parcels, and what its buyers do."""
