"""Commands for organizations: add one, give it a manager."""

import click

from lms.accounts import service as accounts
from lms.accounts.errors import NoSuchPerson
from lms.foundation import audit
from lms.foundation.clock import system_clock
from lms.organizations import service

from .database import current
from .terminal import at_terminal


@click.group()
def organization() -> None:
    """Organizations: add one, give it a manager."""


@organization.command("add")
@click.argument("slug")
@click.argument("name")
@click.option("--time-zone", default="UTC", show_default=True, help="Where its days begin and end.")
def add_organization(slug: str, name: str, time_zone: str) -> None:
    """Add the organization NAME. Its staff sign in with the code SLUG, which never changes."""
    now = system_clock()
    with current() as database, database.transaction() as session:
        added = service.create_organization(session, slug, name, time_zone=time_zone, now=now)
        act = audit.Act("organization.created", "organization", added.id, added.name, added.id)
        audit.record(session, at_terminal(), act, now)
    click.echo(f"Added {added.name}, with the code {added.slug}.")


@organization.command("manager")
@click.argument("slug")
@click.argument("who")
def make_manager(slug: str, who: str) -> None:
    """Let WHO (e-mail or user name) manage all of the organization SLUG."""
    now = system_clock()
    with current() as database, database.transaction() as session:
        found = service.find_organization(session, slug)
        person = accounts.find_by_name(session, who)
        if person is None:
            raise NoSuchPerson
        membership_id = service.make_manager(session, found.id, person.id, now=now)
        act = audit.Act(
            "membership.changed",
            "membership",
            membership_id,
            person.name,
            found.id,
            {"role": "manager"},
        )
        audit.record(session, at_terminal(), act, now)
    click.echo(f"{person.name} now manages {found.name}.")
