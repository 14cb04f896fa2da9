"""The cage: whatever the file, the answer is a workbook or a French refusal, and the server is as it was."""

from __future__ import annotations

import contextlib
import os
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.spreadsheets import cage
from app.spreadsheets.cage import Limits, UnusableFile, in_cage, read_workbook
from app.spreadsheets.refusals import REFUSALS
from tests.spreadsheets import hostile
from tests.spreadsheets.hostile import DTD, HEADER, LAUGHS, OLE, garbage, packed, sample, workbook

MODEL, VENDOR = "presences-modele-2026-10.xlsx", "presences-logiciel-2026-10.xls"

FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "vide"),
    "over 5 MB": (lambda: b"PK\x03\x04" + bytes(5 << 20), "trop-lourd"),
    "random bytes": (lambda: garbage(5_000), "pas-un-classeur"),
    "a PDF renamed": (lambda: b"%PDF-1.7\n" + garbage(2_000), "pas-un-classeur"),
    "an image": (lambda: b"\x89PNG\r\n" + garbage(2_000), "pas-un-classeur"),
    "a web page": (lambda: b"\n <HTML><body><table>", "pas-un-classeur"),
    "XML of 2003": (lambda: b'<?xml version="1.0"?><Workbook/>', "pas-un-classeur"),
    "text": (lambda: "Nom;Prénom\nDupont;Léa\n".encode(), "pas-un-classeur"),
    "an archive": (lambda: packed({"a.txt": "x"}), "pas-un-classeur"),
    "an empty archive": (lambda: packed({}), "pas-un-classeur"),
    "OpenDocument": (lambda: packed({"mimetype": "x", "content.xml": "<x/>"}), "pas-un-classeur"),
    "binary workbook": (lambda: packed({"xl/workbook.bin": "x"}), "pas-un-classeur"),
    "Word": (lambda: packed({"word/document.xml": "<x/>"}), "pas-un-classeur"),
    "old Word": (lambda: OLE + "WordDocument".encode("utf-16-le") + garbage(2_000), "pas-un-classeur"),
    "half an .xlsx": (lambda: sample(MODEL)[: len(sample(MODEL)) // 2], "endommage"),
    "an .xlsx without its end": (lambda: sample(MODEL)[:-10], "endommage"),
    "half an .xls": (lambda: sample(VENDOR)[: len(sample(VENDOR)) // 2], "endommage"),
    "the beginning of an .xls": (lambda: sample(VENDOR)[:600], "endommage"),
    "garbage after an .xls beginning": (lambda: garbage(9_000, OLE), "endommage"),
    "password": (lambda: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600), "protege"),
    "encrypted entries": (hostile.encrypted_entries, "protege"),
    "bomb": (lambda: hostile.with_parts({"xl/worksheets/sheet2.xml": bytes(60 << 20)}), "trop-volumineux"),
    "bomb that lies": (hostile.lying_bomb, "trop-volumineux"),
    "too many entries": (lambda: hostile.with_parts({f"x{n}": "" for n in range(201)}), "trop-volumineux"),
    "external entity": (lambda: workbook(before=DTD), "contenu-interdit"),
    "billion laughs": (lambda: workbook(before=LAUGHS), "contenu-interdit"),
    "entity in UTF-16": (
        lambda: hostile.with_parts({"xl/sharedStrings.xml": f"{DTD}<sst/>".encode("utf-16")}),
        "contenu-interdit",
    ),
    "corner cell": (lambda: workbook(HEADER + FAR), "demesure"),
    "a cell at the bottom": (lambda: workbook(HEADER + FAR.replace("XFD", "A")), "trop-grand"),
    "a million rows": (hostile.million_rows, "trop-grand"),
    "one row too many": (lambda: workbook("<row><c><v>1</v></c></row>" * 2_001), "trop-grand"),
    "one column too many": (lambda: workbook(f"<row>{'<c><v>1</v></c>' * 201}</row>"), "trop-grand"),
    "a place that no sheet has": (lambda: workbook('<row r="0"><c r="A0"><v>1</v></c></row>'), "endommage"),
    "a string that is not there": (
        lambda: workbook('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'),
        "endommage",
    ),
    "cells in several full sheets": (
        lambda: packed(hostile.parts({f"F{n}": hostile.sheet(_full(1_500, 150)) for n in range(2)})),
        "trop-de-cellules",
    ),
    "no sheet": (lambda: packed(hostile.parts({})), "sans-feuille"),
    "an empty sheet": (lambda: workbook(""), "sans-feuille"),
}


def _full(rows: int, columns: int) -> str:
    return f"<row>{'<c><v>1</v></c>' * columns}</row>" * rows


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_french(name: str) -> None:
    make, code = REFUSED[name]
    with pytest.raises(UnusableFile) as refused:
        read_workbook(make(), "presences.xlsx")
    assert refused.value.code == code
    assert refused.value.message
    assert refused.value.help
    assert "{" not in refused.value.message + refused.value.help


@pytest.mark.parametrize("filename", ["presences.pdf", "presences.csv", "presences.xlsx.exe", "x.ods"])
def test_other_extensions_are_refused(filename: str) -> None:
    with pytest.raises(UnusableFile) as refused:
        read_workbook(workbook(), filename)
    assert refused.value.code == "extension"


@pytest.mark.parametrize(
    "filename", ["presences.xlsx", "PRESENCES.XLSX", "presences.xls", "presences.xlsm", "x"]
)
def test_the_bytes_decide_not_the_name(filename: str) -> None:
    assert read_workbook(workbook(), filename).kind == "xlsx"


HARMLESS: dict[str, Callable[[], bytes]] = {
    "many sheets": lambda: packed(hostile.parts({f"F{n}": hostile.sheet() for n in range(190)})),
    "merged bomb": hostile.merged_bomb,
    "deeply nested": lambda: workbook(
        f'<row r="1"><c r="A1" t="inlineStr">{"<is>" * 200_000}<t>Nom</t>{"</is>" * 200_000}</c></row>'
    ),
    "a huge string": lambda: hostile.shared_strings(f"<si><t>{'x' * (20 << 20)}</t></si>"),
    "a million strings": lambda: hostile.shared_strings("<si><t>x</t></si>" * 1_000_000),
    "a drawing with a DTD": lambda: hostile.with_parts({"xl/media/image1.svg": "<!DOCTYPE svg><svg/>"}),
    "500 lines": lambda: workbook(_full(501, 38)),
    "501 lines": lambda: workbook(_full(502, 38)),
    "as much as can be read": lambda: workbook(_full(2_000, 200)),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_read_within_the_limits(name: str) -> None:
    workbook_read = read_workbook(HARMLESS[name](), "presences.xlsx")
    assert workbook_read.sheets[0].at(0, 0) is not None
    assert len(str(workbook_read.sheets[0].at(0, 0))) <= 500


def test_the_server_does_not_grow() -> None:
    """What would take gigabytes, and the largest answer there can be, cost the process little."""
    refused = ("a million rows", "bomb that lies", "corner cell", "billion laughs")
    harmless = ("a huge string", "as much as can be read", "merged bomb")
    files = [REFUSED[name][0]() for name in refused] + [HARMLESS[name]() for name in harmless]
    before = _resident()
    for data in files:
        with contextlib.suppress(UnusableFile):
            read_workbook(data, "presences.xlsx")
        assert _resident() - before < 80 << 20


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Run `code` in the cage in place of a parser, after the limits."""
    boot = cage._BOOT.rpartition("from importlib")[0]
    monkeypatch.setattr(cage, "_BOOT", f"{boot}\n{code}")


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("x = bytearray(600 << 20)", "endommage"),  # MemoryError, uncaught: the limit holds
        ("entry.run(lambda data: bytes(600 << 20))", "demesure"),
        ("while True: pass", "trop-long"),
        ("import time; time.sleep(60)", "trop-long"),
        ("import os; os.abort()", "demesure"),
        ("import os; os.kill(os.getpid(), 11)", "demesure"),
        ("import os\nwhile True: os.write(1, bytes(1 << 20))", "trop-de-cellules"),
        ("import os; os.write(1, b'=not json'); os._exit(0)", "endommage"),
        ("import os; os.write(1, b'={\"sheets\": 3}'); os._exit(0)", "endommage"),
        ("import os; os.write(1, b'=' + b'[' * 100000); os._exit(0)", "endommage"),
        ("import os; os.write(1, b'!no such code'); os._exit(0)", "endommage"),
        ("import os; os.write(1, b'nonsense'); os._exit(0)", "endommage"),
        ("raise SystemExit(3)", "endommage"),
    ],
)
def test_a_parser_gone_mad_is_only_a_refusal(
    monkeypatch: pytest.MonkeyPatch, code: str, refusal: str
) -> None:
    monkeypatch.setattr(cage, "READING", Limits(512 << 20, processor=1, clock=1.5, answer=9 << 20))
    _child(monkeypatch, code)
    started = time.monotonic()
    with pytest.raises(UnusableFile) as refused:
        read_workbook(workbook(), "presences.xlsx")
    assert refused.value.code == refusal
    assert time.monotonic() - started < 5


def test_the_child_has_no_secrets_no_portal_and_writes_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    written = tmp_path / "written"
    _child(
        monkeypatch,
        f"""
def look(data):
    import os
    try:
        with open({str(written)!r}, "wb") as file:
            file.write(b"x")
        wrote = "yes"
    except OSError:
        wrote = "no"
    portal = "flask" in sys.modules or hasattr(package, "create_app")
    return repr((sorted(os.environ), wrote, len(os.listdir("/proc/self/fd")), portal)).encode()
entry.run(look)
""",
    )
    names, wrote, files, portal = eval(in_cage("reading", b"x", cage.READING))  # noqa: S307 - our own words
    assert set(names) <= {"LC_CTYPE", "LD_LIBRARY_PATH"}
    assert wrote == "no"
    assert files <= 4  # the three standard ones, and the listing
    assert not portal


def test_children_are_reaped_and_at_most_two_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "READING", Limits(512 << 20, processor=1, clock=1.2, answer=1 << 20))
    _child(monkeypatch, "import time; time.sleep(60)")
    refusals: list[str] = []

    def read() -> None:
        try:
            read_workbook(workbook(), "x.xlsx")
        except UnusableFile as refused:
            refusals.append(refused.code)

    others = _children()  # of other fixtures: the database, the browser
    threads = [threading.Thread(target=read) for _ in range(5)]
    for thread in threads:
        thread.start()
    most = 0
    while any(thread.is_alive() for thread in threads):
        most = max(most, len(_children() - others))
        time.sleep(0.02)
    assert 1 <= most <= 2
    assert len(refusals) == 5
    assert set(refusals) <= {"trop-long", "occupe"}
    assert not _children() - others


def _children() -> set[int]:
    """The processes that this one started and has not buried."""
    mine = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" ")
        except OSError:  # gone meanwhile
            continue
        if int(rest.rpartition(")")[2].split()[1]) == os.getpid():
            mine.add(int(number))
    return mine


def test_every_refusal_is_said_and_mended_in_french() -> None:
    for message, mend in REFUSALS.values():
        assert message.endswith(".")
        assert mend.endswith(".")
