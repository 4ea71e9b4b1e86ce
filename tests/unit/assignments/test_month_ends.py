"""The ends of months by the calendar of a zone."""

from datetime import UTC, date, datetime

import pytest

from lms.assignments.month_ends import month_ends


@pytest.mark.parametrize("today", [date(2026, 3, 1), date(2026, 3, 31)])
def test_the_ends_of_twelve_months(today: date) -> None:
    ends = month_ends(today, "America/New_York")
    assert [end.day for end in ends[:2]] == [date(2025, 3, 31), date(2025, 4, 30)]
    assert ends[-1].day == date(2026, 2, 28)
    assert len(ends) == 12
    # Midnight in New York, in summer and in winter.
    assert ends[0].over_at == datetime(2025, 4, 1, 4, tzinfo=UTC)
    assert ends[-1].over_at == datetime(2026, 3, 1, 5, tzinfo=UTC)
