"""Who leaves is out at once; the helpdesk undoes a deletion; the old password is converted; agents say why they come in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.services.demo_people import ORGANISERS
from tests.journeys.conftest import Elsewhere, Portal, SignIn, Watch, enter_by_password, give_password, leave
from tests.journeys.members import NISS, Members

OUTSIDE = ORGANISERS[1].name


@pytest.fixture
def members(page: Page) -> Members:
    return Members(page)


def test_whoever_is_disabled_is_out_on_the_next_click(
    members: Members, elsewhere: Elsewhere, sign_in: SignIn
) -> None:
    hugo = elsewhere("hugo.denis", after="/presences/")
    session = hugo.context.cookies()
    sign_in(members.page, "claire.lambert")
    members.person("Denis Hugo").confirm("Désactiver")
    expect(members.status).to_contain_text("Le profil de Hugo Denis est désactivé")
    members.see("acces-personne-desactivee")

    hugo.get_by_role("link", name="Page d’accueil").click()
    expect(hugo).to_have_url(re.compile("/connexion/"))
    Members(hugo).see("acces-dehors")
    members.page.get_by_role("button", name=re.compile("^Réactiver : ")).click()
    expect(members.status).to_contain_text("Le profil de Hugo Denis est réactivé")

    hugo.context.clear_cookies()
    hugo.context.add_cookies(session)  # type: ignore[arg-type]  (Playwright's own, as it gave them)
    hugo.goto("/presences/")
    expect(hugo).to_have_url(re.compile("/connexion/"))
    sign_in(hugo, "hugo.denis", after="/presences/")
    expect(hugo).to_have_url(re.compile("/presences/"))


def test_the_helpdesk_undoes_a_deletion(members: Members, elsewhere: Elsewhere, sign_in: SignIn) -> None:
    page = members.page
    sign_in(page, "claire.lambert")
    members.person("Benali Sarah")
    page.get_by_role("button", name=re.compile("^Supprimer : ")).click()
    expect(page.get_by_role("dialog")).to_contain_text("30 jours (valeur non officielle)")
    page.keyboard.press("Escape")
    members.confirm("Supprimer")
    expect(members.status).to_contain_text("30 jours (valeur non officielle)")
    expect(page.get_by_role("link", name="Benali Sarah")).to_have_count(0)
    members.see("acces-supprimee")

    desk = Members(elsewhere("olivia.stassart", after="/helpdesk/recherche/"))
    desk.see("helpdesk-recherche")
    desk.page.get_by_label("Organisation ou personne").fill("valbois")
    desk.page.get_by_label("Organisation ou personne").press("Enter")
    desk.see("helpdesk-trouve")
    desk.page.get_by_role("link", name="Commune de Valbois").click()
    row = desk.page.get_by_role("row", name="Benali Sarah")
    expect(row).to_contain_text("Supprimé")
    expect(desk.page.get_by_text("rétabli pendant 30 jours")).to_contain_text("valeur non officielle")
    desk.see("helpdesk-organisation")
    row.get_by_role("button", name=re.compile("^Rétablir")).click()
    expect(desk.status).to_contain_text("Le profil de Sarah Benali est rétabli, avec ses accès.")
    desk.page.get_by_role("link", name="Benali Sarah").click()
    desk.see("helpdesk-personne")

    members.person("Benali Sarah")
    expect(members.box("Subsides et présences, Crèche Les Hirondelles")).to_be_checked()


def test_the_old_password_is_converted(members: Members, portal: Portal, watch: Watch) -> None:
    watch.expect("422")
    page, account = members.page, portal.people["valbois"]
    enter_by_password(page, account)
    page.get_by_role("link", name="Convertir mon utilisateur").click()
    members.see("mon-utilisateur-mot-de-passe")
    page.get_by_label("N° de registre national").fill("85.07.30-033.29")
    members.send("Convertir l’utilisateur")
    expect(members.alert).to_be_focused()
    members.see("mon-utilisateur-erreurs")
    for label, value in (("Prénom", "Anne"), ("Nom", "Vasseur"), ("Courriel", "anne@exemple.invalid")):
        page.get_by_role("textbox", name=label, exact=True).fill(value)
    page.get_by_label("N° de registre national").fill(NISS)
    page.get_by_label("Je certifie").check()
    members.send("Convertir l’utilisateur")
    expect(members.status).to_contain_text("Votre utilisateur est converti")
    assert NISS not in page.content()
    members.see("mon-utilisateur-converti")

    give_password(page, account)
    expect(page).to_have_url(re.compile("/mon-utilisateur/"))
    expect(page.get_by_text("Ce mot de passe n’ouvre plus que cette page")).to_be_visible()
    expect(page.get_by_text("NISS valide présent")).to_be_visible()
    expect(page.locator("#saisie-retrouvee")).to_be_hidden()
    for closed in ("/", "/presences/", "/utilisateurs/"):
        page.goto(closed)
        expect(page).to_have_url(re.compile("/mon-utilisateur/"))
    members.see("mon-utilisateur-ferme")


def test_an_agent_outside_their_portfolio_says_why_and_the_organiser_reads_it(
    members: Members, elsewhere: Elsewhere, sign_in: SignIn, watch: Watch
) -> None:
    watch.expect("422")
    page = members.page
    sign_in(page, "marc.delvaux", after="/controle/presences/?etat=tous&milieu=Pomme")
    page.get_by_role("link", name="Entrer avec un motif : ASBL Les Petits Pas").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hors de votre portefeuille")
    expect(page.get_by_text(OUTSIDE)).to_be_visible()
    reason = page.get_by_label("Pourquoi entrez-vous ?")
    reason.fill("?")
    members.send("Entrer")
    expect(reason).to_have_accessible_description(re.compile("Dites en une phrase pourquoi"))
    expect(reason).to_have_value("?")
    members.see("porte-erreur")
    reason.fill("Remplacement de Lucas Hermans, en congé.")
    reason.press("Tab")
    page.keyboard.press("Enter")
    expect(members.status).to_contain_text("notés dans l’historique de l’organisation")
    page.locator("tbody").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pomme d’Api")

    sarah = Members(elsewhere("sarah.benali"))
    sarah.page.locator("main").get_by_role("button", name=re.compile("Petits Pas")).click()
    sarah.page.locator("main").get_by_role("link", name="Historique", exact=True).click()
    told = sarah.page.get_by_role("row").filter(has_text="Remplacement de Lucas Hermans, en congé.").first
    expect(told).to_contain_text("Marc Delvaux")
    sarah.see("porte-historique")
    sarah.page.goto("/contacts-one/")
    expect(sarah.page.get_by_role("row", name="Lucas Hermans")).to_be_visible()
    expect(sarah.page.get_by_text("Marc Delvaux")).to_have_count(0)
    sarah.see("contacts-one")
    leave(page)
