from __future__ import annotations

from decimal import Decimal

import pytest

from app.rules.french import count, of


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 ligne vide"), (1, "1 ligne vide"), (2, "2 lignes vides"), (500, "500 lignes vides"),
     (Decimal("1.5"), "1,5 ligne vide"), (Decimal("2.0"), "2 lignes vides"), (Decimal(10), "10 lignes vides")],
)  # fmt: skip
def test_french_takes_the_singular_below_two(number: int | Decimal, said: str) -> None:
    assert count(number, "ligne vide", "lignes vides") == said


def test_an_s_is_the_usual_plural() -> None:
    assert (count(1, "ajout"), count(3, "ajout")) == ("1 ajout", "3 ajouts")


@pytest.mark.parametrize(
    ("name", "said"),
    [("Hugo", "de Hugo"), ("Inès", "d’Inès"), ("Élodie", "d’Élodie"), ("Œdipe", "d’Œdipe"), ("octobre", "d’octobre"),
     ("Yves", "d’Yves"), ("Yasmine", "de Yasmine"), ("Marc", "de Marc"), ("", "de ")],
)  # fmt: skip
def test_a_name_is_elided_before_a_vowel_that_is_heard(name: str, said: str) -> None:
    assert of(name) == said
