"""Why results are wrong."""
