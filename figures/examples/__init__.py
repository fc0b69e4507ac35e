"""The figures of the report: one example a file, and the registry that numbers them."""
