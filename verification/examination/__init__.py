"""A candidate's results held against the truth and against laws."""
