"""How an organization stands, all of it together: from what is kept where that holds, else counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from typing import Any

from sqlalchemy import bindparam, literal_column, select, text, union_all
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.keeping import Changed, changed_since
from lms.assignments.models import KeptFigures, KeptMember
from lms.assignments.month_ends import MonthEnd
from lms.assignments.parts import ASSIGNMENT, MONTH, TEAM
from lms.assignments.planning import State
from lms.foundation.database import fetch, part_of_union
from lms.organizations.choices import teams_of
from lms.organizations.filters import Filters
from lms.organizations.models import Membership

from . import compliance, pasts
from .behind import RANKED, STATES, corrected_teams, first_of, furthest_behind
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
    rows = _kept_rows(session, organization_id, kept, most_teams)
    figures, teams = [row[:8] for row in rows["figures"]], [_of_team(*row) for row in rows["team"]]
    return Overview(
        _by_course(selection, kept.figures(ASSIGNMENT, figures)),
        *furthest_behind(session, organization_id, kept.corrections, teams, most_teams),
        _nudges(session, rows["nudge"], changed),
        _past(kept.figures(MONTH, figures), ends),
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
        self.marked = list(changed.after)

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


def _kept_rows(
    session: Session, organization_id: int, kept: _Kept, most_teams: int
) -> Mapping[str, Sequence[Sequence[Any]]]:
    """What is kept of everybody, in one journey to the database: `_EVERYBODY`'s rows by their kind."""
    found: dict[str, list[Sequence[Any]]] = {"figures": [], "team": [], "nudge": []}
    for kind, *row in fetch(
        session,
        _EVERYBODY,
        organization_id=organization_id,
        marked=kept.marked,
        corrected=corrected_teams(kept.corrections),
        most=most_teams,
    ):
        found[kind].append(row)
    return found


def _of_team(_of: None, team_id: int, *row: Any) -> tuple[Any, ...]:
    """A row of a team as `RANKED` has it."""
    *counts, name, count, _since = row
    return team_id, name, *counts, count


def _nudges(session: Session, rows: Sequence[Sequence[Any]], changed: Changed) -> list[Nudge]:
    """Kept ones, without those who are marked; and of the marked those who are overdue."""
    late = [
        (id_, part.overdue, part.overdue_since)
        for id_, part in changed.after.items()
        if part.overdue_since
    ]
    kept = [Nudge(row[1], *row[8:]) for row in rows]
    nudges = kept + _named(session, late)
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
_COLUMNS: dict[str, Any] = {
    "of": KeptFigures.kind.type,
    "key": KeptFigures.key.type,
    **{state.value: getattr(KeptFigures, state.value).type for state in State},
    "name": User.name.type,
    "count": KeptMember.overdue.type,
    "since": KeptMember.overdue_since.type,
}
_TEAMS = RANKED.subquery()
_NUDGES = LONGEST_OVERDUE.subquery()
_EVERYBODY = union_all(
    part_of_union(
        _COLUMNS,
        "figures",
        of=KeptFigures.kind,
        key=KeptFigures.key,
        **{state.value: getattr(KeptFigures, state.value) for state in State},
    ).where(KeptFigures.organization_id == bindparam("organization_id"), KeptFigures.kind != TEAM),
    part_of_union(
        _COLUMNS,
        "team",
        key=_TEAMS.c.id,
        name=_TEAMS.c.name,
        count=_TEAMS.c.count,
        **{state.value: _TEAMS.c[state.value] for state in State},
    ),
    part_of_union(
        _COLUMNS,
        "nudge",
        key=_NUDGES.c.membership_id,
        name=_NUDGES.c.name,
        count=_NUDGES.c.overdue,
        since=_NUDGES.c.overdue_since,
    ),
)
_NAMES = (
    select(Membership.id, User.name)
    .join(User, User.id == Membership.user_id)
    .where(Membership.id.in_(bindparam("membership_ids", expanding=True)))
)
