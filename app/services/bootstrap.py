"""What the portal needs before its first request: permissions, roles, reference rows."""

from __future__ import annotations

import datetime as dt
import decimal

import holidays
from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ClosureMotive, HelpdeskContact, Holiday, Parameter, Profile
from app.security.rights import RIGHTS

#: What Flask-AppBuilder gives to who has not signed in: nothing, and nobody is given it.
PUBLIC_ROLE = "public"
_SINCE = dt.date(2020, 1, 1)
_OWN = "Choix du portail, faute de source officielle"

#: key, label, value, unit, source, official. Later changes are rows that an agent adds, not edits here.
PARAMETERS: tuple[tuple[str, str, str, str, str, bool], ...] = (
    ("presences.lignes-max", "Nombre maximal de lignes d’un relevé de présences", "500", "lignes",
     "Guide PRO.ONE, version crèche, 10.1.2", True),
    ("presences.age-max", "Âge au-delà duquel un enfant est signalé", "36", "mois", _OWN, False),
    ("presences.delai", "Délai pour soumettre, après la fin du trimestre", "3", "mois",
     "one.be, questions fréquentes sur les subsides en ligne", True),
    ("utilisateurs.suppression", "Délai pendant lequel le helpdesk peut rétablir un utilisateur supprimé", "30",
     "jours", _OWN, False),
    ("utilisateurs.revue", "Intervalle entre deux revues des utilisateurs et de leurs accès", "12", "mois", _OWN, False),
    ("utilisateurs.inactivite", "Durée sans connexion après laquelle un accès est à revoir", "6", "mois", _OWN, False),
    ("presences.absences-justifiees", "Absences justifiées comptées dans le taux d’occupation", "0",
     Parameter.YES_NO, _OWN, False),
)  # fmt: skip

MOTIVES: tuple[tuple[str, str, bool], ...] = (
    *((label, "Guide PRO.ONE, version crèche, 10.1.1", True)
      for label in ("Jour férié légal", "Grève", "Fermeture annuelle", "Autres")),
    *((label, _OWN, False) for label in ("Fermeture sanitaire", "Formation", "Travaux", "Force majeure")),
)  # fmt: skip


def run(session: Session) -> None:
    """Write what is missing. Commits once."""
    _roles(session)
    _parameters(session)
    _calendar(session, range(2020, 2032))
    _helpdesk(session)
    session.commit()


def _roles(session: Session) -> None:
    """A role for each kind of agent. A right that is new goes to the roles the table names; what an administrator
    of the agency changed since stays as it is."""
    roles = {role.name: role for role in session.scalars(select(Role))}
    for name in (PUBLIC_ROLE, *(profile.label for profile in Profile)):
        if name not in roles:
            roles[name] = Role(name=name)
            session.add(roles[name])
    permissions = {row.name: row for row in session.scalars(select(Permission))}
    views = {row.name: row for row in session.scalars(select(ViewMenu))}
    pairs = {(pv.permission.name, pv.view_menu.name) for pv in session.scalars(select(PermissionView))}
    for row in RIGHTS:
        action, resource = row.right.value
        if (action, resource) in pairs or not row.profiles:
            continue
        permission = permissions.setdefault(action, Permission(name=action))
        view = views.setdefault(resource, ViewMenu(name=resource))
        new = PermissionView(permission=permission, view_menu=view)
        session.add(new)
        for profile in row.profiles:
            roles[profile.label].permissions.append(new)


def _parameters(session: Session) -> None:
    known = set(session.scalars(select(Parameter.key)))
    for key, label, value, unit, source, official in PARAMETERS:
        if key not in known:
            session.add(
                Parameter(
                    key=key, label=label, value=decimal.Decimal(value), unit=unit,
                    valid_from=_SINCE, source=source, official=official,
                )
            )  # fmt: skip
    motives = set(session.scalars(select(ClosureMotive.label)))
    for label, source, official in MOTIVES:
        if label not in motives:
            session.add(ClosureMotive(label=label, valid_from=_SINCE, source=source, official=official))


def _calendar(session: Session, years: range) -> None:
    known = set(session.scalars(select(Holiday.day)))
    legal = holidays.country_holidays("BE", years=years, language="fr", categories=("public",))
    for day, label in sorted(legal.items()):
        # The library counts Easter and Whit Sundays too; the law of 1974 names ten days.
        if day not in known and label not in {"Pâques", "Pentecôte"}:
            session.add(
                Holiday(
                    day=day, label=label, source="Jours fériés légaux, loi du 4 janvier 1974", official=True
                )
            )


def _helpdesk(session: Session) -> None:
    if session.scalar(select(HelpdeskContact.id).limit(1)) is None:
        session.add(
            HelpdeskContact(
                valid_from=_SINCE, phone="02/542.14.45", email="pro@one.be",
                hours="du lundi au vendredi, de 9 h à 16 h", source="Guide PRO.ONE, version crèche, 3 (février 2023)",
                official=True,
            )
        )  # fmt: skip
