"""Reference data, generated from the models: dated, sourced, edited by agents."""

from __future__ import annotations

import decimal
from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _

from app.db import db
from app.forms.fields import EmailAddress, PhoneNumber
from app.models import ClosureMotive, HelpdeskContact, Holiday, Parameter
from app.security.rights import Right
from app.services import parameters
from app.views.components import yes_no
from app.views.crud import PortalModelView
from app.views.crud_display import Shown
from app.views.crud_forms import RowForm

#: As PostgreSQL gives them back, four decimals.
_YES_NO = ((decimal.Decimal("1.0000"), "Oui"), (decimal.Decimal("0.0000"), "Non"))
_SOURCED = {"valid_from": "Valable à partir du", "source": "Source", "official": "Valeur officielle"}


class ParameterView(PortalModelView):
    """Numbers of the domain: limits, deadlines, rates."""

    route_base = "/reference/parametres"
    read, write = Right.REFERENCE_READ, Right.REFERENCE_WRITE
    singular, plural = "un paramètre", "Paramètres"
    lead = (
        "Pour changer une valeur, ajoutez une ligne valable à partir d’une nouvelle date : "
        "l’ancienne reste vraie pour le passé."
    )
    datamodel = SQLAInterface(Parameter)
    list_columns = ["label", "value", "unit", "valid_from", "official", "source"]
    search_columns = ["key", "label", "valid_from", "official"]
    label_columns = {"key": "Code", "label": "Libellé", "value": "Valeur", "unit": "Unité", **_SOURCED}
    base_order = ("label", "asc")
    yes_no_form: type[RowForm]

    def _init_forms(self) -> None:
        super()._init_forms()
        self.yes_no_form = self._made_form(self.edit_columns, {"value": _YES_NO})

    def form_of(self, row: Any) -> RowForm:
        return self.yes_no_form(obj=row) if row.unit == Parameter.YES_NO else super().form_of(row)

    def value(self, row: Any, name: str) -> Shown:
        if name == "value" and row.unit == Parameter.YES_NO:
            return Shown(yes_no(row.value == 1))
        return super().value(row, name)

    def judge(self, form: RowForm, row: Any) -> bool:
        """A number that the portal counts with keeps its code: nothing would find it under another."""
        if form.unit.data == Parameter.YES_NO and form.value.data not in (0, 1):
            form.value.errors = [_("L’unité est « oui/non » : écrivez 1 pour oui, 0 pour non.")]
            return False
        if row.id is None or form.key.data == row.key or not parameters.is_last(db.session(), row):
            return True
        form.key.errors = [
            _("Le portail lit ce paramètre sous le code « %(key)s » : laissez-le tel quel.", key=row.key)
        ]
        return False

    def kept(self, row: Any) -> str:
        if not parameters.is_last(db.session(), row):
            return ""
        return _(
            "Le portail compte avec « %(name)s » et n’en a pas d’autre valeur : ajoutez d’abord celle qui la remplace.",
            name=str(row),
        )


class HolidayView(PortalModelView):
    """Days closed by law."""

    route_base = "/reference/jours-feries"
    read, write = Right.REFERENCE_READ, Right.REFERENCE_WRITE
    singular, plural = "un jour férié", "Jours fériés"
    datamodel = SQLAInterface(Holiday)
    list_columns = ["day", "label", "official", "source"]
    search_columns = ["day", "label", "official"]
    label_columns = {"day": "Jour", "label": "Libellé", **_SOURCED}
    base_order = ("day", "desc")


class ClosureMotiveView(PortalModelView):
    """Reasons for closing."""

    route_base = "/reference/motifs-de-fermeture"
    read, write = Right.REFERENCE_READ, Right.REFERENCE_WRITE
    singular, plural = "un motif de fermeture", "Motifs de fermeture"
    datamodel = SQLAInterface(ClosureMotive)
    list_columns = ["label", "valid_from", "official", "source"]
    search_columns = ["label", "official"]
    label_columns = {"label": "Libellé", **_SOURCED}
    base_order = ("label", "asc")


class HelpdeskContactView(PortalModelView):
    """What the AIDE button shows, from a date on."""

    route_base = "/reference/helpdesk"
    read, write = Right.REFERENCE_READ, Right.REFERENCE_WRITE
    singular, plural = "des coordonnées", "Coordonnées du helpdesk"
    lead = "Le bouton AIDE montre, sur chaque page, la ligne valable le jour même."
    datamodel = SQLAInterface(HelpdeskContact)
    validators_columns = {"email": [EmailAddress()], "phone": [PhoneNumber()]}
    list_columns = ["valid_from", "phone", "hours", "email", "official", "source"]
    search_columns = ["valid_from", "phone", "email"]
    label_columns = {"phone": "Téléphone", "hours": "Heures", "email": "Courriel", **_SOURCED}
    base_order = ("valid_from", "desc")
