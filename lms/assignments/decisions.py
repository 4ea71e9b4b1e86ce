"""What a manager decides about one person: a waiver, a completion elsewhere, another date, an exemption.

Each needs a reason and bears a name, and none of them changes what has ended.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.audit import Act, Actor, record
from lms.foundation.clock import in_zone
from lms.foundation.database import fetch, insert_if_absent
from lms.foundation.wording import date_in_full
from lms.organizations.models import Membership, Organization

from .deadlines import refresh_due
from .demands import demand_of
from .errors import AlreadyExempt, DayNotUsable, ObligationOver, OwnTraining, checked_reason
from .models import Exemption, Obligation, ObligationMove
from .planning import Closed
from .reconcile import reconcile, take_turn
from .situations import situations
from .vouching import first_useful_day


def waive(session: Session, obligation_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """Let somebody off this once: what renews counts as if they had completed it.

    Raises ObligationOver, OwnTraining and ReasonMissing.
    """
    reason = checked_reason(reason)
    owed = _unfinished(session, obligation_id, by)
    _close(session, owed, Closed.WAIVED, reason=reason, by=by, now=now)
    _record(session, owed, "obligation.waived", by, now, {"cycle": owed.cycle, "reason": reason})


def vouch(
    session: Session,
    obligation_id: int,
    *,
    completed_on: date,
    reason: str,
    by: Actor,
    now: datetime,
) -> None:
    """Note that somebody completed the course elsewhere, for which `by` vouches.

    Raises ObligationOver, OwnTraining, ReasonMissing, and DayNotUsable for a day still to come or for
    one that is too early to count for this time.
    """
    reason = checked_reason(reason)
    owed = _unfinished(session, obligation_id, by)
    if completed_on > _today(session, owed, now):
        raise DayNotUsable("Nothing can be completed on a day still to come.")
    _check_counts(session, owed, completed_on, now)
    _close(session, owed, Closed.MET, reason=reason, by=by, now=now, completed_on=completed_on)
    details = {"cycle": owed.cycle, "reason": reason, "completed_on": completed_on.isoformat()}
    _record(session, owed, "obligation.vouched", by, now, details)


def extend(
    session: Session,
    obligation_id: int,
    *,
    due_on: date,
    reason: str,
    by: Actor,
    now: datetime,
) -> None:
    """Give an obligation another due date, which no rule changes any more.

    Raises ObligationOver, OwnTraining, ReasonMissing, and DayNotUsable for a day that is past or
    before it opens.
    """
    reason = checked_reason(reason)
    owed = _unfinished(session, obligation_id, by)
    first = max(_today(session, owed, now), owed.opens_on)
    if due_on < first:
        raise DayNotUsable(f"Choose {date_in_full(first)} or a later day.")
    before = owed.due_on
    _move(session, owed, owed.opens_on, due_on, reason=reason, by=by, now=now)
    details = {
        "cycle": owed.cycle,
        "reason": reason,
        "before": before.isoformat(),
        "due_on": due_on.isoformat(),
    }
    _record(session, owed, "obligation.extended", by, now, details)


def exempt(
    session: Session,
    assignment_id: int,
    membership: Membership,
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> None:
    """Except a member from an assignment until that is withdrawn; what they have not finished ends.

    Raises AlreadyExempt, OwnTraining and ReasonMissing.
    """
    reason = checked_reason(reason)
    _check_is_another(membership.user_id, by)
    values = {
        "assignment_id": assignment_id,
        "membership_id": membership.id,
        "reason": reason,
        "granted_by_id": by.id,
        "granted_at": now,
    }
    take_turn(session, assignment_id)
    if insert_if_absent(session, Exemption, values) is None:
        raise AlreadyExempt
    reconcile(session, assignment_id, [membership.id], now)
    act = _about(session, "exemption.granted", assignment_id, membership, {"reason": reason})
    record(session, by, act, now)


def withdraw_exemption(
    session: Session,
    assignment_id: int,
    membership: Membership,
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """Let the assignment cover a member again; False where they are not exempt. Raises OwnTraining."""
    _check_is_another(membership.user_id, by)
    take_turn(session, assignment_id)
    ended = session.execute(
        update(Exemption)
        .where(
            Exemption.assignment_id == assignment_id,
            Exemption.membership_id == membership.id,
            Exemption.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now, withdrawn_by_id=by.id)
        .returning(Exemption.id)
    ).first()
    if ended is None:
        return False
    reconcile(session, assignment_id, [membership.id], now)
    record(session, by, _about(session, "exemption.withdrawn", assignment_id, membership, {}), now)
    return True


def was_exempt(session: Session, assignment_id: int, membership: Membership) -> bool:
    """Whether a member had an exemption that was withdrawn."""
    withdrawn = select(Exemption.id).where(
        Exemption.assignment_id == assignment_id,
        Exemption.membership_id == membership.id,
        Exemption.withdrawn_at.is_not(None),
    )
    return session.scalar(withdrawn.limit(1)) is not None


def _check_is_another(user_id: int, by: Actor) -> None:
    if by.id == user_id:
        raise OwnTraining


def _check_counts(session: Session, owed: Obligation, completed_on: date, now: datetime) -> None:
    """Raise DayNotUsable, which tells the first day of use, where a completion then is of none."""
    demand = demand_of(session, owed.assignment_id)
    if demand is None:
        # Without a rule nothing follows that a completion could put off.
        return
    mine = Membership.id == owed.membership_id
    (person,) = situations(session, demand, mine, now, read=fetch)
    first = first_useful_day(demand.terms, person.situation, completed_on, demand.today(now))
    if first is not None:
        raise DayNotUsable(
            f"This time is due on {date_in_full(owed.due_on)}. A completion counts for it from"
            f" {date_in_full(first)} on."
        )


def _unfinished(session: Session, obligation_id: int, by: Actor) -> Obligation:
    """The obligation of somebody else, which nobody else can end until this transaction does.

    The assignment's turn comes first, as it does everywhere: else two could wait for each other.
    """
    of = select(Obligation.assignment_id).where(Obligation.id == obligation_id)
    take_turn(session, session.scalars(of).one())
    owed = session.scalars(
        select(Obligation)
        .where(Obligation.id == obligation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    _check_is_another(owed.user_id, by)
    if owed.closed_at is not None:
        raise ObligationOver
    return owed


def _close(
    session: Session,
    owed: Obligation,
    how: Closed,
    *,
    reason: str,
    by: Actor,
    now: datetime,
    completed_on: date | None = None,
) -> None:
    owed.closed_how, owed.closed_at, owed.closed_by_id = how.value, now, by.id
    owed.reason, owed.completed_on = reason, completed_on
    session.flush()
    _settle(session, owed, now)


def _move(
    session: Session,
    owed: Obligation,
    opens_on: date,
    due_on: date,
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> None:
    session.add(
        ObligationMove(
            obligation_id=owed.id,
            opens_on=owed.opens_on,
            due_on=owed.due_on,
            moved_at=now,
            moved_by_id=by.id,
            reason=reason,
        )
    )
    owed.opens_on, owed.due_on, owed.day_meant, owed.set_by_hand = (
        opens_on,
        due_on,
        due_on.day,
        True,
    )
    session.flush()
    _settle(session, owed, now)


def _settle(session: Session, owed: Obligation, now: datetime) -> None:
    """Open what follows, and let the enrolment be due when something still is."""
    touched: Collection[int] = [] if owed.enrolment_id is None else [owed.enrolment_id]
    reconcile(session, owed.assignment_id, [owed.membership_id], now)
    refresh_due(session, touched)


def _today(session: Session, owed: Obligation, now: datetime) -> date:
    zone = session.scalars(
        select(Organization.time_zone).where(Organization.id == owed.organization_id)
    ).one()
    return in_zone(now, zone).date()


def _record(
    session: Session,
    owed: Obligation,
    action: str,
    by: Actor,
    now: datetime,
    details: dict[str, Any],
) -> None:
    membership = session.get_one(Membership, owed.membership_id)
    act = _about(session, action, owed.assignment_id, membership, details)
    record(session, by, act, now)


def _about(
    session: Session,
    action: str,
    assignment_id: int,
    membership: Membership,
    details: dict[str, Any],
) -> Act:
    name = session.scalars(select(User.name).where(User.id == membership.user_id)).one()
    return Act(
        action,
        "member",
        membership.id,
        name,
        membership.organization_id,
        {"assignment": assignment_id} | details,
    )
