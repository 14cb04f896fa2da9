"""sessions : un numéro et un appareil, pour que chacun reconnaisse les siennes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "user_session", sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False)
    )
    op.create_unique_constraint(op.f("uq_user_session_number"), "user_session", ["number"])
    op.add_column(
        "user_session", sa.Column("agent", sa.String(length=300), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("user_session", "agent")
    op.drop_constraint(op.f("uq_user_session_number"), "user_session")
    op.drop_column("user_session", "number")
