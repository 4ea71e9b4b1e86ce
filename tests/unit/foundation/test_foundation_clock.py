"""The clock at the edge, and times as other zones' clocks show them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from lms.foundation.clock import (
    beginning_of_day,
    end_of_day,
    in_zone,
    is_zone,
    sortable,
    system_clock,
)

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def test_the_system_clock_gives_the_present_moment_in_utc() -> None:
    with time_machine.travel(NOON, tick=False):
        assert system_clock() == NOON
        assert system_clock().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("UTC", 12), ("Europe/Berlin", 14), ("America/New_York", 8), ("Asia/Kolkata", 17)],
)
def test_a_moment_is_shown_as_the_clocks_there_show_it(zone: str, hour: int) -> None:
    shown = in_zone(NOON, zone)
    assert shown.hour == hour
    assert shown == NOON


def test_a_zone_follows_summer_time() -> None:
    winter = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    assert in_zone(winter, "Europe/Berlin").hour == 13


# A name that climbs out of the zones' folder must never reach the file system.
@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "a\0b"])
def test_an_unknown_zone_is_none_and_shows_utc(zone: str) -> None:
    assert not is_zone(zone)
    assert in_zone(NOON, zone).tzname() == "UTC"


def test_a_known_zone_is_one() -> None:
    assert is_zone("America/Chicago")


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("UTC", "2026-03-31T23:59:59+00:00"),
        ("America/New_York", "2026-04-01T03:59:59+00:00"),
        ("Asia/Kolkata", "2026-03-31T18:29:59+00:00"),
        ("Mars/Olympus", "2026-03-31T23:59:59+00:00"),
    ],
)
def test_a_day_ends_before_midnight_there(zone: str, end: str) -> None:
    moment = end_of_day(date(2026, 3, 31), zone)
    assert moment.isoformat() == end
    assert in_zone(moment, zone).date() == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-03-28T22:59+00:00", "2026-03-27T23:00:00+00:00"),
        ("2026-03-28T23:00+00:00", "2026-03-28T23:00:00+00:00"),
        ("2026-03-29T12:00+00:00", "2026-03-28T23:00:00+00:00"),
        ("2026-03-30T12:00+00:00", "2026-03-29T22:00:00+00:00"),
    ],
)
def test_a_day_begins_at_midnight_there(now: str, begins: str) -> None:
    moment = beginning_of_day(datetime.fromisoformat(now), "Europe/Berlin")
    assert moment.isoformat() == begins


def test_a_moment_as_text_sorts_by_time_and_says_what_the_clocks_there_say() -> None:
    assert sortable(NOON, "Asia/Kolkata") == "2026-07-01 17:30"
    later = NOON + timedelta(hours=13)
    assert sortable(NOON, "America/New_York") < sortable(later, "America/New_York")
