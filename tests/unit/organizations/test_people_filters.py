"""Filters of people go into an address and come back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.foundation.paging import last_page, nearest_page
from lms.organizations.errors import TextNotUsable
from lms.organizations.filters import NO_TEAM, Filters, chosen, filters_of
from lms.organizations.placements import checked_text

words = st.text(max_size=20).map(str.strip)
FILTERS = st.builds(
    Filters,
    search=words,
    team_id=st.none() | st.integers(0, 10**18 - 1),
    job_title=words,
    department=words,
    site=words,
    left=st.booleans(),
    waiting=st.booleans(),
)


@given(FILTERS)
def test_what_an_address_says_is_what_was_chosen(filters: Filters) -> None:
    assert filters_of(chosen(filters)) == filters


def test_an_address_says_nothing_of_what_is_not_used() -> None:
    assert chosen(Filters()) == {}
    assert chosen(Filters(team_id=0, left=True)) == {"team": "0", "left": "1"}


@given(FILTERS)
def test_a_shape_tells_which_filters_there_are_and_nothing_of_their_values(
    filters: Filters,
) -> None:
    assert filters.shape.shape == filters.shape
    assert chosen(filters.shape).keys() == chosen(filters).keys()
    told = {key for key, value in filters.values.items() if value not in ("", None)}
    assert told == {key for key, value in filters.shape.values.items() if value not in ("", None)}
    # What is searched for stays: it is no parameter.
    with_other_values = replace(
        filters,
        team_id=None if filters.team_id is None else 7,
        job_title=filters.job_title and "Nurse",
    )
    assert with_other_values.shape == filters.shape
    assert with_other_values.values["job_title"] == with_other_values.job_title


@pytest.mark.parametrize("team", ["x", "-1", "1" * 19, "1.5", " ", "٣"])
def test_what_makes_no_sense_is_left_out(team: str) -> None:
    assert filters_of({"team": team, "left": "yes", "waiting": "true"}) == Filters()


@pytest.mark.parametrize(
    ("count", "last"), [(0, 1), (1, 1), (50, 1), (51, 2), (100, 2), (50_000, 1000)]
)
def test_a_list_has_a_last_page(count: int, last: int) -> None:
    assert last_page(count) == last
    assert nearest_page(last + 1, count) == nearest_page(10**30, count) == last
    assert nearest_page(0, count) == nearest_page(-3, count) == 1


def test_a_text_has_single_spaces() -> None:
    assert checked_text("  Registered \t nurse ") == "Registered nurse"


@pytest.mark.parametrize(("text", "words"), [("x" * 201, "200"), ("a\x07b", "cannot be shown")])
def test_a_text_that_cannot_be_used_says_why(text: str, words: str) -> None:
    with pytest.raises(TextNotUsable, match=words):
        checked_text(text)


def test_a_team_that_was_only_typed_is_nobodys() -> None:
    assert filters_of({"team_name": "ward", "team": "7"}) == Filters(team_id=NO_TEAM)
    assert filters_of({"team_name": "  ", "team": "7"}) == Filters(team_id=7)
