"""Every call of a candidate, and what came of it, as data."""
