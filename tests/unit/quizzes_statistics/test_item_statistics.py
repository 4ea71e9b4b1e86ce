"""Item statistics: fixtures, laws, a slow reference that shares nothing with them, and the sentences."""

import math
import statistics as reference
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.quizzes.contract import grade
from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import grade_paper
from lms.quizzes.statistics import (
    Item,
    QuizStatistics,
    Sitting,
    draws_of,
    items_of,
    quiz_statistics,
    sitting_of,
)
from tests import types_content
from tests.contract_quiz import read

LAW = settings(max_examples=200)


def items(count: int, **fields: object) -> list[Item]:
    return [
        replace(Item(id=f"q{n}", part=f"q{n}", maximum=Fraction(1)), **fields)  # pyright: ignore[reportArgumentType]
        for n in range(count)
    ]


def sittings(rows: Sequence[Sequence[int | Fraction]]) -> list[Sitting]:
    """One sitting for each row of points; who has a point chose option 1, who has none option 2."""
    return [
        Sitting(
            scores={f"q{n}": Fraction(points) for n, points in enumerate(row)},
            chosen={f"q{n}": frozenset({1 if points else 2}) for n, points in enumerate(row)},
        )
        for row in rows
    ]


def figures(*rows: str, **fields: object) -> QuizStatistics:
    """The statistics of rows such as `1101`."""
    points = [[int(digit) for digit in row] for row in rows]
    return quiz_statistics(items(len(rows[0]), **fields), sittings(points))


FIXTURE = ("1110", "1100", "1000", "1111", "0000")


# Fixtures


def test_the_fixture() -> None:
    quiz = figures(*FIXTURE, options=(True, False, False))
    assert quiz.attempts == 5
    assert quiz.totals == {0: 1, 1: 1, 2: 1, 3: 1, 4: 1}
    assert quiz.alpha == 0.8
    assert quiz.mean == 2.0
    assert quiz.deviation == math.sqrt(2.5)
    assert quiz.standard_error == math.sqrt(0.5)
    assert [round(item.discrimination or 0, 1) for item in quiz.items] == [51.4, 72.1, 72.1, 51.4]
    assert [item.facility for item in quiz.items] == [80, 60, 40, 20]
    assert [item.efficiency for item in quiz.items] == [100] * 4
    assert [item.blank for item in quiz.items] == [0] * 4
    right, wrong, nobody = quiz.items[0].options
    assert (right.number, right.is_right, right.count) == (1, True, 4)
    assert right.point_biserial == pytest.approx(0.514496, abs=1e-6)
    assert (wrong.count, wrong.point_biserial) == (1, pytest.approx(-0.514496, abs=1e-6))
    assert (nobody.number, nobody.count, nobody.point_biserial) == (3, 0, None)


def test_a_question_that_strong_learners_miss() -> None:
    quiz = figures("110", "110", "001", "001")
    assert quiz.items[2].discrimination == -100
    assert quiz.items[2].efficiency == -100
    # The others agree with each other and disagree with it: less than nothing in common.
    assert quiz.alpha is not None
    assert quiz.alpha < 0


def test_points_that_are_no_binary_fractions_are_added_exactly() -> None:
    third = Fraction(1, 3)
    rows = [[third, third, third], [third, 0, third], [0, third, 0], [1, 1, 1]]
    quiz = quiz_statistics(items(3), sittings(rows))
    assert quiz.mean == float(Fraction(5) / 4)
    assert quiz.items[0].facility == float(Fraction(500, 12))


# What is undefined


def test_without_attempts_nothing_is_defined() -> None:
    quiz = quiz_statistics(items(2, options=(True, False)), [])
    assert (quiz.attempts, quiz.mean, quiz.deviation) == (0, None, None)
    assert (quiz.alpha, quiz.standard_error) == (None, None)
    for item in quiz.items:
        assert (item.attempts, item.facility, item.discrimination) == (0, None, None)
        assert (item.efficiency, item.blank) == (None, 0)
        assert [option.point_biserial for option in item.options] == [None, None]


def test_one_attempt_has_a_mean_and_no_spread() -> None:
    quiz = figures("10")
    assert (quiz.mean, quiz.deviation, quiz.alpha) == (1.0, None, None)
    assert [item.discrimination for item in quiz.items] == [None, None]


def test_equal_totals_have_no_alpha() -> None:
    quiz = figures("10", "01")
    assert (quiz.deviation, quiz.alpha, quiz.standard_error) == (0.0, None, None)


def test_one_question_has_no_rest() -> None:
    quiz = figures("1", "0", "1")
    assert (quiz.alpha, quiz.items[0].discrimination, quiz.items[0].efficiency) == (
        None,
        None,
        None,
    )


def test_a_question_that_never_varies_discriminates_nothing() -> None:
    quiz = figures("11", "10", "10")
    assert (quiz.items[0].discrimination, quiz.items[0].efficiency) == (None, None)
    assert quiz.items[0].facility == 100


def test_a_question_without_points_has_no_facility() -> None:
    quiz = figures("00", "00", maximum=Fraction(0))
    assert [item.facility for item in quiz.items] == [None, None]


def test_a_question_without_options_has_none_to_count() -> None:
    (item, _) = figures("11", "00").items
    assert (item.blank, item.options) == (None, ())


# Pools


POOL = [
    Item(id="all", part="all", maximum=Fraction(1)),
    Item(id="one", part="pool", maximum=Fraction(1)),
    Item(id="two", part="pool", maximum=Fraction(1)),
]


def drawn(**scores: int) -> Sitting:
    return Sitting(scores={key: Fraction(value) for key, value in scores.items()}, chosen={})


def test_the_questions_of_a_pool_are_one_part() -> None:
    with_pool = quiz_statistics(
        POOL, [drawn(all=1, one=1), drawn(all=1, two=0), drawn(all=0, two=0), drawn(all=0, one=0)]
    )
    without = figures("11", "10", "00", "00")
    assert with_pool.alpha == without.alpha
    assert with_pool.standard_error == without.standard_error
    assert [item.attempts for item in with_pool.items] == [4, 2, 2]
    assert [item.facility for item in with_pool.items] == [50, 50, 0]
    assert [item.discrimination for item in with_pool.items] == [pytest.approx(57.735), 100, None]


def test_points_of_a_pool_that_are_no_whole_ones_are_added_exactly() -> None:
    def halved(sitting: Sitting) -> Sitting:
        return replace(sitting, scores={key: score / 2 for key, score in sitting.scores.items()})

    whole = [drawn(all=1, one=1), drawn(all=1, two=1), drawn(all=0, one=0), drawn(all=0, two=1)]
    half = [halved(sitting) for sitting in (drawn(all=1, one=1), drawn(all=0, two=1))]
    forward = quiz_statistics(POOL, [*whole, *half])
    assert forward == quiz_statistics(POOL, [*half, *whole])
    # Spreads over six attempts: 29/4 of the question, 5 of the pool, and 77/4 of the totals.
    assert forward.alpha == 8 / 11


def test_attempts_of_different_parts_have_no_alpha() -> None:
    quiz = quiz_statistics(POOL, [drawn(all=1, one=1), drawn(all=0), drawn(all=1, two=0)])
    assert (quiz.alpha, quiz.standard_error) == (None, None)
    assert quiz.items[0].attempts == 3


def test_a_question_that_is_no_more_there_counts_in_the_rest() -> None:
    quiz = quiz_statistics(POOL[:1], [drawn(all=1, gone=1), drawn(all=0, gone=0)])
    assert quiz.items[0].discrimination == 100
    assert quiz.alpha == 1


# Wordings


def test_a_question_in_another_wording_counts_in_the_rest_alone() -> None:
    rows = sittings([[1, 1], [0, 0], [1, 0], [0, 1]])
    quiz = quiz_statistics(
        items(2), [*rows[:2], *(replace(row, reworded={"q0"}) for row in rows[2:])]
    )
    reworded, kept = quiz.items
    assert (reworded.attempts, reworded.reworded, reworded.discrimination) == (2, 2, 100)
    assert (kept.attempts, kept.reworded, kept.discrimination) == (4, 0, 0)


def test_an_attempt_at_another_quiz_counts_in_its_questions_alone() -> None:
    rows = sittings([[1, 1], [0, 0], [1, 0]])
    quiz = quiz_statistics(items(2), [*rows[:2], replace(rows[2], stands=False)])
    assert (quiz.attempts, quiz.totals, quiz.mean, quiz.alpha) == (2, {0: 1, 2: 1}, 1.0, 1.0)
    assert [item.attempts for item in quiz.items] == [3, 3]
    assert quiz.items[0].facility == pytest.approx(200 / 3)


def test_the_median_time_is_of_the_attempts_that_have_one() -> None:
    rows = sittings([[1, 1]] * 4)
    timed = [
        replace(row, seconds=seconds)
        for row, seconds in zip(
            rows, [{"q0": 40}, {"q0": 10}, {"q0": 21}, {"gone": 5}], strict=True
        )
    ]
    timed.append(replace(rows[0], seconds={"q0": 1}, reworded={"q0"}))
    assert [item.seconds for item in quiz_statistics(items(2), timed).items] == [21, None]
    assert quiz_statistics(items(1), timed[:2]).items[0].seconds == 25


# From a quiz and its results


def test_the_items_of_a_quiz() -> None:
    found = items_of(read())
    assert [(item.id, item.part, item.maximum) for item in found] == [
        ("one", "one", Fraction(5, 2)),
        ("many", "many", 1),
        ("flag", "flag", 1),
        ("word", "pool in line 49", 1),
        ("number", "pool in line 49", 1),
    ]
    assert [item.options for item in found] == [
        (False, True, False),
        (True, True, True, False),
        (True, False),
        (),
        (),
    ]


def test_what_is_not_graded_is_no_item() -> None:
    quiz = parse_quiz(types_content.QUIZ, "quiz.md").quiz
    assert quiz is not None
    assert [item.id for item in items_of(quiz)] == ["toc-match", "toc-order", "toc-cloze"]
    assert draws_of(quiz) == {"toc-match": 1, "toc-order": 1, "toc-cloze": 1}
    result = grade_paper(quiz, [question.id for question in quiz.questions], {"tools": [1]})
    assert sitting_of(result, {}).scores == {"toc-match": 0, "toc-order": 0, "toc-cloze": 0}


def test_a_pool_is_drawn_as_often_as_it_says() -> None:
    assert draws_of(read()) == {"one": 1, "many": 1, "flag": 1, "pool in line 49": 1}


def test_a_graded_attempt_as_a_sitting() -> None:
    responses = {"one": 1, "many": [1, 2], "flag": None, "word": "CUS"}
    sitting = sitting_of(grade(read(), responses), responses)
    assert sitting.scores == {
        "one": Fraction(5, 4),
        "many": Fraction(2, 3),
        "flag": 1,
        "word": 1,
        "number": 0,
    }
    assert sitting.chosen == {"one": {1}, "many": {1, 2}, "flag": set(), "word": set()}
    quiz = quiz_statistics(items_of(read()), [sitting])
    assert [option.count for option in quiz.items[1].options] == [1, 1, 0, 0]
    assert (quiz.items[0].blank, quiz.items[2].blank, quiz.items[3].blank) == (0, 1, None)


# Laws

points = st.sampled_from(
    [Fraction(0), Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(7, 10)]
)
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(points, min_size=width, max_size=width), max_size=5)
)


def made(rows: Sequence[Sequence[Fraction]]) -> QuizStatistics:
    width = len(rows[0]) if rows else 2
    return quiz_statistics(items(width, options=(True, False)), sittings(rows))


def about(value: float | None) -> object:
    return None if value is None else pytest.approx(value, abs=1e-6)


def slow_correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Pearson's r by its definition, the exact parts of it as fractions."""
    if len(first) < 2 or len(set(first)) == 1 or len(set(second)) == 1:
        return None
    return reference.correlation(list(map(float, first)), list(map(float, second)))


def slow_largest(first: Sequence[Fraction], second: Sequence[Fraction]) -> Fraction:
    """The largest Σxy over every order of the second."""
    return max(
        sum((x * y for x, y in zip(first, order, strict=True)), Fraction(0))
        for order in permutations(second)
    )


@LAW
@given(tables.filter(bool))
def test_a_slow_reference_agrees(rows: list[list[Fraction]]) -> None:
    quiz = made(rows)
    totals = [sum(row, Fraction(0)) for row in rows]
    columns = list(zip(*rows, strict=True))
    assert quiz.mean == about(float(reference.mean(totals)))
    if len(rows) > 1:
        assert quiz.deviation == about(math.sqrt(reference.variance(totals)))
    alpha = None
    if len(columns) > 1 and len(set(totals)) > 1:
        inside = sum(reference.variance(column) for column in columns)
        share = 1 - Fraction(inside) / Fraction(reference.variance(totals))
        alpha = float(Fraction(len(columns), len(columns) - 1) * share)
        error = math.sqrt(reference.variance(totals)) * math.sqrt(max(0.0, 1 - alpha))
        assert quiz.standard_error == about(error)
    assert quiz.alpha == about(alpha)
    for column, item in zip(columns, quiz.items, strict=True):
        rest = [total - own for total, own in zip(totals, column, strict=True)]
        r = slow_correlation([*map(float, column)], [*map(float, rest)])
        assert item.discrimination == about(None if r is None else 100 * r)
        assert item.facility == about(float(100 * reference.mean(column)))
        ticks = [float(bool(own)) for own in column]
        assert item.options[0].point_biserial == about(slow_correlation(ticks, [*map(float, rest)]))
        assert item.options[0].count == sum(map(bool, column))
        mean = sum(column) * sum(rest) / Fraction(len(rows))
        largest = slow_largest(column, rest) - mean
        own = sum((x * y for x, y in zip(column, rest, strict=True)), Fraction(0)) - mean
        assert item.efficiency == about(float(100 * own / largest) if largest else None)


@LAW
@given(tables)
def test_figures_lie_where_they_can(rows: list[list[Fraction]]) -> None:
    quiz = made(rows)
    assert quiz.alpha is None or quiz.alpha <= 1
    assert (quiz.standard_error is None) is (quiz.alpha is None)
    for item in quiz.items:
        assert item.facility is None or 0 <= item.facility <= 100
        assert item.discrimination is None or -100 <= item.discrimination <= 100
        assert item.efficiency is None or item.efficiency <= 100
        assert (item.discrimination is None) is (item.efficiency is None)
        assert sum(option.count for option in item.options) == item.attempts
        for option in item.options:
            assert option.point_biserial is None or -1 <= option.point_biserial <= 1


@LAW
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_the_attempts_does_not_matter(rows: list[list[Fraction]], chance) -> None:
    other = list(rows)
    chance.shuffle(other)
    assert made(rows) == made(other)


@LAW
@given(tables, st.sampled_from([Fraction(2), Fraction(1, 3), Fraction(10)]))
def test_the_worth_of_a_point_changes_no_share(rows: list[list[Fraction]], worth: Fraction) -> None:
    before = made(rows)
    width = len(rows[0]) if rows else 2
    after = quiz_statistics(
        items(width, options=(True, False), maximum=worth),
        sittings([[own * worth for own in row] for row in rows]),
    )
    assert after.items == before.items
    assert after.alpha == before.alpha
    assert after.standard_error == (
        None if before.standard_error is None else about(before.standard_error * float(worth))
    )
