"""A child's name in one column."""

from __future__ import annotations

import pytest

from app.spreadsheets.names import split


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("DUPONT Jean-Marc", ("DUPONT", "Jean-Marc")),
        ("D'HONDT Louise", ("D'HONDT", "Louise")),
        ("d’HONDT Louise", ("d’HONDT", "Louise")),
        ("EL Malo", ("EL", "Malo")),
        ("DEN Léa", ("DEN", "Léa")),
        ("VAN DEN BERG Léa", ("VAN DEN BERG", "Léa")),
        ("van den BERG Léa Marie", ("van den BERG", "Léa Marie")),
        ("McDONALD Élise", ("McDONALD", "Élise")),
        ("ÉTIENNE Zoé", ("ÉTIENNE", "Zoé")),
        ("Dupont, Jean", ("Dupont", "Jean")),
        ("  Van  den Berg ,  Léa ", ("Van den Berg", "Léa")),
        ("Dupont Jean", ("Dupont", "Jean")),
        ("Dupont Jean Marie", ("Dupont", "Jean Marie")),
        ("Van Adam", ("Van", "Adam")),
        ("Van den Berg Léa", ("Van den Berg", "Léa")),
        ("De Smet Louise", ("De Smet", "Louise")),
        ("DUPONT JEAN", ("DUPONT", "JEAN")),
        ("VAN DEN BERG LEA", ("VAN DEN BERG", "LEA")),
        ("Jean-Marc DUPONT", ("DUPONT", "Jean-Marc")),
        ("Léa van den BERG", ("van den BERG", "Léa")),
        ("DUPONT", ("DUPONT", "")),
        ("", ("", "")),
        (", Jean", ("", "Jean")),
    ],
)
def test_last_name_then_first(name: str, parts: tuple[str, str]) -> None:
    assert split(name) == parts


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Jean Dupont", ("Dupont", "Jean")),
        ("Léa Van den Berg", ("Van den Berg", "Léa")),
        ("Jean-Marc DUPONT", ("DUPONT", "Jean-Marc")),
        ("DUPONT Jean", ("DUPONT", "Jean")),
    ],
)
def test_first_name_first_where_the_title_says_so(name: str, parts: tuple[str, str]) -> None:
    assert split(name, first_name_first=True) == parts
