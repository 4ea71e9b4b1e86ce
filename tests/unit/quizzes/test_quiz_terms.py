"""The terms of attempts: time, pauses, limits and the grade of record."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.model import Record
from lms.quizzes.terms import (
    GRACE,
    NO_ALLOWANCE,
    Allowance,
    GradeOfAttempt,
    extended,
    grade_of_record,
    is_over,
    pass_earned,
    standing,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PASS_MARK = Fraction(4, 5)


def graded(*percents: int) -> list[GradeOfAttempt]:
    """Grades of so many percent, passed from 80 on."""
    return [GradeOfAttempt(Fraction(value, 100), value >= 80) for value in percents]


HELD_BACK = GradeOfAttempt(Fraction(1), passed=False)


@pytest.mark.parametrize(
    ("limit", "extra", "expected"),
    [
        (None, 0, None),
        (None, 50, None),
        (20 * MINUTE, 0, 20 * MINUTE),
        (20 * MINUTE, 50, 30 * MINUTE),
        (MINUTE, 25, timedelta(seconds=75)),
    ],
)
def test_extra_time(limit, extra, expected):
    assert extended(limit, extra) == expected


@pytest.mark.parametrize(
    ("late", "over"),
    [
        (-MINUTE, False),
        (timedelta(0), False),
        (GRACE, False),
        (GRACE + timedelta(microseconds=1), True),
    ],
)
def test_the_time_is_up_after_the_grace(late, over):
    assert is_over(NOON, NOON + late) is over


def test_without_a_limit_the_time_is_never_up():
    assert not is_over(None, NOON)


@pytest.mark.parametrize(
    ("limit", "extra", "used", "left"),
    [
        (None, 0, 7, None),
        (None, 2, 7, None),
        (3, 0, 0, 3),
        (3, 0, 2, 1),
        (3, 0, 3, 0),
        (1, 0, 4, 0),
        (3, 2, 3, 2),
        (3, 1, 4, 0),
    ],
)
def test_attempts_left(limit, extra, used, left):
    found = standing(
        limit=limit,
        cooldown=None,
        allowance=Allowance(extra_attempts=extra),
        used=used,
        last_ended_at=NOON,
        now=NOON,
    )
    assert (found.attempts_left, found.next_start) == (left, None)


@pytest.mark.parametrize(
    ("cooldown", "ended", "granted", "next_start"),
    [
        pytest.param(None, NOON, None, None, id="no pause asked for"),
        pytest.param(DAY, None, None, None, id="no attempt before"),
        pytest.param(DAY, NOON - DAY, None, None, id="just over"),
        pytest.param(DAY, NOON - DAY + MINUTE, None, NOON + MINUTE, id="a minute to go"),
        pytest.param(DAY, NOON - MINUTE, NOON, None, id="an extra attempt lifts it"),
        pytest.param(
            DAY, NOON - MINUTE, NOON - 2 * MINUTE, NOON - MINUTE + DAY, id="granted before, used up"
        ),
    ],
)
def test_the_pause_between_attempts(cooldown, ended, granted, next_start):
    allowance = NO_ALLOWANCE
    if granted:
        allowance = Allowance(extra_attempts=1, attempts_granted_at=granted)
    found = standing(
        limit=None, cooldown=cooldown, allowance=allowance, used=1, last_ended_at=ended, now=NOON
    )
    assert found.next_start == next_start


@pytest.mark.parametrize(
    ("rule", "percents", "share", "passed"),
    [
        (Record.HIGHEST, [60, 90, 70], 90, True),
        (Record.HIGHEST, [60, 70], 70, False),
        (Record.FIRST, [60, 90], 60, False),
        (Record.FIRST, [90, 60], 90, True),
        (Record.LAST, [90, 60], 60, False),
        (Record.LAST, [60, 90], 90, True),
        (Record.AVERAGE, [70, 90], 80, True),
        (Record.AVERAGE, [70, 89], Fraction(159, 2), False),
    ],
)
def test_the_grade_of_record(rule, percents, share, passed):
    found = grade_of_record(rule, graded(*percents), PASS_MARK)
    assert found == GradeOfAttempt(Fraction(share) / 100, passed)


@pytest.mark.parametrize("rule", Record)
def test_without_attempts_there_is_no_grade_of_record(rule):
    assert grade_of_record(rule, [], PASS_MARK) is None


def test_points_enough_do_not_pass_what_is_held_back():
    passed = graded(80)
    assert grade_of_record(Record.HIGHEST, [*passed, HELD_BACK], PASS_MARK) == passed[0]
    assert grade_of_record(Record.AVERAGE, [*passed, HELD_BACK], PASS_MARK) == GradeOfAttempt(
        Fraction(9, 10), passed=False
    )
    assert grade_of_record(Record.AVERAGE, [HELD_BACK, *passed], PASS_MARK) == GradeOfAttempt(
        Fraction(9, 10), passed=True
    )


@pytest.mark.parametrize(
    ("rule", "percents", "earned"),
    [
        (Record.HIGHEST, [90], 90),
        (Record.HIGHEST, [90, 85], 85),
        (Record.HIGHEST, [90, 60], None),
        (Record.FIRST, [90], 90),
        (Record.FIRST, [60], None),
        (Record.FIRST, [60, 90], None),
        (Record.FIRST, [90, 95], None),
        (Record.LAST, [60, 90], 90),
        (Record.LAST, [90, 60], None),
        (Record.AVERAGE, [60, 100], 80),
        (Record.AVERAGE, [100, 60], 80),
        (Record.AVERAGE, [90, 60], None),
    ],
)
def test_the_pass_that_the_last_attempt_earns(rule, percents, earned):
    found = pass_earned(rule, graded(*percents), PASS_MARK)
    assert found == (None if earned is None else Fraction(earned, 100))


@given(st.sampled_from(Record), st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_the_record_lies_between_the_worst_and_the_best(rule, percents):
    found = grade_of_record(rule, graded(*percents), PASS_MARK)
    assert found is not None
    assert Fraction(min(percents), 100) <= found.share <= Fraction(max(percents), 100)


@given(st.sampled_from(Record), st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_who_passes_by_the_record_has_earned_a_pass_by_then(rule, percents):
    grades = graded(*percents)
    record = grade_of_record(rule, grades, PASS_MARK)
    earned = [pass_earned(rule, grades[: end + 1], PASS_MARK) for end in range(len(grades))]
    assert record is not None
    assert not record.passed or any(score is not None for score in earned)
