"""What is measured stands on the tests' own world: it must still be there when that one changes."""

from __future__ import annotations

from bench.__main__ import MEASURES


def test_each_measure_can_be_asked_for() -> None:
    assert {"grille", "import", "export", "cellule", "charge", "requetes"} <= MEASURES.keys()
    assert all(map(callable, MEASURES.values()))
