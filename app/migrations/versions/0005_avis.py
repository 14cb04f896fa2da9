"""avis : ce que le portail dit à une personne, et les courriels qui l'annoncent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.migrations import policies

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


#: As it was then; policies.NOTICE_FUNCTION is the one of today.
_FUNCTION = """
CREATE FUNCTION notice_add(p_user integer, p_kind text, p_title text, p_path text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET app.person = '*' AS $$
DECLARE
  v_channel text;
  v_id integer;
BEGIN
  SELECT CASE p_kind WHEN 'securite' THEN 'courriel' WHEN 'flash' THEN flash ELSE notices END INTO v_channel
    FROM preferences WHERE user_id = p_user;
  v_channel := coalesce(v_channel, 'courriel');
  IF v_channel = 'aucun' THEN
    RETURN NULL;
  END IF;
  INSERT INTO notice (user_id, kind, title, path, at) VALUES (p_user, p_kind, p_title, p_path, now())
    RETURNING id INTO v_id;
  IF v_channel = 'courriel' THEN
    INSERT INTO mail (user_id, state, created_at, due_at, attempts, failure)
      VALUES (p_user, 'a-envoyer', now(), now(), 0, '') ON CONFLICT DO NOTHING;
  END IF;
  RETURN v_id;
END $$;
"""


def _enum(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("aide", "flash", "securite", name="noticekind"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_notice_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_user_id"), "notice", ["user_id"], unique=False)
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_notice_unread", "notice", ["user_id"], unique=False, postgresql_where=unread)
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", _enum("a-envoyer", "envoye", "abandonne", name="mailstate"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_mail_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_user_id"), "mail", ["user_id"], unique=False)
    waiting = sa.text("state = 'a-envoyer'")
    op.create_index("uq_mail_waiting", "mail", ["user_id"], unique=True, postgresql_where=waiting)
    op.create_index("ix_mail_due", "mail", ["due_at"], unique=False, postgresql_where=waiting)
    for table in ("notice", "mail"):
        op.execute(policies.protect_person(table))
    op.execute(policies.NOTICES_CLOSED)
    op.execute(_FUNCTION)


def downgrade() -> None:
    op.execute("DROP FUNCTION notice_add(integer, text, text, text)")
    op.drop_table("mail")
    op.drop_table("notice")
