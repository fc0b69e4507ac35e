"""Somebody's implementation: found by name, called with care, confined."""
