"""Changing how an organization reminds, and what another time zone brings to what its people owe."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.foundation import jobs
from lms.foundation.clock import in_zone
from lms.foundation.worker import Task
from lms.organizations.models import Organization

from . import keeping
from .deadlines import refresh_due
from .models import Assignment, Obligation
from .owing import Employer
from .reconcile import CHUNK, take_turn
from .reminders import Habits

ZONE_JOB = "obligations.zone"


def change(
    session: Session, employer: Employer, wanted: Habits, now: datetime
) -> Mapping[str, Any]:
    """Let the organization remind as `wanted`; what was and is each thing that changes, if anything.

    With another time zone all figures are counted anew, and a job brings the deadlines there.
    """
    changes = {
        name: {"before": before, "after": after}
        for name in ("time_zone", "remind_days", "quiet_from", "quiet_until")
        if (before := getattr(employer.habits, name)) != (after := getattr(wanted, name))
    }
    if changes:
        values = {name: change["after"] for name, change in changes.items()}
        session.execute(update(Organization).where(Organization.id == employer.id).values(**values))
    if "time_zone" in changes:
        keeping.begin_day(session, employer.id, in_zone(now, wanted.time_zone).date())
        jobs.ask(session, ZONE_JOB, {"organization_id": employer.id}, run_at=now)
    return changes


def move_deadlines(task: Task) -> None:
    """Let what is unfinished be due until its day ends in the organization's zone, as it is by now.

    The payload is `{"organization_id": 7}`. Some people at a time: nobody waits for long.
    """
    with task.database.reading_session() as session:
        assignment_ids = session.scalars(
            select(Assignment.id)
            .where(Assignment.organization_id == task.payload["organization_id"])
            .order_by(Assignment.id)
        ).all()
    for assignment_id in assignment_ids:
        last: int | None = 0
        while last is not None:
            with task.database.transaction() as session:
                last = _move_some(session, assignment_id, last)


def _move_some(session: Session, assignment_id: int, after: int) -> int | None:
    """Move some people's deadlines, of users with ids above `after`; the last one's, None at the end."""
    # Who reconciles the assignment may have begun something with the zone of before.
    take_turn(session, assignment_id)
    rows = session.execute(
        select(Obligation.user_id, Obligation.enrolment_id)
        .where(
            Obligation.assignment_id == assignment_id,
            Obligation.is_current,
            Obligation.closed_at.is_(None),
            Obligation.user_id > after,
        )
        .order_by(Obligation.user_id)
        .limit(CHUNK)
    ).all()
    refresh_due(session, {row.enrolment_id for row in rows if row.enrolment_id is not None})
    return rows[-1].user_id if len(rows) == CHUNK else None
