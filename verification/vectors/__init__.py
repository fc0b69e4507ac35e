"""A check by way of files."""
