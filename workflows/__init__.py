"""The business processes, one file each; `order.py` is the one to read first."""
