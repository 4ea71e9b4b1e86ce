"""How those whom a filter leaves stand: what is kept of each of them, added up.

It takes one query and one look at each of these people, where counting looks at all that they owe.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.planning import State
from lms.foundation.database import KEPT_STATEMENTS, as_parameter, fetch
from lms.organizations.filters import Filters
from lms.organizations.models import Membership
from lms.organizations.people import meets_ever
from lms.organizations.scopes import Scope

from .compliance import Selection
from .keeping import Changed
from .models import KeptMember
from .parts import Part
from .standing import Figures


@dataclass(slots=True)
class Gathered:
    """Figures by assignment and by team, what was overdue by the month's end, and who is overdue.

    Of the last there is since when, how many obligations (as a negative number) and the membership:
    sorted, whoever is to be nudged first comes first.
    """

    assignments: dict[State, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    teams: dict[State, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    months: Counter[int] = field(default_factory=Counter)
    overdue: list[tuple[date, int, int]] = field(default_factory=list)

    def add(self, membership_id: int, part: Part) -> None:
        """Add what is one member's."""
        for state, assignment_ids in part.states.items():
            self.assignments[state].update(assignment_ids)
            for team_id in part.teams:
                self.teams[state][team_id] += len(assignment_ids)
        for month, count in part.months.items():
            self.months[month] += count
        if part.overdue_since:
            self.overdue.append((part.overdue_since, -part.overdue, membership_id))


def figures(counted: dict[State, Counter[int]]) -> dict[int, Figures]:
    """Counts by state and key as figures by key."""
    found: dict[int, Figures] = defaultdict(Figures)
    for state, counts in counted.items():
        for key, count in counts.items():
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
        .where(scope.members(as_parameter), meets_ever(people, as_parameter))
    )
    if people.search:
        statement = statement.join(User, User.id == Membership.user_id)
    return statement
