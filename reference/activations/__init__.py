"""The activations, a file each: formula, derivatives, source."""
