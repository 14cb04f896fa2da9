"""formulaires gardés : adresses de toute longueur, et deux envois au même instant"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("uq_kept_form_user_id_action", "kept_form")
    for column in ("action", "page"):
        op.alter_column("kept_form", column, type_=sa.Text(), existing_nullable=False)


def downgrade() -> None:
    op.execute("DELETE FROM kept_form")
    for column in ("action", "page"):
        op.alter_column("kept_form", column, type_=sa.String(2000), existing_nullable=False)
    op.create_unique_constraint("uq_kept_form_user_id_action", "kept_form", ["user_id", "action"])
