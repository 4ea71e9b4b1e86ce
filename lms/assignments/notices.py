"""Making notices: what is to be sent becomes a row with a key, and of each key there is one."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.database import Database, insert_missing, stream
from lms.foundation.worker import Task
from lms.organizations.models import Membership, Team, TeamMembership

from . import owing
from .models import Notice, Obligation
from .owing import Employer
from .reminders import MONDAY, Planned, Reader, digest, end_of_day, reminder

BATCH = 500
DAILY = "reminders.daily"
SOON = "reminders.soon"


def handle(task: Task) -> None:
    """The handler of `DAILY` and `SOON`: every notice that an organization's people are due now."""
    make_notices(task.database, int(task.payload["organization_id"]), task.now)


def make_notices(database: Database, organization_id: int, now: datetime) -> int:
    """Make the notices that are due now and do not exist; how many keys were new.

    People are read as they come and notices written in batches, each in its own transaction: with
    50,000 people no more than one batch is held, and whoever is interrupted begins anew without harm.
    """
    count = 0
    with database.reading_session() as session:
        employer = owing.find_employer(session, organization_id)
        rows = _planned(session, employer, now)
        while batch := {row["key"]: row for row in islice(rows, BATCH)}:
            missing = _missing(database, batch)
            if missing:
                with database.transaction() as writing:
                    insert_missing(writing, Notice, missing)
            count += len(missing)
    return count


def _planned(session: Session, employer: Employer, now: datetime) -> Iterator[Mapping[str, Any]]:
    leaves = owing.leaves_of_organization(session, employer, employer.today(now))
    if _are_digests_due(session, employer, now):
        for row in stream(session, managers(employer)):
            reader = Reader(row.time_zone, leaves=leaves.get(row.membership_id, ()))
            found = digest(employer.id, row.user_id, reader, employer.habits, now)
            if found is not None:
                yield _row(employer, found, row.user_id, None, now)
    statement = owing.owing_statement().where(owing.may_be_due(employer, now))
    for row in stream(session, statement):
        one = owing.owing_of(row, leaves, employer)
        found = reminder(one.owed, one.reader, employer.habits, now)
        if found is not None:
            yield _row(employer, found, one.user_id, one.owed.obligation_id, now)


def _are_digests_due(session: Session, employer: Employer, now: datetime) -> bool:
    """Whether digests are due: on Monday, and after it to whoever missed one that had something to tell."""
    today = employer.today(now)
    if today.weekday() == MONDAY:
        return True
    monday = today - timedelta(days=today.weekday())
    was_there = (
        select(Obligation.id)
        .where(
            Obligation.organization_id == employer.id,
            Obligation.opened_at < end_of_day(monday, employer.habits.time_zone),
            Obligation.closed_at.is_(None),
        )
        .limit(1)
    )
    return session.scalar(was_there) is not None


def managers(employer: Employer) -> Any:
    """Whoever gets a digest: the managers of the organization and of its teams, each once."""
    manages_team = (
        select(TeamMembership.id)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(
            TeamMembership.membership_id == Membership.id,
            TeamMembership.role == "manager",
            TeamMembership.ended_at.is_(None),
            Team.ended_at.is_(None),
        )
        .correlate(Membership)
        .exists()
    )
    return (
        select(
            User.id.label("user_id"),
            User.name,
            User.time_zone,
            Membership.id.label("membership_id"),
        )
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == employer.id,
            or_(Membership.role == "manager", manages_team),
            User.email.is_not(None),
            owing.is_active_column(),
        )
    )


def _row(
    employer: Employer, planned: Planned, user_id: int, obligation_id: int | None, now: datetime
) -> Mapping[str, Any]:
    return {
        "key": planned.key,
        "kind": planned.kind.value,
        "organization_id": employer.id,
        "user_id": user_id,
        "obligation_id": obligation_id,
        "created_at": now,
        "send_after": planned.send_after,
        "state": "waiting",
        "subject": "",
        "fault": "",
    }


def _missing(database: Database, batch: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those rows whose key no notice has: asking first spares other writers a wait for nothing."""
    with database.reading_session() as session:
        known = set(session.scalars(select(Notice.key).where(Notice.key.in_(batch))))
    return [row for key, row in batch.items() if key not in known]
