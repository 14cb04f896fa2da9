"""The keys by which forms name accesses."""

from __future__ import annotations

from app.models import Dossier
from app.rules.access import Opened
from app.services.members import tree


def test_keys_of_the_tree_are_read_as_they_are_written() -> None:
    for one in (
        Opened(Dossier.TEAM),
        Opened(Dossier.BILANS, facility_id=12),
        Opened(Dossier.CIGOGNE, project_id=3),
    ):
        assert tree.parse_key(tree.key_of(one)) == one
    for wrong in ("", "rien", "bilans-x3", "bilans-f", "bilans-f1234567890", "mon_equipe-"):
        assert tree.parse_key(wrong) is None
