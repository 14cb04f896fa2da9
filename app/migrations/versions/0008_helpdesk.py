"""helpdesk : ses coordonnées datées, les questions qu'on lui pose"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.migrations import policies

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _owner(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table(
        "helpdesk_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpdesk_contact")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_helpdesk_contact_valid_from")),
    )
    states = sa.Enum(
        "nouveau", "en-cours", "en-attente", "resolu", name="ticketstate", native_enum=False, length=20
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("page", sa.String(length=300), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("on_behalf", sa.String(length=300), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["ab_user.id"], name=op.f("fk_ticket_assignee_id"), ondelete="SET NULL"
        ),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_ticket_user_id_id")),
        *_owner("ticket"),
    )
    for column in ("user_id", "assignee_id", "state"):
        op.create_index(op.f(f"ix_ticket_{column}"), "ticket", [column], unique=False)
    op.create_table(
        "ticket_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("from_agent", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "ticket_id"],
            ["ticket.user_id", "ticket.id"],
            name=op.f("fk_ticket_message_user_id_ticket_id"),
            ondelete="CASCADE",
        ),
        *_owner("ticket_message"),
    )
    op.create_table(
        "ticket_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_note_ticket_id"), ondelete="CASCADE"
        ),
        *_owner("ticket_note"),
    )
    for table in ("ticket_message", "ticket_note"):
        for column in ("user_id", "ticket_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    for table in ("ticket", "ticket_message", "ticket_note"):
        op.execute(policies.protect_person(table))
    op.execute(
        "CREATE TRIGGER bump_reference AFTER INSERT OR UPDATE OR DELETE ON helpdesk_contact "
        "FOR EACH STATEMENT EXECUTE FUNCTION bump_reference()"
    )


def downgrade() -> None:
    for table in ("ticket_note", "ticket_message", "ticket", "helpdesk_contact"):
        op.drop_table(table)
