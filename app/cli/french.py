"""Groups and commands whose usage errors are whole sentences. The words of help are of translations/click_commands.py."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click
import psycopg
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

UNUSABLE = 2


class _French(click.Command):
    """What commands and groups have in common."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> click.Context:
        given = list(args)
        try:
            return super().make_context(info_name, args, *rest, **extra)
        except click.exceptions.NoArgsIsHelpError:
            raise  # which shows the help
        except click.UsageError as error:
            parent = extra.get("parent")
            path = f"{parent.command_path} {info_name}" if parent else info_name
            self.refuse(f"Arguments : {told(error)} Voir « {path} --help ».", given)

    def refuse(self, message: str, _given: Sequence[str]) -> NoReturn:
        """Say why nothing was done, and leave. `_given`: the arguments as they were typed."""
        click.echo(message, err=True)
        sys.exit(UNUSABLE)


class Command(_French):
    """A command; a database that is empty or does not answer is said in a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SQLAlchemyError, psycopg.Error) as error:
            message = database_told(error)
            if message is None:
                raise
            self.refuse(message, [])


class Group(_French, AppGroup):
    """A group of commands, each with the application's context."""

    command_class = Command

    def __init__(self, name: str, help: str) -> None:  # noqa: A002  (click's own name for it)
        super().__init__(name, help=help, subcommand_metavar="COMMANDE [ARGUMENTS]...")

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            known = ", ".join(self.list_commands(ctx))
            self.refuse(f"« {args[0]} » n’est pas une commande de « {ctx.command_path} » : {known}.", args)


def database_told(error: Exception) -> str | None:
    """What an operator must do about the database; None when the error is of another kind."""
    if isinstance(error, DBAPIError) and "does not exist" in str(error.orig):
        return "La base de données est vide : lancez d’abord « make run » (ou les migrations et « flask bootstrap »)."
    if isinstance(error, OperationalError | psycopg.OperationalError):
        return "La base de données ne répond pas : vérifiez DATABASE_URL, ou lancez « make run »."
    return None


def told(error: click.UsageError) -> str:
    """What is wrong with the arguments, in a sentence."""
    if isinstance(error, click.MissingParameter) and error.param is not None:
        param = error.param
        name = param.opts[-1] if isinstance(param, click.Option) else ""
        return f"il manque {' '.join(filter(None, (name, param.metavar or param.human_readable_name)))}."
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ())
        return f"l’option {error.option_name} n’existe pas{f' (peut-être {near})' if near else ''}."
    if isinstance(error, click.BadOptionUsage):
        return f"l’option {error.option_name} demande une valeur."
    if isinstance(error, click.BadParameter) and error.param is not None:
        kind = error.param.type
        choices = f" : {' ou '.join(map(str, kind.choices))}" if isinstance(kind, click.Choice) else ""
        return f"la valeur de {error.param.opts[-1]} n’est pas acceptée{choices}."
    return "il y a un mot de trop, ou une valeur qui contient des espaces et n’est pas entre guillemets."
