"""conversion : depuis quand un mot de passe n’ouvre plus que « Mon utilisateur »"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ab_user", sa.Column("converted_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("ab_user", "converted_at")
