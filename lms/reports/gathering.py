"""How those whom a filter leaves stand: what is kept of each of them, added up.

It takes one query and one look at each of these people, where counting looks at all that they owe.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.keeping import Changed
from lms.assignments.models import KeptMember
from lms.assignments.parts import Part
from lms.assignments.planning import State
from lms.foundation.database import KEPT_STATEMENTS, as_parameter, fetch
from lms.organizations.filters import Filters
from lms.organizations.models import Membership
from lms.organizations.people import condition_ever
from lms.organizations.scopes import Scope

from .compliance import Selection
from .standing import Figures


class Gathered:
    """Assignments, once for each obligation, by state; counts by state of each team and of each month's end.

    `overdue` tells of each member who is, sorted as they are to be nudged: since when, how many
    obligations (as a negative number), and the membership.
    """

    def __init__(self) -> None:
        self.assignments: dict[State, list[int]] = defaultdict(list)
        self.teams: dict[tuple[int, State], int] = defaultdict(int)
        self.months: dict[int, int] = defaultdict(int)
        self.overdue: list[tuple[date, int, int]] = []

    def add(self, membership_id: int, part: Part) -> None:
        """Add what is one member's."""
        for state, assignment_ids in part.states.items():
            self.assignments[state] += assignment_ids
            for team_id in part.teams:
                self.teams[team_id, state] += len(assignment_ids)
        for month, count in part.months.items():
            self.months[month] += count
        if part.overdue_since:
            self.overdue.append((part.overdue_since, -part.overdue, membership_id))

    def by_assignment(self) -> dict[int, Figures]:
        """The figures of each assignment."""
        return _figures(
            (key, state, count)
            for state, assignment_ids in self.assignments.items()
            for key, count in Counter(assignment_ids).items()
        )

    def by_team(self) -> dict[int, Figures]:
        """The figures of each team."""
        return _figures((key, state, count) for (key, state), count in self.teams.items())


def _figures(counts: Iterable[tuple[int, State, int]]) -> dict[int, Figures]:
    found: dict[int, Figures] = defaultdict(Figures)
    for key, state, count in counts:
        found[key].add(state, count)
    return found


def gather(session: Session, selection: Selection, changed: Changed) -> Gathered:
    """Add up what is kept of the people in a selection, whatever they owe; `changed` holds what is not."""
    scope, people = selection.scope, selection.filter.people
    found = Gathered()
    rows = fetch(session, _parts_of(scope.shape, people.shape), **scope.values, **people.values)
    for membership_id, kept in rows:
        part = changed.after.get(membership_id)
        if part is None and kept is not None:
            part = Part.from_json(kept)
        if part is not None:
            found.add(membership_id, part)
    return found


@lru_cache(KEPT_STATEMENTS)
def _parts_of(scope: Scope, people: Filters) -> Executable:
    """The statement for the parts of such people. Who has left counts in what was overdue then."""
    statement = (
        select(Membership.id, KeptMember.part)
        .outerjoin(KeptMember, KeptMember.membership_id == Membership.id)
        .where(condition_ever(scope, people, as_parameter))
    )
    if people.search:
        statement = statement.join(User, User.id == Membership.user_id)
    return statement
