"""A large organization for `employer.py`: everybody owes 40 courses, and most have completed them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import User
from lms.assignments.audience import Audience
from lms.assignments.keeping import TOGETHER
from lms.assignments.models import Assignment, AssignmentRule, Obligation, StandingMark
from lms.assignments.terms import Renewal, Terms
from lms.courses.models import CourseCompletion, Enrolment
from lms.foundation import migrations
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.organizations.models import Membership, Organization, Team, TeamMembership
from lms.work import KeepStandings
from tests.factories import publish_sample
from tests.sample_content import COURSE

COURSES = 40
TEAM = 50
BATCH = 5_000
SLUG = "big"
# How many of a hundred obligations are in each state.
SHARES = {"met": 72, "open": 8, "due": 10, "overdue": 6, "waived": 3, "expired": 1}
TERMS = Terms(renewal=Renewal.AFTER_EXPIRY, months=12)
Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """The organization: the token of its manager's session, and what its pages are about."""

    token: str
    organization_id: int
    assignment_id: int
    team_id: int
    membership_id: int


def make_organization(database: Database, size: int, title: str) -> Place:
    """A site with one organization of so many people, who owe 40 courses each."""
    migrations.upgrade(database)
    now = system_clock()
    with database.transaction() as session:
        changes: dict[str, str | None] = {
            f"courses/course-{number}.md": COURSE.replace("Onboarding", f"Course {number}")
            for number in range(COURSES)
        }
        catalogue = publish_sample(session, changes)
        courses = [catalogue.courses[f"course-{number}"] for number in range(COURSES)]
        organization = Organization(slug=SLUG, name="A large employer", created_at=now)
        manager = accounts.create_user(session, name="Manager", email="m@example.org", now=now)
        session.add(organization)
        session.flush()
        session.add(
            Membership(
                organization_id=organization.id, user_id=manager.id, role="manager", joined_at=now
            )
        )
        assignments = [
            _assigned(session, organization.id, one.id, manager.id, now) for one in courses
        ]
        token = accounts.open_session(
            session, manager.id, user_agent="benchmark", keep=True, now=now
        )
        seeds = [
            Seed(assignment.id, course.id, course.revision_id)
            for assignment, course in zip(assignments, courses, strict=True)
        ]
        organization_id, manager_id = organization.id, manager.id
    filling = Filling(size, organization_id, manager_id, seeds, now)
    _fill(database, filling, title)
    return Place(
        token,
        organization_id,
        assignments[0].id,
        size // TEAM // 2 + 1,
        filling.first_membership,
    )


def _assigned(
    session: Session, organization_id: int, course_id: int, by_id: int, now: datetime
) -> Assignment:
    assignment = Assignment(
        organization_id=organization_id, course_id=course_id, created_at=now, created_by_id=by_id
    )
    session.add(assignment)
    session.flush()
    session.add(
        AssignmentRule(
            assignment_id=assignment.id,
            number=1,
            audience=Audience(everyone=True).to_json(),
            terms=TERMS.to_json(),
            decided_at=now,
            decided_by_id=by_id,
        )
    )
    return assignment


@dataclass(frozen=True, slots=True)
class Seed:
    """An assignment, its course, and the revision that people completed."""

    assignment_id: int
    course_id: int
    revision_id: int


class Filling:
    """The rows of many people, made one after the other; ids are given here."""

    def __init__(
        self, size: int, organization_id: int, manager_id: int, seeds: Sequence[Seed], now: datetime
    ) -> None:
        self.size, self.organization_id, self.manager_id = size, organization_id, manager_id
        self.seeds, self.now, self.today = seeds, now, now.date()
        self.first_user = self.first_membership = manager_id + 1_000

    def users(self) -> Rows:
        """Id, name, e-mail, role, time zone, is_demo, created_at."""
        random = Random(1)  # noqa: S311
        for number in range(self.size):
            name = f"{random.choice('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}. Person {number}"
            email = f"p{number}@example.org"
            yield self.first_user + number, name, email, "learner", "UTC", False, self.now

    def memberships(self) -> Rows:
        for number in range(self.size):
            yield (
                self.first_membership + number,
                self.organization_id,
                self.first_user + number,
                "member",
                self.now,
                f"E{number}",
                f"Title {number % 30}",
                f"Department {number % 12}",
                f"Site {number % 8}",
            )

    def teams(self) -> Rows:
        for number in range(self.size // TEAM + 1):
            yield number + 1, self.organization_id, f"Team {number}", self.now

    def places(self) -> Rows:
        for number in range(self.size):
            team, member = number // TEAM + 1, self.first_membership + number
            yield number + 1, team, member, "member", self.now

    def pairs(self) -> Iterator[tuple[int, int, Seed, str, date]]:
        """Place, person and course, with the state and the due date of what is owed."""
        random = Random(2)  # noqa: S311
        states, weights = list(SHARES), list(SHARES.values())
        for place in range(self.size * len(self.seeds)):
            number, seed = place // len(self.seeds), self.seeds[place % len(self.seeds)]
            state = random.choices(states, weights)[0]
            days = {"open": 60, "due": 10, "overdue": -200, "met": -300}.get(state, -30)
            due_on = self.today + timedelta(days=days + random.randrange(150))
            yield place + 1, number, seed, state, due_on

    def enrolments(self) -> Rows:
        for id_, number, seed, state, due_on in self.pairs():
            if state == "met":
                at = datetime.combine(due_on - timedelta(days=40), self.now.time(), UTC)
                yield id_, self.first_user + number, seed.course_id, 1, at, at, self.manager_id

    def completions(self) -> Rows:
        for id_, _number, seed, state, due_on in self.pairs():
            if state == "met":
                at = datetime.combine(due_on - timedelta(days=5), self.now.time(), UTC)
                yield id_, id_, seed.revision_id, "{}", "9/10", at

    def obligations(self) -> Rows:
        for id_, number, seed, state, due_on in self.pairs():
            is_closed = state in ("met", "waived", "expired")
            ended_on = due_on - timedelta(days=5)
            met, waived = state == "met", state == "waived"
            yield (
                id_,
                seed.assignment_id,
                self.organization_id,
                seed.course_id,
                self.first_membership + number,
                self.first_user + number,
                1,
                due_on - timedelta(days=30),
                due_on,
                due_on.day,
                False,
                True,
                datetime.combine(due_on - timedelta(days=60), self.now.time(), UTC),
                id_ if met else None,
                datetime.combine(ended_on, self.now.time(), UTC) if is_closed else None,
                state if is_closed else None,
                ended_on if met else None,
                id_ if met else None,
                self.manager_id if waived else None,
                "Because." if is_closed else None,
            )


TABLES: Sequence[tuple[Any, str, str]] = (
    (User, "users", "id name email role time_zone is_demo created_at"),
    (
        Membership,
        "memberships",
        "id organization_id user_id role joined_at employee_number job_title department site",
    ),
    (Team, "teams", "id organization_id name created_at"),
    (TeamMembership, "places", "id team_id membership_id role joined_at"),
    (
        Enrolment,
        "enrolments",
        "id user_id course_id cycle enrolled_at counts_from enrolled_by_id",
    ),
    (
        CourseCompletion,
        "completions",
        "id enrolment_id course_revision_id module_revisions score completed_at",
    ),
    (
        Obligation,
        "obligations",
        "id assignment_id organization_id course_id membership_id user_id cycle opens_on due_on"
        " day_meant set_by_hand is_current opened_at enrolment_id closed_at closed_how completed_on"
        " completion_id closed_by_id reason",
    ),
)


def _fill(database: Database, filling: Filling, title: str) -> None:
    """Insert everything in batches, and tell the planner about it as a running server would."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    pairs = filling.size * len(filling.seeds)
    met = pairs * SHARES["met"] // 100
    total = 3 * filling.size + filling.size // TEAM + 2 * met + pairs
    with Progress(*columns, transient=True) as progress, database.engine.begin() as connection:
        task = progress.add_task("", total=total)
        for table, source, names in TABLES:
            rows = getattr(filling, source)()
            with _sink(connection, table.__table__, names.split()) as write:
                for batch in _batches(rows):
                    write(batch)
                    progress.advance(task, len(batch))
    # Whoever keeps the figures for the first time marks everybody once more.
    with database.engine.begin() as connection:
        connection.execute(sa.delete(StandingMark))
    with Progress(TextColumn(f"{title}, figures"), BarColumn(), transient=True) as progress:
        task = progress.add_task("", total=filling.size // TOGETHER + 1)
        keep = KeepStandings(database, system_clock)
        while keep():
            progress.advance(task)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _batches(rows: Rows) -> Iterator[list[tuple[Any, ...]]]:
    batch: list[tuple[Any, ...]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


@contextmanager
def _sink(
    connection: sa.Connection, table: sa.Table, names: Sequence[str]
) -> Iterator[Callable[[list[tuple[Any, ...]]], None]]:
    """A function that inserts rows: by COPY where the database knows it."""
    raw = connection.connection.driver_connection
    assert raw is not None
    quoted = f'"{table.name}" ({", ".join(names)})'
    if connection.dialect.name == "sqlite":
        statement = f"INSERT INTO {quoted} VALUES ({', '.join('?' * len(names))})"  # noqa: S608
        yield lambda rows: raw.executemany(statement, [tuple(map(_plain, row)) for row in rows])
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY {quoted} FROM STDIN") as copy:

        def write(rows: list[tuple[Any, ...]]) -> None:
            for row in rows:
                copy.write_row(row)

        yield write


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value
