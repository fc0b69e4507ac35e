"""The language of formulas, and what follows from one."""
