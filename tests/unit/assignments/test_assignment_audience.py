"""Whom an assignment covers."""

import json
from datetime import date
from typing import Any

import pytest

from lms.assignments.audience import Audience, Placed, Standing, why_not_covered

NURSE = Placed(
    7,
    job_title="Registered  Nurse",
    department="Ward 3",
    site="Riverside",
    team_ids=frozenset({1, 2}),
)
BLANK = Placed(8)
TODAY = date(2026, 3, 2)


def some(**values: Any) -> Audience:
    sets: dict[str, Any] = {name: frozenset(items) for name, items in values.items()}
    return Audience(**sets)


@pytest.mark.parametrize(
    ("audience", "covers"),
    [
        (Audience(everyone=True), True),
        (Audience(), False),
        (some(membership_ids=[7]), True),
        (some(membership_ids=[8]), False),
        (some(team_ids=[2, 9]), True),
        (some(team_ids=[9]), False),
        (some(job_titles=["registered nurse "]), True),
        (some(job_titles=["nurse"]), False),
        (some(departments=["WARD 3"]), True),
        (some(departments=["Ward 33"]), False),
        (some(sites=["riverside"]), True),
        (some(sites=["Hilltop"]), False),
        # One condition that is met is enough.
        (some(sites=["Hilltop"], departments=["ward 3"]), True),
    ],
)
def test_whom_an_audience_covers(audience: Audience, covers: bool) -> None:
    assert audience.covers(NURSE) is covers


def test_a_blank_covers_nobody_whose_job_title_is_not_known() -> None:
    audience = some(job_titles=["", " "], departments=[""], sites=[""])
    assert not audience.covers(BLANK)
    assert audience.is_empty


@pytest.mark.parametrize(
    "audience",
    [
        Audience(everyone=True),
        some(team_ids=[2, 1]),
        some(job_titles=["Nurse", "Medic"]),
        some(departments=["Ward 3"]),
        some(sites=["Riverside"]),
        some(membership_ids=[7]),
    ],
)
def test_an_audience_comes_back_from_the_database_as_it_was(audience: Audience) -> None:
    assert not audience.is_empty
    kept = json.loads(json.dumps(audience.to_json()))
    assert Audience.from_json(kept) == audience


def test_an_audience_is_written_the_same_whatever_order_it_was_given_in() -> None:
    assert some(team_ids=[3, 1, 2]).to_json()["team_ids"] == [1, 2, 3]


def test_nobody_is_an_empty_audience() -> None:
    assert Audience().is_empty


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (Standing(), None),
        (Standing(hired_on=TODAY), None),
        (Standing(hired_on=date(2026, 3, 3)), "Their first day is still to come."),
        (Standing(is_member=False), "They left the organization."),
        (Standing(exempt_because="on secondment"), "They are exempt: on secondment"),
        (Standing(assignment_ended=True, is_member=False), "The assignment ended."),
    ],
)
def test_what_else_decides_whether_somebody_is_covered(standing: Standing, why: str | None) -> None:
    assert why_not_covered(Audience(everyone=True), NURSE, standing, TODAY) == why


def test_who_is_not_in_the_audience_is_not_covered() -> None:
    why = why_not_covered(some(team_ids=[9]), NURSE, Standing(), TODAY)
    assert why == "They do not belong any more to those whom it is assigned to."
