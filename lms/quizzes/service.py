"""Attempts: start, save, submit. The database settles every race, and the server's clock every deadline."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from lms.courses import service as courses
from lms.courses.catalogue import Catalogue, Module
from lms.courses.service import EnrolmentRow
from lms.foundation.database import fetch, insert_if_absent

from . import grading
from .attempts import (
    AttemptRow,
    AttemptSummary,
    answers_of,
    history_at,
    times_seen,
)
from .draw import draw_paper
from .grading import Response as Answer
from .model import Quiz, Record
from .models import Attempt, Grade, Mark, Response
from .terms import GRACE, Allowance, Standing, extended, is_over, pass_earned, standing

_STILL_OPEN = (
    select(Attempt.id)
    .where(
        Attempt.id == bindparam("attempt_id"),
        Attempt.submitted_at.is_(None),
        or_(Attempt.closes_at.is_(None), Attempt.closes_at >= bindparam("latest")),
    )
    .with_for_update(key_share=True)
)
_NEWEST_SEQUENCE = select(func.max(Response.sequence)).where(
    Response.attempt_id == bindparam("attempt_id"),
    Response.question_id == bindparam("question_id"),
    Response.page == bindparam("page"),
)


class NoAttemptLeft(Exception):
    """The quiz allows no further attempt."""


class TooEarly(Exception):
    """The quiz asks for a pause between attempts. `next_start` is when it is over."""

    def __init__(self, next_start: datetime) -> None:
        super().__init__(next_start)
        self.next_start = next_start


class AttemptClosed(Exception):
    """The attempt was submitted, or its time is up: what it holds is final."""


def standing_after(
    attempts: Sequence[AttemptSummary],
    *,
    limit: int | None,
    cooldown: timedelta | None,
    allowance: Allowance,
    now: datetime,
) -> Standing:
    """What a learner may do at a quiz after `attempts`, those that count, oldest first."""
    ended = [one.submitted_at or one.closes_at for one in attempts]
    return standing(
        limit=limit,
        cooldown=cooldown,
        allowance=allowance,
        used=len(attempts),
        last_ended_at=ended[-1] if ended else None,
        now=now,
    )


def start(
    session: Session,
    *,
    enrolment: EnrolmentRow,
    module: Module,
    quiz: Quiz,
    seed: int,
    now: datetime,
) -> int:
    """Start an attempt, or find the one that is open: its id.

    However often and from wherever it is asked at once, one attempt comes of it: a unique index lets
    a person have one open attempt at a quiz. Raises NoAttemptLeft when the limit is reached, and
    TooEarly before the pause after the last attempt is over.
    """
    # One query sees all of it at one moment: an attempt that comes later takes the next number, and
    # our insert finds out.
    history = history_at(session, enrolment.user_id, module.id)
    if history.open_attempt is not None:
        return history.open_attempt.id
    allowance = history.allowance(enrolment.counts_from)
    terms = standing_after(
        history.since(enrolment.counts_from),
        limit=quiz.settings.attempts,
        cooldown=quiz.settings.cooldown,
        allowance=allowance,
        now=now,
    )
    if terms.attempts_left == 0:
        raise NoAttemptLeft
    if terms.next_start is not None:
        raise TooEarly(terms.next_start)
    time_limit = extended(quiz.settings.time_limit, allowance.extra_time)
    last = history.attempts[-1].number if history.attempts else 0
    seen = times_seen(session, enrolment.user_id, module.id) if last else None
    new_id = insert_if_absent(
        session,
        Attempt,
        {
            "user_id": enrolment.user_id,
            "module_id": module.id,
            "module_revision_id": module.revision_id,
            "enrolment_id": enrolment.id,
            "number": last + 1,
            "seed": seed,
            "paper": draw_paper(quiz, seed, seen).to_json(),
            "started_at": now,
            "closes_at": None if time_limit is None else now + time_limit,
        },
    )
    if new_id is not None:
        return new_id
    # Another request started one between our look and our insert: look again.
    return start(session, enrolment=enrolment, module=module, quiz=quiz, seed=seed, now=now)


def hold_open(session: Session, attempt: AttemptRow, now: datetime) -> None:
    """Keep the attempt from being submitted, or saved to, by others until this transaction ends.

    Saves take turns, so that each sees what came before it; and of two forms that save and then
    submit, the second waits here instead of each waiting for the other. Raises AttemptClosed when the
    attempt was submitted already, if only a moment ago, and when its time was up by `now`.
    """
    if not fetch(session, _STILL_OPEN, attempt_id=attempt.id, latest=now - GRACE):
        raise AttemptClosed


def save_from_page(
    session: Session,
    attempt: AttemptRow,
    *,
    question_id: str,
    value: Answer,
    page: str,
    sequence: int,
    now: datetime,
) -> None:
    """Save one answer that an open page sent, its `sequence`-th.

    Sent twice, it is kept once; arriving after a later one of the same page, it is dropped, because
    the page has something newer saved. Raises AttemptClosed.
    """
    hold_open(session, attempt, now)
    ((newest,),) = fetch(
        session, _NEWEST_SEQUENCE, attempt_id=attempt.id, question_id=question_id, page=page
    )
    if newest is not None and newest >= sequence:
        return
    insert_if_absent(
        session,
        Response,
        {
            "attempt_id": attempt.id,
            "question_id": question_id,
            "value": value,
            "page": page,
            "sequence": sequence,
            "saved_at": now,
        },
    )


def save_from_form(
    session: Session, attempt: AttemptRow, values: Mapping[str, Answer], now: datetime
) -> None:
    """Save the answers that a plain form changed, by question id. Raises AttemptClosed."""
    hold_open(session, attempt, now)
    session.add_all(
        Response(attempt_id=attempt.id, question_id=question_id, value=value, saved_at=now)
        for question_id, value in values.items()
    )
    session.flush()


def submit(
    session: Session, attempt: AttemptRow, *, quiz: Quiz, shelf: Catalogue, now: datetime
) -> bool:
    """Submit an attempt and grade what was saved; whether this call was the one that did it.

    One conditional update claims the attempt. A save that came first is finished before the answers
    are read, a save that comes later finds the attempt closed. An attempt whose time is up was
    submitted when it was up, however much later anybody comes to do it.
    """
    ended_at = now
    if attempt.closes_at is not None and is_over(attempt.closes_at, now):
        ended_at = attempt.closes_at
    claimed = session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.submitted_at.is_(None))
        .values(
            submitted_at=ended_at,
            timed_out=attempt.closes_at is not None and ended_at >= attempt.closes_at,
        )
        .returning(Attempt.id)
    ).first()
    if claimed is None:
        return False
    _grade(session, attempt, quiz, now)
    history = history_at(session, attempt.user_id, attempt.module_id)
    grades = [
        one.grade
        for one in history.since(attempt.counts_from)
        if one.grade and one.number <= attempt.number
    ]
    earned = pass_earned(quiz.settings.record, grades, quiz.settings.pass_mark)
    if earned is not None:
        courses.record_pass(
            session,
            user_id=attempt.user_id,
            module_id=attempt.module_id,
            module_revision_id=attempt.module_revision_id,
            score=earned,
            replaces_earlier=quiz.settings.record is not Record.HIGHEST,
            passed_at=ended_at,
            shelf=shelf,
            now=now,
        )
    return True


def _grade(session: Session, attempt: AttemptRow, quiz: Quiz, now: datetime) -> None:
    """Keep the first grade of an attempt, for the answers that were saved."""
    saved = answers_of(session, attempt.id)
    paper_ids = [item.question_id for item in attempt.paper.items]
    result = grading.grade_paper(
        quiz, paper_ids, {key: answer.value for key, answer in saved.items()}
    )
    grade = Grade(
        attempt_id=attempt.id,
        number=1,
        score=result.score,
        maximum=result.maximum,
        passed=result.passed,
        graded_at=now,
    )
    session.add(grade)
    session.flush()
    session.add_all(
        Mark(
            grade_id=grade.id,
            question_id=mark.question_id,
            question_digest=item.digest,
            score=mark.score,
            maximum=mark.maximum,
        )
        for mark, item in zip(result.marks, attempt.paper.items, strict=True)
    )
    session.flush()
