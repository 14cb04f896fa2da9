"""What runs in the cage: a child process with limits, no environment, nothing of the portal but this package.

Modules here import the standard library and a workbook library, nothing else: each import is paid on every
file.
"""
