"""Accommodations: what one learner is granted beyond the terms of a quiz, by whom and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.courses.models import Module

from .models import Accommodation
from .terms import Allowance

MAX_EXTRA_TIME = 300
MAX_EXTRA_ATTEMPTS = 20
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class AccommodationRow:
    """One accommodation, in force or withdrawn. `module_slug` is None where it holds for every quiz.

    `organization_id` is where it was granted: the reason, and by whom, is for nobody else.
    """

    id: int
    organization_id: int | None
    module_slug: str | None
    extra_time: int
    extra_attempts: int
    reason: str
    granted_by: str
    granted_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None


class Grant(Protocol):
    """What is granted: percent of the time limit, attempts, and when."""

    @property
    def extra_time(self) -> int: ...
    @property
    def extra_attempts(self) -> int: ...
    @property
    def granted_at(self) -> datetime: ...


def sum_of(rows: Iterable[Grant], since: datetime) -> Allowance:
    """What several grants come to: of time the longest holds, attempts add up.

    Extra attempts belong to the course they were granted in: those granted before `since`, from when
    its work counts, are used up.
    """
    rows = list(rows)
    with_attempts = [row for row in rows if row.extra_attempts and row.granted_at >= since]
    return Allowance(
        extra_time=max((row.extra_time for row in rows), default=0),
        extra_attempts=sum(row.extra_attempts for row in with_attempts),
        attempts_granted_at=max((row.granted_at for row in with_attempts), default=None),
    )


def grant(
    session: Session,
    *,
    user_id: int,
    module_id: int | None,
    extra_time: int = 0,
    extra_attempts: int = 0,
    reason: str,
    by_id: int,
    organization_id: int | None,
    now: datetime,
) -> None:
    """Grant a person more time (percent of the limit) or more attempts, from the next attempt on.

    The organization is the one in which it is granted, if it is clear which.

    `module_id` None grants time at every quiz; attempts are granted at one. The database refuses what
    grants nothing, and a reason that is empty.
    """
    session.add(
        Accommodation(
            user_id=user_id,
            module_id=module_id,
            extra_time=extra_time,
            extra_attempts=extra_attempts,
            reason=reason,
            organization_id=organization_id,
            granted_by_id=by_id,
            granted_at=now,
        )
    )
    session.flush()


def withdraw(
    session: Session, *, accommodation_id: int, user_id: int, by_id: int, now: datetime
) -> bool:
    """Withdraw a person's accommodation; False when they have no such one in force.

    What was started with it stays as it is.
    """
    withdrawn = session.execute(
        update(Accommodation)
        .where(
            Accommodation.id == accommodation_id,
            Accommodation.user_id == user_id,
            Accommodation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now, withdrawn_by_id=by_id)
        .returning(Accommodation.id)
    )
    return withdrawn.first() is not None


def list_for(session: Session, user_id: int) -> Sequence[AccommodationRow]:
    """Everything that a person was ever granted, newest first."""
    giver, taker = aliased(User), aliased(User)
    rows = session.execute(
        select(
            Accommodation.id,
            Accommodation.organization_id,
            Module.slug,
            Accommodation.extra_time,
            Accommodation.extra_attempts,
            Accommodation.reason,
            giver.name,
            Accommodation.granted_at,
            taker.name,
            Accommodation.withdrawn_at,
        )
        .join(giver, giver.id == Accommodation.granted_by_id)
        .outerjoin(taker, taker.id == Accommodation.withdrawn_by_id)
        .outerjoin(Module, Module.id == Accommodation.module_id)
        .where(Accommodation.user_id == user_id)
        .order_by(Accommodation.id.desc())
    )
    return [AccommodationRow(*row) for row in rows]
