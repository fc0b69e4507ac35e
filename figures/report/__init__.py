"""The PDF report: data gathered in Python, typeset by typst from one template."""
