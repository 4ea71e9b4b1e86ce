"""What one member adds to the figures of their organization (pure)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .month_ends import MonthEnd
from .planning import Closed, State, standing_of
from .terms import Due

ASSIGNMENT, TEAM, MONTH = "assignment", "team", "month"
# A figure's kind, its key among those of the kind, and the state that it counts.
Key = tuple[str, int, State]


@dataclass(frozen=True, slots=True)
class Moved:
    """The due date that an obligation had until it was moved."""

    due_on: date
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Life:
    """An obligation, as far as figures depend on it.

    `ended_on` is what `planning.ended_on` says. `moves` are in the order in which they were made; those
    before the months that are asked about may be left out.
    """

    assignment_id: int
    is_current: bool
    due: Due
    opened_at: datetime
    closed: Closed | None = None
    ended_on: date | None = None
    moves: Sequence[Moved] = ()
    after_waiver: bool = False

    def due_on_at(self, end: MonthEnd) -> date:
        """The due date in force when the month was over: what the first move after that found there."""
        after = (one.due_on for one in self.moves if one.moved_at >= end.over_at)
        return next(after, self.due.due_on)

    def had_ended(self, end: MonthEnd) -> bool:
        """Whether it had ended when the month was over."""
        return self.ended_on is not None and self.ended_on <= end.day

    def was_overdue(self, end: MonthEnd) -> bool:
        """Whether it was overdue when the month was over; no move after that changes it."""
        return (
            self.opened_at < end.over_at
            and not self.had_ended(end)
            and self.due_on_at(end) < end.day
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A member's current obligations by state, their teams, and what of theirs was overdue at each month's end.

    `overdue_since` is the due date of what has been overdue for longest.
    """

    states: Mapping[State, Sequence[int]] = field(default_factory=dict)
    teams: Sequence[int] = ()
    months: Mapping[int, int] = field(default_factory=dict)
    overdue_since: date | None = None

    @property
    def overdue(self) -> int:
        """How many obligations are overdue."""
        return len(self.states.get(State.OVERDUE, ()))

    def figures(self) -> Counter[Key]:
        """What it adds to each figure. Who is in two teams counts in both."""
        found: Counter[Key] = Counter()
        for state, assignment_ids in self.states.items():
            for assignment_id in assignment_ids:
                found[ASSIGNMENT, assignment_id, state] += 1
            for team_id in self.teams:
                found[TEAM, team_id, state] += len(assignment_ids)
        for month, count in self.months.items():
            found[MONTH, month, State.OVERDUE] = count
        return found

    def to_json(self) -> dict[str, Any]:
        """What the database keeps."""
        return {
            "states": {state.value: list(ids) for state, ids in self.states.items()},
            "teams": list(self.teams),
            "months": [[month, count] for month, count in self.months.items()],
            "since": self.overdue_since.isoformat() if self.overdue_since else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Part":
        """The part that `to_json` wrote."""
        since = kept["since"]
        return cls(
            {State(state): ids for state, ids in kept["states"].items()},
            kept["teams"],
            dict(kept["months"]),
            date.fromisoformat(since) if since else None,
        )


def part_of(
    lives: Iterable[Life],
    *,
    is_member: bool,
    going_on: Collection[int],
    teams: Sequence[int],
    today: date,
    ends: Sequence[MonthEnd],
) -> Part:
    """What a member adds, by their obligations and the assignments that go on.

    Who has left counts only in what was overdue at the ends of months.
    """
    states: dict[State, list[int]] = {}
    months: Counter[int] = Counter()
    overdue: list[date] = []
    for life in lives:
        # Most are due later, and were never moved.
        if not life.had_ended(ends[0]) and (life.moves or life.due.due_on < ends[-1].day):
            months.update(end.day.toordinal() for end in ends if life.was_overdue(end))
        if not is_member or not life.is_current or life.assignment_id not in going_on:
            continue
        state = standing_of(life.closed, life.due, today, after_waiver=life.after_waiver)
        states.setdefault(state, []).append(life.assignment_id)
        if state is State.OVERDUE:
            overdue.append(life.due.due_on)
    return Part(states, teams, dict(months), min(overdue, default=None))


def difference(before: Iterable[Part], after: Iterable[Part]) -> Counter[Key]:
    """By how much each figure changes that changes, when parts are replaced by others."""
    found: Counter[Key] = Counter()
    for part in after:
        found.update(part.figures())
    for part in before:
        found.subtract(part.figures())
    return Counter({key: count for key, count in found.items() if count})
