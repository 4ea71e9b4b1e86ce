"""Reads and writes of holds: as long as one is in force, nothing of the person's is erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User

from .errors import HeldAlready
from .models import Hold


@dataclass(frozen=True, slots=True)
class PlacedHold:
    """A hold with who placed it and who lifted it, if it is not in force any more."""

    id: int
    reason: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str | None


def holds_of(session: Session, organization_id: int, user_id: int) -> Sequence[PlacedHold]:
    """Those that an organization has placed on a person, the newest first."""
    placed_by, lifted_by = aliased(User), aliased(User)
    rows = session.execute(
        select(Hold.id, Hold.reason, Hold.placed_at, placed_by.name, Hold.lifted_at, lifted_by.name)
        .join(placed_by, placed_by.id == Hold.placed_by_id)
        .outerjoin(lifted_by, lifted_by.id == Hold.lifted_by_id)
        .where(Hold.organization_id == organization_id, Hold.user_id == user_id)
        .order_by(Hold.id.desc())
    )
    return [PlacedHold(*row) for row in rows]


def place(
    session: Session, organization_id: int, user_id: int, *, reason: str, by_id: int, now: datetime
) -> Hold:
    """Place a hold on a person. It takes turns with their erasure, and with other holds, at their account.

    Raises HeldAlready where the same manager's hold for the same reason is in force.
    """
    session.get_one(User, user_id, with_for_update=True)
    same = select(Hold.id).where(
        Hold.user_id == user_id,
        Hold.organization_id == organization_id,
        Hold.placed_by_id == by_id,
        Hold.reason == reason,
        Hold.lifted_at.is_(None),
    )
    if session.scalar(same.limit(1)) is not None:
        raise HeldAlready
    hold = Hold(
        user_id=user_id,
        organization_id=organization_id,
        reason=reason,
        placed_by_id=by_id,
        placed_at=now,
    )
    session.add(hold)
    session.flush()
    return hold


def lift(
    session: Session, organization_id: int, user_id: int, hold_id: int, *, by_id: int, now: datetime
) -> str | None:
    """Lift a hold that the organization has placed on the person; its reason.

    None where there is none with that id in force.
    """
    return session.scalar(
        update(Hold)
        .where(
            Hold.id == hold_id,
            Hold.organization_id == organization_id,
            Hold.user_id == user_id,
            Hold.lifted_at.is_(None),
        )
        .values(lifted_at=now, lifted_by_id=by_id)
        .returning(Hold.reason)
    )


def is_lifted(session: Session, organization_id: int, user_id: int, hold_id: int) -> bool:
    """Whether a hold that the organization has placed on the person was lifted."""
    lifted = select(Hold.id).where(
        Hold.id == hold_id,
        Hold.organization_id == organization_id,
        Hold.user_id == user_id,
        Hold.lifted_at.is_not(None),
    )
    return session.scalar(lifted) is not None
