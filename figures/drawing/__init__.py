"""What every figure is drawn with: figures and their numbers, curves, styles, formulas."""
