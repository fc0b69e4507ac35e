"""What others say of an activation, a file each: spellings, choices at kinks, known mistakes."""
