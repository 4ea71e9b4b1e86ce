"""Commands for content: check it, publish it."""

import getpass
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from lms.authoring.check import Checked, check_folder
from lms.authoring.folder import read_folder
from lms.courses import publications
from lms.foundation import migrations
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.foundation.problems import Problem, Severity

from .database import current

ContentPath = click.argument("path", type=click.Path(path_type=Path), required=False)


@click.command()
@ContentPath
def check(path: Path | None) -> None:
    """Check content and report every problem, as file:line:column.

    PATH is a folder with courses/ and modules/; without it, the content that comes with Rounds.
    Needs no database. Exits with 1 when anything is an error.
    """
    checked = checked_folder(path)
    if not checked.can_be_published:
        sys.exit(1)
    click.echo(f"{len(checked.courses)} courses and {len(checked.modules)} modules are in order.")


def checked_folder(path: Path | None) -> Checked:
    """The checked folder; its problems are printed."""
    checked = check_folder(read_folder(path or migrations.shipped("content")))
    print_problems(checked.problems)
    return checked


def print_problems(problems: Iterable[Problem], *, to_error: bool = False) -> None:
    """Print each problem in a line, on standard error if `to_error`."""
    for problem in problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        severity = click.style(f"({problem.severity})", fg=colour)
        click.echo(f"{problem} {severity}", err=to_error)


@click.command()
@ContentPath
@click.option("--note", default="", help="What changed, for those who look later.")
@click.option("--material", is_flag=True, help="People who finished it before should look again.")
def publish(path: Path | None, note: str, material: bool) -> None:
    """Publish content: whatever changed becomes a new revision.

    PATH is as for `lms check`. Everything is checked first; if anything is wrong, nothing is published.
    """
    checked = checked_folder(path)
    if not checked.can_be_published:
        raise click.ClickException("Nothing was published: mend the errors above first.")
    with current() as database:
        publish_checked(database, checked, note=note, is_material=material)


def publish_checked(database: Database, checked: Checked, *, note: str, is_material: bool) -> None:
    """Publish what `checked` holds, and print each new revision."""
    with database.transaction() as session:
        published = publications.publish(
            session,
            modules=checked.modules,
            courses=checked.courses,
            pictures=checked.pictures,
            by_id=None,
            by_name=f"{getpass.getuser()} (terminal)",
            note=note,
            is_material=is_material,
            now=system_clock(),
        )
    if published.number is None:
        click.echo("Nothing changed since the last publication.")
        return
    for kind, revisions in (("course", published.courses), ("module", published.modules)):
        for slug, number in sorted(revisions.items()):
            click.echo(f"Published {kind} {slug}, revision {number}.")
