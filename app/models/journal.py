"""The history's tables. Only app/journal.py writes them; the database chains them and refuses any change."""

from __future__ import annotations

import datetime as dt
from typing import Final

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.organisers import Facility

#: Actions that change nothing: somebody saw data, took them away as a file, came in. All others modify.
CONSULTATIONS: Final = ("consultation", "export", "porte", "connexion", "connexion-refusee")


class JournalEntry(Model):
    """One action: who saw or changed what, when, by which way. `organiser_id` empty: the platform's chain."""

    __tablename__ = "journal_entry"
    __owner_column__ = "organiser_id"
    __table_args__ = (
        # Unique: a fork would need two entries at one place of one chain.
        Index(
            "uq_journal_entry_chain", "organiser_id", "seq", unique=True, postgresql_nulls_not_distinct=True
        ),
        # Each criterion of the history's pages with the order of the chain behind it: a page is read from the index,
        # however long the chain. `at` turns a period into places of the chain.
        Index("ix_journal_entry_at", "organiser_id", "at"),
        Index("ix_journal_entry_person", "organiser_id", "user_id", "seq"),
        Index("ix_journal_entry_facility", "organiser_id", "facility_id", "seq"),
        Index("ix_journal_entry_kind", "organiser_id", "object_type", "seq"),
        Index("ix_journal_entry_object", "object_type", "object_id", "seq"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organiser.id"))
    #: Position in the organiser's chain, from 1; set by the database with `previous` and `hash`.
    seq: Mapped[int] = mapped_column(Integer, server_default="0")
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    user_id: Mapped[int | None] = mapped_column(Integer)
    actor: Mapped[str] = mapped_column(String(200))
    #: How the actor came in: "" for the organiser's own people, else the door and its reason.
    door: Mapped[str] = mapped_column(String(300), default="")
    action: Mapped[str] = mapped_column(String(40))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None] = mapped_column(BigInteger)
    facility_id: Mapped[int | None] = mapped_column(Integer)
    summary: Mapped[str] = mapped_column(Text)
    #: SHA-256 over the entry's changes in order, "" without any.
    digest: Mapped[str] = mapped_column(String(64), default="")
    previous: Mapped[str] = mapped_column(String(64), server_default="")
    hash: Mapped[str] = mapped_column(String(64), server_default="")

    changes: Mapped[list[JournalChange]] = relationship(
        primaryjoin="JournalEntry.id == foreign(JournalChange.entry_id)",
        order_by="JournalChange.id",
        viewonly=True,
    )
    facility: Mapped[Facility | None] = relationship(
        primaryjoin="JournalEntry.facility_id == Facility.id", foreign_keys=[facility_id], viewonly=True
    )

    def __str__(self) -> str:
        return self.summary


Index(
    "ix_journal_entry_changes",
    JournalEntry.organiser_id,
    JournalEntry.seq,
    postgresql_where=JournalEntry.action.not_in(CONSULTATIONS),
)


class JournalChange(Model):
    """One value changed by an entry, old and new."""

    __tablename__ = "journal_change"
    __owner_column__ = "organiser_id"
    __table_args__ = (Index("ix_journal_change_object", "object_type", "object_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: No foreign key: `journal_add` alone writes both, nothing deletes either, and the entry's digest covers its changes.
    entry_id: Mapped[int] = mapped_column(BigInteger, index=True)
    organiser_id: Mapped[int | None] = mapped_column(Integer)
    facility_id: Mapped[int | None] = mapped_column(Integer)
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None] = mapped_column(BigInteger)
    field: Mapped[str] = mapped_column(String(60))
    old: Mapped[str | None] = mapped_column(Text)
    new: Mapped[str | None] = mapped_column(Text)

    entry: Mapped[JournalEntry] = relationship(
        primaryjoin="JournalEntry.id == foreign(JournalChange.entry_id)", viewonly=True
    )

    def __str__(self) -> str:
        return f"{self.field} : {self.old or 'vide'} → {self.new or 'vide'}"


class JournalHead(Model):
    """The end of each chain (0 = the platform's). Its export elsewhere dates the whole chain."""

    __tablename__ = "journal_head"

    chain: Mapped[int] = mapped_column(Integer, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
