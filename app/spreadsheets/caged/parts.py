"""What an uploaded file is, judged by its bytes, and the parts of an .xlsx, unpacked within bounds.

The zip is walked by hand: importing `zipfile` costs more than reading a month does. Where this walk and the
workbook library disagree about a crafted file, the cage's limits hold: this only gives the clearer message.
"""

from __future__ import annotations

import struct
import zlib

from app.spreadsheets.caged.entry import Refused

MAX_ENTRIES = 200
MAX_UNPACKED = 32 << 20  # bytes

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"

_END, _END_SIZE = b"PK\x05\x06", 22
_ENTRY, _ENTRY_SIZE = b"PK\x01\x02", 46
_LOCAL, _LOCAL_SIZE = b"PK\x03\x04", 30
_IN_ZIP64 = 0xFFFFFFFF

# How a file begins when it is something else, and what to call it.
_OTHERS = (
    (b"%PDF", "un document PDF"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"GIF8", "une image"),
    (b"{\\rtf", "un document de traitement de texte"),
    (b"Rar!", "une archive compressée"),
    (b"7z\xbc\xaf", "une archive compressée"),
    (b"\x1f\x8b", "une archive compressée"),
    (b"MZ", "un programme"),
    (b"\x7fELF", "un programme"),
)


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def kind_of(data: bytes) -> str:
    """ "xls" or "xlsx" after the first bytes; Refused for all else, saying what it looks like."""
    if data.startswith(OLE):
        if _wide("EncryptedPackage") in data:
            raise Refused("protege")
        if _wide("WordDocument") in data or _wide("PowerPoint Document") in data:
            raise Refused("pas-un-classeur", what="un document de traitement de texte ou une présentation")
        return "xls"
    if data.startswith(ZIP):
        return "xlsx"
    for start, what in _OTHERS:
        if data.startswith(start):
            raise Refused("pas-un-classeur", what=what)
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<style")):
        raise Refused("pas-un-classeur", what="une page web enregistrée sous le nom d’un classeur")
    if start.startswith(b"<"):
        raise Refused("pas-un-classeur", what="un fichier XML")
    if start and all(byte >= 32 or byte in b"\t\r\n" for byte in start):
        raise Refused("pas-un-classeur", what="du texte")
    raise Refused("pas-un-classeur", what="un fichier d’un autre type, ou abîmé")


def _directory(data: bytes) -> list[tuple[str, int, int, int, int]]:
    """(name, method, packed size, unpacked size, offset of the local header) of each entry."""
    end = data.rfind(_END, max(0, len(data) - _END_SIZE - 0xFFFF))
    if end < 0 or end + _END_SIZE > len(data):
        raise Refused("endommage")
    count, size, offset = struct.unpack_from("<HII", data, end + 10)
    if count > MAX_ENTRIES:
        raise Refused("trop-volumineux")
    at, shift = end - size, end - size - offset
    if shift < 0:
        raise Refused("endommage")
    entries = []
    while data[at : at + 4] == _ENTRY and at + _ENTRY_SIZE <= end:
        flags, method = struct.unpack_from("<HH", data, at + 8)
        packed, unpacked, name_size, extra_size, comment_size = struct.unpack_from("<IIHHH", data, at + 20)
        (local,) = struct.unpack_from("<I", data, at + 42)
        if flags & 1:
            raise Refused("protege")
        if unpacked == _IN_ZIP64:
            raise Refused("trop-volumineux")
        name = data[at + _ENTRY_SIZE : at + _ENTRY_SIZE + name_size].decode("utf-8", "replace")
        entries.append((name.replace("\\", "/").lstrip("/"), method, packed, unpacked, local + shift))
        if len(entries) > MAX_ENTRIES:
            raise Refused("trop-volumineux")
        at += _ENTRY_SIZE + name_size + extra_size + comment_size
    if sum(entry[3] for entry in entries) > MAX_UNPACKED:
        raise Refused("trop-volumineux")
    return entries


def _content(data: bytes, method: int, packed: int, local: int, room: int) -> bytes:
    """One entry unpacked; Refused when it holds more than `room` bytes, whatever the directory declared."""
    if data[local : local + 4] != _LOCAL or local + _LOCAL_SIZE > len(data):
        raise Refused("endommage")
    name_size, extra_size = struct.unpack_from("<HH", data, local + 26)
    start = local + _LOCAL_SIZE + name_size + extra_size
    raw = data[start : start + packed]
    if method == zlib.DEFLATED:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            raw = unpacker.decompress(raw, room + 1)
        except zlib.error:
            raise Refused("endommage") from None
        if len(raw) <= room and not unpacker.eof:
            raise Refused("endommage")
    elif method != 0:
        raise Refused("endommage")
    if len(raw) > room:
        raise Refused("trop-volumineux")
    return raw


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of an .xlsx by name, unpacked: at most MAX_ENTRIES of them and MAX_UNPACKED bytes in all."""
    found: dict[str, bytes] = {}
    room = MAX_UNPACKED
    for name, method, packed, _, local in _directory(data):
        content = _content(data, method, packed, local, room)
        room -= len(content)
        found[name] = content
    _check_contents(found)
    return found


def _check_contents(found: dict[str, bytes]) -> None:
    names = {name.lower() for name in found}
    if "xl/workbook.bin" in names:
        raise Refused("pas-un-classeur", what="un classeur binaire (.xlsb)")
    if "xl/workbook.xml" not in names:
        if "content.xml" in names:
            raise Refused("pas-un-classeur", what="un document OpenDocument (.ods)")
        if any(name.startswith(("word/", "ppt/")) for name in names):
            raise Refused("pas-un-classeur", what="un document de traitement de texte ou une présentation")
        raise Refused("pas-un-classeur", what="une archive compressée" if found else "une archive vide")
    for name, content in found.items():
        # No spreadsheet program writes a DTD; drawings (SVG) in media may hold one, and nobody parses those.
        if not name.lower().startswith("xl/media/") and _declares(content):
            raise Refused("contenu-interdit")


def _declares(content: bytes) -> bool:
    """Whether a DTD or an entity is declared, in any encoding that an XML parser accepts unannounced."""
    for word in ("<!DOCTYPE", "<!ENTITY"):
        if word.encode() in content or _wide(word) in content or word.encode("utf-16-be") in content:
            return True
    return False


def acting(found: dict[str, bytes]) -> list[str]:
    """Which acting contents an .xlsx carries: "macros", "liens"."""
    names = [name.lower() for name in found]
    notes = []
    types = found.get("[Content_Types].xml", b"").lower()
    macros = ("vbaproject.bin", "vbadata.xml")
    if (
        any(name.endswith(macros) or name.startswith("xl/macrosheets/") for name in names)
        or b"macroenabled" in types
    ):
        notes.append("macros")
    if any(name.startswith(("xl/externallinks/", "xl/connections.xml", "xl/querytables/")) for name in names):
        notes.append("liens")
    return notes
