"""Formats, inputs and layouts: what is tried, and the unit of errors."""
