"""Which reminder is due when: a table that reads like a policy, and laws for all days and zones."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.accounts.zones import COMMON
from lms.assignments.planning import Closed
from lms.assignments.reminders import (
    Habits,
    Kind,
    Owed,
    Planned,
    Reader,
    digest,
    end_of_day,
    end_of_quiet,
    iso_week,
    reading_zone,
    reminder,
)
from lms.assignments.terms import Due, Leave
from lms.foundation.clock import in_zone

HABITS = Habits("UTC")
HERE = Reader("UTC")


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00+00:00")


def owed(
    opens_on: str, due_on: str, *, opened_on: str | None = None, closed: Closed | None = None
) -> Owed:
    due = date.fromisoformat(due_on)
    return Owed(
        7,
        Due(date.fromisoformat(opens_on), due, due.day),
        date.fromisoformat(opened_on or opens_on),
        closed,
    )


def key_on(day: str, what: Owed, reader: Reader = HERE, habits: Habits = HABITS) -> str | None:
    found = reminder(what, reader, habits, noon(day))
    return found.key if found else None


def away(*spans: tuple[str, str]) -> Reader:
    leaves = [Leave(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans]
    return Reader("UTC", leaves=leaves)


# The policy, day by day

MARCH = owed("2026-03-01", "2026-03-31")


@pytest.mark.parametrize(
    ("day", "key"),
    [
        pytest.param("2026-02-28", None, id="before the window opens: nothing"),
        pytest.param("2026-03-01", "assigned:7", id="on the first day: it is assigned"),
        pytest.param("2026-03-08", "assigned:7", id="a week later still, if nobody told them"),
        pytest.param("2026-03-09", None, id="after that it is old news"),
        pytest.param("2026-03-16", None, id="15 days before"),
        pytest.param("2026-03-17", "before-due:7:2026-03-31:14", id="14 days before"),
        pytest.param("2026-03-27", "before-due:7:2026-03-31:14", id="4 days before: if unsent"),
        pytest.param("2026-03-28", "before-due:7:2026-03-31:3", id="3 days before"),
        pytest.param("2026-03-30", "before-due:7:2026-03-31:3", id="the day before: if unsent"),
        pytest.param("2026-03-31", "due-today:7:2026-03-31", id="on the day"),
        pytest.param("2026-04-01", "overdue:7:2026-W14", id="late by a day"),
        pytest.param("2026-04-07", "overdue:7:2026-W14", id="late by a week: if unsent"),
        pytest.param("2026-04-08", "overdue:7:2026-W15", id="late by eight days"),
        pytest.param("2026-04-15", "overdue:7:2026-W16", id="late by two weeks and a day"),
        pytest.param("2026-12-31", "overdue:7:2026-W53", id="the last week of a long year"),
        pytest.param("2027-01-06", "overdue:7:2027-W01", id="the first of the next"),
    ],
)
def test_a_month_to_complete_a_course(day: str, key: str | None) -> None:
    assert key_on(day, MARCH) == key


@pytest.mark.parametrize(
    ("day", "what", "key"),
    [
        pytest.param(
            "2026-03-01", owed("2026-03-01", "2026-03-01"), "assigned:7", id="due at once"
        ),
        pytest.param(
            "2026-03-02", owed("2026-03-01", "2026-03-11"), "assigned:7", id="10 days in all"
        ),
        pytest.param(
            "2026-03-08",
            owed("2026-03-01", "2026-03-11"),
            "before-due:7:2026-03-11:3",
            id="10 days in all: the reminder of 14 days would come before the assignment",
        ),
        pytest.param(
            "2026-03-02",
            owed("2026-01-01", "2026-03-31", opened_on="2026-03-02"),
            "assigned:7",
            id="the window is older than the obligation",
        ),
        pytest.param(
            "2026-03-02",
            owed("2026-03-02", "2027-03-01", opened_on="2025-03-02"),
            "assigned:7",
            id="renewal: the obligation is older than the window",
        ),
        pytest.param(
            "2026-03-18",
            owed("2026-03-01", "2026-04-01"),
            "before-due:7:2026-04-01:14",
            id="moved by a day: another key",
        ),
        pytest.param(
            "2026-03-02",
            owed("2026-03-02", "2026-03-01"),
            "overdue:7:2026-W10",
            id="overdue goes before all",
        ),
    ],
)
def test_other_windows(day: str, what: Owed, key: str | None) -> None:
    assert key_on(day, what) == key


@pytest.mark.parametrize("closed", Closed)
@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-17", "2026-03-31", "2026-04-01"])
def test_nothing_for_what_has_ended(day: str, closed: Closed) -> None:
    assert key_on(day, owed("2026-03-01", "2026-03-31", closed=closed)) is None


@pytest.mark.parametrize(
    ("day", "key"),
    [
        pytest.param("2026-03-09", None, id="the day before the leave"),
        pytest.param("2026-03-10", None, id="its first day"),
        pytest.param("2026-03-20", None, id="its last day"),
        pytest.param("2026-03-21", "before-due:7:2026-03-31:14", id="what they missed"),
    ],
)
def test_nothing_during_a_leave_and_what_was_missed_after_it(day: str, key: str | None) -> None:
    assert key_on(day, MARCH, away(("2026-03-10", "2026-03-20"))) == key


def test_whoever_was_away_when_it_was_assigned_hears_of_it_when_they_are_back() -> None:
    year = owed("2026-03-01", "2026-12-31")
    reader = away(("2025-07-01", "2025-07-14"), ("2026-02-20", "2026-04-30"))
    days = ["2026-03-01", "2026-04-30", "2026-05-01", "2026-05-07", "2026-05-08"]
    found = [key_on(day, year, reader) for day in days]
    assert found == [None, None, "assigned:7", "assigned:7", None]


def test_nothing_for_whoever_is_gone() -> None:
    gone = Reader("UTC", is_active=False)
    assert key_on("2026-03-17", MARCH, gone) is None
    assert digest(1, 2, gone, HABITS, noon("2026-03-17")) is None


def test_without_days_before_there_are_the_other_reminders() -> None:
    habits = Habits("UTC", remind_days=())
    days = ["2026-03-01", "2026-03-30", "2026-03-31", "2026-04-01"]
    keys = [key_on(day, MARCH, habits=habits) for day in days]
    kinds = [key and key.partition(":")[0] for key in keys]
    assert kinds == ["assigned", None, "due-today", "overdue"]


def test_days_are_those_of_the_organization() -> None:
    evening = datetime(2026, 3, 17, 1, 0, tzinfo=UTC)
    assert reminder(MARCH, HERE, Habits("America/New_York"), evening) is None
    found = reminder(MARCH, HERE, Habits("Europe/Berlin"), evening)
    assert found is not None
    assert found.kind is Kind.BEFORE_DUE


def test_one_digest_a_week() -> None:
    days = ["2026-03-15", "2026-03-16", "2026-03-22", "2026-03-23"]
    found = [digest(1, 2, HERE, HABITS, noon(day)) for day in days]
    assert [one and one.key for one in found] == [
        "digest:1:2:2026-W11",
        "digest:1:2:2026-W12",
        "digest:1:2:2026-W12",
        "digest:1:2:2026-W13",
    ]
    assert digest(1, 2, away(("2026-03-16", "2026-03-16")), HABITS, noon("2026-03-16")) is None


# Quiet hours


@pytest.mark.parametrize(
    ("zone", "quiet", "now", "expected"),
    [
        pytest.param("UTC", (20, 8), "2026-03-02T19:59Z", "2026-03-02T19:59Z", id="just before"),
        pytest.param("UTC", (20, 8), "2026-03-02T20:00Z", "2026-03-03T08:00Z", id="evening"),
        pytest.param("UTC", (20, 8), "2026-03-02T07:59Z", "2026-03-02T08:00Z", id="morning"),
        pytest.param("UTC", (20, 8), "2026-03-02T08:00Z", "2026-03-02T08:00Z", id="just after"),
        pytest.param("UTC", (9, 17), "2026-03-02T09:30Z", "2026-03-02T17:00Z", id="by day"),
        pytest.param("UTC", (20, 0), "2026-03-02T23:30Z", "2026-03-03T00:00Z", id="to midnight"),
        pytest.param("UTC", (0, 6), "2026-03-02T00:30Z", "2026-03-02T06:00Z", id="from midnight"),
        pytest.param("UTC", (8, 8), "2026-03-02T03:00Z", "2026-03-02T03:00Z", id="none"),
        pytest.param("Asia/Tokyo", (20, 8), "2026-03-02T12:00Z", "2026-03-02T23:00Z", id="Tokyo"),
        # In Berlin the clocks skip from 2:00 to 3:00 on 29 March and go back from 3:00 on 25 October.
        pytest.param(
            "Europe/Berlin", (20, 8), "2026-03-28T20:00Z", "2026-03-29T06:00Z", id="short night"
        ),
        pytest.param(
            "Europe/Berlin", (20, 8), "2026-10-24T20:00Z", "2026-10-25T07:00Z", id="long night"
        ),
        pytest.param(
            "Europe/Berlin", (20, 2), "2026-03-28T22:00Z", "2026-03-29T01:00Z", id="skipped end"
        ),
        pytest.param(
            "Europe/Berlin", (20, 3), "2026-10-25T00:30Z", "2026-10-25T02:00Z", id="first of two"
        ),
        pytest.param(
            "Europe/Berlin", (20, 3), "2026-10-25T01:30Z", "2026-10-25T02:00Z", id="second of two"
        ),
    ],
)
def test_quiet_hours_end(zone: str, quiet: tuple[int, int], now: str, expected: str) -> None:
    habits = Habits("UTC", (), *quiet)
    end = end_of_quiet(datetime.fromisoformat(now), Reader(zone), habits)
    assert end == datetime.fromisoformat(expected)


def test_whoever_chose_no_zone_lives_by_the_organizations() -> None:
    assert reading_zone("UTC", "America/Chicago") == "America/Chicago"
    assert reading_zone("Asia/Tokyo", "America/Chicago") == "Asia/Tokyo"
    evening = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    assert end_of_quiet(evening, HERE, Habits("America/Chicago")).hour == 14


def test_a_day_ends_where_the_organization_is() -> None:
    assert end_of_day(date(2026, 3, 28), "Europe/Berlin") == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 29), "Europe/Berlin") == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_weeks_are_those_of_iso_8601() -> None:
    assert [iso_week(date(2027, 1, day)) for day in (1, 3, 4)] == [
        "2026-W53",
        "2026-W53",
        "2027-W01",
    ]


# Laws

ZONES = st.sampled_from(COMMON)
DAYS = st.dates(date(2020, 1, 1), date(2036, 12, 31))
HOURS = st.integers(0, 23)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone.
HABIT = st.builds(
    Habits,
    time_zone=ZONES,
    remind_days=st.lists(st.integers(1, 90), max_size=5, unique=True),
    quiet_from=HOURS,
    quiet_until=HOURS,
)


@st.composite
def obligations(draw: st.DrawFn) -> Owed:
    opens_on = draw(DAYS)
    due_on = opens_on + timedelta(days=draw(st.integers(0, 400)))
    opened_on = opens_on + timedelta(days=draw(st.integers(-400, 400)))
    closed = draw(st.none() | st.sampled_from(Closed))
    return Owed(draw(st.integers(1, 9)), Due(opens_on, due_on, due_on.day), opened_on, closed)


@st.composite
def readers(draw: st.DrawFn) -> Reader:
    starts = draw(st.lists(DAYS, max_size=3))
    leaves = [Leave(day, day + timedelta(days=draw(st.integers(0, 200)))) for day in starts]
    return Reader(draw(ZONES), draw(st.booleans()), leaves)


def day_by_day(what: Owed, reader: Reader, habits: Habits, days: int) -> list[Planned | None]:
    start = datetime.combine(what.due.opens_on, datetime.min.time(), UTC) + timedelta(hours=12)
    return [reminder(what, reader, habits, start + timedelta(days=day)) for day in range(-2, days)]


@given(MOMENTS, readers(), HABIT)
@example(
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC), Reader("America/New_York"), Habits("UTC", (), 0, 1)
)
@example(
    datetime(2026, 4, 4, 15, 0, tzinfo=UTC), Reader("Australia/Sydney"), Habits("UTC", (), 20, 2)
)
def test_nothing_goes_out_in_quiet_hours_nor_later_than_it_must(
    now: datetime, reader: Reader, habits: Habits
) -> None:
    end = end_of_quiet(now, reader, habits)
    local = in_zone(end, reading_zone(reader.time_zone, habits.time_zone))
    assert now <= end <= now + timedelta(hours=25)
    assert end_of_quiet(end, reader, habits) == end
    hours = [
        hour % 24
        for hour in range(
            habits.quiet_from, habits.quiet_from + (habits.quiet_until - habits.quiet_from) % 24
        )
    ]
    assert local.hour not in hours


@given(MOMENTS, obligations(), readers(), HABIT)
def test_nothing_for_what_has_ended_nor_for_whoever_is_away_or_gone(
    now: datetime, what: Owed, reader: Reader, habits: Habits
) -> None:
    today = in_zone(now, habits.time_zone).date()
    is_away = any(leave.starts_on <= today <= leave.ends_on for leave in reader.leaves)
    if what.closed or is_away or not reader.is_active or today < what.due.opens_on:
        assert reminder(what, reader, habits, now) is None
    if is_away or not reader.is_active:
        assert digest(1, 2, reader, habits, now) is None


@given(obligations(), readers(), HABIT)
def test_a_key_that_was_left_never_comes_back(what: Owed, reader: Reader, habits: Habits) -> None:
    """So that a notice with the key of yesterday is about the same as yesterday."""
    keys = [found.key for found in day_by_day(what, reader, habits, 430) if found]
    changes = [after for before, after in pairwise(["", *keys]) if before != after]
    assert len(changes) == len(set(changes))


@given(obligations(), HABIT)
def test_whoever_is_there_hears_of_everything_on_its_day(what: Owed, habits: Habits) -> None:
    if what.closed:
        return
    known_on = max(what.due.opens_on, what.opened_on)
    seen: set[str] = set()
    on: dict[date, Kind] = {}
    for day in range((known_on - what.due.opens_on).days, 430):
        now = end_of_day(what.due.opens_on + timedelta(days=day - 1), habits.time_zone)
        found = reminder(what, HERE, habits, now)
        if found and found.key not in seen:
            seen.add(found.key)
            on[what.due.opens_on + timedelta(days=day)] = found.kind
    expected = {known_on: Kind.ASSIGNED} if known_on <= what.due.due_on else {}
    days: Sequence[int] = habits.remind_days
    before = {what.due.due_on - timedelta(days=number): Kind.BEFORE_DUE for number in days}
    expected |= {day: kind for day, kind in before.items() if day > known_on}
    if what.due.due_on > known_on:
        expected[what.due.due_on] = Kind.DUE_TODAY
    last = what.due.opens_on + timedelta(days=429)
    late = max(what.due.due_on + timedelta(days=1), known_on)
    while late <= last:
        expected[late] = Kind.OVERDUE
        late += timedelta(days=7 - (late - what.due.due_on - timedelta(days=1)).days % 7)
    assert on == {day: kind for day, kind in expected.items() if day <= last}
