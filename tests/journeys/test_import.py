"""A month comes from a workbook: our template, a vendor's, one full of faults; nothing enters before « Confirmer »."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import PHONE, SignIn, Watch

SAMPLES = Path(__file__).parent.parent / "spreadsheets" / "samples"
EXPECTED = json.loads((SAMPLES / "attendu.json").read_text(encoding="utf-8"))
TEMPLATE = "presences-modele-2026-10.xlsx"
VENDOR = "presences-logiciel-2026-10.xls"
FAULTS = "presences-erreurs-2026-10.xlsx"
# The month holds what the tests before this one left there.
CONFIRM = re.compile(r"^Confirmer( et retirer .*)?$")

See = Callable[[Page, str], None]
Check = Callable[[Page], None]


def _month(page: Page) -> None:
    """Les Lucioles in October."""
    page.goto("/presences/?annee=2026")
    page.locator("section", has_text="Crèche Les Lucioles").locator("a[href$='/2026-10/']").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Octobre 2026")


def _send(page: Page, name: str, data: bytes | None = None) -> None:
    opener = page.get_by_role("button", name="Importer", exact=True)
    if opener.count():
        opener.click()
    content = (SAMPLES / name).read_bytes() if data is None else data
    page.get_by_label("Classeur").set_input_files({"name": name, "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Voir l’aperçu").click()


def _shown_totals(page: Page) -> dict[str, int]:
    """The six totals after the import, as the preview shows them."""
    codes = ("P", "P½", "J", "J½", "I", "I½")
    cells = page.locator(".six-move tbody td.numeric")
    expect(cells).to_have_count(len(codes))  # the preview may still be on its way
    return dict(zip(codes, (int(text.split()[-1]) for text in cells.all_inner_texts()), strict=True))


@pytest.mark.usefixtures("watch")
def test_our_template_then_a_vendors_workbook(
    page: Page, sign_in: SignIn, axe: Check, screenshot: See
) -> None:
    sign_in(page, "hugo.denis")
    _month(page)
    _send(page, TEMPLATE)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Aperçu de l’import")
    assert _shown_totals(page) == EXPECTED[TEMPLATE]
    axe(page)
    screenshot(page, "import-apercu")
    page.get_by_role("button", name="Confirmer", exact=True).click()
    expect(page.locator(".flashes")).to_contain_text("42 enfants ajoutés")
    expect(page.locator("#grid table[role=grid] tbody tr")).to_have_count(42)

    _send(page, TEMPLATE)
    expect(page.locator("main")).to_contain_text("Ce classeur ne change rien")
    expect(page.get_by_role("button", name="Confirmer", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Revenir au relevé").click()
    expect(page.locator(".flashes")).to_contain_text("abandonné")

    _send(page, VENDOR)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Les codes de votre classeur")
    axe(page)
    screenshot(page, "import-codes")
    for code, meaning in (("M", "J –"), ("M/2", "J½ –"), ("A", "I –"), ("A/2", "I½ –")):
        select = page.get_by_label(re.compile(rf"Que veut dire le code {re.escape(code)}$"))
        option = select.locator("option").filter(has_text=meaning).first
        select.select_option(value=option.get_attribute("value"))
    page.get_by_role("button", name="Confirmer ces codes").click()
    assert _shown_totals(page) == EXPECTED[VENDOR]
    axe(page)
    screenshot(page, "import-apercu-logiciel")
    page.get_by_role("link", name="Modifier la correspondance des codes").click()
    screenshot(page, "import-codes-connus")
    page.go_back()

    # The preview waits: signed out or gone elsewhere, it is found again from the month.
    page.goto("/")
    _month(page)
    expect(page.locator("main")).to_contain_text("Un import est en attente")
    page.get_by_role("link", name="Reprendre l’aperçu").click()
    # Two children of one name, born half a year apart, are two children.
    expect(page.locator("#avertissements")).to_contain_text("un homonyme ?")
    expect(page.locator("main > div.message").first).to_contain_text(
        "Ce classeur retire 42 enfants du relevé"
    )
    page.get_by_role("button", name="Confirmer et retirer 42 enfants", exact=True).click()
    expect(page.locator(".flashes")).to_contain_text("37 enfants ajoutés, 42 lignes retirées")

    _send(page, VENDOR)  # its codes are remembered
    expect(page.locator("main")).to_contain_text("Ce classeur ne change rien")


@pytest.mark.usefixtures("watch")
def test_every_fault_at_once_mended_on_the_spot(
    page: Page, sign_in: SignIn, axe: Check, screenshot: See
) -> None:
    sign_in(page, "claire.lambert")
    _month(page)
    _send(page, FAULTS)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Aperçu de l’import")
    cells = page.locator("#erreurs .fault-place .cell-name").all_inner_texts()
    assert cells == sorted(EXPECTED[FAULTS], key=lambda cell: (int(cell[1:]), cell))
    assert "85133000105" not in page.content()
    expect(page.get_by_role("button", name=CONFIRM)).to_be_disabled()
    axe(page)
    screenshot(page, "import-erreurs")

    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le classeur annoté").click()
    book = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes()))
    commented = {c.coordinate for row in book["Présences"].iter_rows() for c in row if c.comment}
    assert commented >= set(EXPECTED[FAULTS])

    page.get_by_label("cellule A3").fill("Amrani")
    page.get_by_label("cellule C4").fill("31/01/2O25")  # mistyped: it stays to be mended
    page.get_by_label("cellule C5").fill("4/11/2025")
    page.locator("#vide-6-niss").check()
    page.get_by_label("cellule H7").select_option("P")
    page.get_by_label("cellule K8").select_option(label="Rien ce jour-là")
    page.get_by_label("cellule J9").select_option(label="Rien ce jour-là")
    page.locator("[name=jours]").check()
    page.locator("#ecarter-12").check()
    page.get_by_label("cellule G13").fill("4")
    page.get_by_role("button", name="Enregistrer les corrections").click()
    expect(page.locator("main")).to_contain_text("1 erreur à corriger")
    expect(page.get_by_label("cellule C4")).to_have_value("31/01/2O25")
    screenshot(page, "import-une-erreur")

    page.get_by_label("cellule C4").fill("31/01/2025")
    page.get_by_label("cellule C4").press("Enter")
    expect(page.locator("main")).not_to_contain_text("à corriger avant de confirmer")
    page.locator("#corrections summary").click()
    axe(page)
    screenshot(page, "import-corrige")
    page.get_by_role("button", name=CONFIRM).click()
    expect(page.locator(".flashes")).to_contain_text("Import enregistré")
    expect(page.locator("#grid table[role=grid] tbody tr")).to_have_count(19)


def test_a_file_that_cannot_be_used_is_told_beside_it(
    page: Page, watch: Watch, sign_in: SignIn, axe: Check, screenshot: See
) -> None:
    watch.expect("422")
    sign_in(page, "claire.lambert")
    _month(page)
    page.goto(page.url + "importer")
    _send(page, "releve.xlsx", b"%PDF-1.7 not a workbook")
    expect(page.locator(".upload-error")).to_contain_text("c’est un document PDF")
    axe(page)
    screenshot(page, "import-fichier-refuse")
    page.set_viewport_size(PHONE)
    _send(page, "gros.xlsx", b"PK" + b"0" * (5 << 20))
    expect(page.locator(".upload-error")).to_contain_text("dépasse 5 Mo")


def test_without_script_the_same_pages_do(page: Page, watch: Watch, sign_in: SignIn) -> None:
    watch.expect("422")
    sign_in(page, "claire.lambert")
    _month(page)
    address = page.url + "importer"
    page.route("**/*.js", lambda route: route.abort())
    watch.expect("ERR_FAILED")
    page.goto(address)
    _send(page, "releve.xlsx", b"not a workbook")
    expect(page.get_by_role("alert")).to_contain_text("pas un classeur Excel")
    _send(page, TEMPLATE)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Aperçu de l’import")
    page.get_by_role("button", name=CONFIRM).click()
    expect(page.locator(".flashes")).to_contain_text("Import enregistré")


@pytest.mark.usefixtures("watch")
def test_cells_on_their_way_are_stored_before_the_file_leaves(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "hugo.denis")
    _month(page)
    if page.locator("#grid").count() == 0:
        _send(page, TEMPLATE)
        page.get_by_role("button", name=CONFIRM).click()
    held: list[Route] = []
    page.route("**/cellules", lambda route: held.append(route))
    cell = page.locator("#grid table[role=grid] tbody tr").first.locator("> *").nth(8)
    other = "P" if cell.inner_text().strip() == "J½" else "J½"  # whatever the months before left there
    cell.click()
    page.keyboard.type(other)
    page.keyboard.press("Enter")
    _send(page, TEMPLATE)
    page.wait_for_timeout(500)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Octobre 2026")
    assert held
    for route in held:
        route.continue_()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Aperçu de l’import")
