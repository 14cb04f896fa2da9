"""Errors as pages in French (JSON for the API): what happened, what to do, never a traceback."""

from __future__ import annotations

from typing import Any

import psycopg
from flask import Flask, current_app, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.db import db
from app.scope import OutOfScope
from app.security.guards import current_actor
from app.services import helpdesk

MESSAGES: dict[int, tuple[str, str]] = {
    400: ("Demande incomprise", "La page a envoyé une demande incomplète. Rechargez-la et recommencez."),
    401: (
        "Connexion nécessaire",
        "Votre session a pris fin. Reconnectez-vous : vous reviendrez à la même page.",
    ),
    403: (
        "Accès refusé",
        "Vous n’avez pas le droit de faire ceci. Demandez-le à l’administrateur de votre PO.",
    ),
    404: ("Page introuvable", "Cette page n’existe pas, ou elle n’est pas accessible avec vos droits."),
    405: ("Demande incomprise", "Cette adresse ne s’ouvre pas de cette façon. Revenez à la page d’accueil."),
    409: (
        "Données modifiées entre-temps",
        "Quelqu’un a modifié ces données. Rechargez la page pour les revoir.",
    ),
    413: (
        "Fichier trop volumineux",
        "Le fichier dépasse la taille permise (5 Mo). Réduisez-le et recommencez.",
    ),
    429: ("Trop de tentatives", "Patientez une minute avant de réessayer."),
    500: (
        "Erreur du portail",
        "L’erreur est enregistrée. Réessayez ; si elle se répète, contactez le helpdesk.",
    ),
}


STALE = (
    "Page à recharger",
    "Cette page est restée ouverte pendant que votre session changeait. Rechargez-la et recommencez.",
)


#: An agent has no organiser.
REFUSED_TO_AGENT = (
    "Accès refusé",
    "Votre rôle ne permet pas de faire ceci. Demandez-le à l’administrateur ONE ou au helpdesk.",
)


def _answer(status: int, words: tuple[str, str] | None = None) -> Any:
    person = current_actor()
    if status == 403 and person is not None and person.is_agent:
        words = words or REFUSED_TO_AGENT
    title, message = words or MESSAGES.get(status, MESSAGES[500 if status >= 500 else 400])
    if request.path.startswith("/api/"):
        return jsonify(error=status, message=message), status
    told = {"status": status, "title": title, "message": message}
    try:
        return render_template("errors/error.html", **told), status
    except Exception:  # whatever failed: most often the database, which holds the session
        current_app.logger.exception("the error page itself failed")
        # Neither the session nor the database, which render_template would ask for the user.
        return current_app.jinja_env.get_template("errors/bare.html").render(
            told, desk=helpdesk.last_known()
        ), status


def _http_error(error: HTTPException) -> Any:
    if error.code is not None and error.code < 400:
        return error
    return _answer(error.code or 500)


def _csrf_error(_error: CSRFError) -> Any:
    return _answer(400, STALE)


def _out_of_scope(_error: OutOfScope) -> Any:
    db.session.rollback()
    return _answer(404)


def _unexpected(error: Exception) -> Any:
    status = _refused_by_database(error)
    if status:
        db.session.rollback()
        return _answer(status)
    current_app.logger.error("unexpected error on %s", request.endpoint, exc_info=error)
    db.session.rollback()
    return _answer(500)


def _refused_by_database(error: Exception) -> int:
    """The status of what the database refuses for the person's sake; 0 for a defect of ours."""
    cause = getattr(error, "orig", error)
    if isinstance(cause, InsufficientPrivilege):
        # Row-level security stopped what the ORM guard should have: nothing happened, but somebody must look.
        current_app.logger.error("row-level security refused a write on %s", request.endpoint)
        return 404
    if isinstance(cause, psycopg.DataError):
        return 400  # a number that no column can hold, a NUL in a text
    return 409 if isinstance(error, StaleDataError) else 0


def init_app(app: Flask) -> None:
    """Handle every error the same way."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(OutOfScope, _out_of_scope)
    app.register_error_handler(Exception, _unexpected)
