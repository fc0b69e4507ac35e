"""What a check may take by default, in seconds for all calls of the candidate."""

QUICK, EXHAUSTIVE = 300.0, 3600.0
