"""An own shop that speaks WooCommerce wc/v3."""
