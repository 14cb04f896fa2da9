"""In the cage: the cells of an .xlsx that show an error (#REF!, #N/A, #DIV/0!…), or a formula never computed.

calamine reads them as empty: a presence lost without a word. They are found in the sheets' XML, and only the
few files that have some pay for the search.
"""

from __future__ import annotations

MAX_ERRORS = 500
MAX_FORMULAS = 20_000  # a month of them
#: What takes the place of the result that a program which writes formulas without computing them did not write.
UNCOMPUTED = "#FORMULE!"
_MARK = b' t="e"'
# How a formula without its result ends.
_BARE_ENDS = (b"</f></c>", b"</f><v></v>", b"</f><v/>", b"</f><v />", b'"/></c>')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def error_cells(found: dict[str, bytes]) -> dict[str, dict[tuple[int, int], str]]:
    """{sheet name: {(0-based row, column): "#REF!"}} of the unpacked parts; so many a sheet at most."""
    suspect = {
        name
        for name, content in found.items()
        if name.startswith("xl/worksheets/") and (_MARK in content or _has_bare_formulas(content))
    }
    if not suspect:
        return {}
    errors = {}
    for sheet, part in _sheets(found).items():
        if part in suspect:
            cells = dict(_errors(found[part])) | dict(_uncomputed(found[part]))
            if cells:
                errors[sheet] = cells
    return errors


def _has_bare_formulas(content: bytes) -> bool:
    return b"<f" in content and any(end in content for end in _BARE_ENDS)


def _uncomputed(content: bytes) -> list[tuple[tuple[int, int], str]]:
    """The formulas of a sheet where none has a result. An empty text is one, `t="str"` and `<v></v>`."""
    if not _has_bare_formulas(content):
        return []
    import re  # imported here: costly, and seldom needed

    bare = re.compile(
        rb'<c r="([A-Z]{1,3}[0-9]{1,7})"([^>]*)><f(?:[^>]*/>|[^>]*>[^<]*</f>)(<v ?/>|<v></v>)?</c>'
    )
    if re.search(rb"</f><v>[^<]", content):  # written by a program that computes: what is empty is so
        return []
    cells = []
    for match in bare.finditer(content):
        place = _place(match[1].decode())
        if place and not (match[3] and b't="str"' in match[2]):
            cells.append((place, UNCOMPUTED))
            if len(cells) == MAX_FORMULAS:
                break
    return cells


def _sheets(found: dict[str, bytes]) -> dict[str, str]:
    """Sheet name -> its part."""
    from xml.etree import ElementTree  # imported here: costly, and seldom needed

    try:
        book = ElementTree.fromstring(found["xl/workbook.xml"])  # noqa: S314 - DTDs were refused before
        relations = ElementTree.fromstring(found["xl/_rels/workbook.xml.rels"])  # noqa: S314 - as above
    except (KeyError, ElementTree.ParseError):
        return {}
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    named = {}
    for element in book.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            target = targets.get(element.get(_RELATION) or element.get(_STRICT_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            named[element.get("name", "")] = part
    return named


def _errors(content: bytes) -> list[tuple[tuple[int, int], str]]:
    cells: list[tuple[tuple[int, int], str]] = []
    at = content.find(_MARK)
    while at >= 0 and len(cells) < MAX_ERRORS:
        tag, tag_end = content.rfind(b"<", 0, at), content.find(b">", at)
        place = _place(_between(content[tag:tag_end], b' r="', b'"'))
        value_at = content.find(b"v>", tag_end)
        value = _between(content[value_at : value_at + 40], b"v>", b"<")
        if place and value.startswith("#"):
            cells.append((place, value))
        at = content.find(_MARK, max(tag_end, at + 1))
    return cells


def _between(content: bytes, before: bytes, after: bytes) -> str:
    _, _, rest = content.partition(before)
    return rest.partition(after)[0].decode("ascii", "replace")


def _place(name: str) -> tuple[int, int] | None:
    """ "H7" -> (6, 7), None when it is not a cell's name."""
    letters = name.rstrip("0123456789")
    if not letters.isalpha() or len(letters) > 3 or letters == name or len(name) > 10:
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(name[len(letters) :]) - 1, column - 1
