"""The time, injected: services take `now`, and only the edge asks a clock for it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def in_zone(moment: datetime, zone: str) -> datetime:
    """`moment` as the clocks in `zone` (an IANA name) show it; UTC where the name is unknown."""
    return moment.astimezone(ZoneInfo(zone if zone in _zones() else "UTC"))


def sortable(moment: datetime, zone: str) -> str:
    """The moment by the clocks of `zone`, such as `2026-03-02 09:15`: as text it sorts by time."""
    return f"{in_zone(moment, zone):%Y-%m-%d %H:%M}"


def beginning_of_day(now: datetime, zone: str) -> datetime:
    """The midnight with which the day of `now` began in `zone`, in UTC."""
    local = in_zone(now, zone)
    return datetime.combine(local.date(), time(), local.tzinfo).astimezone(UTC)


def end_of_day(day: date, zone: str) -> datetime:
    """The last second of `day` in `zone`, in UTC: what is due on a day is due until then.

    It is not the midnight after, which a calendar shows as the next day.
    """
    zone = zone if zone in _zones() else "UTC"
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA time zone that this machine knows."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
