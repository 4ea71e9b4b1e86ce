"""Joining, being placed, leaving and coming back: each appends what the member is from now on.

`Membership` holds the present and `Position` the whole past of it: whoever changes the one goes through
this module, so that the other tells of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import Erasure, User
from lms.accounts.person import Role
from lms.foundation.base import UtcDateTime
from lms.foundation.database import batches, insert_if_absent

from . import request_conditions
from .errors import AlreadyMember, NumberTaken, WasErased
from .models import Membership, Position, TeamMembership
from .placements import Placement
from .signals import tell


def placement_of(membership: Membership) -> Placement:
    """What a member is now."""
    return Placement(**{name: getattr(membership, name) for name in Placement.__slots__})


def add_member(
    session: Session,
    organization_id: int,
    user_id: int,
    *,
    role: str,
    now: datetime,
    placement: Placement | None = None,
) -> int:
    """Make a person a `member` or a `manager`, or take one who had left back in; the membership's id.

    Without a `placement` whoever comes back is what they were. Raises AlreadyMember when they belong to
    it now; their role stays as it is. Raises WasErased for an account whose data was erased.
    """
    if session.scalar(select(Erasure.id).where(Erasure.user_id == user_id)) is not None:
        raise WasErased
    placed = asdict(placement) if placement else {}
    values = {
        "organization_id": organization_id,
        "user_id": user_id,
        "role": role,
        "joined_at": now,
        **asdict(placement or Placement()),
    }
    reactivate(session, [user_id])
    membership_id = insert_if_absent(session, Membership, values)
    if membership_id is None:
        membership_id = session.scalar(
            update(Membership)
            .where(
                Membership.organization_id == organization_id,
                Membership.user_id == user_id,
                Membership.ended_at.is_not(None),
            )
            .values(role=role, joined_at=now, ended_at=None, **placed)
            .returning(Membership.id)
        )
    if membership_id is None:
        raise AlreadyMember
    append(session, [membership_id], now)
    tell(session, organization_id, [membership_id], now)
    return membership_id


def place(
    session: Session, membership: Membership, placement: Placement, *, now: datetime
) -> dict[str, tuple[object, object]]:
    """Make a member what `placement` says; what was before and is now, by field, of what changed.

    Raises NumberTaken when the employee number is another person's; nothing is changed then.
    """
    before = placement_of(membership)
    changes = {
        name: (getattr(before, name), getattr(placement, name))
        for name in Placement.__slots__
        if getattr(before, name) != getattr(placement, name)
    }
    if not changes:
        return {}
    try:
        # Within a savepoint: two who give the same number at once are told apart by the database.
        with session.begin_nested():
            session.execute(
                update(Membership)
                .where(Membership.id == membership.id)
                .values({name: after for name, (_, after) in changes.items()})
                .execution_options(synchronize_session=False)
            )
    except IntegrityError:
        raise NumberTaken from None
    session.refresh(membership)
    append(session, [membership.id], now)
    # Whom somebody reports to decides nothing that they owe.
    if set(changes) != {"manager_id"}:
        tell(session, membership.organization_id, [membership.id], now)
    return changes


def end_memberships(
    session: Session, organization_id: int, membership_ids: Sequence[int], *, now: datetime
) -> None:
    """Let members leave: their teams, and their accounts unless these are of use elsewhere.

    An account that is a member of another organization, or has a role on the site, stays active; one that
    is asked to join another does until that is answered.
    """
    for some in batches(membership_ids):
        ended = session.scalars(
            update(Membership)
            .where(
                Membership.id.in_(some),
                Membership.organization_id == organization_id,
                Membership.ended_at.is_(None),
            )
            .values(ended_at=now)
            .returning(Membership.id)
        ).all()
        session.execute(
            update(TeamMembership)
            .where(TeamMembership.membership_id.in_(ended), TeamMembership.ended_at.is_(None))
            .values(ended_at=now)
        )
        append(session, ended, now)
        user_ids = session.scalars(select(Membership.user_id).where(Membership.id.in_(ended))).all()
        _take_turns(session, user_ids)
        accounts.deactivate(session, _without_use(session, user_ids), now=now)
        asked = _without_use(session, user_ids, is_asked=True)
        session.execute(update(User).where(User.id.in_(asked)).values(left_at=now))
    tell(session, organization_id, membership_ids, now)


def has_been_away(session: Session, membership_id: int) -> bool:
    """Whether a member has left at some time, and may have come back since."""
    left = select(Position.id).where(
        Position.membership_id == membership_id, Position.is_member.is_(False)
    )
    return session.scalar(left.limit(1)) is not None


def append(session: Session, membership_ids: Collection[int], now: datetime) -> None:
    """Append what these members are by now, as of `now`, to their history."""
    names = Placement.__slots__
    for some in batches(list(membership_ids)):
        present = select(
            Membership.organization_id,
            Membership.id,
            literal(now, UtcDateTime()),
            Membership.ended_at.is_(None),
            *(getattr(Membership, name) for name in names),
        ).where(Membership.id.in_(some))
        session.execute(
            insert(Position).from_select(
                ["organization_id", "membership_id", "starts_at", "is_member", *names],
                present.order_by(Membership.id),
            )
        )


def reactivate(session: Session, user_ids: Sequence[int], *, to_answer: bool = False) -> None:
    """Let those sign in again who could not since they left somewhere, as they are taken in anew.

    With `to_answer`, as they are asked something, only until they have answered. Whoever was deactivated
    for another reason stays so.
    """
    for some in batches(user_ids):
        _take_turns(session, some)
        is_gone = User.deactivated_at.is_not(None) & (
            select(Membership.id)
            .where(Membership.user_id == User.id, Membership.ended_at == User.deactivated_at)
            .correlate(User)
            .exists()
        )
        # Whoever is taken in while they are asked something need not answer it to stay.
        wanted = is_gone if to_answer else is_gone | User.left_at.is_not(None)
        gone = session.scalars(select(User.id).where(User.id.in_(some), wanted)).all()
        accounts.activate(session, gone, to_answer=to_answer)


def rest(session: Session, user_ids: Sequence[int], *, now: datetime) -> Sequence[int]:
    """Let accounts that were in use only until something was answered go out of use again; which these are.

    One whose owner is still asked something, belongs somewhere by now, or has a role on the site, stays.
    """
    rested: list[int] = []
    for some in batches(user_ids):
        _take_turns(session, some)
        left = session.scalars(
            select(User.id).where(User.id.in_(some), User.left_at.is_not(None))
        ).all()
        rested += _without_use(session, left)
    accounts.deactivate(session, rested, now=now)
    return rested


def _take_turns(session: Session, user_ids: Sequence[int]) -> None:
    """Let whoever asks or takes in, and whoever ends, come one after the other at these accounts."""
    locked = select(User.id).where(User.id.in_(user_ids)).order_by(User.id)
    session.execute(locked.with_for_update(key_share=True))


def _without_use(
    session: Session, user_ids: Sequence[int], *, is_asked: bool = False
) -> Sequence[int]:
    """Those of the accounts that have no role and belong nowhere, and are asked nothing, or something."""
    belongs = select(Membership.id).where(
        Membership.user_id == User.id, Membership.ended_at.is_(None)
    )
    asked = request_conditions.is_asked()
    return session.scalars(
        select(User.id).where(
            User.id.in_(user_ids),
            User.role == Role.LEARNER.value,
            ~belongs.correlate(User).exists(),
            # Nobody could answer who cannot sign in.
            asked if is_asked else ~asked,
        )
    ).all()
