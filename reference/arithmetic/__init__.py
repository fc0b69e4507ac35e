"""The arithmetic under the formulas: number types, elementary functions, rounding."""
