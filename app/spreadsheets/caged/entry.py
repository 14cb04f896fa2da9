"""The child's first steps: limits on itself, then the file, then one answer on standard output.

The parent starts it from `cage.py`. An answer is one byte, "=" or "!", and what follows: the verb's result,
or the refusal's code and facts, separated by unit separators. Whatever else happens, the parent judges by the
exit status.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable

DONE, REFUSED, SEPARATOR = b"=", b"!", "\x1f"


class Refused(Exception):
    """The file is not read; `code` and `facts` are those of `refusals.unusable`."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def _limit(which: int, value: int) -> None:
    try:
        resource.setrlimit(which, (value, value))
    except (ValueError, OSError):
        # macOS knows RLIMIT_AS but refuses to set it: there, the sizes checked before and the clock remain.
        if sys.platform != "darwin":
            raise


def run(verb: Callable[[bytes], bytes]) -> None:
    """Read standard input, answer with `verb`'s result, and leave without tidying up: nothing is kept."""
    _limit(resource.RLIMIT_FSIZE, 0)  # from here on no file can grow; pipes are not files
    try:
        answer = DONE + verb(sys.stdin.buffer.read())
    except Refused as refused:
        facts = [f"{name}={value}" for name, value in refused.facts.items()]
        answer = REFUSED + SEPARATOR.join([refused.code, *facts]).encode()
    except MemoryError:
        answer = REFUSED + b"demesure"
    except BaseException:  # noqa: BLE001 - native parsers panic with a BaseException of their own
        answer = REFUSED + b"endommage"
    view = memoryview(answer)
    while view:
        view = view[os.write(1, view) :]
    os._exit(0)


def start(memory: int, seconds: int) -> None:
    """Before the file is touched: `memory` in bytes of address space, `seconds` of processor time."""
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CPU, seconds)
    _limit(resource.RLIMIT_CORE, 0)
