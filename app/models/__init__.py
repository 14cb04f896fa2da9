"""Tables only. Importing this package maps all of them."""

from __future__ import annotations

from flask_appbuilder.security.sqla.models import PermissionView, Role, User

from app.models.access import NO_MAILBOX, Profile, RateCounter, RightsVersion, Strength, UserSession
from app.models.agency import AgentVisit, Assignment
from app.models.attendance import (
    AttendanceImport,
    AttendanceLine,
    AttendanceReturn,
    AttendanceSheet,
    AttendanceSubmission,
    CodeMapping,
)
from app.models.helpdesk import Ticket, TicketMessage, TicketNote
from app.models.journal import JournalChange, JournalEntry, JournalHead
from app.models.members import (
    AccessRequest,
    CallProject,
    Grant,
    Membership,
    MembershipEvent,
    MembershipState,
    RequestState,
)
from app.models.organisers import Closure, Facility, FacilityKind, OpeningHours, Organiser
from app.models.personal import Channel, Dismissal, KeptForm, Mail, MailState, Notice, NoticeKind, Preferences
from app.models.reference import ClosureMotive, Communication, HelpdeskContact, Holiday, Parameter
from app.rules.dossiers import Dossier

__all__ = [
    "NO_MAILBOX",
    "AccessRequest",
    "AgentVisit",
    "Assignment",
    "AttendanceImport",
    "AttendanceLine",
    "AttendanceReturn",
    "AttendanceSheet",
    "AttendanceSubmission",
    "CallProject",
    "Channel",
    "Closure",
    "ClosureMotive",
    "CodeMapping",
    "Communication",
    "Dismissal",
    "Dossier",
    "Facility",
    "FacilityKind",
    "Grant",
    "HelpdeskContact",
    "Holiday",
    "JournalChange",
    "JournalEntry",
    "JournalHead",
    "KeptForm",
    "Mail",
    "MailState",
    "Membership",
    "MembershipEvent",
    "MembershipState",
    "Notice",
    "NoticeKind",
    "OpeningHours",
    "Organiser",
    "Parameter",
    "PermissionView",
    "Preferences",
    "Profile",
    "RateCounter",
    "RequestState",
    "RightsVersion",
    "Role",
    "Strength",
    "Ticket",
    "TicketMessage",
    "TicketNote",
    "User",
    "UserSession",
]
