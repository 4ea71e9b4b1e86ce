"""How an organization stands, all of it together: from what is kept where that holds, else counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from typing import Any

from sqlalchemy import bindparam, literal_column, select, text
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.keeping import Changed, changed_since
from lms.assignments.models import KeptFigures, KeptMember
from lms.assignments.month_ends import MonthEnd
from lms.assignments.parts import ASSIGNMENT, MONTH, TEAM
from lms.assignments.planning import State
from lms.foundation.database import fetch
from lms.organizations.choices import teams_of
from lms.organizations.filters import Filters
from lms.organizations.models import Membership

from . import compliance, pasts
from .behind import STATES, first_of, furthest_behind
from .compliance import NUDGED, Group, Nudge, Selection
from .gathering import gather
from .standing import Figures, total_of


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures by course and by team, whom to nudge, and what was overdue at the ends of months.

    `teams` are those that are furthest behind, of `team_count`.
    """

    courses: Sequence[Group]
    teams: Sequence[Group]
    team_count: int
    nudges: Sequence[Nudge]
    past: Sequence[int]


def overview(
    session: Session, selection: Selection, ends: Sequence[MonthEnd], *, most_teams: int
) -> Overview:
    """How a selection stands, in every state, whichever its filter names."""
    changed = _changed(session, selection)
    if changed is None:
        teams = compliance.figures_by_team(session, selection)
        return Overview(
            compliance.figures_by_course(session, selection),
            first_of(teams, most_teams),
            len(teams),
            compliance.longest_overdue(session, selection),
            pasts.overdue_then(session, selection, ends),
        )
    if not _is_everybody(selection):
        found = gather(session, selection, changed)
        late = [(id_, -count, since) for since, count, id_ in nsmallest(NUDGED, found.overdue)]
        teams = _by_team(session, selection, found.by_team())
        return Overview(
            _by_course(selection, found.by_assignment()),
            first_of(teams, most_teams),
            len(teams),
            _named(session, late),
            [found.months[end.day.toordinal()] for end in ends],
        )
    kept, organization_id = _Kept(changed), selection.scope.organization_id
    rows = fetch(session, _OF_NO_TEAM, organization_id=organization_id)
    return Overview(
        _by_course(selection, kept.figures(ASSIGNMENT, rows)),
        *furthest_behind(session, organization_id, kept.corrections, most_teams),
        _nudges(session, selection, changed),
        _past(kept.figures(MONTH, rows), ends),
    )


def figures_by_course(session: Session, selection: Selection) -> Sequence[Group]:
    """The figures of each course in the selection, in every state, whichever the filter names."""
    changed = _changed(session, selection)
    if changed is None:
        return compliance.figures_by_course(session, selection)
    if not _is_everybody(selection):
        return _by_course(selection, gather(session, selection, changed).by_assignment())
    rows = fetch(session, _OF_ASSIGNMENTS, organization_id=selection.scope.organization_id)
    return _by_course(selection, _Kept(changed).figures(ASSIGNMENT, rows))


def figures_by_team(session: Session, selection: Selection) -> Sequence[Group]:
    """The figures of every team in the selection that owes anything, as those of courses."""
    changed = _changed(session, selection)
    if changed is None:
        return compliance.figures_by_team(session, selection)
    if not _is_everybody(selection):
        return _by_team(session, selection, gather(session, selection, changed).by_team())
    rows = fetch(session, _OF_TEAMS, organization_id=selection.scope.organization_id)
    return _by_team(session, selection, _Kept(changed).figures(TEAM, rows))


def figures_of(session: Session, selection: Selection) -> Figures:
    """The figures of all of a selection, in every state, whichever the filter names."""
    people = selection.filter.people
    is_team = selection.scope.is_whole and people == Filters(team_id=people.team_id)
    if people.team_id is None or not is_team or not (changed := _changed(session, selection)):
        return total_of(group.figures for group in figures_by_course(session, selection))
    organization_id = selection.scope.organization_id
    rows = fetch(session, _OF_TEAM, organization_id=organization_id, team_id=people.team_id)
    return _Kept(changed).figures(TEAM, rows).get(people.team_id, Figures())


def _changed(session: Session, selection: Selection) -> Changed | None:
    """What differs from what is kept; None where nothing is that holds, or that tells of one course."""
    scope = selection.scope
    if selection.filter.course:
        return None
    return changed_since(session, scope.organization_id, scope.time_zone, selection.today)


def _is_everybody(selection: Selection) -> bool:
    return selection.scope.is_whole and selection.filter.people == Filters()


class _Kept:
    """The kept figures of a whole organization, corrected by what has changed since."""

    def __init__(self, changed: Changed) -> None:
        self.corrections = changed.difference()

    def figures(self, kind: str, rows: Sequence[Any]) -> dict[int, Figures]:
        """The figures of one kind by key, from rows of a kind, a key and its counts."""
        found = {
            key: Figures(dict(zip(STATES, counts, strict=True)))
            for of, key, *counts in rows
            if of == kind
        }
        for (of, key, state), count in self.corrections.items():
            if of == kind:
                found.setdefault(key, Figures()).add(state, count)
        return found


def _by_course(selection: Selection, of_assignments: Mapping[int, Figures]) -> list[Group]:
    groups: list[Group] = []
    for course in selection.courses.values():
        if course.assignment_ids:
            parts = [of_assignments[id_] for id_ in course.assignment_ids if id_ in of_assignments]
            of_course = parts[0] if len(parts) == 1 else total_of(parts)
            groups.append(Group(course.slug, course.title, of_course))
    return groups


def _by_team(
    session: Session, selection: Selection, of_teams: Mapping[int, Figures]
) -> list[Group]:
    wanted = selection.filter.people.team_id
    owing = {id_ for id_, figures in of_teams.items() if any(figures.of.values())}
    shown = owing if wanted is None else owing & {wanted}
    names = teams_of(session, selection.scope, shown)
    return [Group(str(id_), name, of_teams[id_]) for id_, name in names.items()]


def _past(months: Mapping[int, Figures], ends: Sequence[MonthEnd]) -> list[int]:
    return [months.get(end.day.toordinal(), Figures()).overdue for end in ends]


def _nudges(session: Session, selection: Selection, changed: Changed) -> list[Nudge]:
    """Kept ones, without those who are marked; and of the marked those who are overdue."""
    rows = fetch(
        session,
        LONGEST_OVERDUE,
        organization_id=selection.scope.organization_id,
        marked=list(changed.after),
    )
    late = [
        (id_, part.overdue, part.overdue_since)
        for id_, part in changed.after.items()
        if part.overdue_since
    ]
    nudges = [Nudge(*row) for row in rows] + _named(session, late)
    return sorted(nudges, key=_first_of_all)[:NUDGED]


def _named(session: Session, late: Sequence[tuple[int, int, date]]) -> list[Nudge]:
    """People who are overdue, by membership, with how many obligations and since when."""
    if not late:
        return []
    rows = fetch(session, _NAMES, membership_ids=[one[0] for one in late])
    names = {row[0]: row[1] for row in rows}
    nudges = [Nudge(id_, names[id_], count, since) for id_, count, since in late]
    return sorted(nudges, key=_first_of_all)


def _first_of_all(nudge: Nudge) -> tuple[date, int, int]:
    return (nudge.due_on, -nudge.count, nudge.membership_id)


# Statements, built once

_ALL = select(
    KeptFigures.kind,
    KeptFigures.key,
    *(getattr(KeptFigures, state.value) for state in State),
).where(KeptFigures.organization_id == bindparam("organization_id"))
_OF_NO_TEAM = _ALL.where(KeptFigures.kind != TEAM)
_OF_TEAMS = _ALL.where(KeptFigures.kind == TEAM)
_OF_ASSIGNMENTS = _ALL.where(KeptFigures.kind == ASSIGNMENT)
_OF_TEAM = _ALL.where(KeptFigures.kind == TEAM, KeptFigures.key == bindparam("team_id"))
# An index with a condition is of use to a plan that PostgreSQL keeps only for the very same condition.
_IS_OVERDUE = text("kept_member.overdue > 0")
# Names are looked up of those who are left: hundreds may be overdue since the same day.
_FIRST_OVERDUE = (
    select(KeptMember.membership_id, KeptMember.overdue, KeptMember.overdue_since)
    .where(
        KeptMember.organization_id == bindparam("organization_id"),
        _IS_OVERDUE,
        KeptMember.membership_id.not_in(bindparam("marked", expanding=True)),
    )
    .order_by(KeptMember.overdue_since, KeptMember.overdue.desc(), KeptMember.membership_id)
    .limit(literal_column(str(NUDGED)))
    .subquery()
)
LONGEST_OVERDUE = (
    select(
        _FIRST_OVERDUE.c.membership_id,
        User.name,
        _FIRST_OVERDUE.c.overdue,
        _FIRST_OVERDUE.c.overdue_since,
    )
    .join(Membership, Membership.id == _FIRST_OVERDUE.c.membership_id)
    .join(User, User.id == Membership.user_id)
)
_NAMES = (
    select(Membership.id, User.name)
    .join(User, User.id == Membership.user_id)
    .where(Membership.id.in_(bindparam("membership_ids", expanding=True)))
)
