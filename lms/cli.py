"""The `lms` command: thin calls into the rooms."""

import getpass
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy.exc import SQLAlchemyError

from lms import __version__, demo
from lms.accounts import service as accounts
from lms.accounts.errors import AccountError, NoSuchPerson, PasswordNotSuitable
from lms.accounts.models import User
from lms.accounts.passwords import choose
from lms.accounts.person import Role
from lms.authoring.check import Checked, check_folder
from lms.authoring.folder import NotAContentFolder, read_folder
from lms.courses import publications
from lms.foundation import migrations
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.foundation.problems import Severity
from lms.foundation.settings import Settings, SettingsError, load_settings

# By their values: of an enumeration, click would ask for the names.
RoleName = click.Choice([role.value for role in Role])
ContentPath = click.argument("path", type=click.Path(path_type=Path), required=False)


class Lms(click.Group):
    """The commands, with what goes wrong said in a sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (
            SettingsError,
            AccountError,
            NotAContentFolder,
            migrations.UnknownRevision,
        ) as error:
            raise click.ClickException(str(error)) from error
        except UnicodeError as error:
            raise click.ClickException("What was typed is not UTF-8 text.") from error
        except OSError as error:
            # A broken pipe names no file; click ends quietly then.
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip()
            raise click.ClickException(f"The database did not do it: {reason}") from error


@click.group(cls=Lms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="Rounds %(version)s")
def main() -> None:
    """Rounds: training for care teams.

    Settings come from LMS_* environment variables; docs/operations.md lists them.
    """


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def _current_database() -> Iterator[Database]:
    """The database of the settings; it must have every migration."""
    with _database(load_settings(os.environ)) as database:
        if not migrations.is_current(database):
            raise click.ClickException("The database is not up to date: run `lms upgrade` first.")
        yield database


@main.command()
@ContentPath
def check(path: Path | None) -> None:
    """Check content and report every problem, as file:line:column.

    PATH is a folder with courses/ and modules/; without it, the content that comes with Rounds.
    Needs no database. Exits with 1 when anything is an error.
    """
    checked = _checked(path)
    if not checked.can_be_published:
        sys.exit(1)
    click.echo(f"{len(checked.courses)} courses and {len(checked.modules)} modules are in order.")


def _checked(path: Path | None) -> Checked:
    """The checked folder; its problems are printed."""
    checked = check_folder(read_folder(path or migrations.shipped("content")))
    for problem in checked.problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        click.echo(f"{problem} {click.style(f'({problem.severity})', fg=colour)}")
    return checked


@main.command()
@ContentPath
@click.option("--note", default="", help="What changed, for those who look later.")
@click.option("--material", is_flag=True, help="People who finished it before should look again.")
def publish(path: Path | None, note: str, material: bool) -> None:
    """Publish content: whatever changed becomes a new revision.

    PATH is as for `lms check`. Everything is checked first; if anything is wrong, nothing is published.
    """
    checked = _checked(path)
    if not checked.can_be_published:
        raise click.ClickException("Nothing was published: mend the errors above first.")
    with _current_database() as database:
        _publish(database, checked, note=note, is_material=material)


def _publish(database: Database, checked: Checked, *, note: str, is_material: bool) -> None:
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


@main.command()
def upgrade() -> None:
    """Bring the database to this version of Rounds."""
    with _database(load_settings(os.environ)) as database:
        changed = migrations.upgrade(database)
    click.echo("The database was upgraded." if changed else "The database is up to date.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 256))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site."""
    settings = load_settings(os.environ)
    with _current_database() as database, database.reading_session() as session:
        if settings.is_production and demo.has_demo_people(session):
            raise click.ClickException(
                "There are demo people in this database: production does not start with them. "
                "Use a database of its own."
            )
    _serve(host, port, workers)


def _serve(host: str, port: int, workers: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or "it cannot be used"
            raise click.ClickException(
                f"{host}:{port} is not free ({reason}): choose another port."
            ) from error
    # Where no address is set, links lead to where the site is being served.
    os.environ.setdefault("LMS_BASE_URL", f"http://{host}:{port}")
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
        static_path_route=["/static"],
        static_path_mount=[Path(__file__).parent / "static"],
    ).serve()


@main.command("demo")
@click.option("--serve", "and_serve", is_flag=True, help="Serve the site afterwards.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo_command(and_serve: bool, port: int) -> None:
    """Set up a site to try: database, content, and a demo person of every role.

    Run again, it keeps all data. LMS_DEMO_PASSWORD sets the password of the demo people.
    """
    settings = load_settings(os.environ)
    if settings.is_production:
        raise click.ClickException("The demo is not for production: unset LMS_ENV.")
    with _database(settings) as database:
        migrations.upgrade(database)
        checked = _checked(None)
        if not checked.can_be_published:
            raise click.ClickException("The content has errors: mend them first.")
        _publish(database, checked, note="The content that comes with Rounds", is_material=False)
        password = _prepare_people(database, settings)
    click.echo(f"\nRounds is at http://127.0.0.1:{port}\nSign in as")
    for person in demo.PEOPLE:
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


@main.group()
def user() -> None:
    """People: add them, give a role, set a password."""


@user.command("add")
@click.argument("name")
@click.option("--email", help="The address they sign in with.")
@click.option("--user-name", help="A name to sign in with, for people without e-mail.")
@click.option("--role", type=RoleName, default=Role.LEARNER.value, show_default=True)
@click.option("--link", is_flag=True, help="Ask for no password: print a link to choose one.")
def add_user(name: str, email: str | None, user_name: str | None, role: str, link: bool) -> None:
    """Add a person called NAME."""
    settings = load_settings(os.environ)
    password_hash = None if link else _ask_password((name, email, user_name))
    with _current_database() as database, database.transaction() as session:
        person = accounts.create_user(
            session,
            name=name,
            email=email,
            user_name=user_name,
            password_hash=password_hash,
            now=system_clock(),
        )
        accounts.set_role(session, person.id, Role(role))
        token = (
            accounts.issue_link(session, person.id, "invitation", now=system_clock())
            if link
            else ""
        )
    click.echo(f"Added {person.name}, {role}.")
    if link:
        click.echo(f"Their link, good for 7 days: {settings.base_url}/invitation/{token}")


@user.command("role")
@click.argument("who")
@click.argument("role", type=RoleName)
def give_role(who: str, role: str) -> None:
    """Give WHO (e-mail or user name) another role."""
    with _current_database() as database, database.transaction() as session:
        person = accounts.find_by_name(session, who)
        if person is None:
            raise NoSuchPerson
        accounts.set_role(session, person.id, Role(role))
    click.echo(f"{person.name} is now {role}.")


@user.command("password")
@click.argument("who")
def set_password(who: str) -> None:
    """Set a new password for WHO (e-mail or user name) and sign them out everywhere."""
    with _current_database() as database:
        with database.reading_session() as session:
            person = accounts.find_by_name(session, who)
        if person is None:
            raise NoSuchPerson
        password_hash = _ask_password(_names(person))
        with database.transaction() as session:
            accounts.set_password(
                session, person.id, password_hash=password_hash, now=system_clock()
            )
    click.echo(f"{person.name} has a new password.")


def _names(person: User) -> tuple[str | None, ...]:
    return person.name, person.email, person.user_name


def _ask_password(names: tuple[str | None, ...]) -> str:
    """The hash of a password asked for twice, or read once where input is no terminal."""
    if sys.stdin.isatty():
        return choose(
            click.prompt("Password", hide_input=True, confirmation_prompt=True), names=names
        )
    return choose(sys.stdin.readline().rstrip("\n"), names=names)
