"""The page mirrors a few rules, to count and to shade before the server answers: the two never differ."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.rules.attendance import ChildLine, occupancy, parse_field
from app.rules.codes import DISPLAYS, parse_code
from app.views.attendance_grid import GridLine, month_figures, render_grid
from tests.factories.children import children
from tests.journeys.grid.conftest import FIRST_LINE
from tests.journeys.grid.page import Grid
from tests.journeys.grid_sheet import MONTH, Sheet, context

_TYPED = [
    "P", "p", " P ", "P½", "p½", "P 1/2", "P1/2", "P1⁄2", "P/2", "P0,5", "P 0.5", "p.5", "½", "1/2", "1", "1,0", "1.00", "01",
    "+1", "-1", "0", "0,5", ".5", ",5", "0.50", "00,5", "2", "J", "j", "J½", "j 0,5", "I", "i½", "I/2", "", " ", ".", ",", "x",
    "PP", "P½½", "½P", "PJ", "1P", "P1", "P.5.", "\u00a0P\u202f½", "P²", "é", "M/2", "1e0", "0x1", "Infinity", "1_0",
]  # fmt: skip
_DATES = [
    "01/10/2026", "1/9/25", "1.9.2025", "01-09-2025", "2025-09-01", "2025/9/1", "31/02/2026", "29/02/2024", "29/02/2026",
    "1 / 9 / 2025", "1/9-2025", "00/01/2025", "10092026", "31022026", "20260910", "100926", "1092026",
    "12/13/2025", "", "demain", "1/9/202", "32/01/2025", " 05/10/2026 ",
]  # fmt: skip


def in_page(grid: Grid, module: str, name: str, values: list[str]) -> list[Any]:
    return list(
        grid.page.evaluate(
            """async ([module, name, values]) => {
              const found = await import(`/static/js/grid/${module}.js`);
              return values.map((value) => found[name](value));
            }""",
            [module, name, values],
        )
    )


def test_codes_are_read_alike(grid: Grid) -> None:
    ours = [None if (char := parse_code(text)) is None else DISPLAYS[char] for text in _TYPED]
    assert dict(zip(_TYPED, in_page(grid.open(), "codes", "parseCode", _TYPED), strict=True)) == dict(
        zip(_TYPED, ours, strict=True)
    )


def test_dates_are_read_alike(grid: Grid) -> None:
    read = [parse_field("entry_date", text)[0] for text in _DATES]
    ours = [value.isoformat() if isinstance(value, dt.date) else None for value in read]
    assert dict(zip(_DATES, in_page(grid.open(), "codes", "parseDate", _DATES), strict=True)) == dict(
        zip(_DATES, ours, strict=True)
    )


@pytest.mark.parametrize("justified", [False, True])
def test_totals_and_occupancy_are_counted_alike(grid: Grid, server: Sheet, *, justified: bool) -> None:
    server.ctx = context(include_justified=justified, capacity=14)
    grid.open().type(1, 5, "J").type(2, 6, "I½").type(3, 7, "P½").click(4, 8).press("Delete")
    grid.saved()
    found = occupancy([line.child.codes for line in server.lines.values()], server.ctx)
    assert grid.totals() == list(found.total.as_display().values())
    footer = grid.page.locator("#grid tfoot tr").first.locator("td").all_inner_texts()
    places = [text.replace(",", ".") or "0" for text in footer[: MONTH.days]]
    if not justified:
        assert [Decimal(text) for text in places] == list(found.occupied)
    rendered = month_figures(
        [GridLine(1, 1, line.child, has_niss=False) for line in server.lines.values()], server.ctx
    )
    assert grid.page.locator("[data-occupancy]").inner_text() == rendered["occupancy"]


def test_a_child_who_stands_there_twice_is_listed_as_one_types(grid: Grid, server: Sheet) -> None:
    grid.open()
    toggle = grid.page.get_by_role("button", name="À revoir")
    toggle.click()
    entries = grid.page.locator("#grid-issues li")
    expect(entries).to_have_count(0)
    grid.type(2, "last_name", "Lambert").click(2, "birth_date").press("Delete")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("figure peut-être déjà plus haut")
    expect(toggle).to_contain_text("1")
    grid.has(2, "last_name", "a")
    # A day typed on that line says nothing of its name: the doubt stays.
    grid.type(2, 5, "J")
    grid.saved()
    expect(entries).to_have_count(1)
    # Mended on the other of the two lines.
    grid.type(1, "first_name", "Zoélie")
    expect(entries).to_have_count(0)
    grid.lacks(2, "last_name", "a")
    grid.type(1, "first_name", "Zoé")
    expect(entries).to_have_count(1)
    # Or by taking one of them away, and putting it back.
    grid.click(1, 5).press("Control+Delete")
    grid.page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    expect(entries).to_have_count(0)
    grid.press("Control+z")
    expect(entries).to_have_count(1)
    grid.page.reload()
    grid.ready()
    toggle.click()
    expect(entries).to_have_count(1)


def test_what_a_colleague_types_is_judged_too(grid: Grid, server: Sheet) -> None:
    grid.page.clock.install()
    grid.open()
    grid.page.get_by_role("button", name="À revoir").click()
    server.put(FIRST_LINE + 1, "last_name", "Lambert")
    server.put(FIRST_LINE + 1, "birth_date", "")
    server.put(FIRST_LINE + 4, "first_name", "")
    grid.page.clock.run_for(21_000)
    entries = grid.page.locator("#grid-issues li")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text("figure peut-être déjà plus haut")
    expect(entries.last).to_contain_text("Le prénom de l’enfant manque")


def test_days_out_of_the_stay_and_days_to_come_are_shaded_alike(grid: Grid, server: Sheet) -> None:
    server.ctx = context(today=dt.date(2026, 10, 20))
    stays = [
        ("12/10/2026", ""),
        ("", "09/10/2026"),
        ("01/12/2026", ""),
        ("", "30/09/2026"),
        ("05/10/2026", "01/10/2026"),
    ]
    for index, (entry, leave) in enumerate(stays):
        child = server.lines[FIRST_LINE + index].child
        server.lines[FIRST_LINE + index].child = ChildLine(child.last_name, child.first_name)
        server.put(FIRST_LINE + index, "entry_date", entry)
        server.put(FIRST_LINE + index, "exit_date", leave)
    grid.open()
    shades = """rows => rows.slice(0, 5).map((row) =>
      [...row.cells].map(({ classList }) => [..."cof"].find((letter) => classList.contains(letter)) ?? "-").join(""))"""
    rows = grid.page.locator("#grid .grid-table tbody tr")
    written = rows.evaluate_all(shades)
    assert written[0][8:39] == "ooccooooocc-----cc--fffccfffffc"
    rows.evaluate_all(
        "rows => rows.forEach((row) => [...row.cells].forEach((cell) => (cell.className = '')))"
    )
    # Typing the same dates again has the script shade the days anew.
    for line, (entry, leave) in enumerate(stays, 1):
        for column, text in (("entry_date", entry), ("exit_date", leave)):
            grid.type(line, column, "01/01/2020").click(line, column).press("Delete")
            if text:
                grid.type(line, column, text)
    assert rows.evaluate_all(shades) == written


def test_500_lines_are_written_in_no_time() -> None:
    """The bench has the figure, 10 ms; here, in processor time, what a busy machine must keep to."""
    ctx = context()
    lines = [GridLine(index, 1, child, has_niss=True) for index, child in enumerate(children(500, ctx))]
    spent = []
    for _ in range(5):
        start = time.process_time()
        render_grid(lines, ctx, readonly=False)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.04


def test_names_are_text_wherever_they_stand(page: Page, server: Sheet) -> None:
    nasty = "<img src=x onerror=alert(1)></script><b>\"'&"
    server.put(FIRST_LINE, "last_name", nasty)
    grid = Grid(page).open()
    grid.shows(1, "last_name", nasty)
    grid.type(2, "first_name", nasty)
    grid.shows(2, "first_name", nasty)
    grid.saved()
    page.get_by_placeholder("Chercher un enfant").fill("img src")
    assert page.locator("#grid img").count() == 0
