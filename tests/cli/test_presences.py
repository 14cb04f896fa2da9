"""`flask presences`: what operators' scripts rely on, exit codes and the shape of the JSON."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from app import clock, create_app
from app.db import db
from app.models import AttendanceLine, AttendanceSheet, JournalEntry
from tests import factories
from tests.conftest import System
from tests.databases import Databases
from tests.spreadsheets import made

SAMPLES = Path(__file__).parent.parent / "spreadsheets" / "samples"
EXPECTED = json.loads((SAMPLES / "attendu.json").read_text(encoding="utf-8"))
TEMPLATE, VENDOR, FAULTS = (
    "presences-modele-2026-10.xlsx",
    "presences-logiciel-2026-10.xls",
    "presences-erreurs-2026-10.xlsx",
)
CODES = "1=P,0,5=P½,M=J,M/2=J½,A=I,A/2=I½"
TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def database_url(databases: Databases, demo_template: str) -> str:
    return databases.create("essai", demo_template)


@dataclass
class Terminal:
    """An operator at the project's root."""

    app: Flask

    def run(self, *arguments: str | Path) -> tuple[int, str, str]:
        outcome = FlaskCliRunner(self.app).invoke(args=["presences", *map(str, arguments)])
        assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
        assert "Traceback" not in outcome.output
        return outcome.exit_code, outcome.stdout, outcome.stderr

    def importer(
        self, file: str | Path, *more: str, facility: str = "CR-4021", month: str = "2026-10"
    ) -> tuple[int, dict[str, Any]]:
        place = ("--milieu", facility, "--mois", month, "--format", "json")
        status, out, err = self.run("importer", SAMPLES / file, *place, *more)
        assert not err
        return status, json.loads(out)


@pytest.fixture
def terminal(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    return Terminal(app)


def test_the_samples(terminal: Terminal, system: System) -> None:
    status, dry = terminal.importer(TEMPLATE, "--a-blanc")
    assert (status, dry["lignes"], dry["ajouts"], dry["totaux"]) == (0, 42, 42, EXPECTED[TEMPLATE])
    with system() as session:
        lucioles = select(AttendanceSheet.id).where(AttendanceSheet.month == dt.date(2026, 10, 1))
        before = len(session.scalars(lucioles).all())
    status, stored = terminal.importer(TEMPLATE)
    assert (status, stored) == (0, dry)
    assert list(stored) == ["lignes", "totaux", "ajouts", "modifications", "suppressions", "erreurs"]
    with system() as session:
        assert len(session.scalars(lucioles).all()) == before + 1
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "import")).one()
        assert (entry.user_id, entry.actor) == (None, "import en ligne de commande")
    status, again = terminal.importer(TEMPLATE)
    assert (status, [again[key] for key in ("ajouts", "modifications", "suppressions")]) == (0, [0, 0, 0])

    status, vendor = terminal.importer(VENDOR)
    assert status == 1
    assert {error["code"] for error in vendor["erreurs"]} == {"code-inconnu", "enfants-retires"}
    assert all('--codes "1=P' in one["message"] for one in vendor["erreurs"] if one["code"] == "code-inconnu")
    status, vendor = terminal.importer(VENDOR, "--codes", CODES)
    assert (status, vendor["lignes"], vendor["totaux"]) == (0, 37, EXPECTED[VENDOR])
    ((told),) = vendor["erreurs"]  # nobody of the template is in it
    assert (told["code"], told["gravite"]) == ("enfants-retires", "avertissement")
    assert told["message"].startswith(
        "Ce classeur retire 42 enfants du relevé, qui en compte 42, et en ajoute 37."
    )

    status, faulty = terminal.importer(FAULTS)
    blocking = {error["cellule"] for error in faulty["erreurs"] if error["gravite"] == "bloquant"}
    assert (status, blocking) == (1, set(EXPECTED[FAULTS]))
    assert set(faulty["erreurs"][0]) == {"cellule", "code", "message", "gravite"}
    assert "85133000105" not in json.dumps(faulty)
    assert (
        terminal.importer(VENDOR, "--codes", CODES)[1]["ajouts"] == 0
    )  # nothing of the faulty one was stored


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("importer", SAMPLES / TEMPLATE, "--milieu", "CR-0000", "--mois", "2026-10"), "milieu-inconnu"),
        (("importer", SAMPLES / TEMPLATE, "--milieu", "CR-4021", "--mois", "octobre"), "mois"),
        (("importer", SAMPLES / TEMPLATE, "--milieu", "CR-4021", "--mois", "2030-01"), "mois"),
        (("importer", SAMPLES / TEMPLATE, "--milieu", "CR-4021", "--mois", "2020-01"), "mois"),
        (("importer", "absent.xlsx", "--milieu", "CR-4021", "--mois", "2026-10"), "fichier"),
        (("importer", SAMPLES, "--milieu", "CR-4021", "--mois", "2026-10"), "fichier"),
        (("importer", SAMPLES / "attendu.json", "--milieu", "CR-4021", "--mois", "2026-10"), "extension"),
        (("importer", SAMPLES / TEMPLATE, "--milieu", "CR-4022", "--mois", "2026-06"), "mois-soumis"),
        (("importer", SAMPLES / TEMPLATE, "--milieu", "CR-4021", "--mois", "2026-10", "--codes", "M"), "codes"),
        (("importer", SAMPLES / TEMPLATE, "--milieu", "CR-4021", "--mois", "2026-10", "--codes", "M=Z"), "codes"),
        (("importer", SAMPLES / TEMPLATE, "--mois", "2026-10"), "arguments"),
        (("importer", "--milieu", "CR-4021", "--mois", "2026-10"), "arguments"),
        (("importer", "a", "b", "--milieu", "CR-4021", "--mois", "2026-10"), "arguments"),
        (("importer", "a", "--milieu", "CR-4021", "--mois", "2026-10", "--bidule"), "arguments"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_in_french_and_in_json(
    terminal: Terminal, arguments: tuple[str, ...], code: str
) -> None:
    status, out, err = terminal.run(*arguments, "--format", "json")
    answer = json.loads(out)
    assert (status, err) == (2, "")
    assert (answer["lignes"], set(answer["totaux"].values())) == (0, {0})
    ((error),) = answer["erreurs"]
    assert (error["code"], error["gravite"], error["cellule"]) == (code, "bloquant", "")
    status, out, err = terminal.run(*arguments)
    assert (status, out, err.strip()) == (2, "", error["message"])


def test_help_and_usage_errors_are_french(terminal: Terminal) -> None:
    for arguments in (("importer", "--help"), ("exporter", "--help"), ()):
        _, out, err = terminal.run(*arguments)
        words = out + err
        assert "Utilisation\u00a0: " in words
        assert "Montre cette aide." in words
        assert not [word for word in ("Usage", "Show this", "required", "Commands:") if word in words]
    for arguments, told in (
        (("importer", "a.xlsx", "--mois", "2026-10"), "il manque --milieu MATRICULE."),
        (("importer", "--milieu", "CR-4021", "--mois", "2026-10"), "il manque FICHIER."),
        (("importer", "a.xlsx", "--milieu"), "l’option --milieu demande une valeur."),
        (
            ("importer", "a.xlsx", "--doutes", "x"),
            "la valeur de --doutes n’est pas acceptée : meme ou autre.",
        ),
        (("importer", "--bidule"), "l’option --bidule n’existe pas"),
        (("importer", "a", "b", "--milieu", "CR-4021", "--mois", "2026-10"), "un mot de trop"),
        (("bidule",), "« bidule » n’est pas une commande de"),
    ):
        status, out, err = terminal.run(*arguments)
        assert (status, out) == (2, "")
        assert told in err
        assert "Error" not in err


def test_without_the_portals_tables_it_says_what_to_run_first(databases: Databases) -> None:
    app = create_app("testing", DATABASE_URL=databases.create("vide"))
    arguments = ("importer", SAMPLES / TEMPLATE, "--milieu", "CR-4021", "--mois", "2026-10")
    status, _, err = Terminal(app).run(*arguments)
    assert (status, "make run" in err) == (2, True)
    outcome = FlaskCliRunner(app).invoke(args=["demo", "milieux", "--format", "json"])
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert "make run" in outcome.stderr
    with app.app_context():
        db.engine.dispose()


def test_people_read_the_same_as_text(terminal: Terminal) -> None:
    place = ("--milieu", "CR-4021", "--mois", "2026-10")
    status, out, _ = terminal.run("importer", SAMPLES / FAULTS, *place)
    assert status == 1
    assert "A3  [bloquant] Le nom de l’enfant manque." in out
    assert "Rien n’a été enregistré : 10 erreurs bloquantes." in out
    assert (
        "À blanc : rien n’a été enregistré."
        in terminal.run("importer", SAMPLES / TEMPLATE, *place, "--a-blanc")[1]
    )
    assert terminal.run("importer", SAMPLES / TEMPLATE, *place)[1].endswith("Enregistré.\n")
    assert terminal.run("importer", SAMPLES / TEMPLATE, *place)[1].endswith("Le relevé était déjà à jour.\n")


def test_what_was_not_read_is_told_as_text(terminal: Terminal, tmp_path: Path) -> None:
    month: made.Rows = [[*made.TWO_NAMES, *made.DAYS], ["Dupont", "Léa", "P"]]
    written = tmp_path / "octobre.xlsx"
    written.write_bytes(made.file(("Octobre", month), ("Menus", [["Lundi", "soupe"]])))
    place = ("--milieu", "CR-4021", "--mois", "2026-10")
    assert "« Menus »" in terminal.run("importer", written, *place, "--a-blanc")[1].replace("\u00a0", " ")


def test_our_own_workbooks_come_back_unchanged(terminal: Terminal, tmp_path: Path, system: System) -> None:
    place = ("--milieu", "CR-4021", "--mois", "2026-10")
    written = tmp_path / "octobre.xlsx"
    assert terminal.run("exporter", *place, "-o", written)[0] == 2  # no month yet
    terminal.importer(TEMPLATE)
    for command in ("exporter", "modele"):
        assert terminal.run(command, *place, "-o", written) == (0, f"Écrit : {written}\n", "")
        status, report = terminal.importer(written)
        changes = [report[key] for key in ("ajouts", "modifications", "suppressions")]
        assert (status, report["lignes"], report["totaux"], changes) == (0, 42, EXPECTED[TEMPLATE], [0, 0, 0])
    with system() as session:
        sealed = session.scalars(
            select(AttendanceLine.niss_sealed).where(AttendanceLine.deleted_at.is_(None))
        )
        assert sum(value is not None for value in sealed) >= 42
    assert terminal.importer(written, facility="CR-4022")[1]["erreurs"][0]["code"] == "autre-milieu"
    assert terminal.run("exporter", *place, "-o", tmp_path / "absent" / "octobre.xlsx")[0] == 2
    assert terminal.run("purger") == (0, "0 aperçu supprimé.\n", "")


def test_the_next_months_template_holds_this_months_children(terminal: Terminal, tmp_path: Path) -> None:
    terminal.importer(TEMPLATE)
    written = tmp_path / "novembre.xlsx"
    terminal.run("modele", "--milieu", "CR-4021", "--mois", "2026-11", "-o", written)
    status, report = terminal.importer(written, "--a-blanc", month="2026-11")
    assert (status, report["lignes"], set(report["totaux"].values())) == (0, 42, {0})


def test_hostile_numbers_never_show(terminal: Terminal, tmp_path: Path) -> None:
    number = factories.niss(dt.date(2025, 3, 4))
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    row = [wrong, "Lou", wrong, wrong, wrong, wrong, wrong, wrong]
    (tmp_path / "a.xlsx").write_bytes(made.file(("P", [[*made.FIELDS, *made.DAYS], row])))
    status, report = terminal.importer(tmp_path / "a.xlsx")
    assert (status, len(report["erreurs"]) >= 6) == (1, True)
    assert wrong[:8] not in json.dumps(report)
