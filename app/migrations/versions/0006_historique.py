"""Indexes for reading a chain of a million entries page by page, by each criterion."""

from alembic import op
from sqlalchemy import text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_CONSULTATIONS = "'consultation', 'export', 'porte', 'connexion', 'connexion-refusee'"


def upgrade() -> None:
    op.drop_index("ix_journal_entry_object", "journal_entry")
    op.create_index("ix_journal_entry_object", "journal_entry", ["object_type", "object_id", "seq"])
    op.create_index("ix_journal_entry_at", "journal_entry", ["organiser_id", "at"])
    op.create_index("ix_journal_entry_person", "journal_entry", ["organiser_id", "user_id", "seq"])
    op.create_index("ix_journal_entry_facility", "journal_entry", ["organiser_id", "facility_id", "seq"])
    op.create_index("ix_journal_entry_kind", "journal_entry", ["organiser_id", "object_type", "seq"])
    op.create_index(
        "ix_journal_entry_changes",
        "journal_entry",
        ["organiser_id", "seq"],
        postgresql_where=text(f"action NOT IN ({_CONSULTATIONS})"),
    )


def downgrade() -> None:
    for name in ("at", "person", "facility", "kind", "changes", "object"):
        op.drop_index(f"ix_journal_entry_{name}", "journal_entry")
    op.create_index("ix_journal_entry_object", "journal_entry", ["object_type", "object_id"])
