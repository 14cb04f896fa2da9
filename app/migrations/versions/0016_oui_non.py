"""paramètres qui sont oui ou non : leur unité le dit"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE parameter SET unit = 'oui/non', label = replace(label, ' (1 oui, 0 non)', '') "
        "WHERE key = 'presences.absences-justifiees' AND value IN (0, 1)"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE parameter SET unit = '', label = label || ' (1 oui, 0 non)' "
        "WHERE key = 'presences.absences-justifiees' AND unit = 'oui/non'"
    )
