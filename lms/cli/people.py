"""Commands for people: add them, give a role, set a password."""

import os
import sys

import click
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.errors import NoSuchPerson
from lms.accounts.models import User
from lms.accounts.passwords import choose
from lms.accounts.person import Role
from lms.foundation import audit
from lms.foundation.clock import system_clock
from lms.foundation.settings import load_settings

from .database import current
from .terminal import at_terminal

# By their values: of an enumeration, click would ask for the names.
RoleName = click.Choice([role.value for role in Role])


@click.group()
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
    with current() as database, database.transaction() as session:
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
        _record(session, "person.added", person, role=role)
    click.echo(f"Added {person.name}, {role}.")
    if link:
        click.echo(f"Their link, good for 7 days: {settings.base_url}/invitation/{token}")


@user.command("role")
@click.argument("who")
@click.argument("role", type=RoleName)
def give_role(who: str, role: str) -> None:
    """Give WHO (e-mail or user name) another role."""
    with current() as database, database.transaction() as session:
        person = accounts.find_by_name(session, who)
        if person is None:
            raise NoSuchPerson
        before = person.role
        accounts.set_role(session, person.id, Role(role))
        _record(session, "person.role_changed", person, role=role, before=before)
    click.echo(f"{person.name} is now {role}.")


@user.command("password")
@click.argument("who")
def set_password(who: str) -> None:
    """Set a new password for WHO (e-mail or user name) and sign them out everywhere."""
    with current() as database:
        with database.reading_session() as session:
            person = accounts.find_by_name(session, who)
        if person is None:
            raise NoSuchPerson
        password_hash = _ask_password(_names(person))
        with database.transaction() as session:
            accounts.set_password(
                session, person.id, password_hash=password_hash, now=system_clock()
            )
            _record(session, "person.password_set", person)
    click.echo(f"{person.name} has a new password.")


def _record(session: Session, action: str, person: User, **details: str) -> None:
    act = audit.Act(action, "person", person.id, person.name, details=details)
    audit.record(session, at_terminal(), act, system_clock())


def _names(person: User) -> tuple[str | None, ...]:
    return person.name, person.email, person.user_name


def _ask_password(names: tuple[str | None, ...]) -> str:
    """The hash of a password asked for twice, or read once where input is no terminal."""
    if sys.stdin.isatty():
        return choose(
            click.prompt("Password", hide_input=True, confirmation_prompt=True), names=names
        )
    return choose(sys.stdin.readline().rstrip("\n"), names=names)
