"""How long a question took, from the moments of its saves."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.statistics import PAUSE, time_per_question

START = 1_772_442_000


def times(*saves: tuple[str, int], from_page: bool = True) -> dict[str, int]:
    """The times of saves, each with its question and the seconds since the start."""
    return time_per_question(
        START,
        [(question, from_page, START + second) for question, second in saves],
    )


@pytest.mark.parametrize(
    ("saves", "found"),
    [
        ([], {}),
        ([("a", 12)], {"a": 12}),
        ([("a", 12), ("b", 30)], {"a": 12, "b": 18}),
        # An answer that was changed took both times.
        ([("a", 12), ("b", 30), ("a", 35)], {"a": 17, "b": 18}),
        # Ten minutes are work, more is a pause; what follows it counts again.
        ([("a", 600)], {"a": 600}),
        ([("a", 601), ("b", 611)], {"b": 10}),
    ],
)
def test_the_time_since_the_save_before_is_the_questions(
    saves: Sequence[tuple[str, int]], found: dict[str, int]
) -> None:
    assert times(*saves) == found


def test_a_plain_form_has_no_times() -> None:
    assert times(("a", 10), ("b", 10), from_page=False) == {}


def test_a_plain_form_ends_the_time_before_it() -> None:
    form = ("a", False, START + 50)
    page = ("b", True, START + 59)
    assert time_per_question(START, [form, page]) == {"b": 9}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 900)), max_size=12))
def test_all_times_together_are_the_work_between_the_start_and_the_last_save(
    gaps: list[tuple[str, int]],
) -> None:
    second, saves, work = 0, [], 0
    for question, gap in gaps:
        second += gap
        saves.append((question, second))
        work += gap if gap <= PAUSE else 0
    assert sum(times(*saves).values()) == work
