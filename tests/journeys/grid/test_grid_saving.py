"""The save queue: what is said is true, and nothing typed is ever lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Watch
from tests.journeys.grid.conftest import FIRST_LINE, value
from tests.journeys.grid.page import Grid
from tests.journeys.grid_sheet import Sheet

FAILURES = r"Failed to load resource|net::ERR_INTERNET_DISCONNECTED|^5\d\d "


@pytest.fixture(autouse=True)
def failures_are_meant(watch: Watch) -> None:
    watch.expect(FAILURES)


def stored(page: Page, name: str = "chunks") -> list[dict[str, object]]:
    """What the browser keeps: of unsent edits ("chunks"), of what waits for the person ("held")."""
    found = page.evaluate(
        """(name) => new Promise((resolve, reject) => {
          const opening = indexedDB.open("releve-de-presences");
          opening.onerror = reject;
          opening.onsuccess = () => {
            const all = opening.result.transaction(name).objectStore(name).getAll();
            all.onsuccess = () => { opening.result.close(); resolve(all.result.flatMap((one) => one.edits ?? one)); };
          };
        })""",
        name,
    )
    return list(found)


def test_saved_is_only_said_once_the_server_said_so(grid: Grid, server: Sheet) -> None:
    grid.open()
    expect(grid.status).to_have_text("Aucune modification en attente")
    server.delay = 1.5
    grid.type(1, 5, "J")
    grid.has(1, 5, "[qs]")
    expect(grid.status).to_have_text(
        re.compile(r"1 modification en attente|Enregistrement de 1 modification…")
    )
    assert [edit["new"] for edit in stored(grid.page)] == ["J"]
    grid.has(1, 5, "s")
    grid.saved()
    grid.has(1, 5, "k")
    assert stored(grid.page) == []
    grid.lacks(1, 5, "k")


def test_edits_leave_in_one_batch_and_the_last_value_of_a_cell_wins(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, 5, "J").type(1, 6, "I").type(1, 5, "P½")
    grid.saved()
    assert [[(edit["field"], edit["new"]) for edit in edits] for edits in server.saves] == [
        [("5", "P½"), ("6", "I")]
    ]


def test_offline_edits_wait_are_said_to_and_leave_when_the_network_is_back(grid: Grid, server: Sheet) -> None:
    grid.open()
    grid.page.context.set_offline(True)
    grid.type(1, 5, "J").type(1, 6, "I").type(2, 5, "J½")
    expect(grid.status).to_have_text("3 modifications en attente – hors ligne")
    expect(grid.page.locator("#grid")).to_have_class(re.compile("is-offline"))
    assert server.saves == []
    grid.page.context.set_offline(False)
    grid.saved()
    assert [value(server, 1, 5), value(server, 1, 6), value(server, 2, 5)] == ["J", "I", "J½"]


def test_offline_edits_survive_the_closing_of_the_tab(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.failure = 503
    grid.type(1, 5, "J")
    expect(grid.status).to_contain_text("le serveur ne répond pas")
    context = grid.page.context
    grid.page.close()
    server.failure = None
    back = Grid(context.new_page()).open()
    back.shows(1, 5, "J")
    back.saved()
    assert value(server, 1, 5) == "J"
    assert stored(back.page) == []


def test_a_lost_answer_does_not_make_the_edit_twice_nor_a_conflict(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.failure = "lost"
    grid.type(1, 5, "J")
    expect(grid.status).to_contain_text("le serveur ne répond pas")
    grid.type(1, 5, "I")
    server.failure = None
    grid.saved()
    assert value(server, 1, 5) == "I"
    first, again, then = (edits[0] for edits in (server.saves[0], server.saves[-2], server.saves[-1]))
    assert first["key"] == again["key"] != then["key"]
    assert (then["old"], then["new"]) == ("J", "I")


def test_offline_the_buttons_say_what_happens(grid: Grid, server: Sheet) -> None:
    save = grid.page.get_by_role("button", name="Enregistrer le brouillon")
    sign = grid.page.get_by_role("link", name="Signer et soumettre")
    grid.open()
    grid.page.context.set_offline(True)
    expect(grid.status).to_have_text("Hors ligne : ce que vous encodez sera gardé sur cet appareil")
    expect(grid.status).to_be_in_viewport(ratio=1)
    sign.click()
    expect(grid.banner).to_contain_text("Tout ce que vous avez encodé jusqu’ici est enregistré.")
    expect(grid.banner).to_contain_text("Vous pourrez signer une fois la connexion revenue")
    grid.type(1, 5, "J").type(1, 6, "I")
    save.click()
    expect(grid.banner).to_contain_text(
        "2 modifications sont gardées sur cet appareil et partiront dès que la connexion revient."
    )
    expect(grid.banner).to_be_in_viewport(ratio=1)
    assert grid.page.url.endswith("/")
    grid.page.context.set_offline(False)
    grid.saved()
    expect(grid.banner).to_be_hidden()
    save.click()
    expect(grid.status).to_have_text(re.compile(r"^Brouillon enregistré à \d\d:\d\d$"))
    sign.click()
    grid.page.wait_for_url("**/soumis")


def test_dates_are_shown_as_the_server_writes_them(grid: Grid, server: Sheet) -> None:
    server.put(FIRST_LINE, "1", "")
    server.put(FIRST_LINE, "2", "")
    grid.open().type(1, "entry_date", "5.10.26")
    grid.shows(1, "entry_date", "05/10/2026")
    grid.has(1, 2, "o")
    grid.lacks(1, 5, "o")


def test_others_changes_come_in_without_touching_what_is_typed(grid: Grid, server: Sheet) -> None:
    grid.page.clock.install()
    grid.open()
    before = grid.totals()
    server.put(FIRST_LINE, "5", "I")
    server.put(FIRST_LINE + 2, "last_name", "Dupont")
    grid.page.clock.run_for(21_000)
    grid.shows(1, 5, "I")
    grid.shows(3, "last_name", "Dupont")
    assert grid.totals()[4] == before[4] + 1
    grid.has(1, 5, "n")


def test_an_expired_session_loses_nothing_even_if_the_token_changed(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.signed_out = True
    grid.type(1, 5, "J")
    expect(grid.banner).to_contain_text("Votre session a expiré : reconnectez-vous, rien n’est perdu")
    expect(grid.banner.get_by_role("link", name="Se reconnecter")).to_have_attribute("href", "/connexion")
    expect(grid.status).to_contain_text("1 modification en attente – session expirée")
    server.signed_out = False
    server.token = "jeton-2"
    grid.page.evaluate("dispatchEvent(new Event('focus'))")
    grid.saved()
    expect(grid.banner).to_be_hidden()
    assert value(server, 1, 5) == "J"


def test_another_person_signing_in_does_not_send_these_edits(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.signed_out = True
    grid.type(1, 5, "J")
    expect(grid.banner).to_be_visible()
    server.signed_out = False
    server.token = "jeton-2"
    server.user = 8
    grid.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(grid.status).to_contain_text("session expirée")
    assert server.saves == []
    grid.page.reload()
    grid.ready().lacks(1, 5, "q")
    assert server.saves == []


def test_a_locked_month_becomes_read_only_and_gives_the_unsent_back(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.locked = True
    grid.type(1, 5, "J").type(1, "first_name", "Ada")
    dialog = grid.page.get_by_role("dialog", name="Modifications qui n’ont pas pu être enregistrées")
    expect(dialog.locator("textarea")).to_have_value(
        re.compile(r"Lambert \w+\tlundi 5\tJ\nLambert \w+\tPrénom\tAda")
    )
    grid.press("Escape")
    expect(grid.banner).to_contain_text("n’est plus modifiable")
    grid.click(2, 5)
    grid.keyboard.type("J")
    expect(grid.page.locator(".grid-editor:visible")).to_have_count(0)


def test_what_is_being_typed_when_the_month_locks_is_given_back_too(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.locked, server.delay = True, 1
    grid.type(1, 5, "J").click(1, "first_name")
    grid.keyboard.type("Ada")
    dialog = grid.page.get_by_role("dialog", name="Modifications qui n’ont pas pu être enregistrées")
    expect(dialog.locator("textarea")).to_have_value(re.compile(r"lundi 5\tJ\n.*\tPrénom\tAda"))


def test_a_batch_the_server_finds_too_large_is_cut_and_sent_in_order(grid: Grid, server: Sheet) -> None:
    server.largest = 5
    grid.open().click(1, 5).press(
        "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown", *["Shift+ArrowRight"] * 4
    )
    grid.keyboard.type("I½")
    grid.press("Control+Enter")
    grid.saved()
    assert value(server, 4, 9) == "I½"
    assert max(map(len, server.saves)) <= 5
    assert [edit["line"] for edits in server.saves for edit in edits] == sorted(
        edit["line"] for edits in server.saves for edit in edits
    )
