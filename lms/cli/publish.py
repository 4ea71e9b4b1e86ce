"""The command that publishes content."""

from pathlib import Path

import click

from lms.authoring.check import Checked
from lms.courses import publications
from lms.foundation.clock import system_clock
from lms.foundation.database import Database

from .content import ContentPath, checked_folder
from .database import current
from .terminal import at_terminal


@click.command()
@ContentPath
@click.option("--note", default="", help="What changed, for those who look later.")
@click.option("--material", is_flag=True, help="People who finished it before should look again.")
def publish(path: Path | None, note: str, material: bool) -> None:
    """Publish content: whatever changed becomes a new revision.

    PATH is a folder with courses/ and modules/; without it, the content that comes with Rounds.
    Everything is checked first; if anything is wrong, nothing is published.
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
            by_name=at_terminal().name,
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
