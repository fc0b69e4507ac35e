"""The eight findings of the report, each measured on the functions it speaks about."""
