"""FAB's builder, without the pages of its own that the portal does not have."""

from __future__ import annotations

import inspect
from typing import Any

from flask_appbuilder import AppBuilder
from flask_appbuilder.babel.views import LocaleView
from flask_appbuilder.views import UtilView

#: /back follows a history that our pages do not keep; /lang/… changes the session on a GET.
_UNWANTED = (UtilView, LocaleView)


class PortalBuilder(AppBuilder):
    """Registers every view but those."""

    def add_view_no_menu(self, baseview: Any, *args: Any, **kwargs: Any) -> Any:
        kind = baseview if inspect.isclass(baseview) else type(baseview)
        return baseview if kind in _UNWANTED else super().add_view_no_menu(baseview, *args, **kwargs)
