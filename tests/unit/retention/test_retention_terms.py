"""How long training records stay, and what keeps a person's data from being erased."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.retention.errors import NotErasable
from lms.retention.terms import LAWS, YEARS, Standing, is_over, kept_until, obstacles

FREE = {
    "is_oneself": False,
    "has_site_role": False,
    "belongs_to": (),
    "holds": 0,
    "erased_on": None,
}


@pytest.mark.parametrize(
    ("last", "until"),
    [
        (None, None),
        (date(2026, 3, 2), date(2032, 3, 2)),
        (date(2024, 2, 29), date(2030, 2, 28)),
    ],
)
def test_a_training_record_stays_for_six_years(last: date | None, until: date | None) -> None:
    assert kept_until(last) == until


@given(st.dates(max_value=date(2900, 1, 1)))
def test_no_law_wants_a_record_for_longer_than_it_stays(last: date) -> None:
    until = kept_until(last)
    assert until
    assert all(until.year - last.year >= law.years for law in LAWS)
    assert until.year - last.year == YEARS


@pytest.mark.parametrize(
    ("until", "over"),
    [(None, True), (date(2026, 3, 1), True), (date(2026, 3, 2), False), (date(2026, 3, 3), False)],
)
def test_the_last_day_counts(until: date | None, over: bool) -> None:
    assert is_over(until, date(2026, 3, 2)) is over


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, []),
        ({"is_oneself": True}, ["your own data"]),
        ({"has_site_role": True}, ["a role on the site"]),
        ({"belongs_to": ("Hillside", "Riverside")}, ["belong to Hillside", "belong to Riverside"]),
        ({"holds": 1}, ["1 hold is in force"]),
        ({"holds": 2}, ["2 holds are in force"]),
        ({"is_oneself": True, "holds": 1}, ["your own data", "1 hold is"]),
        # Of whoever was erased nothing else matters any more.
        ({"erased_on": date(2026, 3, 2), "holds": 1}, ["was erased on 2\xa0March\xa02026"]),
    ],
)
def test_what_keeps_data_from_being_erased_is_said(
    values: dict[str, Any], words: list[str]
) -> None:
    found = obstacles(Standing(**(FREE | values)))
    assert len(found) == len(words)
    for sentence, part in zip(found, words, strict=True):
        assert part in sentence
        assert sentence.endswith(".")


def test_the_error_says_all_of_it() -> None:
    error = NotErasable(["One.", "Two."])
    assert (str(error), error.obstacles) == ("One. Two.", ("One.", "Two."))
