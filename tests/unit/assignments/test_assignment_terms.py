"""Terms: what contradicts itself is refused with a sentence; what is kept comes back the same."""

import json
from datetime import date
from typing import Any

import pytest

from lms.assignments.planning import (
    Closed,
    Completion,
    Cycle,
    Situation,
    State,
    follows_waiver,
    forecast,
    plan,
    standing_of,
    state_of,
)
from lms.assignments.terms import Due, Ended, First, Renewal, Terms, TermsNotUsable, next_due

JANUARY: dict[str, Any] = {"renewal": Renewal.CALENDAR, "month": 1, "day": 31}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first": First.ON_DATE}, "first_on"),
        ({"first_days": -1}, "first_days"),
        ({"first_days": 3651}, "first_days"),
        ({"window_days": -1}, "window_days"),
        ({"minimum_days": 3651}, "minimum_days"),
        ({"renewal": Renewal.AFTER_COMPLETION}, "months"),
        ({"renewal": Renewal.AFTER_EXPIRY, "months": 0}, "months"),
        ({"renewal": Renewal.AFTER_EXPIRY, "months": 121}, "months"),
        ({"renewal": Renewal.CALENDAR, "day": 1}, "month"),
        ({"renewal": Renewal.CALENDAR, "month": 13, "day": 1}, "month"),
        ({"renewal": Renewal.CALENDAR, "month": 1}, "day"),
        ({"renewal": Renewal.CALENDAR, "month": 4, "day": 31}, "day"),
        ({"renewal": Renewal.CALENDAR, "month": 2, "day": 30}, "day"),
        (JANUARY | {"window_days": 365}, "window_days"),
        (JANUARY | {"minimum_days": 365}, "minimum_days"),
        ({"renewal": Renewal.AFTER_EXPIRY, "months": 1, "window_days": 28}, "window_days"),
    ],
)
def test_terms_that_cannot_be_are_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(TermsNotUsable, match=r"\.$") as caught:
        Terms(**values)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "terms",
    [
        Terms(),
        Terms(first=First.ON_DATE, first_on=date(2026, 6, 30), counts_earlier=False),
        Terms(**JANUARY, window_days=364, minimum_days=364),
        Terms(renewal=Renewal.CALENDAR, month=2, day=29),
        Terms(first=First.AFTER_HIRE, renewal=Renewal.AFTER_EXPIRY, months=24, window_days=90),
    ],
)
def test_terms_come_back_from_the_database_as_they_were(terms: Terms) -> None:
    assert Terms.from_json(json.loads(json.dumps(terms.to_json()))) == terms


def test_without_a_renewal_nothing_follows() -> None:
    assert not Terms().renews
    assert next_due(Terms(), Ended(date(2026, 1, 1)), is_first=True) is None


@pytest.mark.parametrize(
    ("closed", "today", "state"),
    [
        (None, date(2026, 2, 28), State.OPEN),
        (None, date(2026, 3, 1), State.DUE),
        (None, date(2026, 3, 31), State.DUE),
        (None, date(2026, 4, 1), State.OVERDUE),
        (Closed.MET, date(2026, 4, 1), State.MET),
        (Closed.WAIVED, date(2026, 2, 1), State.WAIVED),
        (Closed.EXPIRED, date(2026, 3, 1), State.EXPIRED),
    ],
)
def test_where_an_obligation_stands(closed: Closed | None, today: date, state: State) -> None:
    due = Due(date(2026, 3, 1), date(2026, 3, 31), 31)
    assert state_of(closed, due, today) is state
    assert standing_of(closed, due, today, after_waiver=False) is state
    # A waiver covers whoever it was given to until the window of what follows opens.
    waived = State.WAIVED if state is State.OPEN else state
    assert standing_of(closed, due, today, after_waiver=True) is waived


@pytest.mark.parametrize(
    ("ended", "is_so"),
    [
        ([], False),
        ([Closed.MET], False),
        ([Closed.WAIVED], True),
        ([Closed.MET, Closed.WAIVED], True),
        ([Closed.WAIVED, Closed.MET], False),
        # Let go, and back under the assignment: what was waived before still counts.
        ([Closed.WAIVED, Closed.EXPIRED], True),
        ([Closed.EXPIRED], False),
    ],
)
def test_what_follows_a_waiver_is_known_by_what_it_renews(ended: list[Closed], is_so: bool) -> None:
    due = Due(date(2026, 3, 1), date(2026, 3, 31), 31)
    cycles = [
        Cycle(number, due, due.opens_on, closed=how, closed_on=due.due_on)
        for number, how in enumerate(ended, start=1)
    ]
    last = Cycle(len(ended) + 1, due, due.opens_on)
    assert follows_waiver([*cycles, last], last.number) is is_so


# The simulator


def told(
    terms: Terms, hired_on: date, habit: int, *, cycles: tuple[Cycle, ...] = ()
) -> list[tuple[str, str]]:
    """The due dates of three years, and the days on which it is then completed."""
    situation = Situation(hired_on=hired_on, cycles=cycles)
    until = date(hired_on.year + 3, hired_on.month, hired_on.day)
    found = forecast(terms, situation, hired_on, until, days_before_due=habit)
    return [(one.due.due_on.isoformat(), one.completed_on.isoformat()) for one in found]


def test_three_years_of_a_hire_in_november_with_a_course_each_january() -> None:
    terms = Terms(first=First.AFTER_HIRE, **JANUARY, window_days=60, minimum_days=90)
    assert told(terms, date(2026, 11, 15), 14) == [
        ("2026-12-15", "2026-12-01"),
        ("2028-01-31", "2028-01-17"),
        ("2029-01-31", "2029-01-17"),
    ]
    # Nobody completes it before its window opens.
    assert told(terms, date(2026, 11, 15), 90)[1] == ("2028-01-31", "2027-12-02")


@pytest.mark.parametrize(
    ("hired_on", "due_on"),
    [
        (date(2026, 10, 1), "2026-12-22"),
        (date(2026, 11, 2), "2026-12-02"),
        (date(2026, 11, 15), "2026-12-15"),
        (date(2026, 11, 22), "2026-12-22"),
        (date(2026, 12, 7), "2027-01-06"),
    ],
)
def test_the_simulator_counts_from_the_hire_date(hired_on: date, due_on: str) -> None:
    today = max(date(2026, 11, 22), hired_on)
    terms = Terms(first=First.AFTER_HIRE, first_days=30)
    (one,) = forecast(
        terms, Situation(hired_on=hired_on), today, date(2029, 12, 31), days_before_due=0
    )
    assert one.due.due_on.isoformat() == due_on


def test_three_years_of_somebody_who_is_always_late() -> None:
    terms = Terms(first=First.AFTER_HIRE, renewal=Renewal.AFTER_COMPLETION, months=12)
    assert told(terms, date(2026, 11, 15), -10) == [
        ("2026-12-15", "2026-12-25"),
        ("2027-12-25", "2028-01-04"),
        ("2029-01-04", "2029-01-14"),
    ]


def test_a_forecast_goes_on_from_what_is_overdue_and_completes_nothing_in_the_past() -> None:
    terms = Terms(renewal=Renewal.AFTER_COMPLETION, months=12)
    overdue = Cycle(
        1,
        Due(date(2026, 1, 1), date(2026, 1, 31), 31),
        opened_on=date(2026, 1, 1),
        set_by_hand=True,
        has_begun=True,
    )
    assert told(terms, date(2026, 3, 1), 14, cycles=(overdue,))[:2] == [
        ("2026-01-31", "2026-03-01"),
        ("2027-03-01", "2027-02-15"),
    ]


def test_a_forecast_of_somebody_who_owes_nothing_is_empty() -> None:
    day = date(2026, 3, 1)
    done = Situation(completions=(Completion(1, date(2026, 1, 1)),))
    assert forecast(Terms(), done, day, date(2029, 3, 1), days_before_due=0) == []
    nobody = Situation(not_covered="The assignment ended.")
    assert forecast(Terms(), nobody, day, date(2029, 3, 1), days_before_due=0) == []


def test_nothing_is_asked_of_whom_the_assignment_does_not_cover() -> None:
    assert plan(Terms(), Situation(not_covered="They left."), date(2026, 3, 1)) == []
