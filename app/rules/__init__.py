"""The domain, in pure Python: no Flask, no SQLAlchemy, no clock: today is an argument."""
