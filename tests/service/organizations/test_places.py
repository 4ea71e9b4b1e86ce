"""Job titles, departments and sites are the same in whatever case: where they are offered, and found by."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation import migrations
from lms.foundation.database import Database
from lms.organizations import choices, people, positions
from lms.organizations.filters import filters_of
from lms.organizations.models import Membership
from lms.organizations.placements import Placement
from lms.organizations.scopes import Scope
from tests.factories import (
    make_member,
    make_organization,
    make_team,
    make_team_member,
    make_user,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
# What an address calls each column.
PLACES = {"title": "job_title", "department": "department", "site": "site"}
TITLES = ("RN", "rn", "Rn", "Medic", "", "Ärztin")


@pytest.fixture
def scopes(session: Session) -> tuple[Scope, Scope]:
    """An organization of people with these titles, whole and as the manager of a team of it."""
    clinic = make_organization(session)
    team = make_team(session, clinic)
    for number, title in enumerate(TITLES):
        member = make_member(session, clinic, make_user(session, name=f"{number} {title}"))
        placed = Placement(job_title=title, department=f"Ward {title}".strip(), site=title)
        positions.place(session, member, placed, now=NOW)
        if title != "Medic":
            make_team_member(session, team, member)
    other = make_organization(session)
    elsewhere = make_member(session, other, make_user(session))
    positions.place(session, elsewhere, Placement(job_title="rN"), now=NOW)
    gone = make_member(session, clinic, make_user(session))
    positions.place(session, gone, Placement(job_title="cook"), now=NOW)
    positions.place(session, gone, Placement(job_title="COOK"), now=NOW)
    positions.end_memberships(session, clinic.id, [gone.id], now=NOW)
    whole = Scope(clinic.id, clinic.slug, clinic.name, "UTC")
    return whole, Scope(clinic.id, clinic.slug, clinic.name, "UTC", frozenset({team.id}))


def found(session: Session, scope: Scope, **filters: str) -> list[str]:
    return [one.job_title for one in people.members_page(session, scope, filters_of(filters)).rows]


def lowered(values: Mapping[str, str]) -> list[str]:
    return [value.lower() for value in values]


def test_each_is_offered_once_and_finds_all_its_spellings(
    session: Session, scopes: tuple[Scope, Scope]
) -> None:
    whole, team = scopes
    everywhere = choices.filter_choices(session, whole, None)
    assert lowered(everywhere.job_titles) == ["medic", "rn", "ärztin"]
    assert lowered(everywhere.departments) == ["ward", "ward medic", "ward rn", "ward ärztin"]
    assert lowered(everywhere.sites) == lowered(everywhere.job_titles)
    assert lowered(choices.filter_choices(session, team, None).job_titles) == ["rn", "ärztin"]
    for scope in scopes:
        for text in ("RN", "rn", "rN"):
            assert found(session, scope, title=text) == ["RN", "rn", "Rn"]
        assert found(session, scope, department="WARD rn", site="rn") == ["RN", "rn", "Rn"]
        assert found(session, scope, title="Ärztin") == ["Ärztin"]
        assert found(session, scope, title="r") == []


def test_what_nobody_is_any_more_is_offered_once_too(
    session: Session, scopes: tuple[Scope, Scope]
) -> None:
    ever = choices.choices(session, scopes[0], (), "", ever=True).job_titles
    assert [words for words in ever.values() if "former" in words] == ["COOK (former)"]
    assert lowered(ever)[:3] == ["medic", "rn", "ärztin"]


def test_a_chosen_one_is_told_as_it_is_offered(
    session: Session, scopes: tuple[Scope, Scope]
) -> None:
    offered = choices.filter_choices(session, scopes[0], None)
    [title] = [one for one in offered.job_titles if one.lower() == "rn"]
    assert offered.spelling(offered.job_titles, "rN") == title
    assert offered.spelling(offered.job_titles, "Cook") == "Cook"


@pytest.fixture
def large(empty_address: str) -> Iterator[tuple[Database, Scope]]:
    """An organization of three thousand in a database of its own, counted by the database.

    How a small table is found, or one that other tests have left holes in, is a matter of chance.
    """
    database = Database(empty_address)
    migrations.upgrade(database)
    with database.transaction() as session:
        clinic = make_organization(session)
        users = [{"id": n, "name": f"N{n}", "user_name": f"n{n}"} for n in range(1, 3001)]
        session.execute(insert(User), [user | {"created_at": NOW} for user in users])
        placed = [
            {"user_id": user["id"], **dict.fromkeys(PLACES.values(), str(user["id"] % 500))}
            for user in users
        ]
        values = {"organization_id": clinic.id, "role": "member", "joined_at": NOW}
        session.execute(insert(Membership), [values | place for place in placed])
        session.execute(sql("ANALYZE"))
        scope = Scope(clinic.id, clinic.slug, clinic.name, "UTC")
    yield database, scope
    database.dispose()


def plans(database: Database, ask: Callable[[Session], object]) -> list[str]:
    """How the database finds what `ask` asks it for, statement by statement."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    with database.reading_session() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        ask(session)
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.engine.connect() as connection:
        return [
            str(connection.exec_driver_sql(f"{explain} {statement}", parameters).all())
            for statement, parameters in asked
        ]


def test_they_are_found_by_an_index(large: tuple[Database, Scope]) -> None:
    """A database uses an index of expressions only where a statement has the very same ones."""
    database, whole = large
    [offered] = plans(database, lambda session: choices.filter_choices(session, whole, None))
    for address, name in PLACES.items():
        index = f"rank_membership_{name}"
        assert index in offered, offered
        filters = filters_of({address: "7"})
        counted, _listed = plans(
            database, lambda session, by=filters: people.members_page(session, whole, by)
        )
        assert index in counted, counted
