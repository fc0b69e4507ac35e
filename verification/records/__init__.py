"""Files that are written whole, where results come from, and the committed ones."""
