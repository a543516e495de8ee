"""The operator's command line: everything `starter.py` can do, with help that teaches by example."""
