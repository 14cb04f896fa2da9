"""What every table shares: constraint names, ownership, encrypted columns."""

from __future__ import annotations

import enum
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, ForeignKeyConstraint, Integer, LargeBinary
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from app.keyring import keyring
from app.rules.dossiers import Dossier

Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class OrganiserOwned:
    """Rows of one organiser. The scope (app/scope.py) and row-level security both go by `organiser_id`."""

    #: The column that names the owner; the organiser's own table is owned by itself.
    __owner_column__: ClassVar[str] = "organiser_id"

    @declared_attr
    def organiser_id(cls) -> Mapped[int]:
        return mapped_column(Integer, ForeignKey("organiser.id"), index=True, nullable=False)


class FacilityOwned(OrganiserOwned):
    """Rows of one facility, narrowed further by the person's grants for `__dossier__`.

    `__dossier__` None: whoever has any dossier of the facility sees the row. The composite foreign key
    makes a row that mixes two organisers impossible.
    """

    __dossier__: ClassVar[Dossier | None] = None

    @declared_attr
    def facility_id(cls) -> Mapped[int]:
        return mapped_column(Integer, index=True, nullable=False)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805  (a declared attribute gets the class)
        own: tuple[Any, ...] = getattr(cls, "__constraints__", ())
        return (
            *own,
            ForeignKeyConstraint(["organiser_id", "facility_id"], ["facility.organiser_id", "facility.id"]),
        )


class PersonOwned:
    """Rows of one person, whomever they act for: their preferences, what they ask, what they are told."""

    __owner_column__: ClassVar[str] = "user_id"

    @declared_attr
    def user_id(cls) -> Mapped[int]:
        return mapped_column(
            Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), index=True, nullable=False
        )


class EncryptedText(TypeDecorator[str]):
    """Text sealed with the keyring; not searchable (keep a fingerprint beside it)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        return None if value is None else keyring().encrypt(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        return None if value is None else keyring().decrypt(bytes(value)).decode()


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes sealed with the keyring (files that people sent)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else keyring().encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else keyring().decrypt(bytes(value))


def enum_values(members: type[enum.Enum]) -> list[str]:
    """Store an enum by its value, so that the name in code can change."""
    return [str(member.value) for member in members]
