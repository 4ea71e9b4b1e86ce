"""`lms organization`: employers from the terminal."""

import sqlalchemy as sa

from lms.foundation.audit import AuditEntry, verify
from lms.foundation.database import Database
from lms.organizations.models import Membership, Organization, Position
from tests.cli.command import Run, count, fails
from tests.factories import make_user


def test_an_organization_is_added_and_given_a_manager(run: Run, database: Database) -> None:
    result = run("organization", "add", "riverside", "Riverside", "--time-zone", "America/Chicago")
    assert (result.exit_code, result.output) == (0, "Added Riverside, with the code riverside.\n")
    with database.transaction() as session:
        make_user(session, email="ada@example.org")
    for _ in range(2):
        result = run("organization", "manager", "riverside", "Ada@example.org")
        assert (result.exit_code, result.output) == (0, "Ada Okafor now manages Riverside.\n")
    with database.reading_session() as session:
        organization = session.scalars(sa.select(Organization)).one()
        assert (organization.time_zone, organization.remind_days) == ("America/Chicago", [14, 3])
        assert session.scalars(sa.select(Membership.role)).all() == ["manager"]
        assert session.scalars(sa.select(Position.is_member)).all() == [True]
        actions = sa.select(AuditEntry.action).order_by(AuditEntry.number)
        assert session.scalars(actions).all() == [
            "organization.created", "membership.changed", "membership.changed",
        ]  # fmt: skip
        assert list(verify(session)) == []


def test_what_cannot_be_is_said(run: Run, database: Database) -> None:
    add = ("organization", "add")
    fails(run(*add, "River side", "Riverside"), "The code has 2 to 40 characters")
    fails(run(*add, "riverside", " "), "Give the organization's name.")
    fails(run(*add, "riverside", "Riverside", "--time-zone", "Mars"), "no time zone Mars")
    run(*add, "riverside", "Riverside")
    fails(run(*add, "riverside", "Again"), "code riverside already")
    fails(run("organization", "manager", "hillside", "ada"), "no organization with the code")
    fails(run("organization", "manager", "riverside", "nobody"), "no such account")
    assert count(database, Organization) == 1
