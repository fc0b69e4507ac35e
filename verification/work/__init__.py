"""Tasks on all cores or on a cluster."""
