"""What a new day brings to what people owe: windows open, first days come, leaves begin and end.

The day's job of an organization asks for one job for each of its assignments. Who is killed in the
middle has done with some of them, and with some of the people of the one in hand.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation import jobs
from lms.foundation.clock import beginning_of_day
from lms.foundation.worker import Task

from .demands import demands_of
from .reconcile import reconcile_apart

ALL = "obligations.daily"
ONE = "obligations.assignment"


def ask(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Ask for the jobs of an organization's day: the payload is that of a daily job."""
    for demand in demands_of(session, payload["organization_id"]):
        key = f"{ONE}:{demand.assignment_id}:{payload['day']}"
        # However late it is: before the day's notices, which tell what these jobs open.
        run_at = beginning_of_day(now, demand.time_zone)
        jobs.ask(session, ONE, {"assignment_id": demand.assignment_id}, run_at=run_at, key=key)


def settle(task: Task) -> None:
    """Bring what people owe under one assignment to the day: the payload is `{"assignment_id": 7}`."""
    reconcile_apart(task.database, task.payload["assignment_id"], task.now)
