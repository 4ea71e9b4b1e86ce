"""What a member was at a moment, from the history of their positions (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Position:
    """What a member was from a moment on, until the next one."""

    starts_at: datetime
    is_member: bool
    employee_number: str | None = None
    job_title: str = ""
    department: str = ""
    site: str = ""
    hired_on: date | None = None
    # The membership of whoever they reported to.
    manager_id: int | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A member's last stay in a period: their last position in it, and when the stay began and ended.

    `until` is None where they were a member beyond the period.
    """

    position: Position
    since: datetime
    until: datetime | None


def position_at(history: Sequence[Position], moment: datetime) -> Position:
    """The position in force at a moment, or the first one for what was before. `history` is in order."""
    found = history[0]
    for position in history:
        if position.starts_at > moment:
            break
        found = position
    return found


def stay_in(history: Sequence[Position], start: datetime, end: datetime) -> Stay | None:
    """The last stay of a member between `start` (included) and `end`; None if they were not there."""
    last: int | None = None
    for index, position in enumerate(history):
        follows = history[index + 1].starts_at if index + 1 < len(history) else None
        is_in_period = position.starts_at < end and (follows is None or follows > start)
        if position.is_member and is_in_period and follows != position.starts_at:
            last = index
    if last is None:
        return None
    first = last
    while first > 0 and history[first - 1].is_member:
        first -= 1
    until = history[last + 1].starts_at if last + 1 < len(history) else None
    return Stay(
        history[last],
        since=history[first].starts_at,
        until=until if until is not None and until < end else None,
    )
