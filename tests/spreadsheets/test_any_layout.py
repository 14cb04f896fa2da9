"""Any layout reads back as the table it was made from; any bytes are a workbook or a refusal."""

from __future__ import annotations

import string
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from zipfile import ZipFile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.rules.months import WEEKDAY_NAMES, Month
from app.spreadsheets.cage import read_workbook
from app.spreadsheets.columns import FULL_NAME, FULL_NAME_FIRST, HEADERS
from app.spreadsheets.layout import find_tables
from app.spreadsheets.refusals import UnusableFile
from app.spreadsheets.tables import Table
from app.spreadsheets.workbook import CellValue, Workbook, cell_name
from tests.spreadsheets.hostile import OLE, packed, sample
from tests.spreadsheets.made import book, file, find_table, sheet

DAY_STYLES: list[Callable[[date], CellValue]] = [
    lambda day: day.day,
    lambda day: f"{day.day:02}",
    lambda day: day,
    lambda day: f"{day:%d/%m/%Y}",
    lambda day: f"{day:%d/%m}",
    lambda day: f"{WEEKDAY_NAMES[day.weekday()][:2]} {day.day:02}",
    lambda day: f"{WEEKDAY_NAMES[day.weekday()]} {day.day}",
]
OPTIONAL = ["birth_date", "niss", "entry_date", "exit_date", "pfp_rate"]
EXTRA = ["N°", "Total", "Remarques", "Groupe", "Section de vie", "Téléphone"]

letters = st.text("abcdefghijklmnopqrstuvwxyzéèçï", min_size=2, max_size=8)
last_names = letters.map(str.upper)
first_names = letters.map(str.title)
codes = st.sampled_from([None, "P", "P½", "J", "J½", "I", "I½", "M", "M/2", 1, 0.5])
values: dict[str, st.SearchStrategy[CellValue]] = {
    "birth_date": st.dates(date(2022, 1, 1), date(2026, 9, 1)),
    "niss": st.text(string.digits, min_size=11, max_size=11),
    "entry_date": st.dates(date(2024, 1, 1), date(2026, 9, 1)),
    "exit_date": st.none() | st.dates(date(2026, 11, 1), date(2027, 1, 1)),
    "pfp_rate": st.none() | st.integers(200, 4500).map(lambda cents: cents / 100),
}


@dataclass(frozen=True)
class Layout:
    """A month's sheet as somebody may make it, and what must be read from it."""

    month: Month
    rows: list[list[CellValue]]
    header_row: int
    columns: dict[str, int]
    days: dict[int, int]
    children: list[tuple[int, dict[str, CellValue]]]


@st.composite
def layouts(draw: st.DrawFn, number: int | None = None) -> Layout:
    month = Month(2026, number or draw(st.integers(1, 12)))
    one_name = draw(st.booleans())
    fields = draw(st.lists(st.sampled_from(OPTIONAL), unique=True))
    names = [FULL_NAME] if one_name else draw(st.permutations(["last_name", "first_name"]))
    extra = draw(st.lists(st.sampled_from(EXTRA), unique=True, max_size=3))
    places: list[str | int] = draw(st.permutations([*names, *fields, *extra]))
    cut = draw(st.integers(0, len(places)))
    style = draw(st.sampled_from(DAY_STYLES))
    order: list[str | int] = [*places[:cut], *range(1, month.days + 1), *places[cut:]]
    left = draw(st.integers(0, 3))
    header: list[CellValue] = [None] * left
    for key in order:
        if isinstance(key, int):
            header.append(style(month.day(key)))
        else:
            header.append(draw(st.sampled_from(HEADERS[key])) if key in HEADERS else key)
    above: list[list[CellValue]] = [
        [draw(st.sampled_from([None, "Crèche Les Lucioles", "Relevé mensuel", month.label]))]
        for _ in range(draw(st.integers(0, 9)))
    ]
    column = {key: left + index for index, key in enumerate(order)}
    rows = [*above, header]
    children: list[tuple[int, dict[str, CellValue]]] = []
    for _ in range(draw(st.integers(1, 6))):
        if draw(st.integers(0, 5)) == 0:
            rows.append([])
        raw: dict[str, CellValue] = {"last_name": draw(last_names), "first_name": draw(first_names)}
        raw |= {field: draw(values[field]) for field in fields}
        raw |= {str(day): draw(codes) for day in range(1, month.days + 1)}
        cells: list[CellValue] = [None] * (left + len(order))
        for key in order:
            cells[column[key]] = _cell(key, raw, one_name)
        rows.append(cells)
        children.append((len(rows), raw))
    if draw(st.booleans()):
        total: list[CellValue] = [None] * (left + len(order))
        total[column[names[0]]] = draw(st.sampled_from(["TOTAL", "Total général", "Totaux"]))
        rows.append(total)
    columns = {
        key: column[FULL_NAME if one_name and key in ("last_name", "first_name") else key]
        for key in raw
        if not key.isdigit()
    }
    days = {day: column[day] for day in range(1, month.days + 1)}
    return Layout(month, rows, len(above) + 1, columns, days, children)


def _cell(key: str | int, raw: dict[str, CellValue], one_name: bool) -> CellValue:
    if isinstance(key, int):
        return raw[str(key)]
    if key == FULL_NAME and one_name:
        return f"{raw['last_name']} {raw['first_name']}"
    return raw.get(key)


def check(workbook: Workbook, layout: Layout) -> Table:
    table = find_table(workbook, layout.month)
    assert table.header_row == layout.header_row
    assert table.columns == layout.columns
    assert table.days == layout.days
    assert [(row.number, row.raw) for row in table.rows] == layout.children
    for row in table.rows:
        assert row.cells["1"] == cell_name(row.number - 1, layout.days[1])
        assert row.cells["last_name"] == cell_name(row.number - 1, layout.columns["last_name"])
    return table


@given(layouts())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_layout_is_read_as_it_was_made(layout: Layout) -> None:
    check(book(layout.rows), layout)


@given(layouts())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_layout_is_read_as_it_was_made_from_a_file(layout: Layout) -> None:
    data = file(("Notice", [["Bonjour"]]), ("Relevé", layout.rows))
    assert check(read_workbook(data, "x.xlsx"), layout).sheet_name == "Relevé"


@given(st.integers(1, 12).flatmap(lambda month: st.lists(layouts(month), min_size=2, max_size=4)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_month_on_several_sheets_is_read_from_each(groups: list[Layout]) -> None:
    sheets = tuple(sheet(layout.rows, f"Groupe {place}") for place, layout in enumerate(groups))
    found = find_tables(Workbook(sheets, "xlsx"), groups[0].month)
    assert [table.sheet_name for table in found] == [one.name for one in sheets]
    for table, layout in zip(found, groups, strict=True):
        assert (table.columns, table.days) == (layout.columns, layout.days)
        assert [(row.number, row.raw) for row in table.rows] == layout.children


def test_every_header_word_was_a_candidate() -> None:
    assert set(HEADERS) == {"last_name", "first_name", FULL_NAME, FULL_NAME_FIRST, *OPTIONAL}


def survive(data: bytes) -> None:
    """Anything but a table or a refusal fails the test by itself."""
    with suppress(UnusableFile):
        find_tables(read_workbook(data, "x.xlsx"), Month(2026, 10))


@given(st.sampled_from([b"", OLE, b"PK\x03\x04", b"<?xml ", b"\x09\x08\x10\x00"]), st.binary(max_size=4_000))
@settings(max_examples=40, deadline=None)
def test_any_bytes_are_a_workbook_or_a_refusal(start: bytes, rest: bytes) -> None:
    survive(start + rest)


positions = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20
)


def altered(data: bytes, changes: list[tuple[float, int]]) -> bytes:
    changed = bytearray(data)
    for place, byte in changes:
        changed[int(place * len(changed))] = byte
    return bytes(changed)


@given(positions)
@settings(max_examples=40, deadline=None)
def test_an_altered_xls_is_a_workbook_or_a_refusal(changes: list[tuple[float, int]]) -> None:
    survive(altered(sample("presences-logiciel-2026-10.xls"), changes))


@given(st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"]), positions)
@settings(max_examples=40, deadline=None)
def test_an_altered_part_is_a_workbook_or_a_refusal(name: str, changes: list[tuple[float, int]]) -> None:
    with ZipFile(BytesIO(sample("presences-erreurs-2026-10.xlsx"))) as archive:
        contents: dict[str, str | bytes] = {each: archive.read(each) for each in archive.namelist()}
    content = contents[name]
    assert isinstance(content, bytes)
    survive(packed({**contents, name: altered(content, changes)}))


cell_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 50_000),
    st.floats(allow_nan=True, allow_infinity=True),
    st.dates(date(1899, 12, 31), date(2199, 1, 1)),
    st.text(max_size=12),
    st.sampled_from([word for words in HEADERS.values() for word in words]),
    st.sampled_from(["lu 01", "01/10", "TOTAL", "P½", "M/2", "octobre 2026"]),
    st.integers(1, 31),
)


@given(st.lists(st.lists(cell_values, max_size=12), max_size=12), st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_any_cells_are_a_table_or_a_refusal(rows: list[list[CellValue]], month: int) -> None:
    with suppress(UnusableFile):
        assert set(find_table(book(rows), Month(2026, month)).days) <= set(range(1, 32))
