"""Read any workbook safely, write ours. This package knows columns, not features.

`cage.read_workbook` turns bytes into cells, `layout.find_table` finds the month's table in them,
`writing` makes our own workbooks and `marking.annotated` gives a person's own back with its faults marked.
"""
