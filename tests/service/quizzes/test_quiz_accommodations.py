"""Pauses between attempts, extra attempts, the grade of record, and what a learner was put before."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.courses.catalogue import Catalogue
from lms.courses.models import CourseCompletion, ModulePass
from lms.courses.service import EnrolmentRow
from lms.quizzes import accommodations, attempts
from lms.quizzes.service import NoAttemptLeft, TooEarly
from tests.factories import (
    BEGINNING,
    enrol,
    finish_lessons,
    make_user,
    publish_sample,
    start_attempt,
    take_quiz,
)
from tests.sample_content import RIGHT, WRONG, quiz_with

HOUR = timedelta(hours=1)
# One question of five answered wrong: 80 percent, just enough.
ENOUGH = dict(RIGHT) | {"payer": ["1"]}


def grant(session: Session, enrolment: EnrolmentRow, shelf: Catalogue, **values: Any) -> None:
    module = shelf.courses["onboarding"].module("privacy")
    assert module is not None
    told: dict[str, Any] = {
        "user_id": enrolment.user_id,
        "module_id": module.id,
        "reason": "The power failed",
        "by_id": make_user(session, name="Mo Lind").id,
        "organization_id": None,
        "now": BEGINNING,
    }
    accommodations.grant(session, **(told | values))


# The pause


@pytest.fixture
def pausing(session: Session) -> Catalogue:
    return publish_sample(session, quiz_with("attempts: 3", "attempts: 3\ncooldown: 24 h"))


def test_the_next_attempt_waits_for_the_pause(session: Session, pausing: Catalogue) -> None:
    row = enrol(session, make_user(session).id, pausing.courses["onboarding"])
    take_quiz(session, row, pausing, answers=WRONG, now=BEGINNING)
    with pytest.raises(TooEarly) as early:
        start_attempt(session, row, pausing, now=BEGINNING + 23 * HOUR)
    assert early.value.next_start == BEGINNING + 24 * HOUR
    assert start_attempt(session, row, pausing, now=BEGINNING + 24 * HOUR).number == 2


def test_an_open_attempt_is_gone_on_with_in_the_pause(session: Session, pausing: Catalogue) -> None:
    row = enrol(session, make_user(session).id, pausing.courses["onboarding"])
    attempt = start_attempt(session, row, pausing)
    assert start_attempt(session, row, pausing, now=BEGINNING + HOUR) == attempt


def test_an_unlock_lifts_the_pause_once(session: Session, pausing: Catalogue) -> None:
    row = enrol(session, make_user(session).id, pausing.courses["onboarding"])
    take_quiz(session, row, pausing, answers=WRONG)
    grant(session, row, pausing, extra_attempts=1, now=BEGINNING + HOUR)
    take_quiz(session, row, pausing, answers=WRONG, now=BEGINNING + 2 * HOUR)
    with pytest.raises(TooEarly):
        start_attempt(session, row, pausing, now=BEGINNING + 3 * HOUR)


# Extra attempts


def test_an_extra_attempt(session: Session, shelf: Catalogue, enrolment: EnrolmentRow) -> None:
    for _ in range(3):
        take_quiz(session, enrolment, shelf, answers=WRONG)
    grant(session, enrolment, shelf, extra_attempts=1)
    assert take_quiz(session, enrolment, shelf, answers=WRONG).number == 4
    with pytest.raises(NoAttemptLeft):
        start_attempt(session, enrolment, shelf)


def test_an_extra_attempt_is_withdrawn(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    for _ in range(3):
        take_quiz(session, enrolment, shelf, answers=WRONG)
    grant(session, enrolment, shelf, extra_attempts=1)
    (row,) = accommodations.list_for(session, enrolment.user_id)
    who: dict[str, Any] = {
        "user_id": enrolment.user_id,
        "by_id": enrolment.user_id,
        "now": BEGINNING + HOUR,
    }
    assert not accommodations.withdraw(session, accommodation_id=row.id + 1, **who)
    assert not accommodations.withdraw(
        session, accommodation_id=row.id, **dict(who, user_id=make_user(session).id)
    )
    assert accommodations.withdraw(session, accommodation_id=row.id, **who)
    assert not accommodations.withdraw(session, accommodation_id=row.id, **who)
    with pytest.raises(NoAttemptLeft):
        start_attempt(session, enrolment, shelf)
    (row,) = accommodations.list_for(session, enrolment.user_id)
    assert (row.granted_by, row.withdrawn_by) == ("Mo Lind", "Ada Okafor")
    assert row.withdrawn_at == BEGINNING + HOUR


def test_extra_attempts_of_an_earlier_year_are_used_up(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    grant(session, enrolment, shelf, extra_attempts=2)
    yearly = enrol(session, enrolment.user_id, shelf.courses["yearly"], now=BEGINNING + HOUR)
    for _ in range(3):
        take_quiz(session, yearly, shelf, answers=WRONG, now=BEGINNING + 2 * HOUR)
    with pytest.raises(NoAttemptLeft):
        start_attempt(session, yearly, shelf, now=BEGINNING + 2 * HOUR)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"extra_time": -1}, id="less time"),
        pytest.param({"extra_time": 301}, id="too much time"),
        pytest.param({"extra_attempts": 21}, id="too many attempts"),
        pytest.param({"extra_attempts": 1, "module_id": None}, id="attempts at every quiz"),
        pytest.param({"extra_time": 50, "reason": ""}, id="no reason"),
    ],
)
def test_what_the_database_refuses(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError):
        grant(session, enrolment, shelf, **values)


# The grade of record


@pytest.mark.parametrize(
    ("record", "answers", "scores"),
    [
        # The best attempt counts, in whatever order; each one that passes is a pass.
        ("highest", [RIGHT, WRONG, ENOUGH], [1, Fraction(4, 5)]),
        ("first", [WRONG, RIGHT], []),
        ("first", [ENOUGH, RIGHT], [Fraction(4, 5)]),
        ("last", [RIGHT, ENOUGH], [1, Fraction(4, 5)]),
        ("last", [ENOUGH, WRONG], [Fraction(4, 5)]),
        ("average", [RIGHT, ENOUGH], [1, Fraction(9, 10)]),
        ("average", [WRONG, RIGHT], []),
    ],
)
def test_what_passes_by_the_grade_of_record(
    session: Session, record: str, answers: list[dict[str, list[str]]], scores: list[Fraction]
) -> None:
    shelf = publish_sample(session, quiz_with("attempts: 3", f"attempts: 3\nrecord: {record}"))
    row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    for number, given in enumerate(answers):
        take_quiz(session, row, shelf, answers=given, now=BEGINNING + number * HOUR)
    passes = session.scalars(select(ModulePass).order_by(ModulePass.id)).all()
    assert [one.score for one in passes] == scores
    assert {one.replaces_earlier for one in passes} <= {record != "highest"}


@pytest.mark.parametrize(
    ("record", "score"), [("highest", 1), ("last", Fraction(4, 5)), ("average", Fraction(9, 10))]
)
def test_the_course_has_the_score_that_the_quiz_has(
    session: Session, record: str, score: Fraction
) -> None:
    """What a certificate says agrees with what the quiz page says."""
    shelf = publish_sample(session, quiz_with("attempts: 3", f"attempts: 3\nrecord: {record}"))
    row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    take_quiz(session, row, shelf, answers=RIGHT)
    take_quiz(session, row, shelf, answers=ENOUGH, now=BEGINNING + HOUR)
    finish_lessons(session, row, shelf, now=BEGINNING + 2 * HOUR)
    completion = session.scalars(select(CourseCompletion)).one()
    assert completion.score == score


# What was seen


def test_a_learner_is_put_what_they_have_seen_least(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    drawn = [
        {item.question_id for item in take_quiz(session, enrolment, shelf).paper.items}
        & {"days", "hours"}
        for _ in range(2)
    ]
    assert drawn[0] | drawn[1] == {"days", "hours"}
    module_id = attempts.attempts_of(session, enrolment.user_id)[0].module_id
    seen = attempts.times_seen(session, enrolment.user_id, module_id)
    assert (seen["days"], seen["hours"], seen["payer"]) == (1, 1, 2)
    assert attempts.times_seen(session, make_user(session).id, module_id) == {}
