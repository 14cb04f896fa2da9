"""French punctuation: the space before « : ; ? ! » », after « « » and before a unit never ends a line.

Texts of gettext are written with plain spaces, and the catalogue's own texts get the right ones (`make catalogue`);
texts of Python that do not go through it carry them in the source, and a lint asks for them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_GETTEXT = {"_", "_l", "_n", "gettext", "lazy_gettext", "ngettext"}
#: What the space before, or after, becomes: U+00A0, or the narrow U+202F before the high points, as the
#: Imprimerie nationale's Lexique asks. « %(name)s », « := », « != », « ?x » are code.
_RULES = (
    (re.compile(r"(?<=«) | (?=»)| (?=:(?:[^\w:=]|$))"), "\u00a0"),
    (re.compile(r"(?<=[\d}s]) (?=[€%](?:[^\w(]|$))|(?<=\d) (?=(?:h|Mo)\b)"), "\u00a0"),
    (re.compile(r" (?=[;?!](?:[^\w=]|$))"), "\u202f"),
)


def typeset(text: str) -> str:
    """The text with spaces that hold."""
    for pattern, space in _RULES:
        text = pattern.sub(space, text)
    return text


def loose(source: str) -> Iterator[tuple[int, str]]:
    """Texts of a module, outside gettext, whose spaces do not hold: (line, the text as it should be)."""
    tree = ast.parse(source)
    left = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _GETTEXT:
            left |= {id(one) for one in node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left:
            text = typeset(node.value)
            if text != node.value:
                yield node.lineno, text.strip()
