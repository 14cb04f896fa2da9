"""Guards of pages: who acts (before each request) and what a view needs (a decorator)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from flask import Flask, abort, g, redirect, request, session, url_for
from flask_login import logout_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import scope
from app.db import db
from app.models import Strength
from app.security import kept_forms
from app.security.actors import Actor, load
from app.security.redirects import came_from, this_address
from app.security.rights import BY_RIGHT, Right
from app.security.sessions import FILES

View = TypeVar("View", bound=Callable[..., Any])

#: Views reached without signing in, by endpoint; the test over all routes reads this.
PUBLIC_ENDPOINTS = frozenset(
    {
        *FILES, "SignInView.login", "SignInView.start",
        "SignInView.callback", "SignInView.logout", "HealthView.health",
        "InformationView.accessibility", "InformationView.privacy",
        "GalleryView.index",
    }
)  # fmt: skip

#: How a session says that a password opened it.
PASSWORD = "mot de passe"  # noqa: S105  (a word, not a secret)

#: What is each person's own, whatever their rights: reached also before they chose for whom they act.
_CHOOSING = frozenset(
    {"ContextView.choose", "ContextView.enter", "SignInView.strengthen", "OwnSessionsView.sessions",
     "OwnSessionsView.end", "OwnSessionsView.end_others",
     "KeptFormView.file", "KeptFormView.forget", "SessionApi.state", "SessionApi.stay"}
)  # fmt: skip
#: What a password still opens once it was converted into eID and itsme: a page, and how long its session lasts.
_ACCOUNT = frozenset({"OwnAccountView.account", "SessionApi.state", "SessionApi.stay"})


def current_actor() -> Actor | None:
    """Who acts in this request; None before sign-in."""
    return cast("Actor | None", g.get("actor"))


def actor() -> Actor:
    """Who acts; answers 401 when nobody does (views behind `needs` always have one)."""
    found = current_actor()
    if found is None:
        abort(401)
    return found


def _before_request() -> Response | None:
    """Find who acts and put their scope in force, for this request alone.

    What is not in PUBLIC_ENDPOINTS is closed to whoever has not signed in, decorated or not.
    """
    scope.leave()
    db.session.remove()
    g.actor = None
    if request.endpoint in FILES:
        return None
    found = _sign_in_of_session()
    if found is None:
        return None if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS else _sign_in_first()
    g.actor = found
    scope.enter(found.scope)
    if _only_account(found) and request.endpoint not in PUBLIC_ENDPOINTS | _ACCOUNT:
        return redirect(url_for("OwnAccountView.account"))
    if found.context is None and request.endpoint not in PUBLIC_ENDPOINTS | _CHOOSING | _ACCOUNT:
        if _is_api():
            abort(403)
        return redirect(
            url_for("ContextView.choose", suite=this_address() if request.method == "GET" else None)
        )
    return None


def _only_account(found: Actor) -> bool:
    return found.person.converted and session.get("means") == PASSWORD


def _sign_in_of_session() -> Actor | None:
    """Who the session says is acting, with their rights as they stand."""
    user_id = session.get("_user_id")
    if not user_id:
        return None
    try:
        # The proxy: a session is made only when the person is not kept yet.
        person = load(cast(Session, db.session), int(user_id), g.rights_version)
    except LookupError:
        logout_user()
        session.clear()
        return None
    chosen = session.get("context")
    contexts = {context.key: context for context in person.contexts}
    context = contexts.get(chosen) if chosen else None
    if context is None and len(contexts) == 1:
        context = next(iter(contexts.values()))
    found = Actor(person, context, Strength(session.get("strength", "faible")))
    return replace(found, context=None) if _only_account(found) else found


def _sign_in_first() -> Response:
    """401 for a script; the sign-in page for a person, who then comes back to the page they asked for.

    Of a form that was sent the page says so: what was typed is in their browser (static/js/drafts.js).
    """
    if _is_api():
        abort(401)
    if request.method == "POST":
        return redirect(url_for("SignInView.login", next=came_from(), envoi="1"))
    return redirect(url_for("SignInView.login", next=this_address()))


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _leave_scope(_error: BaseException | None = None) -> None:
    scope.leave()


def needs(right: Right, *, api: bool = False, personal: bool = False) -> Callable[[View], View]:
    """The view needs a right; with a `facility_id` argument, for that facility.

    Signed out: to the sign-in page (401 for an API). Right not held: 403. Facility not theirs: 404, as
    if it did not exist. Weak connection where the table asks for a strong one: 403 with the way to mend.

    `personal`: the page or file shows data of children or staff, and writes each view of it into the history.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            current = current_actor()
            if current is None:
                return _sign_in_first()
            if not current.may(right):
                abort(403)
            if (
                "facility_id" in kwargs
                and not current.is_agent
                and not current.may(right, kwargs["facility_id"])
            ):
                abort(404)
            if BY_RIGHT[right].strong and not current.strong:
                return weak_connection(api=api)
            answer = view(*args, **kwargs)
            if request.method == "POST":
                kept_forms.sent()
            return answer

        guarded._right = right  # type: ignore[attr-defined]
        guarded._personal = personal  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def weak_connection(*, api: bool = False) -> Any:
    """403: the action needs eID or itsme; the page offers to sign in again and comes back.

    What was sent is kept, and given back filled on the page where it was typed.
    """
    from flask import render_template

    if api:
        abort(403, description="connexion-forte")
    if request.method == "POST":
        back = leave = kept_forms.keep(actor().user_id)
    else:
        # Leaving: the page above this step, where it was begun.
        back, leave = this_address(), request.path.rstrip("/").rpartition("/")[0] + "/"
    return render_template(
        "security/weak_connection.html",
        back=back,
        leave=leave,
        kept=request.method == "POST",
        password=session.get("means") == PASSWORD,
    ), 403


def init_app(app: Flask) -> None:
    """Run before FAB's own hooks, so that nothing is read without a scope."""
    app.before_request(_before_request)
    app.teardown_request(_leave_scope)
