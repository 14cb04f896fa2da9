"""What belongs to one person, whomever they act for."""

from __future__ import annotations

import enum

from flask_appbuilder import Model
from sqlalchemy import Enum, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import PersonOwned, enum_values


class Channel(enum.StrEnum):
    """How news reaches a person. Value stored, label shown."""

    EMAIL = "courriel"
    PORTAL = "portail"
    NONE = "aucun"

    @property
    def label(self) -> str:
        return {
            "courriel": "Par courriel, et dans le portail",
            "portail": "Dans le portail seulement",
            "aucun": "Ne pas me prévenir",
        }[self.value]


class Preferences(PersonOwned, Model):
    """How a person wants to be told; without a row, the defaults of the columns."""

    __tablename__ = "preferences"
    __table_args__ = (UniqueConstraint("user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The agency's newsletter, Flash Accueil (guide « Préférences »).
    flash: Mapped[Channel] = mapped_column(
        Enum(Channel, values_callable=enum_values, native_enum=False, length=10), default=Channel.EMAIL
    )
    notices: Mapped[Channel] = mapped_column(
        Enum(Channel, values_callable=enum_values, native_enum=False, length=10), default=Channel.EMAIL
    )
