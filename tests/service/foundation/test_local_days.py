"""The day of a moment in a zone is the same in the database as in the program."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import literal, null, select
from sqlalchemy.orm import Session

from lms.foundation.base import UtcDateTime
from lms.foundation.clock import in_zone
from lms.foundation.localdays import day_in_zone


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_a_moment_has_the_day_of_its_zone(session: Session, zone: str) -> None:
    # The night in which New York's clocks are put forward, and a whole day around it.
    first = datetime(2026, 3, 8, 4, 30, tzinfo=UTC)
    for hours in range(26):
        moment = first + timedelta(hours=hours, seconds=29 * 60 + 59.5)
        found = session.scalar(select(day_in_zone(literal(moment, UtcDateTime()), zone)))
        assert found == in_zone(moment, zone).date()


def test_what_never_was_has_no_day(session: Session) -> None:
    assert session.scalar(select(day_in_zone(null(), "UTC"))) is None
