"""clés superflues : ce qu'une autre clé, ou l'historique lui-même, garantit déjà"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_GONE = (
    ("attendance_line", "fk_attendance_line_organiser_id_facility_id"),
    ("attendance_line", "fk_attendance_line_organiser_id"),
    ("journal_change", "fk_journal_change_entry_id"),
)


def upgrade() -> None:
    for table, name in _GONE:
        op.drop_constraint(op.f(name), table, type_="foreignkey")


def downgrade() -> None:
    op.create_foreign_key(
        op.f("fk_attendance_line_organiser_id"), "attendance_line", "organiser", ["organiser_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_attendance_line_organiser_id_facility_id"), "attendance_line", "facility",
        ["organiser_id", "facility_id"], ["organiser_id", "id"],
    )  # fmt: skip
    op.create_foreign_key(
        op.f("fk_journal_change_entry_id"), "journal_change", "journal_entry", ["entry_id"], ["id"]
    )
