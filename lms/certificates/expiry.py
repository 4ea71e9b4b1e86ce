"""When a certificate expires, and whether it has (pure)."""

from datetime import UTC, datetime
from enum import StrEnum

from lms.foundation.months import add_months


class Status(StrEnum):
    """Whether a certificate still counts."""

    VALID = "valid"
    EXPIRED = "expired"


def expires_at(issued_at: datetime, months: int | None) -> datetime | None:
    """The moment `months` calendar months after `issued_at` in UTC; None where nothing expires.

    Where the month has no such day, its last day: 31 January and one month is the end of February.
    """
    if months is None:
        return None
    start = issued_at.astimezone(UTC)
    return datetime.combine(add_months(start.date(), months), start.timetz())


def status(expires_at: datetime | None, now: datetime) -> Status:
    """Expired from the moment `expires_at` on; without one, valid for ever."""
    if expires_at is None or now < expires_at:
        return Status.VALID
    return Status.EXPIRED
