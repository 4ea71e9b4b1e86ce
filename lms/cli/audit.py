"""The command that looks whether the audit trail is whole."""

import re
import sys

import click

from lms.foundation import audit as trail
from lms.foundation.wording import counted

from .database import current

# Also as earlier versions printed it, with a comma and as the end of a sentence.
NOTED = re.compile(r"([1-9][0-9]{0,17})(?::|, )([0-9a-f]{64})\.?")


class Noted(click.ParamType):
    """Number and digest of an entry that was the last one once."""

    name = "NUMBER:DIGEST"

    def convert(
        self,
        value: str | tuple[int, str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[int, str]:
        """Both, from what was typed."""
        if isinstance(value, tuple):
            return value
        found = NOTED.fullmatch(value.strip().lower())
        if found is None:
            self.fail(
                f"{value!r} is not a number, a colon and the 64 digits of a digest.", param, ctx
            )
        return int(found[1]), found[2]


@click.group()
def audit() -> None:
    """The audit trail: who did what to whom, and when."""


@audit.command()
@click.option(
    "--noted",
    type=Noted(),
    multiple=True,
    help="What was printed here as the last entry before: it must be there, and be the same."
    " May be repeated.",
)
def verify(noted: tuple[tuple[int, str], ...]) -> None:
    """Look for entries that were altered, removed, moved or put in.

    Prints a line for each fault and exits with 1; else the number and the digest of the last entry.
    Note those two elsewhere from time to time: they bear witness to every entry before them, against
    whoever takes the end of the trail away or writes it anew. --noted compares them.
    """
    with current() as database, database.reading_session() as session:
        is_whole = True
        for fault in trail.verify(session, noted):
            is_whole = False
            click.echo(str(fault))
        if not is_whole:
            sys.exit(1)
        number, digest = trail.head_of(session)
    click.echo(f"The trail is whole: {counted(number, 'entry', 'entries')}.")
    if number:
        click.echo(f"The last one is {number}:{digest}")
