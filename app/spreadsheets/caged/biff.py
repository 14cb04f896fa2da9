"""In the cage: the cells of an .xls that show an error, which calamine reads as empty (see `faults`).

The workbook's stream is put together from the file's sectors, and its records are walked (formats: [MS-CFB] and
[MS-XLS], BIFF8). A file that does not hold together has no such cells: calamine judges it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

_END = 0xFFFFFFFA  # sector numbers from here on are marks
_LISTED = 109  # sectors of the allocation table that the header lists: enough for 6 MB
_SHORT = 64  # bytes of a sector of the stream that short streams share
_ENTRY = 128
_BOUNDSHEET, _FORMULA, _ERROR, _BEGIN = 0x85, 0x06, 0x205, 0x809

_SHOWN = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def error_cells(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """{sheet name: {(0-based row, column): "#REF!"}} of an .xls."""
    try:
        return _errors(_workbook_stream(data))
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}


def _workbook_stream(data: bytes) -> bytes:
    size = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
    first, _, below, small = struct.unpack_from("<4I", data, 48)
    table: list[int] = []
    for sector in struct.unpack_from(f"<{_LISTED}I", data, 76):
        if sector < _END:
            table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    sectors = data[size:]  # the first one is the header
    directory = _chained(sectors, size, table, first)
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory), _ENTRY)]
    for entry in entries:
        start, length = struct.unpack_from("<II", entry, 116)
        if entry[:64].decode("utf-16-le").rstrip("\0") != "Workbook":
            continue
        if length < below:  # short streams share that of the root entry, which is the first
            shared = _chained(sectors, size, table, struct.unpack_from("<I", entries[0], 116)[0])
            listed = _chained(sectors, size, table, small)
            places = struct.unpack(f"<{len(listed) // 4}I", listed)
            return _chained(shared, _SHORT, places, start)[:length]
        return _chained(sectors, size, table, start)[:length]
    return b""


def _chained(sectors: bytes, size: int, table: Sequence[int], sector: int) -> bytes:
    """A stream: its sectors, each of which has its successor in the table."""
    content: list[bytes] = []
    while sector < _END and len(content) * size < len(sectors):
        content.append(sectors[sector * size : (sector + 1) * size])
        sector = table[sector]
    return b"".join(content)


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(position, kind, content) of each record."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _errors(stream: bytes) -> dict[str, dict[tuple[int, int], str]]:
    names: dict[int, str] = {}
    found: dict[str, dict[tuple[int, int], str]] = {}
    sheet = ""
    for at, kind, content in _records(stream):
        if kind == _BOUNDSHEET:
            wide = content[7] & 1
            name = content[8 : 8 + content[6] * (2 if wide else 1)]
            names[struct.unpack_from("<I", content)[0]] = name.decode("utf-16-le" if wide else "latin-1")
        elif kind == _BEGIN:
            sheet = names.get(at, "")
        elif kind == _ERROR and content[7:8] == b"\1":
            _note(found, sheet, content, content[6])
        elif kind == _FORMULA and content[6:7] == b"\2" and content[12:14] == b"\xff\xff":
            _note(found, sheet, content, content[8])
    return found


def _note(found: dict[str, dict[tuple[int, int], str]], sheet: str, content: bytes, code: int) -> None:
    row, column = struct.unpack_from("<HH", content)
    found.setdefault(sheet, {})[row, column] = _SHOWN.get(code, "#N/A")
