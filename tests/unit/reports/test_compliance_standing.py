"""What a list of standings holds, and its figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assignments.planning import State
from lms.organizations.filters import Filters
from lms.reports.standing import (
    COUNTED,
    STATE_CHOICES,
    Figures,
    Filter,
    Sorting,
    chosen,
    filter_of,
    most_urgent,
    total_of,
)

words = st.text(max_size=20).map(str.strip)
FILTERS = st.builds(
    Filter,
    people=st.builds(
        Filters, search=words, team_id=st.none() | st.integers(0, 10**18 - 1), site=words
    ),
    course=words,
    state=st.sampled_from(["", *STATE_CHOICES]),
    sorting=st.sampled_from(Sorting),
    descending=st.booleans(),
)


@given(FILTERS)
def test_what_an_address_says_is_what_was_chosen(chosen_filter: Filter) -> None:
    assert filter_of(chosen(chosen_filter)) == chosen_filter


@given(FILTERS)
def test_a_shape_holds_what_a_statement_depends_on(one: Filter) -> None:
    assert one.shape.shape == one.shape
    assert one.shape.people == one.people.shape
    assert chosen(one.shape).keys() == chosen(one).keys()
    kept = (one.state, one.sorting, one.descending)
    assert (one.shape.state, one.shape.sorting, one.shape.descending) == kept


def test_an_address_says_nothing_of_what_is_not_used() -> None:
    assert chosen(Filter()) == {}


@pytest.mark.parametrize("sort", ["x", "-x", "--due", "", "-"])
def test_what_makes_no_sense_is_left_out(sort: str) -> None:
    assert filter_of({"sort": sort, "state": "late", "left": "1", "waiting": "1"}) == Filter()


def test_the_most_urgent_state_comes_first_in_a_list() -> None:
    assert most_urgent([State.MET, State.OVERDUE, State.DUE]) is State.OVERDUE
    assert most_urgent([State.EXPIRED, State.MET]) is State.MET
    assert most_urgent([State.WAIVED, State.OPEN]) is State.OPEN


def test_states_of_a_filter() -> None:
    assert Filter().states == COUNTED
    assert State.EXPIRED not in COUNTED
    assert Filter(state="overdue").states == (State.OVERDUE,)
    assert Filter(state="compliant").states == (State.MET, State.OPEN, State.WAIVED)


def test_waived_counts_as_compliant_and_expired_not_at_all() -> None:
    figures = Figures()
    assert (figures.total, figures.percent) == (0, None)
    counts = {"met": 6, "open": 1, "waived": 2, "due": 4, "overdue": 7, "expired": 100}
    for state, count in counts.items():
        figures.add(State(state), count)
    figures.add(State.MET, 1)
    assert (figures.compliant, figures.waived, figures.due, figures.overdue) == (10, 2, 4, 7)
    assert (figures.total, figures.percent) == (21, 47)


def test_figures_are_added_up_without_a_change_to_them() -> None:
    one, other = Figures({State.MET: 2, State.DUE: 1}), Figures({State.MET: 3})
    assert total_of([one, other]).of == {State.MET: 5, State.DUE: 1}
    assert total_of([]).of == {}
    assert (one.of, other.of) == ({State.MET: 2, State.DUE: 1}, {State.MET: 3})


def test_nearly_all_is_not_all() -> None:
    assert Figures({State.MET: 999, State.OVERDUE: 1}).percent == 99
