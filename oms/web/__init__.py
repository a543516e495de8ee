"""The web process: platforms', warehouses' and carriers' calls come in; desk, tracking page and health look out."""
