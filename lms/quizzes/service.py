"""Attempts: start, save, submit, look at. The database settles every race."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from lms.courses import service as courses
from lms.courses.catalogue import Catalogue, Module
from lms.courses.models import Course, Enrolment
from lms.courses.models import Module as ModuleTable
from lms.courses.service import EnrolmentRow
from lms.foundation.database import fetch, insert_if_absent

from . import grading
from .draw import Paper, draw_paper
from .grading import Response as Answer
from .model import Quiz
from .models import Attempt, Grade, Mark, Response


class NoAttemptLeft(Exception):
    """The quiz allows no further attempt."""


class AttemptClosed(Exception):
    """The attempt was submitted: what it holds is final."""


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt as pages need it, with the course it was started in."""

    id: int
    user_id: int
    module_id: int
    module_revision_id: int
    number: int
    paper: Paper
    started_at: datetime
    submitted_at: datetime | None
    counts_from: datetime
    course_slug: str
    module_slug: str


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """One line of a learner's attempts at a quiz. The grade's parts are None until it is submitted."""

    id: int
    number: int
    started_at: datetime
    submitted_at: datetime | None
    score: Fraction | None
    maximum: Fraction | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """The latest answer to a question; `row_id` grows with every save."""

    row_id: int
    value: Answer


_each = aliased(Grade)
_ATTEMPTS = (
    select(
        Attempt.id,
        Attempt.number,
        Attempt.started_at,
        Attempt.submitted_at,
        Grade.score,
        Grade.maximum,
        Grade.passed,
    )
    .outerjoin(
        Grade,
        (Grade.attempt_id == Attempt.id)
        & (
            Grade.number
            == select(func.max(_each.number))
            .where(_each.attempt_id == Attempt.id)
            .correlate(Attempt)
            .scalar_subquery()
        ),
    )
    .where(
        Attempt.user_id == bindparam("user_id"),
        Attempt.module_id == bindparam("module_id"),
        Attempt.started_at >= bindparam("since"),
    )
    .order_by(Attempt.number)
)
_ATTEMPT = (
    select(
        Attempt.id,
        Attempt.user_id,
        Attempt.module_id,
        Attempt.module_revision_id,
        Attempt.number,
        Attempt.paper,
        Attempt.started_at,
        Attempt.submitted_at,
        Enrolment.counts_from,
        Course.slug.label("course_slug"),
        ModuleTable.slug.label("module_slug"),
    )
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .join(Course, Course.id == Enrolment.course_id)
    .join(ModuleTable, ModuleTable.id == Attempt.module_id)
    .where(Attempt.id == bindparam("attempt_id"), Attempt.user_id == bindparam("user_id"))
)
_ANSWERS = (
    select(Response.question_id, Response.id, Response.value)
    .where(Response.attempt_id == bindparam("attempt_id"))
    .order_by(Response.id)
)
_STILL_OPEN = (
    select(Attempt.id)
    .where(Attempt.id == bindparam("attempt_id"), Attempt.submitted_at.is_(None))
    .with_for_update(key_share=True)
)
_NEWEST_SEQUENCE = select(func.max(Response.sequence)).where(
    Response.attempt_id == bindparam("attempt_id"),
    Response.question_id == bindparam("question_id"),
    Response.page == bindparam("page"),
)
_MARKS = (
    select(Mark.question_id, Mark.score)
    .join(Grade, Grade.id == Mark.grade_id)
    .where(
        Grade.attempt_id == bindparam("attempt_id"),
        Grade.number
        == select(func.max(_each.number))
        .where(_each.attempt_id == bindparam("attempt_id"))
        .scalar_subquery(),
    )
)


def attempts_at(
    session: Session, user_id: int, module_id: int, since: datetime
) -> list[AttemptSummary]:
    """A person's attempts at a module's quiz since a moment, oldest first, with the grade in force."""
    rows = fetch(session, _ATTEMPTS, user_id=user_id, module_id=module_id, since=since)
    return [AttemptSummary(*row) for row in rows]


def attempts_left(quiz_limit: int | None, attempts: list[AttemptSummary]) -> int | None:
    """How many attempts can still be started; None where there is no limit."""
    return None if quiz_limit is None else max(0, quiz_limit - len(attempts))


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
    a person have one open attempt at a quiz. Raises NoAttemptLeft when the limit is reached.
    """
    opened = _open_attempt(session, enrolment.user_id, module.id)
    if opened is not None:
        return opened
    # The number is looked up first: an attempt that comes later takes it, and our insert finds out.
    last = session.scalar(
        select(func.max(Attempt.number)).where(
            Attempt.user_id == enrolment.user_id, Attempt.module_id == module.id
        )
    )
    done = attempts_at(session, enrolment.user_id, module.id, enrolment.counts_from)
    if attempts_left(quiz.settings.attempts, done) == 0:
        raise NoAttemptLeft
    new_id = insert_if_absent(
        session,
        Attempt,
        {
            "user_id": enrolment.user_id,
            "module_id": module.id,
            "module_revision_id": module.revision_id,
            "enrolment_id": enrolment.id,
            "number": (last or 0) + 1,
            "seed": seed,
            "paper": draw_paper(quiz, seed).to_json(),
            "started_at": now,
        },
    )
    if new_id is not None:
        return new_id
    # Another request started one between our look and our insert: look again.
    return start(session, enrolment=enrolment, module=module, quiz=quiz, seed=seed, now=now)


def _open_attempt(session: Session, user_id: int, module_id: int) -> int | None:
    return session.scalar(
        select(Attempt.id).where(
            Attempt.user_id == user_id,
            Attempt.module_id == module_id,
            Attempt.submitted_at.is_(None),
        )
    )


def find_attempt(session: Session, attempt_id: int, user_id: int) -> AttemptRow | None:
    """A person's own attempt; None for anyone else's."""
    rows = fetch(session, _ATTEMPT, attempt_id=attempt_id, user_id=user_id)
    if not rows:
        return None
    values = dict(rows[0]._mapping)
    values["paper"] = Paper.from_json(values["paper"])
    return AttemptRow(**values)


def answers_of(session: Session, attempt_id: int) -> dict[str, SavedAnswer]:
    """The latest answer to each question of an attempt, by question id."""
    rows = fetch(session, _ANSWERS, attempt_id=attempt_id)
    return {question_id: SavedAnswer(row_id, value) for question_id, row_id, value in rows}


def hold_open(session: Session, attempt: AttemptRow) -> None:
    """Keep the attempt from being submitted, or saved to, by others until this transaction ends.

    Saves take turns, so that each sees what came before it; and of two forms that save and then
    submit, the second waits here instead of each waiting for the other. Raises AttemptClosed when the
    attempt was submitted already, if only a moment ago.
    """
    if not fetch(session, _STILL_OPEN, attempt_id=attempt.id):
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
    hold_open(session, attempt)
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
    hold_open(session, attempt)
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
    are read, a save that comes later finds the attempt closed.
    """
    claimed = session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.submitted_at.is_(None))
        .values(submitted_at=now)
        .returning(Attempt.id)
    ).first()
    if claimed is None:
        return False
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
    if result.passed:
        courses.record_pass(
            session,
            user_id=attempt.user_id,
            module_id=attempt.module_id,
            module_revision_id=attempt.module_revision_id,
            score=result.fraction,
            shelf=shelf,
            now=now,
        )
    return True


def marks_of(session: Session, attempt_id: int) -> dict[str, Fraction]:
    """The score of each question in the attempt's grade in force."""
    return dict(map(tuple, fetch(session, _MARKS, attempt_id=attempt_id)))
