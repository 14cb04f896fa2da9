"""What a person typed for an action that needs a strong connection, kept while they go and get one.

The form they sent is sealed under the keyring, in rows of theirs alone, and given back filled on the page that it stood
on. It is never sent again by itself: only the person knows whether they still mean it. A request holds 6 MB at most
(MAX_CONTENT_LENGTH), files included, and the last MOST forms are kept.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from flask import request, session
from sqlalchemy import delete, select
from sqlalchemy.orm import undefer

from app import clock
from app.db import db
from app.keyring import keyring
from app.models import KeptForm
from app.security.redirects import came_from, this_address

#: How many forms of a person are kept.
MOST: Final = 5
#: In the session: the addresses of the person's kept forms, so that pages without one ask the database nothing.
_WAITING: Final = "kept_forms"
#: Parts of the names of what is never given back: the page's own token; what is not to stand in a page.
_UNKEPT: Final = ("csrf_token", "password", "mot_de_passe")


class Contents(msgspec.Struct):
    """What the form held: (name, value), and (name, file name, bytes)."""

    fields: list[tuple[str, str]]
    files: list[tuple[str, str, bytes]]


@dataclass(frozen=True)
class Kept:
    """One form, opened."""

    action: str
    contents: Contents

    def for_page(self, file_address: str) -> dict[str, Any]:
        """What static/js/kept.js reads: the files by the address that gives them."""
        files = [
            (name, filename, f"{file_address}&rang={place}")
            for place, (name, filename, _content) in enumerate(self.contents.files)
        ]
        return {"action": self.action, "fields": self.contents.fields, "files": files}


def keep(user_id: int) -> str:
    """Keep the form of this request; answers the page it stood on. Commits."""
    action, page = this_address(), came_from()
    contents = Contents(
        [
            (name, value)
            for name, value in request.form.items(multi=True)
            if not any(part in name for part in _UNKEPT)
        ],
        [(name, file.filename or "", file.read()) for name, file in request.files.items(multi=True) if file.filename],
    )  # fmt: skip
    drop(user_id, action)
    db.session.add(
        KeptForm(
            user_id=user_id, action=action, page=page, kept_at=clock.now(),
            sealed=keyring().encrypt(msgspec.msgpack.encode(contents)),
        )
    )  # fmt: skip
    db.session.flush()
    newest = select(KeptForm.id).where(KeptForm.user_id == user_id).order_by(KeptForm.id.desc()).limit(MOST)
    db.session.execute(delete(KeptForm).where(KeptForm.user_id == user_id, KeptForm.id.not_in(newest)))
    db.session.commit()
    session[_WAITING] = waiting(user_id)
    return page


def waiting(user_id: int) -> list[str]:
    """The addresses of the person's kept forms."""
    return list(db.session.scalars(select(KeptForm.action).where(KeptForm.user_id == user_id)))


def remember(user_id: int) -> None:
    """Tell the session, which has just been opened, of the forms that wait for the person."""
    if found := waiting(user_id):
        session[_WAITING] = found


def of_page(user_id: int) -> Kept | None:
    """The form kept for this page, the newest."""
    return _open(user_id, KeptForm.page == this_address()) if session.get(_WAITING) else None


def of_action(user_id: int, action: str) -> Kept | None:
    """The form that was sent to an address."""
    return _open(user_id, KeptForm.action == action)


def _open(user_id: int, which: Any) -> Kept | None:
    row = db.session.scalars(
        select(KeptForm)
        .where(KeptForm.user_id == user_id, which)
        .order_by(KeptForm.id.desc())
        .limit(1)
        .options(undefer(KeptForm.sealed))
    ).one_or_none()
    if row is None:
        return None
    try:
        return Kept(row.action, msgspec.msgpack.decode(keyring().decrypt(row.sealed), type=Contents))
    except KeyError:
        return None  # sealed with a key that was taken away


def sent() -> None:
    """The person has sent the form of this address again, strongly: it waits no more."""
    if this_address() in session.get(_WAITING, ()):
        forget(int(session["_user_id"]), this_address())


def forget(user_id: int, action: str) -> None:
    """Drop a form that was sent, or that its person gave up. Commits."""
    drop(user_id, action)
    db.session.commit()
    session[_WAITING] = [one for one in session.get(_WAITING, ()) if one != action]


def drop(user_id: int, action: str) -> None:
    """Drop a form."""
    db.session.execute(delete(KeptForm).where(KeptForm.user_id == user_id, KeptForm.action == action))


def purge(before: dt.datetime) -> None:
    """Drop the forms that nobody came back for. Commits; everybody's must be in scope."""
    db.session.execute(delete(KeptForm).where(KeptForm.kept_at < before))
    db.session.commit()
