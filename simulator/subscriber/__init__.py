"""Whoever is told what happens to orders: signed calls, checked, remembered, and answered as moody as asked."""
