"""What assignments do when something happens elsewhere."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.courses.catalogue import Course

from .demands import demands_of
from .models import Obligation
from .reconcile import reconcile, reconcile_completed


def on_course_completed(
    course: Course, *, session: Session, user_id: int, now: datetime, **_news: Any
) -> None:
    """Meet what somebody owed who completed a course, and open what follows.

    What hears `course_completed`, in the same transaction.
    """
    owed = session.execute(
        select(Obligation.assignment_id, Obligation.membership_id)
        .where(
            Obligation.user_id == user_id,
            Obligation.course_id == course.id,
            Obligation.closed_at.is_(None),
        )
        .order_by(Obligation.assignment_id)
    ).all()
    reconcile_completed(session, [(row[0], row[1]) for row in owed], now)


def on_roster_changed(
    _sender: object,
    *,
    session: Session,
    organization_id: int,
    membership_ids: Collection[int] | None,
    now: datetime,
) -> None:
    """Cover newcomers and let go of leavers at once: what hears `roster_changed`."""
    for demand in demands_of(session, organization_id):
        assert demand.assignment_id is not None
        reconcile(session, demand.assignment_id, membership_ids, now)
