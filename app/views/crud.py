"""The base of every generated page: FAB's ModelView, safe under threads and in French.

FAB's views are one object for all threads and keep the filters of a request on themselves (upstream
issue 2366): here they live on `g`. Rights come from the rights table, never from FAB's own naming.
"""

from __future__ import annotations

from typing import Any, ClassVar

from flask import g
from flask_appbuilder import ModelView
from flask_appbuilder.models.filters import Filters

from app.security.rights import Right

_READ = ("list", "show", "download", "api", "api_read", "api_get", "api_column_get", "api_readvalues")
_WRITE = ("add", "edit", "delete", "action", "action_post", "api_create", "api_update", "api_delete",
          "api_column_add", "api_column_edit")  # fmt: skip


class PortalModelView(ModelView):
    """Give `read` and `write` (rows of the rights table), `singular` and `plural`, then FAB's attributes."""

    read: ClassVar[Right]
    write: ClassVar[Right]
    singular: ClassVar[str]
    plural: ClassVar[str]

    page_size = 20

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "read" not in cls.__dict__:
            return
        cls.class_permission_name = cls.read.value[1]
        cls.method_permission_name = {
            **dict.fromkeys(_READ, cls.read.value[0].removeprefix("can_")),
            **dict.fromkeys(_WRITE, cls.write.value[0].removeprefix("can_")),
        }
        cls.list_title = cls.plural
        cls.add_title = f"Ajouter : {cls.singular}"
        cls.edit_title = f"Modifier : {cls.singular}"
        cls.show_title = cls.singular[:1].upper() + cls.singular[1:]

    @property
    def _filters(self) -> Filters:
        """This request's own filters of this view."""
        kept: dict[str, Filters] = g.setdefault("view_filters", {})
        name = type(self).__name__
        if name not in kept:
            kept[name] = self._class_filters.copy()
            kept[name].clear_filters()
        return kept[name]

    @_filters.setter
    def _filters(self, value: Filters) -> None:
        self._class_filters = value
