"""Where obligations and people stand, as conditions and columns of the database.

`planning.state_of` and `planning.standing_of` are the rules; tests hold the database to them.
"""

from typing import Any

from sqlalchemy import ColumnElement, case

from .models import Obligation
from .planning import State


def is_in(state: State, today: Any) -> ColumnElement[bool]:
    """The condition on an obligation that it is in that state: what `state_of` says."""
    unfinished = Obligation.closed_how.is_(None)
    match state:
        case State.OVERDUE:
            return unfinished & (Obligation.due_on < today)
        case State.DUE:
            return unfinished & (Obligation.due_on >= today) & (Obligation.opens_on <= today)
        case State.OPEN:
            return unfinished & (Obligation.opens_on > today)
        case _:
            return Obligation.closed_how == state.value


def state_column(today: Any) -> ColumnElement[str]:
    """The state that an obligation is in."""
    return case(*((is_in(state, today), state.value) for state in State))


def stands(state: State, today: Any) -> ColumnElement[bool]:
    """The condition on a current obligation that its person stands so: what `standing_of` says."""
    lies_ahead = is_in(State.OPEN, today)
    match state:
        case State.OPEN:
            return lies_ahead & ~Obligation.after_waiver
        case State.WAIVED:
            return is_in(state, today) | (lies_ahead & Obligation.after_waiver)
        case _:
            return is_in(state, today)


def standing_column(today: Any) -> ColumnElement[str]:
    """Where the person of a current obligation stands."""
    return case(*((stands(state, today), state.value) for state in State))
