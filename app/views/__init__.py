"""Views: load, call one service, answer. `register` lists every one of them."""

from __future__ import annotations

from flask import Flask
from flask_appbuilder import AppBuilder


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Add every view to the application."""
    from app.api.attendance import AttendanceApi
    from app.api.attendance_draft import AttendanceDraftApi
    from app.api.session import SessionApi
    from app.views import components, errors, helpdesk, history_kinds, kept_forms, menu, notices
    from app.views.access_requests import AccessRequestView, OwnAccessView
    from app.views.agent.attendance import AttendanceReviewView
    from app.views.agent.door import AgentDoorView
    from app.views.agent.mending import MendingView
    from app.views.agent.portfolios import PortfolioView
    from app.views.agent.tickets import TicketDeskView
    from app.views.attendance import AttendanceView
    from app.views.attendance_import import AttendanceImportView
    from app.views.communications import CommunicationsView, CommunicationView
    from app.views.contacts import ContactsView
    from app.views.context import ContextView
    from app.views.health import HealthView
    from app.views.helpdesk import HelpdeskView
    from app.views.history import HistoryView
    from app.views.information import InformationView
    from app.views.kept_forms import KeptFormView
    from app.views.member_access import MemberAccessView
    from app.views.member_insight import MemberInsightView, MemberReviewView
    from app.views.member_matrix import MemberMatrixView
    from app.views.members import MemberView
    from app.views.notices import NoticeView, PreferencesView
    from app.views.organisers import ClosureView, FacilityView
    from app.views.own_account import OwnAccountView
    from app.views.own_sessions import OwnSessionsView
    from app.views.people import RoleView, UserView
    from app.views.reference import (
        ClosureMotiveView,
        HelpdeskContactView,
        HolidayView,
        ParameterView,
    )

    for view in (
        HealthView,
        ContextView,
        OwnAccountView,
        OwnSessionsView,
        KeptFormView,
        SessionApi,
        InformationView,
        NoticeView,
        PreferencesView,
        CommunicationsView,
        HelpdeskView,
        TicketDeskView,
        AttendanceView,
        AttendanceImportView,
        AttendanceApi,
        AttendanceDraftApi,
        AttendanceReviewView,
        AgentDoorView,
        PortfolioView,
        MendingView,
        ContactsView,
        MemberView,
        MemberAccessView,
        MemberMatrixView,
        MemberInsightView,
        MemberReviewView,
        AccessRequestView,
        OwnAccessView,
        FacilityView,
        ClosureView,
        HistoryView,
        ParameterView,
        HolidayView,
        ClosureMotiveView,
        CommunicationView,
        HelpdeskContactView,
        UserView,
        RoleView,
    ):
        appbuilder.add_view_no_menu(view)
    if app.config["ENVIRONMENT"] != "production":
        from app.views.gallery import GalleryView

        appbuilder.add_view_no_menu(GalleryView)
    components.init_app(app)
    errors.init_app(app)
    history_kinds.init_app(app)
    helpdesk.init_app(app)
    menu.init_app(app)
    notices.init_app(app)
    kept_forms.init_app(app)
