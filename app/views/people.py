"""FAB's users and roles, generated from its models, for the agency's administrators alone."""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import Role

from app.models import User
from app.security.rights import Right
from app.views.crud import PortalModelView


class UserView(PortalModelView):
    """Everyone who can sign in; no password, no national number on any of these pages."""

    route_base = "/securite/utilisateurs"
    read, write = Right.SECURITY_READ, Right.SECURITY_WRITE
    singular, plural = "utilisateur", "Utilisateurs"
    datamodel = SQLAInterface(User)
    base_permissions = ["can_list", "can_show", "can_edit"]
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


class RoleView(PortalModelView):
    """Roles and the permissions they hold."""

    route_base = "/securite/roles"
    read, write = Right.SECURITY_READ, Right.SECURITY_WRITE
    singular, plural = "rôle", "Rôles"
    datamodel = SQLAInterface(Role)
    base_permissions = ["can_list", "can_show", "can_edit", "can_add"]
    list_columns = ["name", "permissions"]
    show_columns = ["name", "permissions"]
    add_columns = ["name", "permissions"]
    edit_columns = ["name", "permissions"]
    search_columns = ["name"]
    order_columns = ["name"]
    label_columns = {"name": "Nom", "permissions": "Permissions"}
    base_order = ("name", "asc")
