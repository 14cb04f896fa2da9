"""Rights of an organiser's people as dated grants; the agents' roles; projects and school-health services.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.migrations import policies

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _members()
    _grants()
    op.drop_constraint("ck_facility_capacity", "facility")
    op.create_check_constraint(
        "ck_facility_capacity", "facility",
        "capacity BETWEEN 1 AND 1000 OR kind = 'service-pse' AND capacity = 0",
    )  # fmt: skip
    for statement in (
        # A closure is part of the dossier of subsidies: whoever has another dossier does not change it.
        "DROP POLICY scope ON closure; DROP POLICY reading ON closure;",
        policies.protect("closure", facility="facility_id", dossier="subsides", optional=True),
        policies.protect("membership_event"),
        policies.protect("call_project"),
        policies.protect("access_grant", facility="facility_id", optional=True),
        # Coming in is noted on the member and moves nobody's rights.
        "DROP TRIGGER bump_rights ON membership;",
        "CREATE TRIGGER bump_rights AFTER INSERT OR DELETE"
        " OR UPDATE OF state, user_id, organiser_id, first_name, last_name ON membership"
        " FOR EACH STATEMENT EXECUTE FUNCTION bump_rights();",
        "CREATE TRIGGER bump_rights AFTER INSERT OR UPDATE OR DELETE ON access_grant"
        " FOR EACH STATEMENT EXECUTE FUNCTION bump_rights();",
    ):
        op.execute(statement)
    _roles()


def _members() -> None:
    state = sa.Enum("actif", "desactive", "supprime", name="membershipstate", native_enum=False, length=20)
    now = sa.text("now()")
    with op.batch_alter_table("membership") as table:
        table.add_column(sa.Column("first_name", sa.String(64), nullable=True))
        table.add_column(sa.Column("last_name", sa.String(64), nullable=True))
        table.add_column(sa.Column("email", sa.String(320), nullable=False, server_default=""))
        table.add_column(sa.Column("state", state, nullable=False, server_default="actif"))
        table.add_column(
            sa.Column("state_since", sa.DateTime(timezone=True), nullable=False, server_default=now)
        )
        table.add_column(sa.Column("consent_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("last_entered_at", sa.DateTime(timezone=True)))
    op.execute(
        """
        UPDATE membership m SET first_name = u.first_name, last_name = u.last_name, email = u.email,
            state = CASE WHEN m.active THEN 'actif' ELSE 'desactive' END
        FROM ab_user u WHERE u.id = m.user_id
        """
    )
    with op.batch_alter_table("membership") as table:
        table.alter_column("first_name", nullable=False)
        table.alter_column("last_name", nullable=False)
        table.alter_column("email", server_default=None)
        table.alter_column("state", server_default=None)
    op.create_table(
        "membership_event",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("by", sa.String(200), nullable=False),
        *_of_membership("membership_event"),
    )
    op.create_index("ix_membership_event_organiser_id", "membership_event", ["organiser_id"])
    op.create_index("ix_membership_event_membership_id", "membership_event", ["membership_id"])
    op.execute(
        """
        INSERT INTO membership_event (organiser_id, membership_id, state, by)
        SELECT organiser_id, id, state, '' FROM membership
        """
    )


def _grants() -> None:
    op.create_table(
        "call_project",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name="fk_call_project_organiser_id"),
        sa.UniqueConstraint("organiser_id", "id", name="uq_call_project_organiser_id_id"),
        sa.UniqueConstraint("organiser_id", "name", name="uq_call_project_organiser_id_name"),
    )
    op.create_index("ix_call_project_organiser_id", "call_project", ["organiser_id"])
    op.create_table(
        "access_grant",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("dossier", sa.String(30), nullable=False),
        sa.Column("facility_id", sa.Integer()),
        sa.Column("project_id", sa.Integer()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("granted_by", sa.String(200), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_by", sa.String(200), nullable=False),
        *_of_membership("access_grant"),
        sa.ForeignKeyConstraint(
            ["organiser_id", "facility_id"], ["facility.organiser_id", "facility.id"],
            name="fk_access_grant_organiser_id_facility_id",
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id", "project_id"], ["call_project.organiser_id", "call_project.id"],
            name="fk_access_grant_organiser_id_project_id",
        ),
        sa.CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="ck_access_grant_period"),
        sa.CheckConstraint("facility_id IS NULL OR project_id IS NULL", name="ck_access_grant_one_object"),
    )  # fmt: skip
    for column in ("organiser_id", "membership_id", "facility_id", "project_id"):
        op.create_index(f"ix_access_grant_{column}", "access_grant", [column])
    op.create_index(
        "uq_access_grant_open", "access_grant", ["membership_id", "dossier", "facility_id", "project_id"],
        unique=True, postgresql_nulls_not_distinct=True, postgresql_where=sa.text("revoked_at IS NULL"),
    )  # fmt: skip
    op.execute(
        """
        INSERT INTO access_grant (organiser_id, membership_id, dossier, facility_id, valid_from, granted_by, revoked_by)
        SELECT organiser_id, membership_id, dossier, facility_id, current_date, '', '' FROM facility_grant
        UNION ALL
        SELECT organiser_id, id, 'administration', NULL, current_date, '', '' FROM membership
        WHERE profile = 'administrateur'
        """
    )
    op.drop_table("facility_grant")
    op.drop_column("membership", "profile")
    op.drop_column("membership", "active")


def _of_membership(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name=f"fk_{table}_organiser_id"),
        sa.ForeignKeyConstraint(
            ["organiser_id", "membership_id"], ["membership.organiser_id", "membership.id"],
            name=f"fk_{table}_organiser_id_membership_id", ondelete="CASCADE",
        ),
    )  # fmt: skip


def _roles() -> None:
    """The organiser's people have grants now, and no role of Flask-AppBuilder's."""
    gone = "SELECT id FROM ab_role WHERE name IN ('administrateur du PO', 'gestionnaire des données')"
    op.execute(f"DELETE FROM ab_permission_view_role WHERE role_id IN ({gone})")
    op.execute(f"DELETE FROM ab_user_role WHERE role_id IN ({gone})")
    op.execute("DELETE FROM ab_role WHERE name IN ('administrateur du PO', 'gestionnaire des données')")


def downgrade() -> None:
    raise NotImplementedError("what was granted for a time has no place in the table before: restore a copy")
