"""profils supprimés définitivement : ce qui leur était ouvert reste, sans leur compte"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("membership", "user_id", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM membership WHERE user_id IS NULL")
    op.alter_column("membership", "user_id", nullable=False)
