"""Who has done what they must: one condition and one statement make the list, its figures and its exports.

A row is a member and what they owe under one assignment now. Everything here only reads.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.assignments.models import Assignment, Obligation
from lms.assignments.planning import State
from lms.certificates.models import Certificate
from lms.courses.models import Course, CourseCompletion, CourseRevision
from lms.foundation.database import fetch, stream
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page
from lms.organizations.models import Membership, Team, TeamMembership
from lms.organizations.people import condition_of
from lms.organizations.scopes import Scope

from .standing import STATE_WORDS, Figures, Filter, Row, Sorting

NUDGED = 10


@dataclass(frozen=True, slots=True)
class Assigned:
    """A course that an organization assigns, or did, and those of its assignments that go on."""

    id: int
    slug: str
    title: str
    assignment_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose standing is asked for: a scope, what the filter leaves of it, and which day it is there."""

    scope: Scope
    filter: Filter
    today: date
    # By id, in the order of their titles.
    courses: Mapping[int, Assigned]

    @property
    def is_narrow(self) -> bool:
        """Whether it is about teams: a query then begins with their members."""
        return not self.scope.is_whole or self.filter.people.team_id is not None

    @property
    def chosen_courses(self) -> Sequence[Assigned]:
        """The courses that the filter leaves."""
        wanted = self.filter.course
        return [one for one in self.courses.values() if not wanted or one.slug == wanted]


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of a course or of a team; `key` is what the filter calls it."""

    key: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Nudge:
    """Somebody who is overdue: with how many courses, and since when."""

    membership_id: int
    name: str
    count: int
    due_on: date


def assigned_courses(session: Session, scope: Scope) -> dict[int, Assigned]:
    """Every course that the organization assigns or has assigned, by id, in the order of their titles."""
    rows = fetch(session, _ASSIGNED, organization_id=scope.organization_id)
    found: dict[int, Assigned] = {}
    for id_, slug, title, assignment_id, goes_on in rows:
        before = found[id_].assignment_ids if id_ in found else ()
        now = (*before, assignment_id) if goes_on else before
        found[id_] = Assigned(id_, slug, title or slug, now)
    return {one.id: one for one in sorted(found.values(), key=lambda one: one.title.lower())}


_newer = aliased(CourseRevision)
_latest = select(func.max(_newer.id)).where(_newer.course_id == Course.id).scalar_subquery()
_ASSIGNED = (
    select(
        Course.id,
        Course.slug,
        CourseRevision.rendered["title"].as_string(),
        Assignment.id,
        Assignment.ended_at.is_(None),
    )
    .join(Assignment, Assignment.course_id == Course.id)
    .outerjoin(CourseRevision, CourseRevision.id == _latest)
    .where(Assignment.organization_id == bindparam("organization_id"))
    .order_by(Assignment.id)
)


# The one condition and the one statement

_previous = aliased(Obligation)
# SQLite uses an index with a condition only for the very same condition, and not for `is_current = 1`.
_IS_CURRENT = text("obligation.is_current")


def listed(selection: Selection) -> Select[*tuple[Any, ...]]:
    """The rows of the list, in its order: what pages, counts and exports are all made of."""
    return _statement(selection, _condition(selection) & _in_states(selection))


def state_column(today: date) -> ColumnElement[str]:
    """Where an obligation stands today: what `planning.state_of` says, as the database computes it."""
    return case(*((_is(state, today), state.value) for state in State))


def _is(state: State, today: date) -> ColumnElement[bool]:
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


def _in_states(selection: Selection) -> ColumnElement[bool]:
    return or_(*(_is(state, selection.today) for state in selection.filter.states))


def _condition(selection: Selection) -> ColumnElement[bool]:
    """What a row of `Obligation`, `Membership` and `User` must meet to count, whatever its state."""
    if selection.is_narrow:
        return _of_members(selection)
    # With this the database finds an index of all the organization's obligations.
    return _is_of(selection.scope) & _of_members(selection)


def _is_of(scope: Scope) -> ColumnElement[bool]:
    return Obligation.organization_id == scope.organization_id


def _of_members(selection: Selection) -> ColumnElement[bool]:
    """The same where the members are at hand: they lead to their obligations by an index of their own."""
    ids = [id_ for course in selection.chosen_courses for id_ in course.assignment_ids]
    return and_(
        _IS_CURRENT,
        Obligation.assignment_id.in_(ids),
        condition_of(selection.scope, selection.filter.people),
    )


def _statement(selection: Selection, condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Membership.id,
            User.name,
            Membership.employee_number,
            Membership.job_title,
            Membership.department,
            Membership.site,
            _teams(),
            Obligation.course_id,
            state_column(selection.today),
            Obligation.due_on,
            _COMPLETED_ON,
            CourseCompletion.score,
            Certificate.number,
            Certificate.expires_at,
        )
        .select_from(Obligation)
        .join(Membership, Membership.id == Obligation.membership_id)
        .join(User, User.id == Membership.user_id)
        # Where this cycle is unfinished, what was completed last is the cycle before it.
        .outerjoin(
            _previous,
            (_previous.assignment_id == Obligation.assignment_id)
            & (_previous.user_id == Obligation.user_id)
            & (_previous.cycle == Obligation.cycle - 1),
        )
        .outerjoin(CourseCompletion, CourseCompletion.id == _COMPLETION_ID)
        .outerjoin(Certificate, Certificate.course_completion_id == CourseCompletion.id)
        .where(condition)
        .order_by(*_order(selection))
    )


_COMPLETED_ON = func.coalesce(Obligation.completed_on, _previous.completed_on)
_COMPLETION_ID = case(
    (Obligation.completed_on.is_(None), _previous.completion_id), else_=Obligation.completion_id
)


def _teams() -> ScalarSelect[str]:
    """The names of a member's teams, in one text."""
    names = (
        select(Team.name)
        .join(TeamMembership, TeamMembership.team_id == Team.id)
        .where(
            TeamMembership.membership_id == Membership.id,
            TeamMembership.ended_at.is_(None),
            Team.ended_at.is_(None),
        )
        .order_by(func.lower(Team.name), Team.id)
        .correlate(Membership)
        .subquery()
    )
    joined = func.coalesce(func.aggregate_strings(names.c.name, ", "), "")
    return select(joined).scalar_subquery()


def _order(selection: Selection) -> list[Any]:
    by_course = _rank(Obligation.course_id, list(selection.courses))
    by_name = [Membership.sort_name, Membership.id]
    first: dict[Sorting, Any] = {
        Sorting.NAME: by_name[0],
        Sorting.COURSE: by_course,
        Sorting.STATE: _rank(state_column(selection.today), list(STATE_WORDS)),
        Sorting.DUE: Obligation.due_on,
        Sorting.COMPLETED: _COMPLETED_ON,
    }
    key = first[selection.filter.sorting]
    key = key.desc() if selection.filter.descending else key.asc()
    if selection.filter.sorting is Sorting.COMPLETED:
        key = key.nulls_last()
    further = () if selection.filter.sorting is not Sorting.STATE else (Obligation.due_on,)
    return [key, *further, *by_name, by_course, Obligation.id]


def _rank(column: Any, values: Sequence[Any]) -> Any:
    """The place of a column's value among `values`."""
    ranks = {value: place for place, value in enumerate(values)}
    return case(ranks, value=column, else_=len(ranks)) if ranks else column


# What is read with them


def rows_page(session: Session, selection: Selection, number: int, count: int) -> Page[Row]:
    """Fifty rows of the list, which has `count`; a page outside it is taken for the nearest one."""
    number = nearest_page(number, count)
    if not count:
        return Page([], number, count)
    chosen = _places(selection).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    ids = [row[0] for row in fetch(session, chosen)]
    # What a row shows is looked up for the rows of the page alone.
    statement = _statement(selection, Obligation.id.in_(ids))
    return Page([_row(selection, row) for row in fetch(session, statement)], number, count)


def _places(selection: Selection) -> Select[*tuple[Any, ...]]:
    """The ids of the rows of the list, in its order."""
    if selection.filter.sorting is Sorting.COMPLETED:
        return listed(selection).with_only_columns(Obligation.id, maintain_column_froms=True)
    statement = (
        select(Obligation.id)
        .select_from(Membership)
        .join(Obligation, Obligation.membership_id == Membership.id)
        .where(_of_members(selection), _in_states(selection))
        .order_by(*_order(selection))
    )
    if selection.filter.people.search:
        statement = statement.join(User, User.id == Membership.user_id)
    return statement


def every_row(session: Session, selection: Selection) -> Iterator[Row]:
    """All rows of the list as they come, however many there are."""
    for row in stream(session, listed(selection)):
        yield _row(selection, row)


def _row(selection: Selection, row: Any) -> Row:
    values = list(row)
    values[7] = selection.courses[values[7]].title
    values[8] = State(values[8])
    return Row(*values)


def figures_by_course(session: Session, selection: Selection) -> list[Group]:
    """The figures of each course in the selection, in every state, whichever the filter names."""
    found = {course.id: Figures() for course in selection.chosen_courses if course.assignment_ids}
    statement = _counted(selection, Obligation.course_id)
    for course_id, state, count in session.execute(statement):
        found[course_id].add(State(state), count)
    courses = selection.courses
    return [Group(courses[id_].slug, courses[id_].title, found[id_]) for id_ in found]


def figures_by_team(session: Session, selection: Selection) -> list[Group]:
    """The figures of each team, by name. Who is in two teams counts in both."""
    # A filter by team looks for a membership of its own.
    place = aliased(TeamMembership)
    statement = (
        _counted(selection, Team.id, Team.name)
        .join(place, place.membership_id == Membership.id)
        .join(Team, Team.id == place.team_id)
        .where(place.ended_at.is_(None), Team.ended_at.is_(None))
    )
    for condition in _of_teams(selection):
        statement = statement.where(condition)
    found: dict[int, Group] = {}
    for team_id, name, state, count in session.execute(statement):
        group = found.setdefault(team_id, Group(str(team_id), name, Figures()))
        group.figures.add(State(state), count)
    return sorted(found.values(), key=lambda group: group.name.lower())


def _of_teams(selection: Selection) -> Iterator[ColumnElement[bool]]:
    if selection.scope.team_ids is not None:
        yield Team.id.in_(sorted(selection.scope.team_ids))
    if selection.filter.people.team_id is not None:
        yield Team.id == selection.filter.people.team_id


def _counted(selection: Selection, *keys: Any) -> Select[*tuple[Any, ...]]:
    """How many rows there are by `keys` and state."""
    state = state_column(selection.today).label("standing")
    statement = _narrow(selection, *keys, state, func.count())
    return statement.where(_condition(selection)).group_by(*keys, "standing")


def _narrow(selection: Selection, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Columns of obligations and members; accounts are looked up only where they are searched."""
    statement = (
        select(*columns)
        .select_from(Obligation)
        .join(Membership, Membership.id == Obligation.membership_id)
    )
    if selection.filter.people.search:
        statement = statement.join(User, User.id == Membership.user_id)
    return statement


def longest_overdue(session: Session, selection: Selection) -> list[Nudge]:
    """The people who have been overdue for longest, and of these first who owes the most."""
    since, count = func.min(Obligation.due_on), func.count()
    late = (
        _narrow(
            selection, Membership.id, Membership.user_id, count.label("n"), since.label("since")
        )
        .where(_condition(selection), _is(State.OVERDUE, selection.today))
        .group_by(Membership.id, Membership.user_id)
        .order_by(since, count.desc(), Membership.id)
        .limit(NUDGED)
        .subquery()
    )
    statement = (
        select(late.c.id, User.name, late.c.n, late.c.since)
        .join(User, User.id == late.c.user_id)
        .order_by(late.c.since, late.c.n.desc(), late.c.id)
    )
    return [Nudge(*row) for row in session.execute(statement)]
