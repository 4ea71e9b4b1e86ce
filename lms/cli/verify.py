"""The command that checks an evidence packet, wherever it is: without a database and without a site."""

import sys
from pathlib import Path
from typing import Any

import click

from lms.quizzes.plaintext import printable
from lms.reports.archive import MAX_BYTES
from lms.reports.seal import Genuine, NotGenuine, check, fingerprint_from


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--fingerprint",
    help="That of the key it must be signed with: ask the organization for it, by another way.",
)
def verify(file: Path, fingerprint: str | None) -> None:
    """Check the evidence packet FILE: is every byte as it was when it was signed?

    Anyone can sign a packet of their own: only the fingerprint tells who did. Needs no database and
    no network. Exits with 1 when the packet must not be believed.
    """
    wanted = None
    if fingerprint is not None:
        wanted = fingerprint_from(fingerprint)
        if wanted is None:
            raise click.UsageError("--fingerprint takes the 64 digits of a key's fingerprint.")
    try:
        genuine = check(_read(file))
    except NotGenuine as error:
        click.echo(f"NOT VALID. {error}")
        sys.exit(1)
    if wanted not in (None, genuine.fingerprint):
        click.echo("NOT VALID. It is whole, but signed with another key, whose fingerprint is")
        click.echo(f"  {genuine.fingerprint}")
        sys.exit(1)
    _tell(genuine, is_known=wanted is not None)


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _tell(genuine: Genuine, *, is_known: bool) -> None:
    click.echo(f"Valid. All {genuine.count} files are as they were signed, with the key")
    click.echo(f"  {genuine.fingerprint}")
    if not is_known:
        click.echo("Compare this with the fingerprint that the organization tells you.")
    for label, path in (
        ("Organization", ("organization", "name")),
        ("Course", ("course", "title")),
        ("First day", ("period", "first_day")),
        ("Last day", ("period", "last_day")),
        ("Audience", ("audience",)),
        ("Made by", ("made_by",)),
        ("Made at", ("made_at",)),
        ("Audit trail", ("audit_trail", "number")),
        ("", ("audit_trail", "digest")),
    ):
        click.echo(f"{label:14}{printable(str(_at(genuine.facts, path)))}")


def _at(facts: Any, path: tuple[str, ...]) -> object:
    """What a manifest tells at a place; a packet may be signed by anyone, so it may tell anything."""
    for name in path:
        facts = facts.get(name, "–") if isinstance(facts, dict) else "–"
    return facts
