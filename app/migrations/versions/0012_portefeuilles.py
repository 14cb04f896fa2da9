"""portefeuilles : les organisations confiées aux agents, et leurs passages hors portefeuille"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.migrations import policies

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ab_user", sa.Column("phone", sa.String(30), nullable=False, server_default=""))
    op.create_table(
        "agent_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("postcode", sa.String(4), nullable=False),
        sa.CheckConstraint(
            "organiser_id IS NULL OR postcode = ''", name=op.f("ck_agent_assignment_one_object")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_agent_assignment_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organiser.id"], name=op.f("fk_agent_assignment_organiser_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_assignment")),
        sa.UniqueConstraint(
            "user_id", "organiser_id", "postcode", name=op.f("uq_agent_assignment_user_id_organiser_id_postcode"),
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    for column in ("user_id", "organiser_id", "postcode"):
        op.create_index(f"ix_agent_assignment_{column}", "agent_assignment", [column])
    op.create_table(
        "agent_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name=op.f("fk_agent_visit_organiser_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_visit")),
    )
    for column in ("user_id", "organiser_id"):
        op.create_index(f"ix_agent_visit_{column}", "agent_visit", [column])
    op.execute(policies.protect("agent_visit"))


def downgrade() -> None:
    op.drop_table("agent_visit")
    op.drop_table("agent_assignment")
    op.drop_column("ab_user", "phone")
