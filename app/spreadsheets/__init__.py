"""Read any workbook safely, write ours. This package knows columns, not features.

`cage.read_workbook` turns bytes into cells, `layout.find_tables` finds the month's tables in them,
`writing` makes our own workbooks and `marking.annotated` gives a person's own back with its faults marked.
"""
