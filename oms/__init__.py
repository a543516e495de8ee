"""Orderloom: the order centre of a merchant who sells on many channels at once."""
