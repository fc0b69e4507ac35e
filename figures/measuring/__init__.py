"""Which activations are shown, what is measured on them, and how the numbers are written."""
