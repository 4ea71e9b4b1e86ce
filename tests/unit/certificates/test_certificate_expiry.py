"""When a certificate expires: calendar months, month ends, leap years."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lms.certificates.expiry import Status, expires_at, status


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("issued", "months", "expires"),
    [
        ((2026, 3, 2), 12, (2027, 3, 2)),
        ((2026, 11, 21), 1, (2026, 12, 21)),
        ((2026, 12, 21), 1, (2027, 1, 21)),
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2028, 1, 31), 1, (2028, 2, 29)),
        ((2026, 8, 31), 1, (2026, 9, 30)),
        ((2026, 2, 28), 1, (2026, 3, 28)),
        ((2028, 2, 29), 12, (2029, 2, 28)),
        ((2028, 2, 29), 48, (2032, 2, 29)),
        ((2099, 2, 28), 12, (2100, 2, 28)),
        ((2026, 11, 30), 3, (2027, 2, 28)),
        ((2026, 12, 31), 24, (2028, 12, 31)),
    ],
)
def test_calendar_months_are_added(
    issued: tuple[int, int, int], months: int, expires: tuple[int, int, int]
) -> None:
    assert expires_at(noon(*issued), months) == noon(*expires)


def test_without_a_validity_nothing_expires() -> None:
    assert expires_at(noon(2026, 3, 2), None) is None


def test_months_are_counted_in_utc() -> None:
    # It is still 28 February in UTC, and already March where this clock hangs.
    elsewhere = datetime(2026, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=3)))
    assert expires_at(elsewhere, 1) == datetime(2026, 3, 28, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1, Status.VALID), (0, Status.EXPIRED), (1, Status.EXPIRED)]
)
def test_a_certificate_is_expired_from_its_moment_on(seconds: int, expected: Status) -> None:
    moment = noon(2027, 3, 2)
    assert status(moment, moment + timedelta(seconds=seconds)) is expected


def test_a_certificate_without_expiry_stays_valid() -> None:
    assert status(None, noon(2099, 1, 1)) is Status.VALID
