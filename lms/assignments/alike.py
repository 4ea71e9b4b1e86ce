"""People under a demand, those together who are in the same situation: what a preview asks for.

What the database says of a person is compared as it comes, and a `Situation` is made once for all of
whom it says the same. Nothing is asked that cannot matter. `situations.py` reads the same for whom
something is to be written; a test holds both to each other.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    String,
    case,
    cast,
    false,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from lms.courses.models import CourseCompletion, Enrolment
from lms.foundation.clock import in_zone
from lms.foundation.database import stream
from lms.organizations.models import Membership

from .audience import Placed, Standing, why_not_covered
from .demands import Demand
from .models import Obligation
from .planning import Closed, Completion, Cycle, Situation
from .situations import Rows, owes, select_exemptions, select_leaves, select_teams
from .tally import Alike
from .terms import Due, First, Leave


def alike(session: Session, demand: Demand, now: datetime) -> Collection[Alike]:
    """Everybody of whom `situations` tells, by what it tells of them."""
    today = demand.today(now)
    about, columns = _About.read(session, demand), _position_columns(demand, today)
    found: defaultdict[tuple[str | None, date | None], _Like] = defaultdict(_Like)
    for *position, ids in stream(session, _positions(demand, columns.values())):
        placed = dict(zip(columns, position, strict=True))
        here = [int(id_) for id_ in ids.split(",")]
        for (_is_named, teams, exempt), some in about.by_place(demand, here):
            reason = _reason(demand, some[0], teams, exempt, placed, today)
            found[reason, placed.get("hired_on")].add(about, some)
    return [
        Alike(_situation(*same, *lists), ids)
        for same, like in found.items()
        for lists, ids in like.by_lists.items()
    ]


# What the rows of a table say of each membership, and what those of three say of one.
Rowed = dict[int, tuple[Any, ...]]
Lists = tuple[Any, Any, Any]
Place = tuple[bool, tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _About:
    """What is known of people beside their memberships; nothing of those of whom nothing is."""

    teams: Rowed
    exempt: Rowed
    leaves: Rowed
    # Rows as `_cycle` takes them.
    owed: Rowed
    # The days on which the course was completed, oldest first.
    done: Rowed

    @classmethod
    def read(cls, session: Session, demand: Demand) -> "_About":
        """Everything that can matter for the demand."""
        here, days = Membership.organization_id == demand.organization_id, _Days(demand.time_zone)
        # What does not exist yet has no exemptions and no obligations.
        exists, names_teams = demand.assignment_id is not None, bool(demand.audience.team_ids)
        return cls(
            _lists(session, select_teams(demand, here)) if names_teams else {},
            _lists(session, select_exemptions(demand, here)) if exists else {},
            _lists(session, select_leaves(here)),
            _owed(session, demand, days) if exists else {},
            _done(session, demand, here, days),
        )

    def by_place(self, demand: Demand, ids: list[int]) -> Collection[tuple[Place, list[int]]]:
        """The memberships by whether the audience names them, their teams and their exemptions."""
        named = demand.audience.membership_ids
        if not named and not self.teams and not self.exempt:
            return [((False, (), ()), ids)]
        found: defaultdict[Place, list[int]] = defaultdict(list)
        for id_ in ids:
            found[id_ in named, self.teams.get(id_, ()), self.exempt.get(id_, ())].append(id_)
        return found.items()


@dataclass(frozen=True, slots=True)
class _Like:
    """Memberships by what the rows of leaves, obligations and completions say of them."""

    by_lists: defaultdict[Lists, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, about: _About, ids: Collection[int]) -> None:
        """Put these with those who are like them; of most a table says nothing, which is None here."""
        rows = (map(table.get, ids) for table in (about.leaves, about.owed, about.done))
        for id_, lists in zip(ids, zip(*rows, strict=True), strict=True):
            self.by_lists[lists].append(id_)


class _Days(dict[datetime, date]):
    """The days in a zone on which moments are, which SQLite's driver gives without their zone."""

    def __init__(self, zone: str) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, moment: datetime) -> date:
        at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        day = self[moment] = in_zone(at, self._zone).date()
        return day


def _lists(session: Session, statement: Rows) -> Rowed:
    """The rows by their first column, without it, in their order."""
    found: Rowed = {}
    for id_, *row in stream(session, statement):
        found[id_] = (*found.get(id_, ()), tuple(row))
    return found


def _owed(session: Session, demand: Demand, days: _Days) -> Rowed:
    statement = select(
        Obligation.membership_id,
        Obligation.cycle,
        Obligation.opens_on,
        Obligation.due_on,
        Obligation.day_meant,
        _raw(Obligation.opened_at),
        Obligation.enrolment_id.is_not(None),
        Obligation.set_by_hand,
        Obligation.closed_how,
        _raw(Obligation.closed_at),
        Obligation.completed_on,
    ).where(Obligation.assignment_id == demand.assignment_id)
    found: Rowed = {}
    same: dict[Hashable, Any] = {}
    for id_, number, opens, due, meant, opened, begun, by_hand, how, at, on in stream(
        session, statement
    ):
        closed_on = None if at is None else days[at]
        row = (number, opens, due, meant, days[opened], begun, by_hand, how, closed_on, on)
        # Thousands of rows that say the same are held once.
        rows = (*found.get(id_, ()), same.setdefault(row, row))
        found[id_] = rows if len(rows) == 1 else tuple(sorted(rows))
    return found


def _done(session: Session, demand: Demand, here: ColumnElement[bool], days: _Days) -> Rowed:
    statement = (
        select(Membership.id, _raw(CourseCompletion.completed_at))
        .join_from(Membership, Enrolment, Enrolment.user_id == Membership.user_id)
        .join(CourseCompletion, CourseCompletion.enrolment_id == Enrolment.id)
        .where(here, Enrolment.course_id == demand.course_id)
    )
    found: Rowed = {}
    same: dict[Hashable, Any] = {}
    for id_, completed_at in stream(session, statement):
        done = (days[completed_at],)
        if id_ in found:
            done = tuple(sorted(found[id_] + done))
        found[id_] = same.setdefault(done, done)
    return found


def _raw(moment: Any) -> ColumnElement[datetime]:
    """A moment as the driver gives it: only the day is needed, and of most it is known already."""
    return type_coerce(moment, DateTime())


def _positions(demand: Demand, columns: Collection[ColumnElement[Any]]) -> Rows:
    """Where people are, as far as it can matter, and the memberships of those who are there.

    The database puts them together: giving them out one by one takes several times as long.
    """
    is_member = Membership.ended_at.is_(None)
    is_left = owes(demand) if demand.assignment_id is not None else false()
    return (
        select(*columns, func.aggregate_strings(cast(Membership.id, String), ","))
        .where(Membership.organization_id == demand.organization_id, or_(is_member, is_left))
        .group_by(*columns)
    )


def _position_columns(demand: Demand, today: date) -> dict[str, ColumnElement[Any]]:
    """What decides whether somebody is covered, and what terms count from."""
    audience = demand.audience
    columns: dict[str, ColumnElement[Any]] = {
        "has_left": Membership.ended_at.is_not(None),
        # Who has begun is covered alike, whenever that was.
        "first_day": case((Membership.hired_on > today, Membership.hired_on)),
    }
    if demand.terms.first is First.AFTER_HIRE:
        columns["hired_on"] = Membership.__table__.c.hired_on
    for name, texts in (
        ("job_title", audience.job_titles),
        ("department", audience.departments),
        ("site", audience.sites),
    ):
        if texts:
            columns[name] = Membership.__table__.c[name]
    return {name: column.label(name) for name, column in columns.items()}


def _reason(
    demand: Demand,
    membership_id: int,
    teams: Sequence[Any],
    exempt: Sequence[Any],
    placed: Mapping[str, Any],
    today: date,
) -> str | None:
    """Why somebody is not covered who is where `placed` says by `_position_columns`."""
    person = Placed(
        membership_id=membership_id,
        job_title=placed.get("job_title", ""),
        department=placed.get("department", ""),
        site=placed.get("site", ""),
        team_ids=frozenset(row[0] for row in teams),
    )
    standing = Standing(
        is_member=not placed["has_left"],
        hired_on=placed["first_day"],
        exempt_because=exempt[0][0] if exempt else None,
        assignment_ended=demand.has_ended,
    )
    return why_not_covered(demand.audience, person, standing, today)


def _situation(
    not_covered: str | None,
    hired_on: date | None,
    leaves: Sequence[Any] | None,
    owed: Sequence[Any] | None,
    done: Sequence[date] | None,
) -> Situation:
    return Situation(
        hired_on=hired_on,
        not_covered=not_covered,
        leaves=tuple(Leave(*row) for row in leaves or ()),
        cycles=tuple(map(_cycle, owed or ())),
        completions=tuple(Completion(0, day) for day in done or ()),
    )


def _cycle(row: Sequence[Any]) -> Cycle:
    number, opens_on, due_on, day_meant, opened_on, begun, by_hand, how, closed_on, done_on = row
    return Cycle(
        number=number,
        due=Due(opens_on, due_on, day_meant),
        opened_on=opened_on,
        has_begun=begun,
        set_by_hand=by_hand,
        closed=Closed(how) if how else None,
        closed_on=closed_on,
        completed_on=done_on,
    )
