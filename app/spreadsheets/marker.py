"""The hidden sheet by which a workbook of ours says which month and facility it was made for."""

from __future__ import annotations

from app.rules.months import Month
from app.spreadsheets.refusals import unusable
from app.spreadsheets.workbook import Sheet, Workbook

SHEET = "_portail"
PURPOSE = "presences"


def lines(month: Month, matricule: str, facility: str) -> list[tuple[str, str]]:
    """What the hidden sheet holds, in two columns."""
    return [("objet", PURPOSE), ("mois", str(month)), ("matricule", matricule), ("milieu", facility)]


def is_marker(sheet: Sheet) -> bool:
    """Whether this sheet is our marker, not something to read."""
    return sheet.name == SHEET and sheet.at(0, 1) == PURPOSE


def marks(workbook: Workbook) -> bool:
    """Whether the workbook is one of ours."""
    return any(is_marker(sheet) for sheet in workbook.sheets)


def check(workbook: Workbook, month: Month, matricule: str | None) -> None:
    """UnusableFile when a workbook of ours was made for another month or facility; others carry no marker."""
    marked = next((sheet for sheet in workbook.sheets if is_marker(sheet)), None)
    if marked is None:
        return
    said = {str(row[0]): str(row[1]) for row in marked.rows if len(row) > 1}
    try:
        found = Month.parse(said.get("mois", ""))
    except ValueError:
        return
    if found != month:
        raise unusable("autre-mois", found=found.label, asked=month.label, of_asked=month.of_label)
    if matricule is not None and said.get("matricule", matricule) != matricule:
        raise unusable("autre-milieu", found=said.get("milieu", said["matricule"]))
