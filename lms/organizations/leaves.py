"""Reads and writes of leaves of absence."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .errors import LeaveOverlaps
from .models import LeaveOfAbsence, Membership
from .signals import tell


def record(
    session: Session,
    membership: Membership,
    *,
    starts_on: date,
    ends_on: date,
    by_id: int,
    now: datetime,
) -> LeaveOfAbsence:
    """Note that a member is away from `starts_on` to `ends_on`, both included.

    Raises LeaveOverlaps when they are away already on one of the days.
    """
    overlapping = select(LeaveOfAbsence.id).where(
        LeaveOfAbsence.membership_id == membership.id,
        LeaveOfAbsence.withdrawn_at.is_(None),
        LeaveOfAbsence.starts_on <= ends_on,
        LeaveOfAbsence.ends_on >= starts_on,
    )
    # Two who record at once take turns at the membership's row.
    session.refresh(membership, with_for_update=True)
    if session.scalar(overlapping.limit(1)) is not None:
        raise LeaveOverlaps
    leave = LeaveOfAbsence(
        membership_id=membership.id,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by_id=by_id,
        recorded_at=now,
    )
    session.add(leave)
    session.flush()
    tell(session, membership.organization_id, [membership.id], now)
    return leave


def withdraw(
    session: Session, membership: Membership, leave_id: int, *, now: datetime
) -> LeaveOfAbsence | None:
    """Take back a leave of the member's; None when they have no such leave, or not any more."""
    leave = session.scalar(
        select(LeaveOfAbsence)
        .where(
            LeaveOfAbsence.id == leave_id,
            LeaveOfAbsence.membership_id == membership.id,
            LeaveOfAbsence.withdrawn_at.is_(None),
        )
        .with_for_update()
    )
    if leave is None:
        return None
    leave.withdrawn_at = now
    session.flush()
    tell(session, membership.organization_id, [membership.id], now)
    return leave


def is_withdrawn(session: Session, membership: Membership, leave_id: int) -> bool:
    """Whether a leave of the member's was taken back."""
    withdrawn = select(LeaveOfAbsence.id).where(
        LeaveOfAbsence.id == leave_id,
        LeaveOfAbsence.membership_id == membership.id,
        LeaveOfAbsence.withdrawn_at.is_not(None),
    )
    return session.scalar(withdrawn) is not None
