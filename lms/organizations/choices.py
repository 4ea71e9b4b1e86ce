"""What an organization's people can be chosen by: the positions that occur, and its teams.

Who is to do something is chosen by what there is today. What tells of days gone by is asked with `ever`: it
offers positions that somebody had and nobody has, and teams that have ended, and marks them so.

Statements are built once for each shape that a scope has.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Executable,
    Select,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session

from lms.foundation.database import as_parameter, fetch, part_of_union

from .filters import PLACES
from .models import Membership, Position, Team, folded
from .scopes import Scope

# So many teams are offered in a list; where there are more, one is found by its name.
MOST_TEAMS = 100
# So many teams are told of whose names hold what was typed.
MOST_FOUND = 20
# A database is not asked to look for more.
LONGEST_NAME = 200
# So many teams are asked for by their ids; of more, all are read.
FEW_TEAMS = 200


@dataclass(frozen=True, slots=True)
class Choices:
    """What people can be chosen by: each value that occurs, with the words for it.

    Where `has_many_teams` holds, only those chosen are among the teams, and any is named by typing:
    `found` are those whose names hold what was `typed`, and `has_more` says that there are others.
    """

    job_titles: Mapping[str, str]
    departments: Mapping[str, str]
    sites: Mapping[str, str]
    teams: Mapping[int, str]
    has_many_teams: bool = False
    typed: str = ""
    found: Mapping[int, str] = field(default_factory=dict)
    has_more: bool = False

    @staticmethod
    def spelling(offered: Mapping[str, str], chosen: str) -> str:
        """How what is chosen is spelt among those `offered`; as it is, where nobody is so any more."""
        return next((one for one in offered if one.casefold() == chosen.casefold()), chosen)

    def with_found(self, typed: str, found: Mapping[int, str]) -> "Choices":
        """The same with the teams that were found for what was typed, as many as are told of."""
        first = dict(islice(found.items(), MOST_FOUND))
        return replace(self, typed=typed, found=first, has_more=len(found) > MOST_FOUND)


def choices(
    session: Session, scope: Scope, team_ids: Collection[int], typed: str, *, ever: bool = False
) -> Choices:
    """What several can be chosen of, where teams with these ids are already and a name may be typed."""
    rows = fetch(session, _choices_of(scope.shape, ever), **scope.values)
    teams = _teams(rows, "team")
    if len(teams) <= MOST_TEAMS:
        return Choices(*_places(rows), teams=teams)
    chosen = teams_of(session, scope, team_ids, ever=ever) if team_ids else {}
    found = teams_called(session, scope, typed, ever=ever) if typed else {}
    return Choices(*_places(rows), teams=chosen, has_many_teams=True).with_found(typed, found)


def filter_choices(session: Session, scope: Scope, team_id: int | None) -> Choices:
    """What a list can be filtered by where one team is chosen, which may be that with an id."""
    rows = fetch(session, _filters_of(scope.shape), **scope.values, team_id=team_id)
    teams = _teams(rows, "team")
    if len(teams) <= MOST_TEAMS:
        return Choices(*_places(rows), teams=teams)
    return Choices(*_places(rows), teams=_teams(rows, "chosen"), has_many_teams=True)


def few_teams(session: Session, scope: Scope) -> dict[int, str] | None:
    """The teams of a scope by name; None where there are too many for a list."""
    rows = fetch(session, _some_teams_of(scope.shape), **scope.values)
    return _by_name(rows) if len(rows) <= MOST_TEAMS else None


def typed_name(text: str) -> str:
    """A team's name as it was typed, or a part of one, no longer than a name can be."""
    return " ".join(text.split())[:LONGEST_NAME]


def teams_called(
    session: Session, scope: Scope, name: str, *, ever: bool = False
) -> dict[int, str]:
    """The team that has this name, in whatever case; where none has, those whose names hold it.

    At most `MOST_FOUND` and one more.
    """
    rows = fetch(session, _called(scope.shape, name, ever), **scope.values)
    exact = [row for row in rows if row[1].lower() == name.lower()]
    return _by_name(exact or rows)


def teams_of(
    session: Session,
    scope: Scope,
    among: Collection[int] | None = None,
    *,
    ever: bool = False,
) -> dict[int, str]:
    """The teams of a scope by name, of those that there are now; only those `among` these ids, if given."""
    if among is None or len(among) > FEW_TEAMS:
        every = _by_name(fetch(session, _teams_of(scope.shape, ever), **scope.values))
        return {id_: name for id_, name in every.items() if among is None or id_ in among}
    values = {**scope.values, "among": sorted(among)}
    return _by_name(fetch(session, _teams_among(scope.shape, ever), **values))


def _places(rows: Sequence[Any]) -> list[dict[str, str]]:
    """The job titles, the departments and the sites in rows of choices; after today's, those of the past."""
    return [_place(rows, column) for column in range(1, 1 + len(PLACES))]


def _place(rows: Sequence[Any], column: int) -> dict[str, str]:
    here = sorted({row[column] for row in rows if row[0] == "place" and row[column]})
    past = sorted({row[column] for row in rows if row[0] == "past" and row[column]})
    # Who is meant is decided without regard to case: another spelling is no choice of its own.
    former = {value.casefold(): value for value in reversed(past)}
    for value in here:
        former.pop(value.casefold(), None)
    return {value: value for value in here} | {
        value: f"{value} (former)" for value in sorted(former.values())
    }


def _teams(rows: Sequence[Any], kind: str) -> dict[int, str]:
    return _by_name([row[4:] for row in rows if row[0] == kind])


def _by_name(rows: Sequence[Any]) -> dict[int, str]:
    """Teams by id, in the order of their names, and at last those that have ended."""
    found = sorted(rows, key=lambda row: (bool(row[2]), row[1].lower(), row[0]))
    return {id_: f"{name} (ended)" if has_ended else name for id_, name, has_ended in found}


# Statements

_CHOICES: dict[str, Any] = {
    **{name: getattr(Membership, name).type for name in PLACES},
    "team_id": Team.id.type,
    "team": Team.name.type,
    "has_ended": Boolean(),
}
# SQLite uses an index with a condition only for the very same condition.
_IS_HERE = text("membership.ended_at IS NULL")
# PostgreSQL keeps a plan only where it knows how many rows are wanted; to make one takes as long as the rest.
_ONE: ColumnElement[int] = literal_column("1")
_ONE_MORE: ColumnElement[int] = literal_column(str(MOST_TEAMS + 1))


@cache
def _choices_of(scope: Scope, ever: bool) -> Executable:
    """The statement for all positions, and a list of teams as long as it may be."""
    past = _past_places(scope) if ever else []
    return union_all(*_choice_parts(scope, ever), *past)


@cache
def _filters_of(scope: Scope) -> Executable:
    """The same with the team that is chosen."""
    chosen = _teams_of(scope).where(Team.id == bindparam("team_id"))
    return union_all(*_choice_parts(scope), _team_part("chosen", chosen))


def _choice_parts(scope: Scope, ever: bool = False) -> list[Any]:
    return [*_places_of(scope), _team_part("team", _some_teams_of(scope, ever))]


def _team_part(kind: str, teams: Select[int, str, bool]) -> Any:
    found = teams.subquery()
    return part_of_union(
        _CHOICES, kind, team_id=found.c.id, team=found.c.name, has_ended=found.c.has_ended
    )


def _past_places(scope: Scope) -> list[Any]:
    """What these people were at any time."""
    if scope.is_whole:
        return [_past_values_of(name) for name in PLACES]
    columns = {name: getattr(Position, name) for name in PLACES}
    placed = part_of_union(_CHOICES, "past", **columns)
    joined = placed.join_from(Position, Membership, Membership.id == Position.membership_id)
    return [joined.where(scope.members(as_parameter)).distinct()]


def _places_of(scope: Scope) -> list[Any]:
    if scope.is_whole:
        return [_present_values_of(name) for name in PLACES]
    return [_values_in_teams(scope, name) for name in PLACES]


def _values_in_teams(scope: Scope, name: str) -> Select[*tuple[Any, ...]]:
    """Each value of a column that members of these teams have, in its first spelling."""
    column = getattr(Membership, name)
    placed = part_of_union(_CHOICES, "place", **{name: func.min(column)})
    is_here = Membership.ended_at.is_(None)
    return placed.where(scope.members(as_parameter), is_here).group_by(folded(column))


def _present_values_of(name: str) -> Select[*tuple[Any, ...]]:
    """Each value of a column that members have, in its first spelling."""
    column = getattr(Membership, name)
    here = (Membership.organization_id == bindparam("organization_id")) & _IS_HERE
    values = _values_of(column, here, by=folded)
    return part_of_union(_CHOICES, "place", **{name: values.c.value})


def _past_values_of(name: str) -> Select[*tuple[Any, ...]]:
    """Each value of a column that members ever had."""
    column = getattr(Position, name)
    here = Position.organization_id == bindparam("organization_id")
    values = _values_of(column, here, by=lambda value: value)
    return part_of_union(_CHOICES, "past", **{name: values.c.value})


def _values_of(
    column: ColumnElement[str],
    here: ColumnElement[bool],
    *,
    by: Callable[[ColumnElement[str]], ColumnElement[str]],
) -> CTE:
    """Each value of a column, by steps from one to the next in its index, however many rows have it.

    The index has the rows by what `by` makes of the column, and then by the column: of those of which it
    makes the same, there is the first.
    """
    some = select(column).where(here).order_by(by(column), column).limit(_ONE)
    values = select(some.scalar_subquery().label("value")).cte(recursive=True)
    following = some.where(by(column) > by(values.c.value)).correlate(values).scalar_subquery()
    return values.union_all(select(following).where(values.c.value.is_not(None)))


@cache
def _teams_of(scope: Scope, ever: bool = False) -> Select[int, str, bool]:
    has_ended = Team.ended_at.is_not(None).label("has_ended")
    return select(Team.id, Team.name, has_ended).where(scope.teams(as_parameter, ever=ever))


@cache
def _some_teams_of(scope: Scope, ever: bool = False) -> Select[int, str, bool]:
    """Teams up to one more than a list may hold, whichever are found first."""
    return _teams_of(scope, ever).limit(_ONE_MORE)


@cache
def _teams_among(scope: Scope, ever: bool) -> Executable:
    return _teams_of(scope, ever).where(Team.id.in_(bindparam("among", expanding=True)))


def _called(scope: Scope, name: str, ever: bool) -> Executable:
    is_exact = or_(Team.name == name, func.lower(Team.name) == name.lower())
    return (
        _teams_of(scope, ever)
        .where(Team.name.icontains(name, autoescape=True))
        .order_by(is_exact.desc(), func.lower(Team.name))
        .limit(MOST_FOUND + 1)
    )
