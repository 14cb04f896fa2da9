"""Settings of the property tests of the rules."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no fault of a rule: time is measured by the benchmarks.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
