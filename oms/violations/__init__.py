"""The violation early-warning report (R26): what broke a platform's rule, what nearly did, and where on an order's way."""
