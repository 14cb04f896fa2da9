"""Views: load, call one service, answer. `register` lists every one of them."""

from __future__ import annotations

from flask import Flask
from flask_appbuilder import AppBuilder


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Add every view to the application."""
    from app.views import components, errors, menu
    from app.views.context import ContextView
    from app.views.health import HealthView
    from app.views.people import RoleView, UserView
    from app.views.reference import ClosureMotiveView, CommunicationView, HolidayView, ParameterView

    for view in (
        HealthView,
        ContextView,
        ParameterView,
        HolidayView,
        ClosureMotiveView,
        CommunicationView,
        UserView,
        RoleView,
    ):
        appbuilder.add_view_no_menu(view)
    components.init_app(app)
    errors.init_app(app)
    menu.init_app(app)
