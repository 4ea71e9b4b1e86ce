"""What somebody ever was can be chosen, and it is found without a look at the whole history."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from lms.foundation.database import Database
from lms.organizations import choices, positions
from lms.organizations.models import Membership, Organization
from lms.organizations.placements import Placement
from lms.organizations.scopes import Scope
from tests.factories import make_organization, make_user
from tests.web.test_query_counts import statements

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def work_as(session: Session, organization: Organization, *titles: str) -> None:
    """Somebody who had these job titles, one after the other."""
    user = make_user(session)
    key = positions.add_member(session, organization.id, user.id, role="member", now=NOW)
    for days, title in enumerate(titles):
        member = session.get_one(Membership, key)
        placed = Placement(job_title=title, department=f"Ward of {title}")
        positions.place(session, member, placed, now=NOW + timedelta(days=days))


@pytest.fixture
def scope(database: Database) -> Scope:
    """An organization of two people, beside another one."""
    with database.transaction() as session:
        here, there = make_organization(session), make_organization(session)
        work_as(session, here, "Aide", "Nurse", "Lead nurse")
        work_as(session, here, "Cook", "nurse")
        work_as(session, there, "Their cook", "Their nurse")
        return Scope(here.id, here.slug, here.name, "UTC")


def test_what_somebody_was_and_nobody_is_is_marked(database: Database, scope: Scope) -> None:
    with database.reading_session() as session:
        ever = choices.choices(session, scope, (), "", ever=True)
        today = choices.choices(session, scope, (), "")
    assert list(today.job_titles) == ["Lead nurse", "nurse"]
    # Another spelling of what somebody is today is no choice of its own.
    assert list(ever.job_titles.values()) == [
        "Lead nurse", "nurse", "Aide (former)", "Cook (former)",
    ]  # fmt: skip
    assert "Ward of Cook (former)" in ever.departments.values()
    assert list(ever.sites) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_table_is_read_as_a_whole(database: Database, scope: Scope) -> None:
    with statements(database) as seen, database.reading_session() as session:
        choices.choices(session, scope, (), "", ever=True)
    [asked] = seen
    with closing(sqlite3.connect(str(database.url.database))) as connection:
        values = (scope.organization_id,) * asked.count("?")
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}", values)]
    for column in ("job_title", "department", "site"):
        assert any(f"position USING COVERING INDEX ix_position_{column}" in step for step in plan)
    assert not any(step.startswith("SCAN position") for step in plan)
