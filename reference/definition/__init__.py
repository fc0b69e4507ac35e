"""What an activation is, and how its formulas become correctly rounded results."""
