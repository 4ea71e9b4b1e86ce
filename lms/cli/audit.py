"""The command that looks whether the audit trail is whole."""

import sys

import click

from lms.foundation import audit as trail
from lms.foundation.wording import counted

from .database import current


@click.group()
def audit() -> None:
    """The audit trail: who did what to whom, and when."""


@audit.command()
def verify() -> None:
    """Look for entries that were altered, removed, moved or put in.

    Prints a line for each fault and exits with 1; else the number and the digest of the last entry.
    Note those two elsewhere from time to time: they bear witness to every entry before them.
    """
    with current() as database, database.reading_session() as session:
        is_whole = True
        for fault in trail.verify(session):
            is_whole = False
            click.echo(str(fault))
        if not is_whole:
            sys.exit(1)
        number, digest = trail.head_of(session)
    click.echo(f"The trail is whole: {counted(number, 'entry', 'entries')}.")
    if number:
        click.echo(f"The last one is {number}, {digest}.")
