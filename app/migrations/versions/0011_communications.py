"""communications : leur public, ce que chacun a fermé, le Flash Accueil ; la nature des pouvoirs organisateurs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.migrations import policies

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KINDS = ("commune", "asbl", "societe", "personne-physique", "cpas", "autre")


def upgrade() -> None:
    kinds = sa.Enum(*_KINDS, name="organiserkind", native_enum=False, length=20)
    op.add_column("organiser", sa.Column("kind", kinds, nullable=False, server_default="autre"))
    # What is known already: the name says it for most.
    op.execute(
        "UPDATE organiser SET kind = CASE WHEN name ILIKE 'commune %' OR name ILIKE 'ville de %' THEN 'commune'"
        " WHEN name ILIKE 'asbl %' OR name ILIKE '% asbl' THEN 'asbl' WHEN name ILIKE 'cpas %' THEN 'cpas'"
        " WHEN name ILIKE 'sprl %' OR name ILIKE '% sprl' OR name ILIKE '% srl' THEN 'societe' ELSE 'autre' END"
    )
    op.alter_column("organiser", "kind", server_default=None)
    for name, default in (("for_organisers", "true"), ("for_agents", "true"), ("flash", "false")):
        op.add_column(
            "communication", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text(default))
        )
        op.alter_column("communication", name, server_default=None)
    for name in ("organiser_kinds", "sectors"):
        column = sa.Column(name, sa.ARRAY(sa.String(length=20)), nullable=False, server_default="{}")
        op.add_column("communication", column)
        op.alter_column("communication", name, server_default=None)
    op.add_column("communication", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "dismissal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("communication_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["communication_id"],
            ["communication.id"],
            name=op.f("fk_dismissal_communication_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_dismissal_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dismissal")),
        sa.UniqueConstraint(
            "user_id", "communication_id", name=op.f("uq_dismissal_user_id_communication_id")
        ),
    )
    op.create_index(op.f("ix_dismissal_user_id"), "dismissal", ["user_id"], unique=False)
    op.create_index(op.f("ix_dismissal_communication_id"), "dismissal", ["communication_id"], unique=False)
    op.execute(policies.protect_person("dismissal"))
    # Workers keep for whom a person acts, with what communications go by.
    op.execute(
        "DROP TRIGGER bump_rights ON organiser;"
        "CREATE TRIGGER bump_rights AFTER UPDATE OF name, kind ON organiser"
        " FOR EACH STATEMENT EXECUTE FUNCTION bump_rights();"
        "CREATE TRIGGER bump_rights AFTER INSERT OR DELETE OR UPDATE OF kind ON facility"
        " FOR EACH STATEMENT EXECUTE FUNCTION bump_rights();"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER bump_rights ON facility")
    op.drop_table("dismissal")
    for name in ("told_at", "sectors", "organiser_kinds", "flash", "for_agents", "for_organisers"):
        op.drop_column("communication", name)
    op.drop_column("organiser", "kind")
