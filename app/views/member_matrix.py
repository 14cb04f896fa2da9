"""The matrix of people × rights, edited at once: sent, compared, saved in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.db import db
from app.models import Membership
from app.rules.access import Opened
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services import rows
from app.services.members import access, matrix
from app.services.members.desk import LastAdministrator, Refused, Unknown
from app.services.members.matrix import Matrix
from app.views.members import last_administrator, manager

_NUMBER: Final = re.compile(r"[0-9]{1,9}")


class MemberMatrixView(BaseView):
    """One dossier at a time."""

    route_base = "/utilisateurs/matrice"
    default_view = "show"

    @expose("/")
    @needs(Right.MEMBERS_READ, personal=True)
    def show(self) -> Any:
        page = _page(_shown(request.args.get("dossier", matrix.WHOLE)))
        rows.listed(db.session(), actor().who, Membership, actor().organiser_id, _("Accès des utilisateurs"))
        return page

    @expose("/", methods=["POST"])
    @needs(Right.MEMBERS_WRITE)
    def change(self) -> Any:
        shown = _shown(request.form.get("dossier", ""))
        ticked, seals = _sent()
        wanted, seen = matrix.wanted(shown, ticked, seals, clock.today())
        messages: list[str] = []
        try:
            if request.form.get("etape") == "enregistrer" and wanted:
                moved = access.change(db.session(), manager(), wanted, seen)
                flash(ngettext("%(num)s accès modifié.", "%(num)s accès modifiés.", moved), "success")
                return redirect(url_for(".show", dossier=shown.about, page=shown.page))
            if request.form.get("etape") != "revoir":
                access.judge(db.session(), manager(), wanted, seen)
                return _difference(shown, wanted)
        except Refused as refused:
            names = access.names(db.session())
            messages = [
                f"{access.named(one.about, names)} : {one.objection.value}"
                if one.about
                else one.objection.value
                for one in refused.refusals
            ]
        except access.Changed:
            messages = [
                _(
                    "Quelqu’un a changé ces accès entre-temps : les cases montrent votre choix, comparez et recommencez."
                )
            ]
            shown = _shown(shown.about)
        except LastAdministrator:
            messages = [last_administrator()]
        except Unknown:
            messages = [_("Une de ces personnes n’est plus dans la liste. Vérifiez, puis recommencez.")]
            shown = _shown(shown.about)
        return _page(shown, ticked, messages, status=422 if messages else 200)


def _shown(about: str) -> Matrix:
    page = request.values.get("page", 1, type=int)
    try:
        return matrix.matrix(db.session(), manager(), about, page, clock.today())
    except KeyError:
        abort(404)


def _sent() -> tuple[dict[int, frozenset[str]], dict[int, str]]:
    """The boxes ticked and the seals, by person; what names nobody is left out."""
    ticked: dict[int, set[str]] = {}
    for value in request.form.getlist("c"):
        number, _colon, key = value.partition(":")
        if _NUMBER.fullmatch(number):
            ticked.setdefault(int(number), set()).add(key)
    seals = {
        int(name.removeprefix("vu-")): value
        for name, value in request.form.items()
        if name.startswith("vu-") and _NUMBER.fullmatch(name.removeprefix("vu-"))
    }
    return {number: frozenset(keys) for number, keys in ticked.items()}, seals


def _page(
    shown: Matrix,
    ticked: Mapping[int, frozenset[str]] | None = None,
    messages: Sequence[str] = (),
    status: int = 200,
) -> Any:
    page = render_template(
        "members/matrix.html", shown=shown, ticked=ticked, messages=messages, today=clock.today()
    )
    return page, status


def _difference(shown: Matrix, wanted: Mapping[int, Sequence[Opened]]) -> Any:
    names = access.names(db.session())
    people = []
    for row in shown.rows:
        if row.id not in wanted:
            continue
        before = {one.key: one for one in row.opened.values()}
        after = {one.key: one for one in wanted[row.id]}
        people.append(
            {
                "name": row.name,
                "added": [access.named(one, names) for key, one in after.items() if key not in before],
                "removed": [access.named(one, names) for key, one in before.items() if key not in after],
            }
        )
    return render_template("members/matrix_difference.html", shown=shown, people=people, form=request.form)
