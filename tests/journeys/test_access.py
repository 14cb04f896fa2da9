"""« Gérer mes utilisateurs » in a real browser: adding somebody, opening dossiers to them, on a strong connection."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from app import clock
from tests.journeys.conftest import Elsewhere, SignIn, Watch
from tests.journeys.members import NISS, Members

TODAY = clock.today()
FROM, UNTIL = (f"{TODAY + dt.timedelta(days=days):%d/%m/%Y}" for days in (10, 100))


@pytest.fixture
def members(page: Page) -> Members:
    return Members(page)


def test_somebody_is_added_and_given_access_by_keyboard_alone(
    page: Page, members: Members, sign_in: SignIn, watch: Watch
) -> None:
    watch.expect("422")
    sign_in(page, "claire.lambert", after="/utilisateurs/")
    members.see("acces-liste").tab_to(page.get_by_role("link", name="Ajouter un utilisateur"))
    page.keyboard.press("Enter")
    members.tab_to(page.get_by_label("Prénom"))
    page.keyboard.type("Zoé")
    page.keyboard.press("Enter")
    expect(members.alert).to_be_focused()
    last_name = page.get_by_role("textbox", name="Nom", exact=True)
    for asked in (last_name, *map(page.get_by_label, ("Courriel", "N° de registre national", "Je certifie"))):
        expect(asked).to_have_accessible_description(re.compile("Ce champ est requis"))
    members.see("acces-ajouter-erreurs")

    page.keyboard.press("Tab")  # the first fault of the summary, which leads to its field
    page.keyboard.press("Enter")
    expect(last_name).to_be_focused()
    page.keyboard.type("Renard")
    for words in ("zoe.renard@exemple.invalid", "85.07.30-033.29"):
        page.keyboard.press("Tab")
        page.keyboard.type(words)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    number = page.get_by_label("N° de registre national")
    expect(number).to_have_accessible_description(re.compile("Ce numéro n’est pas valide"))
    expect(page.get_by_label("Prénom")).to_have_value("Zoé")
    expect(page.get_by_label("Je certifie")).to_be_checked()
    members.tab_to(number)
    page.keyboard.press("Control+a")
    page.keyboard.type(NISS)
    page.keyboard.press("Enter")
    expect(members.status).to_contain_text("Zoé Renard est dans la liste")
    expect(page.get_by_role("heading", level=1)).to_have_text("Zoé Renard")
    expect(page.get_by_text("NISS valide présent")).to_be_visible()
    for written in (NISS, NISS.replace(".", "").replace("-", "")):
        assert written not in page.content()
        assert written not in page.url
    members.see("acces-personne-nouvelle")

    members.tab_to(members.box("Bilans, Crèche Les Lucioles"))
    page.keyboard.press("Space")
    members.tab_to(page.get_by_role("radio", name=re.compile("sans limite")))
    page.keyboard.press("ArrowDown")
    for day in (FROM, UNTIL):
        page.keyboard.press("Tab")
        page.keyboard.type(day)
    members.tab_to(page.get_by_role("button", name="Vérifier et enregistrer"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce qui change pour Zoé Renard")
    members.tab_to(page.get_by_role("button", name="Enregistrer", exact=True))
    page.keyboard.press("Enter")
    expect(members.status).to_contain_text("1 accès modifié pour Zoé Renard.")
    expect(page.get_by_label("du", exact=True).first).to_have_value(FROM)
    members.see("acces-personne-periode")


def test_a_replacement_is_opened_through_the_tree(
    page: Page, members: Members, sign_in: SignIn, watch: Watch
) -> None:
    """The difference is read before it is saved; going back, and a date that does not exist, lose nothing."""
    watch.expect("422")
    sign_in(page, "claire.lambert")
    members.person("Denis Hugo").see("acces-arbre")
    bilans, projects = members.box("Bilans, Crèche Les Lucioles"), members.box("Extension des Lucioles")
    bilans.check()
    projects.check()
    first, last = (page.locator(".access-period").get_by_label(name, exact=True) for name in ("du", "au"))
    first.fill(FROM)
    expect(page.get_by_role("radio", name=re.compile("Pour une période"))).to_be_checked()
    last.fill("31/02/2027")
    members.send("Vérifier et enregistrer")
    expect(members.alert).to_be_focused()
    expect(last).to_have_value("31/02/2027")
    members.see("acces-arbre-erreur")
    expect(bilans).to_be_checked()
    last.fill(UNTIL)
    members.send("Vérifier et enregistrer")
    line = page.get_by_role("row").filter(has_text="Bilans")
    expect(line).to_contain_text("ajouté")
    expect(line).to_contain_text(f"du {FROM} au {UNTIL}")
    members.see("acces-difference").send("Revoir les accès")
    expect(projects).to_be_checked()
    projects.uncheck()
    members.send("Vérifier et enregistrer")
    expect(page.get_by_role("row")).to_have_count(2)
    members.send("Enregistrer")
    expect(members.status).to_contain_text("1 accès modifié pour Hugo Denis.")
    expect(bilans).to_be_checked()
    expect(projects).not_to_be_checked()


def test_the_matrix_is_filled_with_the_arrows(page: Page, members: Members, sign_in: SignIn) -> None:
    sign_in(page, "claire.lambert", after="/utilisateurs/matrice/")
    members.see("acces-matrice")
    page.get_by_label("Dossier").select_option(label="Subsides et présences")
    members.send("Afficher")
    mine = members.box("Denis Hugo, Crèche Les Hirondelles")
    members.tab_to(page.get_by_role("link", name="Benali Sarah"))
    page.keyboard.press("Tab")
    expect(members.box("Benali Sarah, Crèche Les Hirondelles")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(mine).to_be_focused()
    page.keyboard.press("Space")
    expect(mine).to_be_checked()
    members.see("acces-matrice-subsides").send("Vérifier et enregistrer")
    expect(page.get_by_role("row").filter(has_text="Denis Hugo")).to_contain_text("Crèche Les Hirondelles")
    members.see("acces-matrice-difference").send("Revoir le tableau")
    expect(mine).to_be_checked()
    members.send("Vérifier et enregistrer").send("Enregistrer")
    expect(members.status).to_contain_text("1 accès modifié.")
    expect(mine).to_be_checked()


def test_a_weak_connection_is_made_strong_on_the_way(
    page: Page, members: Members, sign_in: SignIn, watch: Watch
) -> None:
    watch.expect("403")
    sign_in(page, "claire.lambert", means="code", after="/utilisateurs/")
    members.see("acces-liste-faible")
    page.get_by_role("link", name="Ajouter un utilisateur").click()
    members.see("acces-connexion-forte")
    _made_strong(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ajouter un utilisateur")
    expect(page.get_by_role("banner")).to_contain_text(re.compile("forte", re.IGNORECASE))


def test_what_was_ticked_on_a_weak_connection_waits(
    page: Page, members: Members, sign_in: SignIn, watch: Watch
) -> None:
    watch.expect("403")
    sign_in(page, "claire.lambert", means="code")
    members.person("Marchal Inès").see("acces-arbre-faible")
    asked = members.box("Pré-demandes, Crèche Les Lucioles")
    address = page.url
    asked.check()
    members.send("Vérifier et enregistrer")
    members.see("acces-connexion-forte-saisie")
    _made_strong(page)
    expect(page).to_have_url(address)
    expect(page.get_by_role("region", name="Votre saisie est de retour")).to_be_focused()
    expect(asked).to_be_checked()
    members.see("acces-saisie-remise").send("Vérifier et enregistrer")
    expect(page.get_by_role("row")).to_have_count(2)
    members.send("Enregistrer")
    expect(members.status).to_contain_text("1 accès modifié pour Inès Marchal.")


def test_an_access_is_asked_for_and_opened(
    page: Page, members: Members, elsewhere: Elsewhere, sign_in: SignIn, watch: Watch
) -> None:
    watch.expect("422")
    sign_in(page, "claire.lambert", after="/utilisateurs/demandes/")
    members.see("demandes-aucune")
    hugo = Members(elsewhere("hugo.denis", after="/mes-acces/"))
    hugo.send("Envoyer la demande")
    expect(hugo.alert).to_be_focused()
    hugo.see("mes-acces-erreur")
    hugo.page.get_by_label("Accès demandé").select_option(label="Accueil petite enfance : Mon équipe")
    hugo.page.get_by_label("Pourquoi ?").fill("Je tiens le registre du personnel.")
    hugo.send("Envoyer la demande")
    hugo.page.get_by_label("Accès demandé").select_option(label="Accueil temps libre : Écoles de devoirs")
    hugo.send("Envoyer la demande")
    expect(hugo.page.get_by_role("row", name="Écoles de devoirs")).to_contain_text("En attente")
    hugo.see("mes-acces")

    page.get_by_role("banner").get_by_role("link", name="Avis").click()
    page.get_by_role("button", name=re.compile("Hugo Denis demande un accès : Mon équipe")).click()
    members.see("demandes")
    refused = page.get_by_role("region", name="Hugo Denis : Écoles de devoirs")
    refused.get_by_text("Répondre sans rien ouvrir…").click()
    refused.get_by_role("button", name="Refuser la demande").click()
    expect(refused.get_by_label("Votre réponse à Hugo Denis")).to_have_accessible_description(
        re.compile("Dites pourquoi")
    )
    members.see("demandes-erreur")
    refused.get_by_label("Votre réponse à Hugo Denis").fill("Nous n’avons pas d’école de devoirs.")
    refused.get_by_role("button", name="Refuser la demande").click()
    expect(members.status).to_contain_text("La demande est close")
    page.get_by_role("link", name=re.compile("Ouvrir l’accès")).click()
    page.get_by_role("group", name="Accueil petite enfance").get_by_role(
        "checkbox", name="Mon équipe", exact=True
    ).check()
    members.send("Vérifier et enregistrer").send("Enregistrer")
    page.goto("/utilisateurs/demandes/")
    expect(page.get_by_text("Aucune demande")).to_be_visible()

    hugo.page.goto("/avis/")
    hugo.see("demandes-avis")
    hugo.page.get_by_role("button", name=re.compile("Mon équipe : accès ouvert")).click()
    expect(hugo.page.get_by_role("row", name="Écoles de devoirs")).to_contain_text("pas d’école de devoirs")
    expect(hugo.page.get_by_role("table", name="Ce qui m’est ouvert")).to_contain_text("Mon équipe")
    hugo.see("mes-acces-repondu")


def _made_strong(page: Page) -> None:
    """From the page that asks for a strong connection, through the provider, back."""
    page.get_by_role("link", name="Me connecter avec eID ou itsme").click()
    page.get_by_role("button", name="eID : Claire Lambert").click()
    page.wait_for_url(re.compile(r"^(?!.*(/oauth2/|/connexion/))"))
