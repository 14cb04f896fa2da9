"""Changing what is opened to a person: the tree is sent, the difference is shown, then it is saved."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.db import db
from app.forms.fields import day_shown
from app.models import Membership
from app.rules.access import Objection, Opened, Refusal
from app.rules.dates import read_day
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services import rows
from app.services.members import access, desk, tree
from app.services.members.desk import LastAdministrator, Refused
from app.views.member_page import Typed, as_stored, person_page
from app.views.members import found_member, last_administrator, manager


class MemberAccessView(BaseView):
    """One person's access tree."""

    route_base = "/utilisateurs"
    default_view = "change"

    @expose("/<int:member_id>/acces/", methods=["POST"])
    @needs(Right.MEMBERS_WRITE)
    def change(self, member_id: int) -> Any:
        row = found_member(member_id)
        before = desk.opened(db.session(), row.id)
        typed = _typed()
        wanted, errors = _wanted(typed, before)
        if errors:
            typed.errors = errors
            return person_page(row, typed, status=422)
        if request.form.get("etape") == "revoir":
            return person_page(row, typed)
        try:
            if request.form.get("etape") == "enregistrer":
                copied = typed.copied.name if typed.copied else ""
                moved = access.change(db.session(), manager(), {row.id: wanted}, {row.id: typed.seen}, copied)
                done = ngettext(
                    "%(num)s accès modifié pour %(name)s.",
                    "%(num)s accès modifiés pour %(name)s.",
                    moved,
                    name=row.name,
                )
                flash(done, "success")
                return redirect(url_for("MemberView.person", member_id=member_id))
            access.judge(db.session(), manager(), {row.id: wanted}, {row.id: typed.seen})
        except Refused as refused:
            typed.messages = [one.objection.value for one in refused.refusals if one.about is None]
            typed.errors = _errors(refused.refusals, typed)
            return person_page(found_member(member_id), typed, status=422)
        except access.Changed:
            now = desk.opened(db.session(), member_id)
            typed.moved = access.moved_since(typed.read, now)
            typed.seen, typed.read = access.seal(now), access.written(now)
            typed.messages = [
                _(
                    "Quelqu’un a changé ces accès entre-temps. Votre choix est gardé ci-dessous, et ce qui a changé y est "
                    "marqué : comparez, puis enregistrez à nouveau."
                )
            ]
            return person_page(found_member(member_id), typed, status=409)
        except LastAdministrator:
            typed.messages = [last_administrator()]
            return person_page(found_member(member_id), typed, status=422)
        return _difference(row, before, wanted)

    @expose("/<int:member_id>/copier/", methods=["GET"])
    @needs(Right.MEMBERS_WRITE, personal=True)
    def copy(self, member_id: int) -> Any:
        """The tree with a colleague's rights ticked on top of the person's; nothing is saved."""
        row = found_member(member_id)
        source = found_member(request.args.get("de", 0, type=int))
        typed = as_stored(desk.opened(db.session(), row.id))
        today = clock.today()
        theirs = {tree.key_of(one) for one in desk.opened(db.session(), source.id) if one.holds_on(today)}
        typed.ticked |= theirs
        typed.copied = source
        page = person_page(row, typed)
        rows.consulted(db.session(), actor().who, row)
        return page


def _typed() -> Typed:
    form = request.form
    keys = frozenset(form.getlist("acces"))
    return Typed(
        ticked=keys,
        seen=form.get("vu", ""),
        read=form.getlist("lu"),
        days={
            key: (day_shown(form.get(f"du-{key}", "")), day_shown(form.get(f"au-{key}", "")))
            for key in keys
            if f"du-{key}" in form
        },
        limited=form.get("duree") == "periode",
        first=day_shown(form.get("du", "")),
        last=day_shown(form.get("au", "")),
        every=form.get("tous") == "1",
        copied=_copied(),
    )


def _copied() -> Membership | None:
    """The colleague whose accesses were copied into the form, if still in the list."""
    with contextlib.suppress(desk.Unknown):
        return desk.member(db.session(), request.form.get("copie", 0, type=int))
    return None


def _wanted(typed: Typed, before: Sequence[Opened]) -> tuple[list[Opened], Mapping[str, str]]:
    """What the form asks for, and what cannot be read of it, by field."""
    errors: dict[str, str] = {}
    today = clock.today()
    first, last = today, None
    if typed.limited:
        first = _day(typed.first, "du", errors) or today
        last = _day(typed.last, "au", errors)
        if not typed.first.strip() and not typed.last.strip():
            errors["du"] = _("Donnez au moins une date : le début, la fin, ou les deux.")
        elif first < today:
            errors["du"] = _("Un accès commence au plus tôt aujourd’hui.")
    known = {tree.key_of(one): one for one in before}
    wanted = []
    for key in sorted(typed.ticked):
        asked = tree.parse_key(key)
        if asked is None:
            continue
        old = known.get(key)
        days = (max(first, today), last)
        if old is not None and not (typed.limited and typed.every):
            days = (old.first, old.last)
            if key in typed.days:
                start, end = typed.days[key]
                days = (_day(start, f"du-{key}", errors) or old.first, _day(end, f"au-{key}", errors))
        wanted.append(Opened(asked.dossier, asked.facility_id, asked.project_id, *days))
    return wanted, errors


def _day(raw: str, name: str, errors: dict[str, str]) -> dt.date | None:
    day = read_day(raw) if raw.strip() else None
    if raw.strip() and day is None:
        errors[name] = _("« %(raw)s » n’est pas une date. Écrivez-la ainsi : 31/10/2026", raw=raw.strip())
    return day


def _errors(refusals: Sequence[Refusal], typed: Typed) -> dict[str, str]:
    """What is refused, by the field to mend: the end of a period at the end, the rest at the box of the access."""
    names = access.names(db.session())
    found = {}
    for objection, about in ((one.objection, one.about) for one in refusals if one.about is not None):
        name = key = tree.key_of(about)
        if objection in (Objection.PERIOD, Objection.PAST):
            own = key in typed.days and not (typed.limited and typed.every)
            name = f"au-{key}" if own else "au" if typed.limited else key
        found[name] = objection.value if name == "au" else f"{access.named(about, names)} : {objection.value}"
    return found


def _difference(row: Membership, before: Sequence[Opened], wanted: Sequence[Opened]) -> Any:
    names = access.names(db.session())
    old = {one.key: one for one in before}
    new = {one.key: one for one in wanted}
    moved = [key for key in sorted({*old, *new}, key=str) if old.get(key) != new.get(key)]
    changes = [
        {
            "label": access.named(new.get(key) or old[key], names),
            "old": access.described(old[key]) if key in old else "",
            "new": access.described(new[key]) if key in new else "",
        }
        for key in moved
    ]
    # A change is felt from the first day that the access has, before it or after it.
    felt = [min(side[key].first for side in (old, new) if key in side) for key in moved]
    return render_template(
        "members/difference.html", row=row, changes=changes, form=request.form, today=clock.today(),
        first=min(felt, default=None), last=max(felt, default=None),
    )  # fmt: skip
