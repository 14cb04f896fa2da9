"""ordre alphabétique : sans majuscules ni accents, quelle que soit la langue du serveur"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Every letter apart from its accents, which then go; what has no such form is spelled out.
    op.execute(
        r"""
        CREATE FUNCTION folded(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN lower(replace(replace(translate(
            regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g'), 'ŒÆ', 'œæ'), 'œ', 'oe'), 'æ', 'ae'))
        """
    )
    op.execute(
        'ALTER TABLE membership ADD COLUMN folded text COLLATE "C" NOT NULL GENERATED ALWAYS AS '
        "(folded(last_name::text || chr(9) || first_name::text || chr(9) || email::text)) STORED"
    )
    op.create_index("ix_membership_folded", "membership", ["organiser_id", "folded"])


def downgrade() -> None:
    op.drop_column("membership", "folded")
    op.execute("DROP FUNCTION folded(text)")
