"""The hand of whoever runs the experiment: what happened, what should have, and what breaks next."""
