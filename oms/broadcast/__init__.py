"""Telling subscribers what happened to orders: what they hear, in which words, signed, and in which order."""
