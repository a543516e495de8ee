"""The business, pure: what an order is, which moves are legal, what is due when.

Nothing in here performs I/O or reads a clock; every function can be replayed.
"""
