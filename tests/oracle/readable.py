"""Everything that can be read in an answer: its bytes, the parts of a workbook, the text of a PDF."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_FONTS = re.compile(rb"/Font\s*<<(.*?)>>", re.DOTALL)
_CHARACTERS = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf|\[((?:\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f]*>|[^\]()<>])*)\]\s*TJ|"
                    rb"(\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f]*>)\s*Tj", re.DOTALL)  # fmt: skip
_STRING = re.compile(rb"\(((?:\\.|[^\\)])*)\)|<([0-9A-Fa-f]*)>", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def parts(body: bytes) -> Iterator[bytes]:
    """The bytes themselves and all that is packed in them, in lower case."""
    yield body.lower()
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield name.encode().lower()
                yield archive.read(name).lower()
    elif body.startswith(b"%PDF"):
        for stream in _STREAM.finditer(body):
            yield _inflated(stream[1]).lower()
        yield pdf_text(body).encode().lower()


def pdf_text(body: bytes) -> str:
    """The text as a reader sees it: glyph numbers through each font's ToUnicode table."""
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(body)}
    tables: dict[bytes, dict[int, str]] = {}
    for fonts in _FONTS.finditer(body):
        for name, number in re.findall(rb"/(\w+) (\d+) 0 R", fonts[1]):
            table = re.search(rb"/ToUnicode (\d+) 0 R", objects.get(int(number), b""))
            if table:
                tables[name] = _to_unicode(_content(objects[int(table[1])]))
    shown = [_shown(_content(one), tables) for one in objects.values() if b"stream" in one]
    return "\n".join(filter(None, shown))


def _content(obj: bytes) -> bytes:
    found = _STREAM.search(obj)
    return _inflated(found[1]) if found else b""


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _to_unicode(table: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for kind, lines in _CHARACTERS.findall(table):
        codes = [bytes.fromhex(one.decode()) for one in re.findall(rb"<([0-9A-Fa-f]+)>", lines)]
        if kind == b"char":
            pairs = zip(codes[::2], codes[1::2], strict=True)
            found |= {int.from_bytes(code): text.decode("utf-16-be") for code, text in pairs}
        else:
            for first, last, text in zip(codes[::3], codes[1::3], codes[2::3], strict=True):
                start = int.from_bytes(text)
                for step in range(int.from_bytes(last) - int.from_bytes(first) + 1):
                    found[int.from_bytes(first) + step] = chr(start + step)
    return found


def _shown(content: bytes, tables: Mapping[bytes, Mapping[int, str]]) -> str:
    if b" Tf" not in content:
        return ""
    words, table = [], {}
    for font, several, one in _SHOWN.findall(content):
        if font:
            table = dict(tables.get(font, {}))
            continue
        codes = b"".join(
            bytes.fromhex(hexadecimal.decode()) if hexadecimal else _unescaped(literal)
            for literal, hexadecimal in _STRING.findall(several or one)
        )
        pairs = (codes[place : place + 2] for place in range(0, len(codes), 2))
        words.append("".join(table.get(int.from_bytes(pair), "") for pair in pairs))
    return "\n".join(words)


def _unescaped(literal: bytes) -> bytes:
    def read(found: re.Match[bytes]) -> bytes:
        return bytes([int(found[1], 8) & 255]) if found[1] else _ESCAPES.get(found[2], found[2])

    return re.sub(rb"\\(?:([0-7]{1,3})|(.))", read, literal, flags=re.DOTALL)
