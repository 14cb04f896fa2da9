"""What lines say that are no child's: sums, counts, headings, signatures; in the form of `headers.plain`."""

from __future__ import annotations

import re

from app.spreadsheets.headers import plain

_SUM_SIGN = re.compile(r"\s*(?:∑|Σ(?![^\W\d_]{2}))")  # « ΣP », but no name in Greek letters

# How the label of a line of sums begins.
TOTALS = (
    "total",
    "totaux",
    "totales",
    "sous total",
    "sous totaux",
    "grand total",
    "s total",
    "totaal",
    "totalen",
    "somme de",
    "somme des",
    "somme du",
    "cumul du",
    "cumul des",
    "moyenne",
    "effectif",
    "effectifs",
    "nombre de",
    "nombre d",
    "nbre de",
    "nbre d",
    "nb de",
    "nb d",
    "taux d",
    "taux de",
)
# Labels of sums that also are family names: believed only when nothing follows.
TOTALS_ALONE = frozenset(
    {
        "somme",
        "sommes",
        "cumul",
        "nombre",
        "nbre",
        "nb",
        "taux",
        "tot",
        "report",
        "malades",
        "jours",
        "places",
    }
)

# How the label of a count begins, where it stands alone in its cell: no first name beside it.
COUNTS = (
    *(
        f"{many} {what}"
        for many in ("nb", "nbre", "nombre")
        for what in (
            "absen",
            "presen",
            "enfant",
            "jour",
            "demi",
            "place",
            "repas",
            "puericultric",
            "malade",
            "½",
        )
    ),
    "nb p",
    "nb j",
    "nb i",
    "absents",
    "presents",
    "absences",
    "presences",
    "capacite",
    "encadrement",
    "enfants ",
    "jours complets",
    "demi jours",
    "occupation",
    "places libres",
    "puericultrices",
    "repas",
)

# How a line begins that is neither a child nor a sum: group headings, legends, signatures. Believed only
# where the line holds nothing but that text.
HEADINGS = (
    "groupe",
    "section",
    "unite",
    "bebes",
    "moyens",
    "grands",
    "legende",
    "remarque",
    "remarques",
    "signature",
    "date",
    "fait",
    "periode",
    "semaine",
    "mois",
    "page",
    "imprime",
    "edite",
    "responsable",
    "visa",
    "cachet",
    "presence",
    "presences",
    "absence",
    "absences",
    "capacite",
    "milieu d accueil",
    "creche",
)

# How the lines under the children begin: a name alone after them is a signature.
CLOSINGS = ("legende", "signature", "fait a", "responsable", "visa", "cachet")

# How a text begins that stands under the days of a footer.
FOOTERS = (*CLOSINGS, "page", "imprime", "edite")


def is_total(value: object) -> bool:
    """Whether a cell is the label of a line of sums."""
    if not isinstance(value, str):
        return False
    text = plain(value)
    begins = any(text == word or text.startswith(f"{word} ") for word in TOTALS)
    return begins or text in TOTALS_ALONE or _SUM_SIGN.match(value) is not None
