"""préférences : les premières lignes qui appartiennent à une personne"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.migrations import policies

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _channel(name: str) -> sa.Column[str]:
    values = sa.Enum("courriel", "portail", "aucun", name="channel", native_enum=False, length=10)
    return sa.Column(name, values, nullable=False)


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("id", sa.Integer(), nullable=False),
        _channel("flash"),
        _channel("notices"),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_preferences_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preferences")),
        sa.UniqueConstraint("user_id", name=op.f("uq_preferences_user_id")),
    )
    op.create_index(op.f("ix_preferences_user_id"), "preferences", ["user_id"], unique=False)
    op.execute(policies.protect_person("preferences"))


def downgrade() -> None:
    op.drop_table("preferences")
