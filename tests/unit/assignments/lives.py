"""A person's time under an assignment, told as events, and what the record says at the end."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from lms.assignments.planning import Closed, Completion, Cycle, Situation, plan, state_of, taken
from lms.assignments.terms import Due, Leave, Terms

Change = Callable[[Situation, date], Situation]


def day(text: str) -> date:
    """A date as policies write it: `15 Nov 2026`."""
    return datetime.strptime(text, "%d %b %Y").replace(tzinfo=UTC).date()


@dataclass(frozen=True)
class Event:
    """Something that happens on a day; other terms come into force before it."""

    on: date
    change: Change
    terms: Terms | None = None


def hired(on: str, *, since: str | None = None, known: bool = True) -> Event:
    """Comes under the assignment by beginning to work there.

    `since` is the hire date of whoever is entered, or moves into the audience, on a later day.
    """
    hired_on = day(since or on) if known else None
    return Event(day(on), lambda was, _: replace(was, hired_on=hired_on, not_covered=None))


def assigned(on: str) -> Event:
    """The assignment covers the person from now on, or again."""
    return Event(day(on), lambda was, _: replace(was, not_covered=None))


def left(on: str, why: str = "They left the organization.") -> Event:
    """The assignment does not cover the person any more."""
    return Event(day(on), lambda was, _: replace(was, not_covered=why))


def completed(on: str) -> Event:
    """Completes the course."""

    def change(was: Situation, today: date) -> Situation:
        done = Completion(len(was.completions) + 1, today)
        return replace(was, completions=(*was.completions, done))

    return Event(day(on), change)


def away(on: str, starts: str, ends: str) -> Event:
    """A leave is entered."""
    leave = Leave(day(starts), day(ends))
    return Event(day(on), lambda was, _: replace(was, leaves=(*was.leaves, leave)))


def nothing(on: str) -> Event:
    """The nightly look at everybody."""
    return Event(day(on), lambda was, _: was)


def decided(on: str, terms: Terms) -> Event:
    """The rule is changed."""
    return Event(day(on), lambda was, _: was, terms)


def waived(on: str) -> Event:
    """A manager waives the unfinished obligation."""
    return Event(
        day(on),
        lambda was, today: _last(was, closed=Closed.WAIVED, closed_on=today),
    )


def vouched(on: str, for_: str) -> Event:
    """A manager vouches for a completion elsewhere."""
    return Event(
        day(on),
        lambda was, today: _last(was, closed=Closed.MET, closed_on=today, completed_on=day(for_)),
    )


def extended(on: str, until: str) -> Event:
    """A manager gives the unfinished obligation another due date."""

    def change(was: Situation, _today: date) -> Situation:
        due = Due(was.cycles[-1].due.opens_on, day(until), day(until).day)
        return _last(was, due=due, set_by_hand=True)

    return Event(day(on), change)


def _last(was: Situation, **values: object) -> Situation:
    """The situation with another last cycle."""
    last: Cycle = replace(was.cycles[-1], **values)  # pyright: ignore[reportArgumentType]
    return replace(was, cycles=(*was.cycles[:-1], last))


def live(terms: Terms, events: Iterable[Event]) -> tuple[Situation, date]:
    """The situation after the last event, and its day; the record is looked after at each."""
    situation, today = Situation(not_covered="Not hired yet."), date.min
    for event in events:
        assert event.on >= today, "the events are told in their order"
        today, terms = event.on, event.terms or terms
        situation = event.change(situation, today)
        situation = taken(situation, plan(terms, situation, today), today)
    return situation, today


def record(terms: Terms, events: Iterable[Event]) -> list[str]:
    """Every obligation after the last event, in a line: `1: from 15 Nov 2026 due 15 Dec 2026, met`."""
    situation, today = live(terms, events)
    return [
        f"{one.number}: from {_words(one.due.opens_on)} due {_words(one.due.due_on)},"
        f" {state_of(one.closed, one.due, today)}"
        for one in situation.cycles
    ]


def _words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
