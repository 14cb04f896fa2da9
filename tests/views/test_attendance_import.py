"""The import's pages: who reaches them, what they show and never show, with and without their script."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from app import clock
from app.models import AttendanceImport, AttendanceLine, AttendanceSheet, JournalEntry
from app.rules.workflow import SheetState
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.spreadsheets import made
from tests.views.import_desk import Desk

SAMPLES = Path(__file__).parent.parent / "spreadsheets" / "samples"
FAULTS = (SAMPLES / "presences-erreurs-2026-10.xlsx").read_bytes()
VENDOR = (SAMPLES / "presences-logiciel-2026-10.xls").read_bytes()
TEMPLATE = (SAMPLES / "presences-modele-2026-10.xlsx").read_bytes()
STEPS = ("importer", "importer/codes", "importer/apercu", "importer/classeur-annote.xlsx", "modele.xlsx")
Count = Callable[[Callable[[], object]], int]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 11, 22))


@pytest.fixture
def place(system: System) -> dict[str, int]:
    with system() as session:
        organiser, other = factories.organiser(session), factories.organiser(session, "Autre")
        home = factories.facility(session, organiser, capacity=60)
        beside = factories.facility(session, organiser, "Saule")
        people = {
            "admin": factories.administrator(session, organiser).id,
            "manager": factories.data_manager(session, organiser, beside).id,
            "stranger": factories.administrator(session, other).id,
            "agent": factories.agent(session).id,
        }
        return {"facility": home.id, "organiser": organiser.id, **people}


@pytest.fixture
def desk(client: PortalClient, place: dict[str, int]) -> Desk:
    return Desk(client.login(place["admin"]), place["facility"])


def test_strangers_managers_of_elsewhere_and_agents_do_not_reach_it(
    app: Any, place: dict[str, int], desk: Desk
) -> None:
    desk.send(FAULTS)
    for name, status in (("stranger", 404), ("manager", 404), ("agent", 403)):
        other = Desk(new_client(app).login(place[name]), place["facility"])
        for step in STEPS:
            if not (name == "agent" and step == "modele.xlsx"):
                assert other.client.get(other.base + step).status_code == status, (name, step)
        assert other.send(FAULTS).status_code == status
        for step in ("importer/apercu", "importer/codes", "importer/confirmer", "importer/abandonner"):
            assert other.post(step).status_code == status, (name, step)
    assert "10 erreurs" in desk.page()
    signed_out = Desk(new_client(app), place["facility"])
    assert "/connexion/" in signed_out.client.get(signed_out.base + "importer").headers["Location"]
    assert desk.client.post(desk.base + "importer/confirmer").status_code == 400  # no token


def test_from_file_to_month(desk: Desk, system: System) -> None:
    assert "Votre classeur" in desk.page("importer")
    answer = desk.send(TEMPLATE)
    assert (answer.status_code, answer.headers["Location"]) == (303, desk.base + "importer/apercu")
    assert "vous pouvez confirmer" in desk.page()
    assert "Un import est en attente" in desk.page("importer")
    with system() as session:
        assert not session.scalars(select(AttendanceSheet)).all()
    assert desk.confirm().headers["Location"] == desk.base
    with system() as session:
        assert len(session.scalars(select(AttendanceLine.id)).all()) == 42
        assert not session.scalars(select(AttendanceImport)).all()
    # Sent again, by « Back » or from a second tab: it may well be in the month.
    for step in ("confirmer", "abandonner"):
        assert desk.post(f"importer/{step}").headers["Location"] == desk.base
        told = desk.page("")
        assert "confirmé ou abandonné entre-temps, peut-être dans un autre onglet" in told
        assert "Import abandonné" not in told
    assert desk.client.get(desk.base + "export.xlsx").data.startswith(b"PK")


def test_a_script_is_answered_in_json(desk: Desk) -> None:
    script = {"headers": {"Accept": "application/json"}}
    assert desk.send(TEMPLATE, **script).json == {"suite": desk.base + "importer/apercu"}
    assert desk.send(VENDOR, "a.xls", **script).json == {"suite": desk.base + "importer/codes"}
    answer = desk.send(b"%PDF-1.7", **script)
    assert (answer.status_code, set(answer.json)) == (422, {"message", "aide"})
    assert "Les codes de votre classeur" in desk.page("importer/codes")  # what waited still waits


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "a.xlsx", "Ce fichier est vide"),
        (b"x", "", "Aucun classeur n’a été choisi"),
        (b"PK\x03\x04" + b"0" * (5 << 20), "a.xlsx", "dépasse 5 Mo"),
        (TEMPLATE[:3000], "a.xlsx", "abîmé ou incomplet"),
        (made.file(("Feuil1", [["Bonjour"]])), "a.xlsx", "n’a pas été trouvé dans ce classeur"),
    ],
)
def test_an_unusable_file_is_told_in_french_and_costs_nothing(
    desk: Desk, data: bytes, name: str, told: str
) -> None:
    answer = desk.send(data, name)
    assert answer.status_code == 422
    assert told in answer.text
    assert "votre relevé n’a pas changé" in answer.text


def test_beyond_what_the_server_takes_at_all(desk: Desk) -> None:
    answer = desk.send(b"0" * (6 << 20))
    assert answer.status_code == 413
    assert "Fichier trop volumineux" in answer.text


def test_every_fault_is_on_the_page_and_no_national_number(desk: Desk) -> None:
    desk.send(FAULTS)
    page = desk.page()
    numbers = [str(row[3]) for row in _rows(FAULTS)]
    assert len(numbers) == 20
    assert not [number for number in numbers if number in page]
    assert re.search(r'name="c-6-niss" value=""', page)
    assert 'name="c-4-birth_date" value="31/02/2025"' in page
    assert desk.client.get(desk.base + "importer/classeur-annote.xlsx").data.startswith(b"PK")
    answer = desk.post(
        "importer/apercu", {"c-4-birth_date": "1/2/25", "c-6-niss": "12345678901", "c-x-y": "?"}
    )
    assert answer.status_code == 303
    page = desk.page()
    assert "12345678901" not in page
    assert "9 erreurs à corriger" in page
    assert "Corrections faites ici" in page


def test_what_one_tab_corrected_is_not_undone_by_another_that_left_it_alone(desk: Desk) -> None:
    desk.send(FAULTS)
    page = desk.page()
    fields = dict(re.findall(r'name="(de-[^"]+)" value="([^"]*)"', page))
    assert fields["de-4-birth_date"] == "31/02/2025"
    # The form of a page: each field beside what it was shown with.
    shown = {f"c-{name.removeprefix('de-')}": value for name, value in fields.items()} | fields
    assert desk.post("importer/apercu", {**shown, "c-4-birth_date": "1/2/25"}).status_code == 303
    assert "9 erreurs à corriger" in desk.page()
    assert desk.post("importer/apercu", shown).status_code == 303
    assert "9 erreurs à corriger" in desk.page()


def test_who_signs_is_told_of_an_import_that_waits(desk: Desk) -> None:
    desk.send(TEMPLATE)
    desk.confirm()
    assert "Un import est en attente" not in desk.page("soumettre")
    desk.send(VENDOR, "releve.xls")
    assert "« releve.xls » n’est pas dans ce que vous signez" in desk.page("soumettre")


def _rows(data: bytes) -> list[tuple[Any, ...]]:
    import openpyxl

    return list(openpyxl.load_workbook(BytesIO(data)).worksheets[0].iter_rows(min_row=2, values_only=True))


def test_a_vendors_codes(desk: Desk) -> None:
    desk.send(VENDOR, "releve.xls")
    assert desk.client.get(desk.base + "importer/apercu").headers["Location"].endswith("/importer/codes")
    page = desk.page("importer/codes")
    codes = re.findall(r'name="codes" value="([^"]+)"', page)
    assert codes == ["M", "M/2", "A", "A/2", "1", "0.5"]
    meanings = dict(zip(codes, "JjIiPp", strict=True))

    def form(**left: str) -> dict[str, Any]:
        picked = meanings | left
        return {"codes": codes, **{f"code-{place}": picked[code] for place, code in enumerate(codes)}}

    answer = desk.post("importer/codes", form(M=""))
    assert (answer.status_code, "Il reste des codes" in answer.text) == (422, True)
    assert desk.post("importer/codes", form(M="Ω")).status_code == 422
    assert desk.post("importer/codes", form()).headers["Location"].endswith("/importer/apercu")
    assert "0 → <strong>414" in re.sub(r"<span[^>]*>|</span>|devient", "", desk.page()).replace("  ", " ")
    desk.post("importer/abandonner")
    assert desk.send(VENDOR, "releve.xls").headers["Location"].endswith("/importer/apercu")


def test_a_month_out_of_reach(desk: Desk, system: System) -> None:
    for month in ("2030-01", "2019-12"):
        assert desk.client.get(desk.base.replace("2026-10", month) + "importer").status_code == 404
    desk.send(TEMPLATE)
    desk.confirm()
    desk.send(TEMPLATE)
    page = desk.page()  # which changes nothing: there is nothing to confirm
    assert "Revenir au relevé" in page
    assert 'name="apercu"' not in page
    with system() as session:
        session.scalars(select(AttendanceSheet)).one().state = SheetState.SUBMITTED
    assert "Ce mois est soumis" in desk.page("importer")
    for gone in (False, True):
        answers = [desk.client.get(desk.base + step) for step in STEPS[2:4]]
        answers += [desk.post(f"importer/{step}") for step in ("apercu", "confirmer")]
        for answer in (desk.send(TEMPLATE), *answers):
            assert answer.headers["Location"] == desk.base
        told = desk.page("")
        assert "rien n’a été importé" in told
        assert "envoyer à nouveau" not in told
        if not gone:
            with system() as session:
                session.execute(delete(AttendanceImport))  # as signing does


def test_a_thousand_faults_make_a_page_that_still_opens(desk: Desk) -> None:
    blank = [None] * 5
    rows = [[f"Nom{number}", "Lou", *blank, *["Z"] * 30] for number in range(60)]
    desk.send(made.file(("Feuil1", [[*made.FIELDS, *made.DAYS], *rows])))
    page = desk.page()
    assert page.count('name="c-') == 200
    assert "Et d’autres, à corriger dans le classeur" in page
    assert len(page) < 400_000


def test_statements_are_few_whatever_the_lines(desk: Desk, count_statements: Count) -> None:
    desk.send(TEMPLATE)
    desk.confirm()
    desk.send(FAULTS)
    desk.page()  # with what « Confirmer » had to say
    few = count_statements(desk.page)
    desk.send(TEMPLATE)
    assert count_statements(desk.page) == few <= 10


def test_previews_and_annotated_workbooks_are_in_the_history(desk: Desk, system: System) -> None:
    desk.send(FAULTS)
    desk.page()
    desk.page("importer/classeur-annote.xlsx")
    with system() as session:
        told = select(JournalEntry).where(JournalEntry.action == "consultation").order_by(JournalEntry.id)
        entries = session.scalars(told).all()
        assert [entry.summary for entry in entries] == [
            "Aperçu d’un import : présences d’octobre 2026",
            "Classeur annoté téléchargé : présences d’octobre 2026",
        ]
        assert {entry.facility_id for entry in entries} == {int(desk.base.split("/")[2])}


def test_a_sheet_too_many_is_set_aside_even_without_an_error(desk: Desk) -> None:
    head: list[Any] = [*made.TWO_NAMES, *made.DAYS]
    own, other = [head, ["Petit", "Lou", "P"]], [head, ["Grand", "Max", "P"]]
    desk.send(made.file(("Les Lucioles", own), ("Les Hirondelles", other)))
    page = desk.page()
    assert "vous pouvez confirmer" in page
    assert page.count("Ne rien importer de") == 2
    desk.post("importer/apercu", {"feuille": "1"})
    page = desk.page()
    assert "Non importée" in page
    assert desk.confirm().headers["Location"] == desk.base
    assert "Max" not in desk.client.get(desk.base).text


def test_tables_of_a_week_each_are_told_to_be_one_month(desk: Desk) -> None:
    weeks = [made.DAYS[:15], made.DAYS[15:]]
    data = made.file(
        *((f"Semaine {days[0]}", [[*made.TWO_NAMES, *days], ["Petit", "Lou"]]) for days in weeks)
    )
    desk.send(data)
    page = desk.page()
    assert "Ces tableaux se complètent" in page
    assert page.count("1 ligne d’enfant.") == 2
    assert "Ne rien importer de" not in page


def test_a_workbook_in_another_order_says_so(desk: Desk) -> None:
    head: list[Any] = [*made.TWO_NAMES, *made.DAYS]
    lou, max_ = ["Petit", "Lou", "P"], ["Grand", "Max", "P"]
    desk.send(made.file(("Feuil1", [head, lou, max_])))
    desk.confirm()
    desk.send(made.file(("Feuil1", [head, max_, lou])))
    assert "ne change que l’ordre des enfants" in desk.page()
    assert desk.confirm().headers["Location"] == desk.base
    page = desk.client.get(desk.base).text
    assert "se suivent dans l’ordre du classeur" in page
    assert page.index("Max") < page.index("Lou")
