"""`flask avis envoyer`: sends the e-mails that wait (from cron, every minute or so)."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from app import clock, scope
from app.cli.french import Group
from app.db import db
from app.rules.french import count
from app.services import communications, mails
from app.services.mail_transports import Folder, Smtp

group = Group("avis", help="Les avis aux personnes, et leurs courriels.")


@group.command("envoyer", help="Envoie les courriels en attente ; ceux qui échouent sont retentés plus tard.")
@click.option("--au-plus", "limit", default=1000, show_default=True, help="Nombre de courriels à envoyer.")
def send(limit: int) -> None:
    config = current_app.config
    sender = mails.Sender(config["MAIL_FROM"], config["APP_NAME"], config["PORTAL_URL"].rstrip("/"))
    with _transport() as transport, scope.system("sending of e-mails", db.session()):
        told = communications.tell_flash(db.session(), clock.today(), clock.now())
        outcome = mails.send_due(db.session(), transport, sender, clock.now(), limit)
    click.echo(f"Flash Accueil annoncé à {count(told, 'personne')}.")
    click.echo(
        f"Courriels envoyés : {outcome.sent} ; à retenter : {outcome.delayed} ; abandonnés : {outcome.given_up}."
    )


def _transport() -> Smtp | Folder:
    config = current_app.config
    if config["ENVIRONMENT"] == "production" and not config["PORTAL_URL"].startswith("https://"):
        raise click.ClickException("PORTAL_URL : indiquez l’adresse du portail, en https.")
    if config["MAIL_HOST"]:
        return Smtp(
            config["MAIL_HOST"], config["MAIL_PORT"], config["MAIL_TLS"], config["MAIL_USER"], config["MAIL_PASSWORD"]
        )  # fmt: skip
    if config["ENVIRONMENT"] == "production":
        raise click.ClickException("MAIL_HOST : indiquez le serveur de courriel.")
    return Folder(Path(current_app.instance_path) / "courriels")
