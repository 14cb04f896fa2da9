"""`flask presences`: a month from a workbook and back, for operators and vendors' files.

`importer` answers 0 when stored (or when it would be), 1 for blocking errors, 2 for a file, arguments or a state
that make it impossible; with `--format json` there is always one object on the standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import click
import psycopg
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import clock, scope
from app.cli.french import UNUSABLE, Command, Group, database_told
from app.cli.report import Report
from app.db import db
from app.journal import Who
from app.models import Facility, FacilityKind
from app.rules.attendance import MonthContext
from app.rules.french import count
from app.rules.months import Month
from app.rules.violations import Severity
from app.services.attendance import export, imports, months, sheets
from app.services.attendance.import_preview import Fault
from app.services.attendance.import_questions import DOUBT, NAMESAKE
from app.services.attendance.mapping import BadMapping, parse_mapping
from app.spreadsheets.refusals import UnusableFile

STORED, BLOCKED = 0, 1
_WHO = Who(None, "import en ligne de commande")


class Refused(Exception):
    """Nothing can be done; `code` is stable, `message` for the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


class _Importer(Command):
    """Its usage errors are JSON when JSON was asked for."""

    def refuse(self, message: str, given: Sequence[str]) -> NoReturn:
        as_json = "--format=json" in given or any(pair == ("--format", "json") for pair in pairwise(given))
        _stop(Refused("arguments", message), as_json)


group = Group(
    "presences", help="Les présences d’un mois : importer un classeur, télécharger le modèle, exporter."
)

_facility = click.option(
    "--milieu", required=True, metavar="MATRICULE", help="Matricule du milieu d’accueil."
)
_month = click.option("--mois", required=True, metavar="AAAA-MM", help="Le mois, par exemple 2026-10.")
_output = click.option(
    "-o",
    "--sortie",
    required=True,
    metavar="FICHIER",
    type=click.Path(),
    help="Le fichier .xlsx à écrire.",
)


@group.command(
    "importer",
    cls=_Importer,
    help="Importe un classeur .xlsx ou .xls dans le relevé d’un mois. Un enfant qui ressemble à un enfant du relevé "
    "sans être sûrement le même (même nom et date de naissance proche ; même date et nom presque pareil ; mêmes nom et "
    "date avec un autre NISS) est une erreur bloquante, « enfant-incertain », à moins que --doutes ne dise qui il est. "
    "Le même nom avec une tout autre date de naissance est un autre enfant.",
)
@click.argument("fichier", type=click.Path(), metavar="FICHIER")
@_facility
@_month
@click.option("--a-blanc", "dry", is_flag=True, help="Dit ce qui serait fait, sans rien enregistrer.")
@click.option(
    "--codes",
    metavar="CODE=P,…",
    help="Les codes d’un logiciel : « 1=P,0.5=P½,M=J,M/2=J½ » ; « F= » : ce code ne compte pas, la case reste vide.",
)
@click.option(
    "--doutes",
    type=click.Choice(["meme", "autre"]),
    help="Les enfants incertains : le même enfant, ou un autre.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["texte", "json"]),
    default="texte",
    help="Pour une personne, ou pour un programme.",
)
def importer(
    fichier: str, milieu: str, mois: str, dry: bool, codes: str | None, doutes: str | None, form: str
) -> None:
    as_json = form == "json"
    same = None if doutes is None else doutes == "meme"
    try:
        outcome = _import(fichier, milieu, mois, codes, dry=dry, same=same)
    except Refused as refused:
        _stop(refused, as_json)
    found = outcome.preview
    report = Report(
        lines=sum(1 for _ in found.table.kept()), totals=found.after, added=len(found.merge.added),
        changed=len(found.merge.changed), removed=len(found.merge.removed),
        errors=[_error(fault) for fault in found.faults if fault.violation.code != NAMESAKE],
    )  # fmt: skip
    _print(report, as_json)
    if not as_json:
        for note in found.table.notes:  # sheets and columns that were not read
            click.echo(note)
        click.echo(_verdict(outcome, dry=dry))
    sys.exit(BLOCKED if found.blocking else STORED)


def _import(
    file: str, matricule: str, month: str, codes: str | None, *, dry: bool, same: bool | None
) -> imports.Outcome:
    with _guarded(matricule, month) as (session, facility, ctx):
        try:
            meanings = None if codes is None else parse_mapping(codes)
        except BadMapping as error:
            raise Refused("codes", f"--codes : {error}") from None
        try:
            data = Path(file).read_bytes()
        except OSError:
            raise Refused("fichier", "Ce fichier n’existe pas ou ne peut pas être ouvert.") from None
        try:
            return imports.run(
                session, _WHO, facility, ctx, Path(file).name, data, meanings, clock.now(), dry=dry, same=same
            )
        except UnusableFile as error:
            raise Refused(error.code, f"{error.message} {error.help}") from None
        except sheets.SheetLocked:
            raise Refused("mois-soumis", "Ce mois est soumis : un agent doit d’abord le rouvrir.") from None
        except imports.Moved:
            raise Refused("simultane", "Quelqu’un d’autre vient de créer ce relevé : recommencez.") from None


def _error(fault: Fault) -> tuple[str, str, str, Severity]:
    help_text = fault.violation.help
    if fault.violation.code == DOUBT:
        help_text = (
            "Relancez avec --doutes meme ou --doutes autre, ou répondez enfant par enfant dans le portail."
        )
    if fault.violation.code == "code-inconnu":
        help_text += (
            ' Pour les codes d’un logiciel, relancez avec --codes "1=P,0.5=P½,M=J,F=" (« F= » : rien).'
        )
    return fault.cell, fault.violation.code, f"{fault.message} {help_text}", fault.violation.severity


def _verdict(outcome: imports.Outcome, *, dry: bool) -> str:
    if outcome.preview.blocking:
        return f"Rien n’a été enregistré : {count(len(outcome.preview.blocking), 'erreur bloquante', 'erreurs bloquantes')}."
    if dry:
        return "À blanc : rien n’a été enregistré."
    return "Le relevé était déjà à jour." if outcome.preview.changes_nothing else "Enregistré."


@group.command("modele", help="Écrit notre modèle d’un mois, avec les enfants connus.")
@_facility
@_month
@_output
def template(milieu: str, mois: str, sortie: str) -> None:
    _write(sortie, milieu, mois, lambda session, facility, ctx: export.template(session, _WHO, facility, ctx))


@group.command("exporter", help="Écrit le relevé d’un mois, avec ses totaux.")
@_facility
@_month
@_output
def exporter(milieu: str, mois: str, sortie: str) -> None:
    def made(session: Session, facility: Facility, ctx: MonthContext) -> bytes:
        sheet = sheets.find(session, facility.id, ctx.month)
        if sheet is None:
            raise Refused("sans-releve", "Ce mois n’a pas encore de relevé.")
        return export.export(session, _WHO, facility, sheet, ctx)

    _write(sortie, milieu, mois, made)


def _write(
    path: str, matricule: str, month: str, make: Callable[[Session, Facility, MonthContext], bytes]
) -> None:
    try:
        with _guarded(matricule, month) as (session, facility, ctx):
            content = make(session, facility, ctx)
        try:
            Path(path).write_bytes(content)
        except OSError:
            raise Refused("sortie", "Ce fichier ne peut pas être écrit à cet endroit.") from None
    except Refused as refused:
        _stop(refused, as_json=False)
    click.echo(f"Écrit : {path}")


@group.command("purger", help="Supprime les aperçus d’import laissés sans suite depuis une semaine.")
def purge() -> None:
    with scope.system("purge of abandoned previews", db.session()):
        done = imports.purge(db.session(), clock.now())
        click.echo(f"{count(done, 'aperçu supprimé', 'aperçus supprimés')}.")


@contextmanager
def _guarded(matricule: str, month: str) -> Iterator[tuple[Session, Facility, MonthContext]]:
    """The facility and month of a command, everything that may fail told as Refused."""
    try:
        asked = Month.parse(month)
    except ValueError:
        raise Refused("mois", f"--mois : écrivez AAAA-MM, par exemple {Month.of(clock.today())}.") from None
    try:
        session = db.session()
        with scope.system("command line", session):
            facility = _found(session, matricule, asked)
            yield session, facility, months.context(session, facility.id, asked, clock.today())
    except Refused:
        raise
    except (SQLAlchemyError, psycopg.Error) as error:
        again = "La base de données a refusé : recommencez ; si cela se répète, contactez le helpdesk."
        raise Refused("base-de-donnees", database_told(error) or again) from None
    except Exception as error:  # noqa: BLE001 - whoever calls from a script gets an answer, never a traceback
        raise Refused(
            "erreur", f"Erreur du portail ({type(error).__name__}) : contactez le helpdesk."
        ) from None


def _found(session: Session, matricule: str, month: Month) -> Facility:
    facility = session.scalars(select(Facility).where(Facility.matricule == matricule)).one_or_none()
    if facility is None:
        raise Refused("milieu-inconnu", "Aucun milieu d’accueil n’a ce matricule.")
    if facility.kind is not FacilityKind.CRECHE:
        raise Refused(
            "sans-presences", "Ce service n’accueille pas d’enfants : il n’a pas de relevé de présences."
        )
    if not imports.importable(facility, month, clock.today()):
        raise Refused("mois", "Ce mois est trop lointain, ou le milieu d’accueil n’était pas encore ouvert.")
    return facility


def _print(report: Report, as_json: bool) -> None:
    if as_json:
        click.echo(report.as_json())
        return
    for line in report.as_text():
        click.echo(line)


def _stop(refused: Refused, as_json: bool) -> NoReturn:
    """Say why nothing was done, and leave."""
    if as_json:
        click.echo(Report(errors=[("", refused.code, refused.message, Severity.BLOCKING)]).as_json())
    else:
        click.echo(refused.message, err=True)
    sys.exit(UNUSABLE)
