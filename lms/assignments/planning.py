"""What one person owes under one assignment, and what has to be done so that the record says so (pure).

`plan` is the only rule: assigning, changing a rule, hiring, leaving, transfer, leave, a completion, the
nightly look at everybody, the preview and the simulator all ask it, so they cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from .terms import Due, Ended, Leave, Terms, after_leave, first_due, next_due


class Closed(StrEnum):
    """How an obligation ended."""

    MET = "met"
    WAIVED = "waived"
    EXPIRED = "expired"


class State(StrEnum):
    """Where an obligation stands today."""

    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    MET = "met"
    WAIVED = "waived"
    EXPIRED = "expired"


def state_of(closed: Closed | None, due: Due, today: date) -> State:
    """Where an obligation stands: `open` before its window, `due` in it, `overdue` after its last day."""
    if closed is not None:
        return State(closed.value)
    if today > due.due_on:
        return State.OVERDUE
    return State.DUE if today >= due.opens_on else State.OPEN


@dataclass(frozen=True, slots=True)
class Completion:
    """The course was completed on that day of the organization's time zone."""

    completion_id: int
    on: date


@dataclass(frozen=True, slots=True)
class Cycle:
    """One obligation as it stands.

    `has_begun` is whether the person is enrolled for it. One that is `set_by_hand` keeps its dates
    whatever the rule says.
    """

    number: int
    due: Due
    has_begun: bool = False
    set_by_hand: bool = False
    closed: Closed | None = None
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """A person under an assignment. `cycles` are the obligations so far, `completions` oldest first.

    `not_covered` says why the assignment does not, or no longer, cover them; None when it does.
    """

    hired_on: date | None = None
    not_covered: str | None = None
    leaves: tuple[Leave, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    completions: tuple[Completion, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """A new obligation."""

    number: int
    due: Due


@dataclass(frozen=True, slots=True)
class Move:
    """An unfinished obligation is due at another time."""

    number: int
    due: Due


@dataclass(frozen=True, slots=True)
class Begin:
    """The window is open: the person can work on it from now on."""

    number: int


@dataclass(frozen=True, slots=True)
class Meet:
    """It was completed."""

    number: int
    completion: Completion


@dataclass(frozen=True, slots=True)
class Expire:
    """It ends unmet, because the assignment does not cover the person any more."""

    number: int
    reason: str


Step = Open | Move | Begin | Meet | Expire


def plan(terms: Terms, situation: Situation, today: date) -> list[Step]:
    """The steps that bring the person's obligations to what the terms ask for, in their order.

    Asked again after they were taken, it asks for nothing. What has ended is never touched.
    """
    steps: list[Step] = []
    while following := _following(terms, situation, today):
        steps += following
        situation = taken(situation, following)
    return steps


def _following(terms: Terms, situation: Situation, today: date) -> list[Step]:
    """The next steps; none when the record says what it should."""
    last = situation.cycles[-1] if situation.cycles else None
    if situation.not_covered is not None:
        return [Expire(last.number, situation.not_covered)] if last and not last.closed else []
    if last is None or last.closed is Closed.EXPIRED:
        return _start(terms, situation, last.number + 1 if last else 1, today)
    if last.closed is None:
        return _go_on(terms, situation, last, today)
    due = next_due(terms, _ended(last), is_first=_is_first(situation.cycles, last))
    return [Open(last.number + 1, after_leave(due, situation.leaves))] if due else []


def _start(terms: Terms, situation: Situation, number: int, today: date) -> list[Step]:
    """The first cycle, or the first after the person came back under the assignment."""
    due = first_due(terms, hired_on=situation.hired_on, covered_on=today)
    start = Open(number, after_leave(due, situation.leaves))
    earlier = [one for one in situation.completions if one.on < today]
    if terms.counts_earlier and earlier and _still_counts(terms, earlier[-1], today):
        return [start, Meet(number, earlier[-1])]
    return [start]


def _still_counts(terms: Terms, completion: Completion, today: date) -> bool:
    """Whether what was completed before the assignment would not be due again yet."""
    again = next_due(terms, Ended(completion.on), is_first=True)
    return again is None or again.due_on > today


def _go_on(terms: Terms, situation: Situation, cycle: Cycle, today: date) -> list[Step]:
    done = next((one for one in situation.completions if one.on >= cycle.due.opens_on), None)
    if done is not None:
        return [Meet(cycle.number, done)]
    steps: list[Step] = []
    due = cycle.due if cycle.set_by_hand else _asked_for(terms, situation, cycle)
    if due != cycle.due:
        steps.append(Move(cycle.number, due))
    if not cycle.has_begun and due.opens_on <= today:
        steps.append(Begin(cycle.number))
    return steps


def _asked_for(terms: Terms, situation: Situation, cycle: Cycle) -> Due:
    """When an unfinished cycle is due by the terms as they are now."""
    before = next((one for one in situation.cycles if one.number == cycle.number - 1), None)
    if before is None or before.closed is Closed.EXPIRED:
        due = first_due(terms, hired_on=situation.hired_on, covered_on=cycle.due.opens_on)
    else:
        # Terms that ask for no renewal any more leave the one that is under way as it is.
        ended, first = _ended(before), _is_first(situation.cycles, before)
        due = next_due(terms, ended, is_first=first) or cycle.due
    return after_leave(due, situation.leaves)


def _ended(cycle: Cycle) -> Ended:
    """What renewal counts from. A waived cycle counts as completed on the day it was due."""
    completed_on = cycle.completed_on or cycle.due.due_on
    was_earlier = completed_on < cycle.due.opens_on
    return Ended(completed_on, None if was_earlier else cycle.due)


def _is_first(cycles: Sequence[Cycle], cycle: Cycle) -> bool:
    """Whether nothing that was kept up goes before `cycle`: its due date is a deadline, no expiry."""
    before = next((one for one in cycles if one.number == cycle.number - 1), None)
    return before is None or before.closed is Closed.EXPIRED


def taken(situation: Situation, steps: Sequence[Step]) -> Situation:
    """The situation once the steps were taken."""
    cycles = {cycle.number: cycle for cycle in situation.cycles}
    for step in steps:
        match step:
            case Open(number, due):
                cycles[number] = Cycle(number, due)
            case Move(number, due):
                cycles[number] = replace(cycles[number], due=due)
            case Begin(number):
                cycles[number] = replace(cycles[number], has_begun=True)
            case Meet(number, completion):
                met = replace(cycles[number], closed=Closed.MET, completed_on=completion.on)
                cycles[number] = met
            case Expire(number, _reason):
                cycles[number] = replace(cycles[number], closed=Closed.EXPIRED)
    return replace(situation, cycles=tuple(cycles[number] for number in sorted(cycles)))


# The simulator


@dataclass(frozen=True, slots=True)
class Forecast:
    """A cycle to come, and the day on which it is taken to be completed."""

    number: int
    due: Due
    completed_on: date


def forecast(
    terms: Terms, situation: Situation, today: date, until: date, *, days_before_due: int
) -> list[Forecast]:
    """The cycles that are due up to `until`, if each is completed so many days before it is due.

    Nobody completes a cycle before it opens; a negative number of days means late.
    """
    found: list[Forecast] = []
    while True:
        situation = taken(situation, plan(terms, situation, today))
        cycle = situation.cycles[-1] if situation.cycles else None
        if cycle is None or cycle.closed or cycle.due.due_on > until:
            return found
        completed_on = max(cycle.due.due_on - timedelta(days=days_before_due), cycle.due.opens_on)
        found.append(Forecast(cycle.number, cycle.due, completed_on))
        done = (*situation.completions, Completion(0, completed_on))
        situation, today = replace(situation, completions=done), max(today, completed_on)
