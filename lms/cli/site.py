"""Commands for the site itself: upgrade its database, serve it, set up a demo."""

import os

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from lms.accounts.errors import PasswordNotSuitable
from lms.demo import service as demo
from lms.demo.people import PEOPLE
from lms.foundation import migrations
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.foundation.listening import address, listening
from lms.foundation.settings import Settings, load_settings
from lms.foundation.shipped import shipped

from .content import checked_folder
from .database import current, opened
from .publish import publish_checked

# As long as a request may go on after the server is told to stop.
STOP_SECONDS = 30


@click.command()
def upgrade() -> None:
    """Bring the database to this version of Rounds."""
    with opened(load_settings(os.environ)) as database:
        changed = migrations.upgrade(database)
    click.echo("The database was upgraded." if changed else "The database is up to date.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 256))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site."""
    settings = load_settings(os.environ)
    with current() as database, database.reading_session() as session:
        if settings.is_production and demo.has_demo_people(session):
            raise click.ClickException(
                "There are demo people in this database: production does not start with them. "
                "Use a database of its own."
            )
    _serve(host, port, workers)


def _serve(host: str, port: int, workers: int) -> None:
    # Granian would say it in a traceback, in each of its workers.
    listening(host, port).close()
    # Where no address is set, links lead to where the site is being served.
    os.environ.setdefault("LMS_BASE_URL", address(host, port))
    Granian(
        "lms.app:from_environment",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        # Threads that share a process wait for each other at every write to SQLite.
        blocking_threads=1,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        # It would wait for ever for a process with a connection that the other end keeps open.
        workers_kill_timeout=STOP_SECONDS,
        static_path_route=["/static"],
        static_path_mount=[shipped("static")],
    ).serve()


@click.command("demo")
@click.option("--serve", "and_serve", is_flag=True, help="Serve the site afterwards.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo_command(and_serve: bool, port: int) -> None:
    """Set up a site to try: database, content, and a demo person of every role.

    Run again, it keeps all data. LMS_DEMO_PASSWORD sets the password of the demo people.
    """
    settings = load_settings(os.environ)
    if settings.is_production:
        raise click.ClickException("The demo is not for production: unset LMS_ENV.")
    with opened(settings) as database:
        migrations.upgrade(database)
        checked = checked_folder(None)
        if not checked.can_be_published:
            raise click.ClickException("The content has errors: mend them first.")
        publish_checked(
            database, checked, note="The content that comes with Rounds", is_material=False
        )
        password = _prepare_people(database, settings)
    click.echo(f"\nRounds is at http://127.0.0.1:{port}\nSign in as")
    for person in PEOPLE:
        click.echo(f"  {person.email:30} ({person.role_word})")
    click.echo(f"with the password {click.style(password, bold=True)}\n" if password else "")
    if and_serve:
        _serve("127.0.0.1", port, workers=2)


def _prepare_people(database: Database, settings: Settings) -> str:
    """Make sure that the demo people exist; what to print as their password."""
    with database.reading_session() as session:
        exist = demo.has_demo_people(session)
    if exist and not settings.demo_password:
        return "that was printed when they were made; LMS_DEMO_PASSWORD sets another"
    password = settings.demo_password or demo.new_password()
    try:
        hashes = demo.hashes_of(password)
    except PasswordNotSuitable as error:
        raise click.ClickException(f"LMS_DEMO_PASSWORD: {error}") from error
    with database.transaction() as session:
        if exist:
            demo.set_passwords(session, hashes, system_clock())
        else:
            demo.create_people(session, hashes, system_clock())
    return password if not settings.demo_password else "of LMS_DEMO_PASSWORD"
