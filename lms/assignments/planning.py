"""What one person owes under one assignment, and what has to be done so that the record says so (pure).

`plan` is the only rule: assigning, changing a rule, hiring, leaving, transfer, leave, a completion, the
nightly look at everybody, the preview and the simulator all ask it, so they cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from .terms import Due, Ended, Leave, Terms, after_leave, after_return, first_due, next_due


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


def standing_of(closed: Closed | None, due: Due, today: date, *, after_waiver: bool) -> State:
    """Where a person stands by the obligation that is current.

    After a waiver nothing is asked of them until the window of the time that follows opens: until then
    they stand as they were let off, and not as if they had completed it.
    """
    state = state_of(closed, due, today)
    return State.WAIVED if after_waiver and state is State.OPEN else state


def ended_on(
    closed_on: date | None, completed_on: date | None, *, opened_on: date, is_vouched: bool
) -> date | None:
    """The day from which an obligation counts as ended for who looks back; None while it is unfinished.

    What was met has ended on the day of its completion, where somebody vouches for that, or where it
    had entered the record by then. A completion from before that is credited, and counts from the day
    of the credit: until then it was owed, and what was overdue stays so.
    """
    if completed_on is not None and (is_vouched or completed_on >= opened_on):
        return completed_on
    return closed_on


@dataclass(frozen=True, slots=True)
class Completion:
    """The course was completed on that day of the organization's time zone."""

    completion_id: int
    on: date


@dataclass(frozen=True, slots=True)
class Cycle:
    """One obligation as it stands.

    `opened_on` and `closed_on` are the days on which it entered the record and ended in it. `has_begun`
    is whether the person is enrolled for it. One that is `set_by_hand` keeps its dates whatever the
    rule says.
    """

    number: int
    due: Due
    opened_on: date
    has_begun: bool = False
    set_by_hand: bool = False
    closed: Closed | None = None
    closed_on: date | None = None
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
    """An unfinished obligation is due at another time, or renews on another day of the month."""

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
    """It ends unmet: the assignment does not cover the person any more, or does not renew any more."""

    number: int
    reason: str


Step = Open | Move | Begin | Meet | Expire


NO_RENEWAL = "The assignment does not renew any more."


def plan(terms: Terms, situation: Situation, today: date) -> list[Step]:
    """The steps that bring the person's obligations to what the terms ask for, in their order.

    Asked again after they were taken, it asks for nothing. What has ended is never touched, and
    nothing is overdue on the day it is opened, but for whoever drops out and comes back on the same
    day: they have the dates that they had.
    """
    steps: list[Step] = []
    while following := _following(terms, situation, today):
        steps += following
        situation = taken(situation, following, today)
    return steps


def _following(terms: Terms, situation: Situation, today: date) -> list[Step]:
    """The next steps; none when the record says what it should."""
    last = situation.cycles[-1] if situation.cycles else None
    if last is not None and last.closed is None:
        return _go_on(terms, situation, last, today)
    if situation.not_covered is not None:
        return []
    number = last.number + 1 if last else 1
    due = _due(terms, situation, number, opened_on=today)
    return [Open(number, due)] if due else []


def _go_on(terms: Terms, situation: Situation, cycle: Cycle, today: date) -> list[Step]:
    """What to do about an unfinished cycle."""
    done = _completion_for(terms, situation, cycle)
    if done is not None:
        return [Meet(cycle.number, done)]
    if situation.not_covered is not None:
        return [Expire(cycle.number, situation.not_covered)]
    due = _due_now(terms, situation, cycle, today)
    if due is None:
        return [Expire(cycle.number, NO_RENEWAL)]
    steps: list[Step] = []
    if due != cycle.due:
        steps.append(Move(cycle.number, due))
    if not cycle.has_begun and due.opens_on <= today:
        steps.append(Begin(cycle.number))
    return steps


def _completion_for(terms: Terms, situation: Situation, cycle: Cycle) -> Completion | None:
    """What meets the cycle: the first completion since it opened, or credit for an earlier one."""
    in_time = next((one for one in situation.completions if one.on >= cycle.due.opens_on), None)
    return in_time or (_credit_for(terms, situation, cycle) if terms.counts_earlier else None)


def _credit_for(terms: Terms, situation: Situation, cycle: Cycle) -> Completion | None:
    """The last completion up to the day on which the cycle entered the record, where it counts.

    There is credit where a person comes under the assignment, or comes back, whether what they did
    here before still holds or not: nothing was asked of them meanwhile. It must be valid for longer
    than what they did here, and must not be due again by now; what met another cycle does not count.
    """
    cycle = _without_gap(situation.cycles, cycle)
    kept = _kept_before(situation.cycles, cycle.number)
    renews = renews_another(terms, situation.cycles, cycle)
    if renews and not _comes_back(situation.cycles, cycle.number):
        return None
    before = [one for one in situation.completions if one.on <= cycle.opened_on]
    if not before or (kept is not None and _ended(kept).completed_on >= before[-1].on):
        return None
    again = next_due(terms, Ended(before[-1].on), is_first=True)
    holds = _renewal_of(terms, situation.cycles, kept) if kept is not None else None
    least = max(cycle.opened_on, holds.due_on) if holds is not None else cycle.opened_on
    return before[-1] if again is None or again.due_on > least else None


def _due_now(terms: Terms, situation: Situation, cycle: Cycle, today: date) -> Due | None:
    """When an unfinished cycle is due by the terms as they are now; None where they drop it.

    One that has begun stays, and stays open: who works on it must be able to finish it. What was opened
    today by terms that were a mistake goes as it came.
    """
    if cycle.set_by_hand:
        return cycle.due
    due = _due(terms, situation, cycle.number, opened_on=cycle.opened_on)
    if not cycle.has_begun or (due is None and cycle.opened_on == today):
        return due
    return replace(due, opens_on=min(due.opens_on, cycle.due.opens_on)) if due else cycle.due


def _due(terms: Terms, situation: Situation, number: int, *, opened_on: date) -> Due | None:
    """When the cycle of that number is due, if it entered the record on `opened_on`.

    It renews the last one that was kept. Where there is none, or its renewal was due before it entered
    the record, as for a person who comes back after years, it is like a first one. Whoever comes back,
    or of whom it is heard later that they are to renew, has at least two weeks from that day. Whoever
    dropped out and came back on one day is due as if they had never been gone.
    """
    while (before := _let_go_on(situation.cycles, number, opened_on)) is not None:
        if before.set_by_hand:
            return before.due
        number, opened_on = before.number, before.opened_on
    due = None
    kept = _kept_before(situation.cycles, number)
    if kept is not None:
        due = _renewal_of(terms, situation.cycles, kept)
        if due is None:
            return None
    else:
        opened_on = _first_opened_on(situation.cycles, number, opened_on)
    if due is None or due.due_on < opened_on:
        due = first_due(terms, hired_on=situation.hired_on, covered_on=opened_on)
    # What follows at once, on the day of the completion that it renews, was known in time.
    if number > 1 and (kept is None or _ended(kept).completed_on < opened_on):
        due = after_return(due, opened_on)
    return after_leave(due, situation.leaves)


def _kept_before(cycles: Sequence[Cycle], number: int) -> Cycle | None:
    """The last cycle before that number which was met or waived."""
    kept = (Closed.MET, Closed.WAIVED)
    return next(
        (one for one in reversed(cycles) if one.number < number and one.closed in kept), None
    )


def follows_waiver(cycles: Sequence[Cycle], number: int) -> bool:
    """Whether what the cycle of that number renews was waived."""
    kept = _kept_before(cycles, number)
    return kept is not None and kept.closed is Closed.WAIVED


def _first_opened_on(cycles: Sequence[Cycle], number: int, opened_on: date) -> date:
    """The day on which a cycle entered the record that renews none: it opens on that day.

    By another time zone the moment of it lies on another day, and that would move its due date.
    """
    return next((one.due.opens_on for one in cycles if one.number == number), opened_on)


def _let_go_on(cycles: Sequence[Cycle], number: int, day: date) -> Cycle | None:
    """The cycle before that number, where the assignment let go of the person on that day."""
    return next(
        (
            one
            for one in cycles
            if one.number == number - 1 and one.closed is Closed.EXPIRED and one.closed_on == day
        ),
        None,
    )


def _without_gap(cycles: Sequence[Cycle], cycle: Cycle) -> Cycle:
    """The cycle that this one goes on, where the person was let go and came back on one day; else itself."""
    while (before := _let_go_on(cycles, cycle.number, cycle.opened_on)) is not None:
        cycle = before
    return cycle


def _comes_back(cycles: Sequence[Cycle], number: int) -> bool:
    """Whether the assignment had let go of the person before the cycle of that number."""
    return any(one.number == number - 1 and one.closed is Closed.EXPIRED for one in cycles)


def _renewal_of(terms: Terms, cycles: Sequence[Cycle], kept: Cycle) -> Due | None:
    is_first = not renews_another(terms, cycles, kept)
    return next_due(terms, _ended(kept), is_first=is_first)


def renews_another(terms: Terms, cycles: Sequence[Cycle], cycle: Cycle) -> bool:
    """Whether the cycle renews another: its due date is then the day on which that one expires."""
    cycle = _without_gap(cycles, cycle)
    if cycle.due.opens_on > cycle.opened_on:
        # What is like a first one opens on the day on which it enters the record.
        return True
    kept = _kept_before(cycles, cycle.number)
    due = kept and _renewal_of(terms, cycles, kept)
    return due is not None and due.due_on >= cycle.opened_on


def _ended(cycle: Cycle) -> Ended:
    """What renewal counts from.

    A waived cycle counts as completed on the day it was due, or on the day it was waived if later.
    """
    if cycle.closed is Closed.WAIVED:
        return Ended(max(cycle.due.due_on, cycle.closed_on or cycle.due.due_on), cycle.due)
    completed_on = cycle.completed_on or cycle.due.due_on
    was_earlier = completed_on < cycle.due.opens_on
    return Ended(completed_on, None if was_earlier else cycle.due)


def taken(situation: Situation, steps: Sequence[Step], today: date) -> Situation:
    """The situation once the steps were taken."""
    cycles = {cycle.number: cycle for cycle in situation.cycles}
    for step in steps:
        match step:
            case Open(number, due):
                cycles[number] = Cycle(number, due, today)
            case Move(number, due):
                cycles[number] = replace(cycles[number], due=due)
            case Begin(number):
                cycles[number] = replace(cycles[number], has_begun=True)
            case Meet(number, completion):
                cycles[number] = replace(
                    cycles[number],
                    closed=Closed.MET,
                    closed_on=today,
                    completed_on=completion.on,
                )
            case _:
                ended = replace(cycles[step.number], closed=Closed.EXPIRED, closed_on=today)
                cycles[step.number] = ended
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

    Nobody completes a cycle before it opens, nor before `today`; a negative number of days means late.
    """
    found: list[Forecast] = []
    while True:
        situation = taken(situation, plan(terms, situation, today), today)
        cycle = situation.cycles[-1] if situation.cycles else None
        if cycle is None or cycle.closed or cycle.due.due_on > until:
            return found
        meant = cycle.due.due_on - timedelta(days=days_before_due)
        today = max(meant, cycle.due.opens_on, today)
        found.append(Forecast(cycle.number, cycle.due, today))
        done = (*situation.completions, Completion(0, today))
        situation = replace(situation, completions=done)
