"""Workbooks that nobody makes by mistake, and some that people do: all made on the fly."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

SAMPLES = Path(__file__).parent / "samples"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>Nom</t></is></c></row>'
DTD = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{level} "{"&a;".replace("a", f"a{level - 1}") * 10}">' for level in range(1, 10))
    + "]>"
)


def sheet(rows: str = HEADER, after: str = "", before: str = "") -> str:
    """A worksheet part around `rows`."""
    data = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}{data}'


def parts(sheets: Mapping[str, str]) -> dict[str, str | bytes]:
    """The parts of an .xlsx with these worksheets, {name: part}."""
    numbered = list(enumerate(sheets, start=1))
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in numbered
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPE}.worksheet+xml"/>'
        for n, _ in numbered
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>{typed}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{related}</Relationships>",
        **{f"xl/worksheets/sheet{n}.xml": sheets[name] for n, name in numbered},
    }


def packed(contents: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return written.getvalue()


def workbook(rows: str = HEADER, after: str = "", before: str = "") -> bytes:
    """An .xlsx of one sheet."""
    return packed(parts({"Feuil1": sheet(rows, after, before)}))


def with_parts(extra: Mapping[str, str | bytes]) -> bytes:
    """An ordinary .xlsx, some of its parts replaced or added."""
    return packed({**parts({"Feuil1": sheet()}), **extra})


def shared_strings(strings: str) -> bytes:
    """An .xlsx whose only cell is the first of these shared strings."""
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    book = parts({"Feuil1": sheet(rows)})
    return packed({**book, "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>'})


def lying_bomb() -> bytes:
    """A part that declares 100 bytes and unpacks to 60 MB."""
    body, directory = bytearray(), bytearray()
    contents = {name: _deflated([_bytes(content)]) for name, content in parts({"Feuil1": sheet()}).items()}
    contents["xl/worksheets/sheet2.xml"] = _deflated([bytes(1 << 20)] * 60)
    for name, content in contents.items():
        offset = len(body)
        rest = struct.pack("<HHIIIHH", 0, 0, 0, len(content), 100, len(name), 0)
        body += struct.pack("<4sHHH", b"PK\x03\x04", 20, 0, 8) + rest + name.encode() + content
        directory += struct.pack("<4sHHHH", b"PK\x01\x02", 20, 20, 0, 8) + rest
        directory += struct.pack("<HHHII", 0, 0, 0, 0, offset) + name.encode()
    end = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(contents), len(contents), len(directory), len(body), 0
    )
    return bytes(body + directory + end)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _deflated(chunks: list[bytes]) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b"".join(map(packer.compress, chunks)) + packer.flush()


def encrypted_entries() -> bytes:
    """An .xlsx whose zip entries are marked as encrypted."""
    data = bytearray(workbook())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + at] |= 1
            start = data.find(mark, start + 4)
    return bytes(data)


def million_rows() -> bytes:
    """A million short rows, below the size limit once unpacked."""
    return workbook("<row><c><v>1</v></c></row>" * 1_000_000)


def merged_bomb() -> bytes:
    """Merged ranges as large as a sheet: openpyxl makes an object for each of their cells."""
    ranges = '<mergeCell ref="A1:XFD1048576"/>' * 20
    return workbook(after=f'<mergeCells count="20">{ranges}</mergeCells>')


def garbage(size: int, start: bytes = b"") -> bytes:
    """Bytes of no meaning, the same on each run."""
    return start + random.Random(size).randbytes(size)  # noqa: S311 - nothing secret


def sample(name: str) -> bytes:
    """One of the sample workbooks."""
    return (SAMPLES / name).read_bytes()
