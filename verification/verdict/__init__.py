"""The verdict on a candidate, and how it is told."""
