"""Whom a communication is for: one rule for the home page, the count before it is published, and Flash Accueil."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from app.rules.dossiers import Sector


class OrganiserKind(enum.StrEnum):
    """Kinds of pouvoir organisateur. Value stored, label shown."""

    COMMUNE = "commune"
    ASBL = "asbl"
    COMPANY = "societe"
    NATURAL_PERSON = "personne-physique"
    CPAS = "cpas"
    OTHER = "autre"

    @property
    def label(self) -> str:
        return {
            "commune": "Commune",
            "asbl": "ASBL",
            "societe": "SPRL ou autre société",
            "personne-physique": "Personne physique",
            "cpas": "CPAS",
            "autre": "Autre",
        }[self.value]


@dataclass(frozen=True)
class Reader:
    """Somebody in one capacity: an agent, or of an organiser of a kind, at work in sectors."""

    kind: OrganiserKind | None = None
    sectors: frozenset[Sector] = frozenset()

    @property
    def is_agent(self) -> bool:
        return self.kind is None


@dataclass(frozen=True)
class Audience:
    """Whom it is for. Kinds and sectors narrow the organisers; none: all of them."""

    organisers: bool
    agents: bool
    kinds: frozenset[OrganiserKind]
    sectors: frozenset[Sector]

    @classmethod
    def of(cls, organisers: bool, agents: bool, kinds: Iterable[str], sectors: Iterable[str]) -> Audience:
        """From what is stored."""
        return cls(organisers, agents, frozenset(map(OrganiserKind, kinds)), frozenset(map(Sector, sectors)))

    def admits(self, reader: Reader) -> bool:
        """Whether it is for that reader."""
        if reader.is_agent:
            return self.agents
        return (
            self.organisers
            and (not self.kinds or reader.kind in self.kinds)
            and (not self.sectors or bool(self.sectors & reader.sectors))
        )

    @property
    def label(self) -> str:
        """In words, for lists."""
        parts = []
        if self.organisers:
            narrowed = sorted([*(one.label for one in self.kinds), *(one.label for one in self.sectors)])
            parts.append(f"organisateurs ({', '.join(narrowed)})" if narrowed else "tous les organisateurs")
        if self.agents:
            parts.append("agents")
        return " ; ".join(parts)
