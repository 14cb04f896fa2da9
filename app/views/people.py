"""FAB's users and roles, generated from its models, for the agency's administrators alone."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import PermissionView, Role
from flask_babel import gettext as _

from app.forms.fields import EmailAddress
from app.models import User
from app.security.guards import actor
from app.security.rights import BY_PERMISSION, BY_RIGHT, Right
from app.views.crud import PortalModelView
from app.views.crud_forms import RowForm


def right_label(permission: PermissionView) -> str:
    """A permission of FAB in the words of the rights table."""
    right = BY_PERMISSION.get((permission.permission.name, permission.view_menu.name))
    return BY_RIGHT[right].label if right else str(permission)


class UserView(PortalModelView):
    """Everyone who can sign in; no password, no national number on any of these pages."""

    route_base = "/securite/utilisateurs"
    read, write = Right.SECURITY_READ, Right.SECURITY_WRITE
    singular, plural = "un utilisateur", "Utilisateurs"
    datamodel = SQLAInterface(User)
    verbs = ("list", "show", "edit")
    personal = True
    validators_columns = {"email": [EmailAddress()]}
    list_columns = ["last_name", "first_name", "username", "active", "last_login"]
    show_columns = ["last_name", "first_name", "username", "email", "active", "roles", "last_login"]
    edit_columns = ["last_name", "first_name", "email", "active", "roles"]
    search_columns = ["last_name", "first_name", "username", "email", "active"]
    order_columns = ["last_name", "first_name", "username", "last_login"]
    label_columns = {
        "last_name": "Nom",
        "first_name": "Prénom",
        "username": "Nom d’utilisateur",
        "email": "Courriel",
        "active": "Actif",
        "roles": "Rôles d’agent",
        "last_login": "Dernière connexion",
    }
    base_order = ("last_name", "asc")

    def judge(self, form: RowForm, row: Any) -> bool:
        """Nobody changes their own rights."""
        if row.id != actor().user_id or (
            form.active.data == row.active and set(form.roles.data) == set(row.roles)
        ):
            return True
        form.form_errors.append(
            _("Vous ne pouvez pas changer vos propres droits. Demandez-le à un autre administrateur.")
        )
        return False


class RoleView(PortalModelView):
    """Roles and the permissions they hold."""

    route_base = "/securite/roles"
    read, write = Right.SECURITY_READ, Right.SECURITY_WRITE
    singular, plural = "un rôle", "Rôles"
    datamodel = SQLAInterface(Role)
    verbs = ("list", "show", "add", "edit")
    related_texts = {"permissions": right_label}
    list_columns = ["name", "permissions"]
    show_columns = ["name", "permissions"]
    add_columns = ["name", "permissions"]
    edit_columns = ["permissions"]
    search_columns = ["name"]
    order_columns = ["name"]
    label_columns = {"name": "Nom", "permissions": "Permissions"}
    base_order = ("name", "asc")

    def judge(self, form: RowForm, row: Any) -> bool:
        """Nobody changes the permissions of a role they hold."""
        context = actor().context
        if row.id is None or context is None or row.name != context.label:
            return True
        form.form_errors.append(
            _(
                "C’est votre propre rôle : vous ne pouvez pas le changer. Demandez-le à un autre administrateur."
            )
        )
        return False
