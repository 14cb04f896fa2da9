"""courriels : à l'adresse que connaît l'organisation dont parle l'avis, et à nulle autre"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.migrations import policies

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail", sa.Column("organiser_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_mail_organiser_id"), "mail", "organiser", ["organiser_id"], ["id"], ondelete="CASCADE"
    )
    op.drop_index("uq_mail_waiting", "mail")
    op.create_index(
        "uq_mail_waiting", "mail", ["user_id", "organiser_id"], unique=True,
        postgresql_where=sa.text("state = 'a-envoyer'"), postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.execute("DROP FUNCTION notice_add(integer, text, text, text)")
    op.execute(policies.NOTICE_FUNCTION)


def downgrade() -> None:
    raise NotImplementedError("mails that wait have no single address any more: restore a copy")
