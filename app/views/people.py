"""FAB's users and roles, generated from its models, for the agency's administrators alone."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import PermissionView, Role
from flask_babel import gettext as _

from app import scope
from app.db import db
from app.forms.fields import EmailAddress, PhoneNumber
from app.models import Profile, User
from app.security.guards import actor
from app.security.rights import BY_PERMISSION, BY_RIGHT, SECTIONS, Right
from app.services import people
from app.services.bootstrap import PUBLIC_ROLE
from app.services.members.desk import LastAdministrator
from app.views.crud import PortalModelView, guarded
from app.views.crud_forms import RowForm


def right_label(permission: PermissionView) -> str:
    """A permission of FAB in the words of the rights table."""
    right = BY_PERMISSION.get((permission.permission.name, permission.view_menu.name))
    return BY_RIGHT[right].label if right else str(permission)


def right_section(permission: PermissionView) -> str:
    """The part of the portal that a permission is of."""
    return SECTIONS.get(permission.view_menu.name, "Autres")


def _no_longer_administrator() -> str:
    return _(
        "Un autre administrateur vient de changer vos propres droits : rien n’a été enregistré. Parlez-en avec lui."
    )


def _still_administrator(form: RowForm) -> bool:
    """Under the lock, until the change is committed."""
    try:
        people.lock_agents(db.session(), actor().who)
    except people.NoLongerAdministrator:
        form.form_errors.append(_no_longer_administrator())
        return False
    return True


class UserView(PortalModelView):
    """Everyone who can sign in; no password, no national number on any of these pages."""

    route_base = "/securite/utilisateurs"
    read, write = Right.SECURITY_READ, Right.SECURITY_WRITE
    singular, plural = "un utilisateur", "Utilisateurs"
    datamodel = SQLAInterface(User)
    verbs = ("list", "show", "edit", "close", "open_again")
    personal = True
    validators_columns = {"email": [EmailAddress()], "phone": [PhoneNumber()]}
    related_offered = {"roles": lambda role: role.name != PUBLIC_ROLE}
    list_columns = ["last_name", "first_name", "username", "active", "last_login"]
    show_columns = ["last_name", "first_name", "username", "email", "phone", "active", "roles", "last_login"]
    show_template = "agent/account.html"
    edit_columns = ["last_name", "first_name", "email", "phone", "roles"]
    search_columns = ["last_name", "first_name", "username", "email", "active"]
    order_columns = ["last_name", "first_name", "username", "last_login"]
    label_columns = {
        "last_name": "Nom",
        "first_name": "Prénom",
        "username": "Nom d’utilisateur",
        "email": "Courriel",
        "phone": "Téléphone",
        "active": "Actif",
        "roles": "Rôles d’agent",
        "last_login": "Dernière connexion",
    }
    base_order = ("last_name", "asc")

    def judge(self, form: RowForm, row: Any) -> bool:
        """Nobody changes their own rights."""
        if set(form.roles.data) == set(row.roles):
            return True
        if row.id != actor().user_id:
            return _still_administrator(form)
        form.form_errors.append(
            _("Vous ne pouvez pas changer vos propres droits. Demandez-le à un autre administrateur.")
        )
        return False

    @expose("/<int:pk>/fermer", methods=["POST"])
    @guarded("write")
    def close(self, pk: int) -> Any:
        with scope.within(scope.door("comptes"), db.session()):
            try:
                people.disable(db.session(), actor().who, self._row(pk))
            except people.OwnAccount:
                flash(_("Vous ne pouvez pas fermer votre propre accès."), "danger")
            except people.NoLongerAdministrator:
                flash(_no_longer_administrator(), "danger")
            except LastAdministrator:
                flash(
                    _(
                        "Cette personne est le seul administrateur d’une organisation : elle doit d’abord en nommer un autre. "
                        "En urgence, terminez ses sessions et changez son numéro ou son mot de passe, depuis le helpdesk."
                    ),
                    "danger",
                )
            else:
                flash(_("L’accès est fermé et ses sessions sont terminées."), "success")
        return redirect(url_for(".show", pk=pk))

    @expose("/<int:pk>/rouvrir", methods=["POST"])
    @guarded("write")
    def open_again(self, pk: int) -> Any:
        people.reactivate(db.session(), actor().who, self._row(pk))
        flash(_("L’accès est rouvert ; la personne se reconnecte."), "success")
        return redirect(url_for(".show", pk=pk))


class RoleView(PortalModelView):
    """Roles and the permissions they hold."""

    route_base = "/securite/roles"
    read, write = Right.SECURITY_READ, Right.SECURITY_WRITE
    singular, plural = "un rôle", "Rôles"
    datamodel = SQLAInterface(Role)
    verbs = ("list", "show", "add", "edit", "delete")
    related_texts = {"permissions": right_label}
    related_groups = {"permissions": right_section}
    list_columns = ["name", "permissions"]
    show_columns = ["name", "permissions"]
    add_columns = ["name", "permissions"]
    edit_columns = ["permissions"]
    search_columns = ["name"]
    order_columns = ["name"]
    label_columns = {"name": "Nom", "permissions": "Permissions"}
    base_order = ("name", "asc")

    def kept(self, row: Any) -> str:
        """The portal's own roles stay, and those that somebody has."""
        try:
            people.lock_agents(db.session(), actor().who)
        except people.NoLongerAdministrator:
            return _no_longer_administrator()
        if row.name in {PUBLIC_ROLE, *(profile.label for profile in Profile)}:
            return _("Le portail a besoin de ce rôle : retirez-en plutôt les permissions.")
        if people.is_held(db.session(), row):
            return _("Quelqu’un a ce rôle : retirez-le d’abord à chacun, sous « Utilisateurs ».")
        return ""

    def judge(self, form: RowForm, row: Any) -> bool:
        """Two roles are never mistaken for one another, and nobody changes the permissions of a role they hold."""
        context = actor().context
        if row.id is not None and context is not None and row.name == context.label:
            form.form_errors.append(
                _(
                    "C’est votre propre rôle : vous ne pouvez pas le changer. Demandez-le à un autre administrateur."
                )
            )
            return False
        if not _still_administrator(form):
            return False
        twin = people.role_like(db.session(), form.name.data) if row.id is None else None
        if twin is not None:
            form.name.errors = [
                _("Il y a déjà un rôle « %(name)s » : donnez-en un autre nom.", name=twin.name)
            ]
        return twin is None
