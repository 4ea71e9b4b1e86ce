"""Due dates in words."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.due import Deadline, due_in_words
from lms.foundation.clock import in_zone

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOMETIME = st.integers(-4_000_000, 4_000_000).map(lambda number: NOW + timedelta(minutes=number))
DAYS = st.integers(-3_000, 3_000).map(lambda number: NOW.date() + timedelta(days=number))
ZONES = st.sampled_from(["UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "nowhere"])


@pytest.mark.parametrize(
    ("on", "state", "words"),
    [
        (date(2026, 3, 2), "soon", "Due today"),
        (date(2026, 3, 3), "soon", "Due tomorrow"),
        (date(2026, 3, 4), "soon", "Due in 2 days"),
        (date(2026, 3, 9), "soon", "Due in 7 days"),
        (date(2026, 3, 10), "later", "Due in 8 days"),
        (date(2026, 3, 1), "late", "1 day late"),
        (date(2026, 2, 28), "late", "2 days late"),
    ],
)
def test_in_utc(on: date, state: str, words: str) -> None:
    due = due_in_words(Deadline.in_zone(on, "UTC"), NOW)
    assert (due.state, due.words) == (state, words)


@pytest.mark.parametrize(
    ("zone", "now", "words"),
    [
        # The 22nd ends in Chicago at 06:00 UTC of the 23rd, and is the 22nd for everybody.
        ("America/Chicago", datetime(2026, 12, 22, 5, 0, tzinfo=UTC), "Due tomorrow"),
        ("America/Chicago", datetime(2026, 12, 22, 12, 0, tzinfo=UTC), "Due today"),
        ("America/Chicago", datetime(2026, 12, 23, 5, 59, 59, tzinfo=UTC), "Due today"),
        ("America/Chicago", datetime(2026, 12, 23, 6, 0, tzinfo=UTC), "1 day late"),
        ("Pacific/Kiritimati", datetime(2026, 12, 21, 9, 0, tzinfo=UTC), "Due tomorrow"),
        ("Pacific/Kiritimati", datetime(2026, 12, 21, 10, 0, tzinfo=UTC), "Due today"),
        ("no such zone", datetime(2026, 12, 22, 23, 0, tzinfo=UTC), "Due today"),
    ],
)
def test_days_are_those_of_where_it_is_due(zone: str, now: datetime, words: str) -> None:
    assert due_in_words(Deadline.in_zone(date(2026, 12, 22), zone), now).words == words


@given(DAYS, SOMETIME, ZONES)
def test_words_and_state_agree(on: date, now: datetime, zone: str) -> None:
    due = due_in_words(Deadline.in_zone(on, zone), now)
    number = int(next(iter(re.findall(r"\d+", due.words)), "1" if "tomorrow" in due.words else "0"))
    days = number if due.state != "late" else -number
    # On the days on which clocks change, an hour counts to the other day.
    ahead = [(on - (in_zone(now, zone) + hour).date()).days for hour in HOURS]
    assert days in ahead
    assert "-" not in due.words
    if due.state == "late":
        assert re.fullmatch(r"1 day late|\d+ days late", due.words)
    else:
        assert re.fullmatch(r"Due (today|tomorrow|in \d+ days)", due.words)
        assert (due.state == "soon") == (number <= 7)


HOURS = [timedelta(hours=number) for number in (-1, 0, 1)]
