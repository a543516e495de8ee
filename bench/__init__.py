"""Side-by-side measurements: what our order workflow costs beside one that does nothing."""
