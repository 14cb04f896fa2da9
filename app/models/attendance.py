"""The monthly presences of a crèche (guide 10.1.2): one row a child, one character a day."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import EncryptedBytes, EncryptedText, FacilityOwned, OrganiserOwned, enum_values
from app.models.organisers import Facility
from app.rules.dossiers import Dossier
from app.rules.workflow import SheetState


def _of_sheet() -> ForeignKeyConstraint:
    """A row of a sheet is of the sheet's organiser and facility, by construction."""
    return ForeignKeyConstraint(
        ["organiser_id", "facility_id", "sheet_id"],
        ["attendance_sheet.organiser_id", "attendance_sheet.facility_id", "attendance_sheet.id"],
        ondelete="CASCADE",
    )


class AttendanceSheet(FacilityOwned, Model):
    """A facility's relevé de présences of one month."""

    __tablename__ = "attendance_sheet"
    __dossier__: ClassVar[Dossier | None] = Dossier.SUBSIDES
    __constraints__ = (
        UniqueConstraint("facility_id", "month"),
        UniqueConstraint("organiser_id", "facility_id", "id"),
        CheckConstraint("extract(day from month) = 1", name="month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: First day of the month.
    month: Mapped[dt.date] = mapped_column(Date)
    state: Mapped[SheetState] = mapped_column(
        Enum(SheetState, values_callable=enum_values, native_enum=False, length=20), default=SheetState.DRAFT
    )
    #: Number of submissions so far: the version a submission freezes.
    submissions: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))

    facility: Mapped[Facility] = relationship(
        primaryjoin="AttendanceSheet.facility_id == Facility.id", foreign_keys="AttendanceSheet.facility_id"
    )


class AttendanceLine(FacilityOwned, Model):
    """One child in one month. `codes`: 31 characters, see app/rules/codes.py."""

    __tablename__ = "attendance_line"
    __dossier__: ClassVar[Dossier | None] = Dossier.SUBSIDES
    # Its sheet's key holds organiser and facility, and the sheet answers for both: asked again for each of 500 lines, they
    # would cost as much as writing them.
    organiser_id: Mapped[int] = mapped_column(Integer, index=True)
    __table_args__ = (
        _of_sheet(),
        CheckConstraint("codes ~ '^[PpJjIi.]{31}$'", name="codes"),
        Index("ix_attendance_line_sheet", "sheet_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, default=1)
    last_name: Mapped[str] = mapped_column(String(100), default="")
    first_name: Mapped[str] = mapped_column(String(100), default="")
    birth_date: Mapped[dt.date | None] = mapped_column(Date)
    niss_sealed: Mapped[str | None] = mapped_column(EncryptedText, deferred=True)
    niss_hash: Mapped[str | None] = mapped_column(String(64))
    entry_date: Mapped[dt.date | None] = mapped_column(Date)
    exit_date: Mapped[dt.date | None] = mapped_column(Date)
    pfp_rate: Mapped[decimal.Decimal | None] = mapped_column(Numeric(8, 2))
    codes: Mapped[str] = mapped_column(String(31), default="." * 31)
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    #: Set when the line was deleted; kept until the sheet is submitted so that a deletion can be undone.
    deleted_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class AttendanceSubmission(FacilityOwned, Model):
    """A frozen version of a month: never edited, a reopening makes the next one."""

    __tablename__ = "attendance_submission"
    __dossier__: ClassVar[Dossier | None] = Dossier.SUBSIDES
    __constraints__ = (
        _of_sheet(),
        UniqueConstraint("sheet_id", "version"),
        CheckConstraint("strength = 'forte'", name="strong_connection"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(Integer, index=True)
    version: Mapped[int] = mapped_column(Integer)
    submitted_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    submitted_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    submitter: Mapped[str] = mapped_column(String(200))
    strength: Mapped[str] = mapped_column(String(10))
    #: Canonical JSON of the month as it stood, without any NISS.
    snapshot: Mapped[str] = mapped_column(Text, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    totals: Mapped[dict[str, int]] = mapped_column(JSON)
    receipt: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    sheet: Mapped[AttendanceSheet] = relationship(
        primaryjoin="AttendanceSubmission.sheet_id == AttendanceSheet.id",
        foreign_keys="AttendanceSubmission.sheet_id",
    )


class AttendanceReturn(FacilityOwned, Model):
    """An agent's answer to a submitted month: sent back or reopened, with the reason, or checked, with a remark if any."""

    __tablename__ = "attendance_return"
    __dossier__: ClassVar[Dossier | None] = Dossier.SUBSIDES
    __constraints__ = (_of_sheet(),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(Integer, index=True)
    version: Mapped[int] = mapped_column(Integer)
    verb: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    agent: Mapped[str] = mapped_column(String(200))
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class CodeMapping(OrganiserOwned, Model):
    """What a vendor's codes mean, confirmed once by a person for one organiser and layout."""

    __tablename__ = "code_mapping"
    __table_args__ = (UniqueConstraint("organiser_id", "layout"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Signature of the layout (app/spreadsheets/layout.py).
    layout: Mapped[str] = mapped_column(String(64))
    #: normalised code of the file -> our character.
    codes: Mapped[dict[str, str]] = mapped_column(JSON)
    confirmed_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    confirmed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class AttendanceImport(FacilityOwned, Model):
    """A workbook being previewed: nothing of it is in the sheet before « Confirmer »."""

    __tablename__ = "attendance_import"
    __dossier__: ClassVar[Dossier | None] = Dossier.SUBSIDES
    __constraints__ = (UniqueConstraint("facility_id", "month", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[dt.date] = mapped_column(Date)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(4))
    file: Mapped[bytes] = mapped_column(EncryptedBytes, deferred=True)
    #: The rows as read, with the person's corrections (JSON, sealed: it holds national numbers).
    table: Mapped[str] = mapped_column(EncryptedText)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)
    #: SHA-256 of the sheet as it stood when the preview was made: « Confirmer » refuses if it moved.
    base: Mapped[str] = mapped_column(String(64), default="")
