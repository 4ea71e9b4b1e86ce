"""Due dates in words."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.due import due_in_words

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOMETIME = st.integers(-4_000_000, 4_000_000).map(lambda number: NOW + timedelta(minutes=number))
ZONES = st.sampled_from(["UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "nowhere"])


@pytest.mark.parametrize(
    ("due_at", "state", "words"),
    [
        (NOW, "soon", "Due today"),
        (datetime(2026, 3, 2, 23, 59, tzinfo=UTC), "soon", "Due today"),
        (datetime(2026, 3, 3, 0, 0, tzinfo=UTC), "soon", "Due tomorrow"),
        (datetime(2026, 3, 4, 0, 0, tzinfo=UTC), "soon", "Due in 2 days"),
        (datetime(2026, 3, 9, 23, 59, tzinfo=UTC), "soon", "Due in 7 days"),
        (datetime(2026, 3, 10, 0, 0, tzinfo=UTC), "later", "Due in 8 days"),
        (NOW - timedelta(seconds=1), "late", "Late since today"),
        (datetime(2026, 3, 1, 23, 59, tzinfo=UTC), "late", "1 day late"),
        (datetime(2026, 2, 28, 12, 0, tzinfo=UTC), "late", "2 days late"),
    ],
)
def test_in_utc(due_at: datetime, state: str, words: str) -> None:
    due = due_in_words(due_at, NOW, "UTC")
    assert (due.state, due.words) == (state, words)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "Due today"),
        ("America/New_York", "Due today"),
        ("Asia/Tokyo", "Due tomorrow"),
        ("no such zone", "Due today"),
    ],
)
def test_days_are_those_of_the_persons_calendar(zone: str, words: str) -> None:
    # In Tokyo it is 18:00 now, and past midnight at the due time.
    assert due_in_words(datetime(2026, 3, 2, 16, 0, tzinfo=UTC), NOW, zone).words == words


@given(SOMETIME, SOMETIME, ZONES)
def test_words_and_state_agree(due_at: datetime, now: datetime, zone: str) -> None:
    due = due_in_words(due_at, now, zone)
    assert (due.state == "late") == (due_at < now)
    number = int(next(iter(re.findall(r"\d+", due.words)), "0"))
    assert abs(abs((due_at - now).days) - number) <= 1
    assert "-" not in due.words
    if due.state == "late":
        assert re.fullmatch(r"Late since today|1 day late|\d+ days late", due.words)
    else:
        assert re.fullmatch(r"Due (today|tomorrow|in \d+ days)", due.words)
        assert (due.state == "soon") == (number <= 7)
