"""How an organization stands, all of it together: from what is kept where that holds, else counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.keeping import Changed, changed_since
from lms.assignments.models import KeptFigures, KeptMember
from lms.assignments.month_ends import MonthEnd
from lms.assignments.parts import ASSIGNMENT, MONTH, TEAM, Key, Part
from lms.assignments.planning import State
from lms.foundation.database import fetch
from lms.organizations.filters import Filters
from lms.organizations.models import Membership, Team

from . import compliance, pasts
from .compliance import NUDGED, Group, Nudge, Selection
from .standing import Figures


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures by course and by team, whom to nudge, and what was overdue at the ends of months."""

    courses: Sequence[Group]
    teams: Sequence[Group]
    nudges: Sequence[Nudge]
    past: Sequence[int]


def overview(session: Session, selection: Selection, ends: Sequence[MonthEnd]) -> Overview:
    """How a selection stands, in every state, whichever its filter names."""
    kept = _kept(session, selection)
    if kept is None:
        return Overview(
            compliance.figures_by_course(session, selection),
            compliance.figures_by_team(session, selection),
            compliance.longest_overdue(session, selection),
            pasts.overdue_then(session, selection, ends),
        )
    rows = fetch(session, _ALL, organization_id=selection.scope.organization_id)
    return Overview(
        _by_course(selection, rows, kept),
        _by_team(session, selection, rows, kept),
        _nudges(session, selection, kept),
        _past(rows, kept, ends),
    )


def figures_by_course(session: Session, selection: Selection) -> Sequence[Group]:
    """The figures of each course in the selection, in every state, whichever the filter names."""
    kept = _kept(session, selection)
    if kept is None:
        return compliance.figures_by_course(session, selection)
    rows = fetch(session, _OF_ASSIGNMENTS, organization_id=selection.scope.organization_id)
    return _by_course(selection, rows, kept)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What has changed since the figures were kept, and by how much they differ because of that."""

    changed: Changed
    corrections: Counter[Key] = field(default_factory=Counter)

    def figures(self, kind: str, rows: Sequence[Any]) -> dict[int, Figures]:
        """The figures of one kind by key, from rows of a key and its counts."""
        found = {key: Figures(dict(zip(State, counts, strict=True))) for key, *counts in rows}
        for (of, key, state), count in self.corrections.items():
            if of == kind:
                found.setdefault(key, Figures()).add(state, count)
        return found


def _kept(session: Session, selection: Selection) -> _Kept | None:
    """What is kept of the whole organization; None where there is a filter, or nothing that holds."""
    scope, asked = selection.scope, selection.filter
    if not scope.is_whole or asked.people != Filters() or asked.course:
        return None
    changed = changed_since(session, scope.organization_id, scope.time_zone, selection.today)
    return None if changed is None else _Kept(changed, changed.difference())


def _of_kind(kind: str, rows: Sequence[Any]) -> list[Any]:
    return [row[1:] for row in rows if row[0] == kind]


def _by_course(selection: Selection, rows: Sequence[Any], kept: _Kept) -> list[Group]:
    of_assignments = kept.figures(ASSIGNMENT, _of_kind(ASSIGNMENT, rows))
    groups: list[Group] = []
    for course in selection.courses.values():
        figures = Figures()
        for id_ in course.assignment_ids:
            for state, count in of_assignments.get(id_, Figures()).of.items():
                figures.add(state, count)
        if course.assignment_ids:
            groups.append(Group(course.slug, course.title, figures))
    return groups


def _by_team(
    session: Session, selection: Selection, rows: Sequence[Any], kept: _Kept
) -> list[Group]:
    figures = kept.figures(TEAM, _of_kind(TEAM, rows))
    names = fetch(session, _TEAM_NAMES, organization_id=selection.scope.organization_id)
    groups = [
        Group(str(id_), name, figures[id_])
        for id_, name in names
        if id_ in figures and any(figures[id_].of.values())
    ]
    return sorted(groups, key=lambda group: group.name.lower())


def _past(rows: Sequence[Any], kept: _Kept, ends: Sequence[MonthEnd]) -> list[int]:
    months = kept.figures(MONTH, _of_kind(MONTH, rows))
    return [months.get(end.day.toordinal(), Figures()).overdue for end in ends]


def _nudges(session: Session, selection: Selection, kept: _Kept) -> list[Nudge]:
    """Kept ones, without those who are marked; and of the marked those who are overdue."""
    organization_id = selection.scope.organization_id
    changed = kept.changed
    rows = fetch(
        session,
        _LONGEST_OVERDUE,
        organization_id=organization_id,
        marked=list(changed.after),
    )
    late: Mapping[int, Part] = {id_: part for id_, part in changed.after.items() if part.overdue}
    nudges = [Nudge(*row) for row in rows]
    if late:
        named = fetch(session, _NAMES, membership_ids=list(late))
        nudges += [
            Nudge(id_, name, late[id_].overdue, late[id_].overdue_since or date.min)
            for id_, name in named
        ]
    return sorted(nudges, key=lambda one: (one.due_on, -one.count, one.membership_id))[:NUDGED]


_ALL = select(
    KeptFigures.kind,
    KeptFigures.key,
    *(getattr(KeptFigures, state.value) for state in State),
).where(KeptFigures.organization_id == bindparam("organization_id"))
_OF_ASSIGNMENTS = _ALL.where(KeptFigures.kind == ASSIGNMENT)
_TEAM_NAMES = select(Team.id, Team.name).where(
    Team.organization_id == bindparam("organization_id"), Team.ended_at.is_(None)
)
_LONGEST_OVERDUE = (
    select(KeptMember.membership_id, User.name, KeptMember.overdue, KeptMember.overdue_since)
    .join(Membership, Membership.id == KeptMember.membership_id)
    .join(User, User.id == Membership.user_id)
    .where(
        KeptMember.organization_id == bindparam("organization_id"),
        KeptMember.overdue > 0,
        KeptMember.membership_id.not_in(bindparam("marked", expanding=True)),
    )
    .order_by(KeptMember.overdue_since, KeptMember.overdue.desc(), KeptMember.membership_id)
    .limit(NUDGED)
)
_NAMES = (
    select(Membership.id, User.name)
    .join(User, User.id == Membership.user_id)
    .where(Membership.id.in_(bindparam("membership_ids", expanding=True)))
)
