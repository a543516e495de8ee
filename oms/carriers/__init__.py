"""Those who follow parcels for us, one folder each."""
