"""demandes d'accès : ce qu'une personne demande aux administrateurs, et leur réponse"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.migrations import policies

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier", sa.String(30), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("why", sa.String(1000), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("en-attente", "ouvert", "refuse", name="requeststate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("answer", sa.String(1000), nullable=False),
        sa.Column("answered_by", sa.String(200), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name="fk_access_request_organiser_id"),
        sa.ForeignKeyConstraint(
            ["organiser_id", "membership_id"], ["membership.organiser_id", "membership.id"],
            name="fk_access_request_organiser_id_membership_id", ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_access_request"),
    )  # fmt: skip
    op.create_index("ix_access_request_organiser_id", "access_request", ["organiser_id"])
    op.create_index("ix_access_request_membership_id", "access_request", ["membership_id"])
    op.execute(policies.protect("access_request"))


def downgrade() -> None:
    op.drop_table("access_request")
