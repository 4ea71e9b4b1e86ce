"""How rows of obligations are written where many are at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.foundation.database import batches

from .demands import Demand
from .models import Obligation
from .planning import Cycle, follows_waiver
from .situations import Situated


def new_columns(
    demand: Demand, person: Situated, cycles: Mapping[int, Cycle], number: int, now: datetime
) -> dict[str, Any]:
    """What a new obligation of the person begins with, but for its dates; `cycles` are those before it."""
    return {
        "assignment_id": demand.assignment_id,
        "organization_id": demand.organization_id,
        "course_id": demand.course_id,
        "membership_id": person.membership_id,
        "user_id": person.user_id,
        "cycle": number,
        "is_current": True,
        "after_waiver": follows_waiver(tuple(cycles.values()), number),
        "opened_at": now,
        "set_by_hand": False,
    }


def hold(session: Session, obligation_ids: Sequence[int]) -> set[int]:
    """Those of the obligations that are unfinished; nobody can end them until this transaction does."""
    held: set[int] = set()
    for some in batches(sorted(obligation_ids)):
        held.update(
            session.scalars(
                select(Obligation.id)
                .where(Obligation.id.in_(some), Obligation.closed_at.is_(None))
                .with_for_update(key_share=True)
            )
        )
    return held


def hand_on(session: Session, obligation_ids: Sequence[int]) -> None:
    """Obligations are no longer current, because others follow them."""
    for some in batches(obligation_ids):
        session.execute(update(Obligation).where(Obligation.id.in_(some)).values(is_current=False))
