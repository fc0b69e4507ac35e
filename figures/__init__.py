"""What it looks like: every figure of the report, its findings, and the ``halfulp`` command."""
