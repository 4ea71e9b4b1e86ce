"""Who has done what they must: one condition and one statement make the list, its figures and its exports.

A row is a member and what they owe under one assignment now. Everything here only reads.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.assignments.models import Assignment, Obligation
from lms.assignments.planning import State
from lms.assignments.standings import standing_column, stands
from lms.courses.models import Course
from lms.foundation.database import KEPT_STATEMENTS, as_parameter, fetch, stream
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page
from lms.foundation.workbook import Cell
from lms.organizations.models import Membership, Team, TeamMembership
from lms.organizations.people import condition_of
from lms.organizations.scopes import Scope

from .obligation_rows import COMPLETED_ON, ROWS, SHOWN, TODAY, WHO
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
    courses: Mapping[int, Assigned] = field(hash=False)

    @property
    def is_narrow(self) -> bool:
        """Whether it is about teams: a query then begins with their members."""
        return not self.scope.is_whole or self.filter.people.team_id is not None

    @property
    def chosen_courses(self) -> Sequence[Assigned]:
        """The courses that the filter leaves."""
        wanted = self.filter.course
        return [one for one in self.courses.values() if not wanted or one.slug == wanted]

    @property
    def shape(self) -> "Selection":
        """What statements depend on that are built once and run with its `values`."""
        return Selection(self.scope.shape, self.filter.shape, date.min, {})

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of a statement that was built for its shape."""
        courses = self.chosen_courses
        return {
            **self.scope.values,
            **self.filter.people.values,
            "today": self.today,
            "course_ids": [course.id for course in courses],
            "assignment_ids": [id_ for course in courses for id_ in course.assignment_ids],
        }


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


def assigned_courses(
    session: Session, scope: Scope, titles: Mapping[int, str]
) -> dict[int, Assigned]:
    """Every course that the organization assigns or has assigned, by id, in the order of their titles.

    `titles` are those of published courses; any other is called by its slug.
    """
    rows = fetch(session, _ASSIGNED, organization_id=scope.organization_id)
    found: dict[int, Assigned] = {}
    for id_, slug, assignment_id, goes_on in rows:
        before = found[id_].assignment_ids if id_ in found else ()
        now = (*before, assignment_id) if goes_on else before
        found[id_] = Assigned(id_, slug, titles.get(id_, slug), now)
    return {one.id: one for one in sorted(found.values(), key=lambda one: one.title.lower())}


_ASSIGNED = (
    select(Course.id, Course.slug, Assignment.id, Assignment.ended_at.is_(None))
    .join(Assignment, Assignment.course_id == Course.id)
    .where(Assignment.organization_id == bindparam("organization_id"))
    .order_by(Assignment.id)
)


# The one condition and the one statement

# SQLite uses an index with a condition only for the very same condition, and not for `is_current = 1`.
_IS_CURRENT = text("obligation.is_current")


def _in_states(shape: Selection) -> ColumnElement[bool]:
    return or_(*(stands(state, TODAY) for state in shape.filter.states))


def _condition(shape: Selection) -> ColumnElement[bool]:
    """What a row of `Obligation`, `Membership` and `User` must meet to count, whatever its state."""
    if shape.is_narrow:
        return _of_members(shape)
    # With this the database finds an index of all the organization's obligations.
    return (Obligation.organization_id == bindparam("organization_id")) & _of_members(shape)


def _of_members(shape: Selection) -> ColumnElement[bool]:
    """The same where the members are at hand: they lead to their obligations by an index of their own."""
    return and_(
        _IS_CURRENT,
        Obligation.assignment_id.in_(bindparam("assignment_ids", expanding=True)),
        condition_of(shape.scope, shape.filter.people, as_parameter),
    )


def _order(shape: Selection, course_ids: Sequence[int]) -> list[Any]:
    """What rows are sorted by; the courses are in the order of their titles."""
    by_course = _rank(Obligation.course_id, [literal_column(str(id_)) for id_ in course_ids])
    by_name = [Membership.sort_name, Membership.id]
    first: dict[Sorting, Any] = {
        Sorting.NAME: by_name[0],
        Sorting.COURSE: by_course,
        Sorting.STATE: _rank(standing_column(TODAY), list(STATE_WORDS)),
        Sorting.DUE: Obligation.due_on,
        Sorting.COMPLETED: COMPLETED_ON,
    }
    key = first[shape.filter.sorting]
    key = key.desc() if shape.filter.descending else key.asc()
    if shape.filter.sorting is Sorting.COMPLETED:
        key = key.nulls_last()
    further = () if shape.filter.sorting is not Sorting.STATE else (Obligation.due_on,)
    return [key, *further, *by_name, by_course, Obligation.id]


def _rank(column: Any, values: Sequence[Any]) -> Any:
    """The place of a column's value among `values`; not as parameters, which take time at each run."""
    ranks = [(value, literal_column(str(place))) for place, value in enumerate(values)]
    return case(*ranks, value=column, else_=literal_column(str(len(ranks)))) if ranks else column


# What is read with them


def rows_page(session: Session, selection: Selection, number: int, count: int) -> Page[Row]:
    """Fifty rows of the list, which has `count`; a page outside it is taken for the nearest one."""
    number = nearest_page(number, count)
    if not count:
        return Page([], number, count)
    places = _places(selection.shape, tuple(selection.courses))
    found = fetch(session, places, **selection.values, first=(number - 1) * PAGE_SIZE)
    ids = [row[0] for row in found]
    # What a row shows is looked up for the rows of the page alone.
    rows = {row[0]: row for row in fetch(session, SHOWN, obligation_ids=ids, today=selection.today)}
    return Page([_row(selection, rows[id_]) for id_ in ids], number, count)


@lru_cache(KEPT_STATEMENTS)
def _places(shape: Selection, course_ids: Sequence[int]) -> Executable:
    """The ids of the rows of a page of the list, in its order."""
    if shape.filter.sorting is Sorting.COMPLETED:
        statement = _listed(shape, course_ids).with_only_columns(
            Obligation.id, maintain_column_froms=True
        )
    else:
        statement = (
            select(Obligation.id)
            .select_from(Membership)
            .join(Obligation, Obligation.membership_id == Membership.id)
            .where(_of_members(shape), _in_states(shape))
            .order_by(*_order(shape, course_ids))
        )
        if shape.filter.people.search:
            statement = statement.join(User, User.id == Membership.user_id)
    return statement.limit(PAGE_SIZE).offset(bindparam("first"))


def every_row(session: Session, selection: Selection) -> Iterator[Row]:
    """All rows of the list as they come, however many there are."""
    listed = _listed(selection.shape, tuple(selection.courses))
    for row in stream(session, listed, **selection.values):
        yield _row(selection, row)


def _listed(shape: Selection, course_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """The rows of the list, in its order."""
    condition = _condition(shape) & _in_states(shape)
    return ROWS.where(condition).order_by(*_order(shape, course_ids))


def _row(selection: Selection, row: Any) -> Row:
    _obligation_id, *values = row
    values[7] = selection.courses[values[7]].title
    values[8] = State(values[8])
    return Row(*values)


def figures_by_course(session: Session, selection: Selection) -> list[Group]:
    """The figures of each course in the selection, in every state, whichever the filter names."""
    found = {course.id: Figures() for course in selection.chosen_courses if course.assignment_ids}
    rows = fetch(session, _counted_by_course(selection.shape), **selection.values)
    for course_id, state, count in rows:
        found[course_id].add(State(state), count)
    courses = selection.courses
    return [Group(courses[id_].slug, courses[id_].title, found[id_]) for id_ in found]


def figures_by_team(session: Session, selection: Selection) -> list[Group]:
    """The figures of each team, by name. Who is in two teams counts in both."""
    rows = fetch(session, _counted_by_team(selection.shape), **selection.values)
    found: dict[int, Group] = {}
    for team_id, name, state, count in rows:
        group = found.setdefault(team_id, Group(str(team_id), name, Figures()))
        group.figures.add(State(state), count)
    return sorted(found.values(), key=lambda group: group.name.lower())


@lru_cache(KEPT_STATEMENTS)
def _counted_by_course(shape: Selection) -> Executable:
    return _counted(shape, Obligation.course_id)


@lru_cache(KEPT_STATEMENTS)
def _counted_by_team(shape: Selection) -> Executable:
    # A filter by team looks for a membership of its own.
    place = aliased(TeamMembership)
    statement = (
        _counted(shape, Team.id, Team.name)
        .join(place, place.membership_id == Membership.id)
        .join(Team, Team.id == place.team_id)
        .where(place.ended_at.is_(None), shape.scope.teams(as_parameter))
    )
    if shape.filter.people.team_id is not None:
        statement = statement.where(Team.id == bindparam("team_id"))
    return statement


def _counted(shape: Selection, *keys: Any) -> Select[*tuple[Any, ...]]:
    """How many rows there are by `keys` and state."""
    state = standing_column(TODAY).label("standing")
    statement = _narrow(shape, *keys, state, func.count())
    return statement.where(_condition(shape)).group_by(*keys, "standing")


def _narrow(shape: Selection, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Columns of obligations and members; accounts are looked up only where they are searched."""
    statement = (
        select(*columns)
        .select_from(Obligation)
        .join(Membership, Membership.id == Obligation.membership_id)
    )
    if shape.filter.people.search:
        statement = statement.join(User, User.id == Membership.user_id)
    return statement


def longest_overdue(session: Session, selection: Selection) -> list[Nudge]:
    """The people who have been overdue for longest, and of these first who owes the most."""
    return [Nudge(*row) for row in fetch(session, _longest(selection.shape), **selection.values)]


def everybody_overdue(session: Session, selection: Selection) -> Iterator[Sequence[Cell]]:
    """All of them in the same order, as they come, as the cells of `tables.NUDGES`."""
    return map(tuple, stream(session, _everybody(selection.shape), **selection.values))


@lru_cache(KEPT_STATEMENTS)
def _longest(shape: Selection) -> Executable:
    late = _late(shape)
    first = late.order_by(*_most_pressing(late.selected_columns)).limit(NUDGED).subquery()
    return (
        select(first.c.id, User.name, first.c["count"], first.c.since)
        .join(User, User.id == first.c.user_id)
        .order_by(*_most_pressing(first.c))
    )


@lru_cache(KEPT_STATEMENTS)
def _everybody(shape: Selection) -> Executable:
    late = _late(shape).subquery()
    return (
        select(
            *WHO,
            late.c["count"],
            late.c.since,
        )
        .select_from(late)
        .join(Membership, Membership.id == late.c.id)
        .join(User, User.id == late.c.user_id)
        .order_by(*_most_pressing(late.c))
    )


def _late(shape: Selection) -> Select[*tuple[Any, ...]]:
    """Each member who is overdue: with how many obligations, and since when."""
    count, since = func.count().label("count"), func.min(Obligation.due_on).label("since")
    return (
        _narrow(shape, Membership.id, Membership.user_id, count, since)
        .where(_condition(shape), stands(State.OVERDUE, TODAY))
        .group_by(Membership.id, Membership.user_id)
    )


def _most_pressing(late: Any) -> tuple[Any, ...]:
    """The order of the columns of `_late`."""
    return late["since"], late["count"].desc(), late["id"]
