"""Audiences and terms in words, reasons as they are kept, and the count of a preview."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lms.assignments.audience import Audience
from lms.assignments.errors import (
    MAX_REASON,
    AlreadyAssigned,
    AlreadyExempt,
    AssignmentOver,
    AudienceEmpty,
    ObligationOver,
    OwnTraining,
    ReasonMissing,
    RuleChanged,
    checked_reason,
)
from lms.assignments.planning import Closed, Completion, Cycle, Move, Situation, plan
from lms.assignments.tally import EXAMPLES, Alike, Effect, Tally, effects
from lms.assignments.terms import Due, First, Renewal, Terms
from lms.assignments.words import (
    audience_in_words,
    credit_in_words,
    first_in_words,
    renewal_in_words,
)

TODAY = date(2026, 3, 2)
TEAMS = {1: "Night shift", 2: "Pharmacy"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"everyone": True}, "Everyone"),
        ({}, "Nobody"),
        ({"team_ids": {1}}, "Team Night shift"),
        ({"team_ids": {1, 2, 3}}, "Teams a closed team, Night shift, Pharmacy"),
        ({"job_titles": {"nurse", "Medic"}}, "Job titles Medic, nurse"),
        ({"sites": set("ABCDE")}, "Sites A, B, C and 2 more"),
        (
            {"departments": {"Ward 3"}, "membership_ids": {7, 8}},
            "Department Ward 3; 2 people",
        ),
        ({"membership_ids": {7}}, "1 person"),
    ],
)
def test_whom_in_words(values: dict[str, Any], words: str) -> None:
    sets: dict[str, Any] = {
        name: value if name == "everyone" else frozenset(value) for name, value in values.items()
    }
    assert audience_in_words(Audience(**sets), TEAMS) == words


@pytest.mark.parametrize(
    ("terms", "first", "again"),
    [
        (Terms(), "Due 30 days after assignment", "Once"),
        (
            Terms(first=First.AFTER_HIRE, first_days=1),
            "Due 1 day after hire, or after assignment for whoever was hired longer ago",
            "Once",
        ),
        (
            Terms(first=First.ON_DATE, first_on=date(2026, 6, 30)),
            "Due on 30 June 2026, or 30 days after coming then or later",
            "Once",
        ),
        (
            Terms(renewal=Renewal.AFTER_COMPLETION, months=12),
            "Due 30 days after assignment",
            "Again 12 months after each completion, from 30 days before",
        ),
        (
            Terms(renewal=Renewal.AFTER_EXPIRY, months=1, window_days=0),
            "Due 30 days after assignment",
            "Again 1 month after each due date",
        ),
        (
            Terms(renewal=Renewal.CALENDAR, month=1, day=31, minimum_days=90),
            "Due 30 days after assignment",
            "Again each 31 January, from 30 days before, never within 90 days of the last time",
        ),
    ],
)
def test_when_in_words(terms: Terms, first: str, again: str) -> None:
    assert first_in_words(terms).replace("\N{NO-BREAK SPACE}", " ") == first
    assert renewal_in_words(terms) == again


def test_credit_in_words() -> None:
    assert credit_in_words(Terms()) == "Earlier completions count"
    assert credit_in_words(Terms(counts_earlier=False)) == "Earlier completions do not count"


# Reasons


def test_a_reason_is_kept_with_single_spaces_and_an_end() -> None:
    assert checked_reason("  Shown \n to us ") == "Shown to us"
    assert len(checked_reason("x" * (MAX_REASON + 1))) == MAX_REASON


@pytest.mark.parametrize("text", ["", "  \t\n"])
def test_a_blank_is_no_reason(text: str) -> None:
    with pytest.raises(ReasonMissing):
        checked_reason(text)


def test_errors_are_sentences() -> None:
    errors = (
        AlreadyAssigned(7),
        AudienceEmpty(),
        AssignmentOver(),
        ObligationOver(),
        OwnTraining(),
        ReasonMissing(),
        RuleChanged(),
        AlreadyExempt(),
    )
    assert all(str(error).endswith(".") for error in errors)


# The count of a preview


def tally_of(*situations: Situation, terms: Terms | None = None) -> Tally:
    tally = Tally()
    alike: dict[Situation, Alike] = {}
    for number, situation in enumerate(situations):
        alike.setdefault(situation, Alike(situation)).membership_ids.append(number)
    for situation, people in alike.items():
        tally.add(people, effects(situation, plan(terms or Terms(), situation, TODAY), TODAY))
    return tally


def owing(due_on: date, **values: Any) -> Situation:
    """Somebody who has to complete it since the beginning of the year."""
    due = Due(date(2026, 1, 1), due_on, due_on.day)
    cycle = Cycle(1, due, opened_on=date(2026, 1, 1), has_begun=True)
    return Situation(cycles=(cycle,), **values)


def test_newcomers_are_counted_and_the_first_are_named() -> None:
    tally = tally_of(*[Situation()] * 7, Situation(not_covered="They left the organization."))
    assert tally.people == 7
    assert tally.counts == {Effect.OPENED: 7}
    assert tally.examples == {Effect.OPENED: list(range(EXAMPLES))}


def test_credit_is_counted_apart_from_what_is_then_to_do() -> None:
    done = Situation(completions=(Completion(1, date(2026, 1, 5)),))
    assert tally_of(done).counts == {Effect.CREDITED: 1}
    yearly = Terms(renewal=Renewal.AFTER_COMPLETION, months=12)
    assert tally_of(done, terms=yearly).counts == {Effect.CREDITED: 1, Effect.OPENED: 1}


def test_another_day_to_renew_on_is_felt_by_nobody() -> None:
    done = Cycle(
        1,
        Due(date(2026, 1, 1), date(2026, 1, 31), 31),
        opened_on=date(2026, 1, 1),
        closed=Closed.MET,
        closed_on=date(2026, 2, 28),
        completed_on=date(2026, 2, 28),
    )
    by_completion = Due(date(2027, 1, 29), date(2027, 2, 28), 28)
    situation = Situation(cycles=(done, Cycle(2, by_completion, opened_on=date(2026, 2, 28))))
    each_february = Terms(renewal=Renewal.CALENDAR, month=2, day=29)
    (step,) = plan(each_february, situation, TODAY)
    assert step == Move(2, replace(by_completion, day_meant=29))
    assert tally_of(situation, terms=each_february).counts == {}
    each_march = replace(each_february, month=3)
    assert tally_of(situation, terms=each_march).counts == {Effect.MOVED: 1}


def test_what_is_met_by_its_other_dates_is_not_told_to_get_them() -> None:
    done = Cycle(
        1,
        Due(date(2026, 1, 1), date(2026, 1, 31), 31),
        opened_on=date(2026, 1, 1),
        closed=Closed.MET,
        closed_on=date(2026, 1, 31),
        completed_on=date(2026, 1, 31),
    )
    ahead = Due(date(2026, 3, 31), date(2026, 4, 30), 31)
    situation = Situation(
        cycles=(done, Cycle(2, ahead, opened_on=date(2026, 1, 31))),
        completions=(Completion(1, date(2026, 1, 31)), Completion(2, date(2026, 3, 1))),
    )
    wider = Terms(renewal=Renewal.AFTER_COMPLETION, months=3, window_days=60)
    assert tally_of(situation, terms=wider).counts == {Effect.CREDITED: 1, Effect.OPENED: 1}


def test_what_moves_ends_or_stays_is_told_apart() -> None:
    # By the terms it was due at the end of January.
    moved = owing(date(2026, 6, 30))
    untouched = owing(date(2026, 1, 31))
    ended = owing(date(2026, 1, 31), not_covered="They left the organization.")
    assert tally_of(moved, untouched, ended).counts == {
        Effect.MOVED: 1,
        Effect.OVERDUE: 1,
        Effect.ENDED: 1,
    }
