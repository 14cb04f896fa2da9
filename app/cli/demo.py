"""`flask demo`: the fictional data."""

from __future__ import annotations

import json

import click
from flask import current_app
from sqlalchemy import select

from app import clock, scope
from app.cli.french import Group
from app.db import db
from app.models import Facility
from app.services import demo
from app.services.demo_people import PASSWORD, PEOPLE

group = Group("demo", help="Les données fictives de démonstration.")
_format = click.option("--format", "form", type=click.Choice(["texte", "json"]), default="texte")


@group.command("charger", help="Écrit les données fictives, une seule fois.")
def load() -> None:
    if current_app.config["ENVIRONMENT"] == "production":
        raise click.ClickException("Pas de données fictives en production.")
    with scope.system("demo data", db.session()):
        if demo.is_loaded(db.session()):
            click.echo("Données de démonstration déjà présentes.")
            return
        demo.load(db.session(), clock.today())
    click.echo("Données de démonstration écrites.")


@group.command("personnes", help="Les personnes fictives, pour le fournisseur d’identité local.")
@_format
def people(form: str) -> None:
    rows = [
        {
            "username": person.username,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "niss": person.niss,
            "role": person.role,
            "password": "" if person.niss else PASSWORD,
        }
        for person in PEOPLE
    ]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        way = f"mot de passe {row['password']}" if row["password"] else "eID ou itsme"
        click.echo(f"{row['first_name']} {row['last_name']} : {row['role']} ({way})")


@group.command("milieux", help="Les milieux d’accueil fictifs.")
@_format
def facilities(form: str) -> None:
    with scope.system("list of the demo facilities", db.session()):
        rows = [
            {"matricule": f.matricule, "nom": f.name, "organisateur": f.organiser.name}
            for f in db.session.scalars(select(Facility).order_by(Facility.matricule))
        ]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['matricule']}  {row['nom']}  ({row['organisateur']})")
