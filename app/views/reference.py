"""Reference data, generated from the models: dated, sourced, edited by agents."""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface

from app.models import ClosureMotive, Communication, Holiday, Parameter
from app.security.rights import Right
from app.views.crud import PortalModelView

_SOURCED = {"valid_from": "Valable à partir du", "source": "Source", "official": "Valeur officielle"}


class ParameterView(PortalModelView):
    """Numbers of the domain: limits, deadlines, rates."""

    route_base = "/reference/parametres"
    read, write = Right.REFERENCE_READ, Right.REFERENCE_WRITE
    singular, plural = "paramètre", "Paramètres"
    datamodel = SQLAInterface(Parameter)
    list_columns = ["label", "value", "unit", "valid_from", "official", "source"]
    search_columns = ["key", "label", "valid_from", "official"]
    label_columns = {"key": "Code", "label": "Libellé", "value": "Valeur", "unit": "Unité", **_SOURCED}
    base_order = ("label", "asc")


class HolidayView(PortalModelView):
    """Days closed by law."""

    route_base = "/reference/jours-feries"
    read, write = Right.REFERENCE_READ, Right.REFERENCE_WRITE
    singular, plural = "jour férié", "Jours fériés"
    datamodel = SQLAInterface(Holiday)
    list_columns = ["day", "label", "official", "source"]
    search_columns = ["day", "label", "official"]
    label_columns = {"day": "Jour", "label": "Libellé", **_SOURCED}
    base_order = ("day", "desc")


class ClosureMotiveView(PortalModelView):
    """Reasons for closing."""

    route_base = "/reference/motifs-de-fermeture"
    read, write = Right.REFERENCE_READ, Right.REFERENCE_WRITE
    singular, plural = "motif de fermeture", "Motifs de fermeture"
    datamodel = SQLAInterface(ClosureMotive)
    list_columns = ["label", "valid_from", "official", "source"]
    search_columns = ["label", "official"]
    label_columns = {"label": "Libellé", **_SOURCED}
    base_order = ("label", "asc")


class CommunicationView(PortalModelView):
    """Banners of the home page."""

    route_base = "/reference/communications"
    read, write = Right.REFERENCE_READ, Right.REFERENCE_WRITE
    singular, plural = "communication", "Communications"
    datamodel = SQLAInterface(Communication)
    list_columns = ["title", "colour", "valid_from", "valid_until"]
    search_columns = ["title", "valid_from", "valid_until"]
    label_columns = {
        "title": "Titre",
        "body": "Texte",
        "colour": "Couleur",
        "valid_from": "Du",
        "valid_until": "Au",
    }
    base_order = ("valid_from", "desc")
