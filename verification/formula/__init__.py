"""The formula language: what a formula's text means, to everyone who judges by it.

A text such as ``"x * Phi(x)"`` is parsed once (`language`), and evaluated over balls, fractions,
JAX, or NumPy in a format, or typeset as LaTeX. The reference never uses it.
"""
