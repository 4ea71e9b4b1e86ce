"""Reads what item statistics are made from: each learner's first submitted attempt at a quiz.

The first attempt of each learner counts, whichever revision of the module it was at: in a later one
the learner knows the questions. Its points are those of the grade in force, its answers those that
were saved last. A changed wording is another question: an attempt counts in the figures of the
questions whose wording it had as it is in force, and in those of the quiz as a whole only if it had
all of the questions in force, in that wording, and no others.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    String,
    Text,
    bindparam,
    case,
    cast,
    exists,
    extract,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Module, ModuleRevision
from lms.foundation.database import fetch, stream
from lms.quizzes.model import Quiz
from lms.quizzes.models import Attempt, Grade, Mark, Response
from lms.quizzes.statistics import (
    QuizStatistics,
    Save,
    Sitting,
    draws_of,
    items_of,
    option_numbers,
    quiz_statistics,
    time_per_question,
)


@dataclass(frozen=True, slots=True)
class QuizRow:
    """The latest quiz that a module had, and whether the module still has it."""

    module_id: int
    module_title: str
    revision_id: int
    revision: int
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class QuizReport:
    """The figures of a quiz, and how many attempts there are, at whichever quiz of the module."""

    attempts: int
    statistics: QuizStatistics


_other = aliased(ModuleRevision)
_QUIZ = (
    select(
        Module.id,
        ModuleRevision.rendered["title"].as_string(),
        ModuleRevision.id,
        ModuleRevision.number,
        ~exists().where(
            _other.module_id == ModuleRevision.module_id, _other.number > ModuleRevision.number
        ),
    )
    .join(Module, Module.id == ModuleRevision.module_id)
    .where(
        Module.slug == bindparam("slug"),
        ModuleRevision.source["quiz.md"].as_string().is_not(None),
    )
    .order_by(ModuleRevision.number.desc())
    .limit(1)
)


def _second(moment: Any) -> Any:
    """A moment as a number of seconds: a million of them are read as such in a third of the time."""
    return cast(extract("epoch", moment), BigInteger)


_before, _each = aliased(Attempt), aliased(Grade)
_FIRST = (
    select(
        Attempt.id,
        _second(Attempt.started_at).label("started"),
        Grade.id.label("grade_id"),
    )
    .join(Grade, Grade.attempt_id == Attempt.id)
    .where(
        Attempt.module_id == bindparam("module_id"),
        Attempt.submitted_at.is_not(None),
        ~exists().where(
            _before.user_id == Attempt.user_id,
            _before.module_id == Attempt.module_id,
            _before.number < Attempt.number,
            _before.submitted_at.is_not(None),
        ),
        Grade.number
        == select(func.max(_each.number))
        .where(_each.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery(),
    )
)
_attempt = _FIRST.subquery()
_HAS_OPTIONS = Response.question_id.in_(bindparam("with_options", expanding=True))
# What is not graded gives no points, and takes its time.
_NOTHING = "0"
# A row for each save, and one for each question that was never answered. Scores stay texts, and the
# answer of a question without options is not read: the same few come again and again.
_SAVES = (
    select(
        _attempt.c.id,
        Mark.question_id,
        Mark.question_digest,
        type_coerce(Mark.score, String),
        type_coerce(Mark.maximum, String),
        func.coalesce(Response.id, 0),
        case((_HAS_OPTIONS, cast(Response.value, Text))),
        Response.page,
        _second(Response.saved_at),
    )
    .join(Mark, Mark.grade_id == _attempt.c.grade_id)
    .outerjoin(
        Response,
        (Response.attempt_id == _attempt.c.id) & (Response.question_id == Mark.question_id),
    )
    .order_by(_attempt.c.id)
)


def find_quiz(session: Session, module_slug: str) -> QuizRow | None:
    """The latest quiz that the module had; None for a module that there is not, or without a quiz."""
    rows = fetch(session, _QUIZ, slug=module_slug)
    return QuizRow(*rows[0]) if rows else None


def read_report(session: Session, *, module_id: int, quiz: Quiz) -> QuizReport:
    """The figures of `quiz` from the first attempts at the module's quiz: two queries.

    What the second gives is looked at as it comes, and only the variety of its points is kept.
    """
    started = {row.id: row.started for row in fetch(session, _FIRST, module_id=module_id)}
    items = items_of(quiz)
    with_options = [item.id for item in items if item.options]
    rows = stream(session, _SAVES, module_id=module_id, with_options=with_options)
    statistics = quiz_statistics(items, _sittings(quiz, started, rows))
    return QuizReport(attempts=len(started), statistics=statistics)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What tells whether an attempt was at this very quiz.

    The digest of each question, the part that each graded one belongs to, and the draws of the parts.
    """

    wordings: Mapping[str, str]
    parts: Mapping[str, str]
    draws: Mapping[str, int]


def _sittings(quiz: Quiz, started: Mapping[int, int], rows: Iterable[Any]) -> Iterator[Sitting]:
    shape = _Shape(
        wordings={question.id: question.digest for question in quiz.questions},
        parts={item.id: item.part for item in items_of(quiz)},
        draws=draws_of(quiz),
    )
    for attempt_id, of_attempt in groupby(rows, itemgetter(0)):
        # Sorting an attempt's saves here takes less than sorting everybody's in the database.
        in_order = sorted(of_attempt, key=itemgetter(5))
        yield _sitting(shape, started[attempt_id], in_order)


def _sitting(shape: _Shape, started: int, rows: Iterable[Any]) -> Sitting:
    scores: dict[str, Fraction] = {}
    answers: dict[str, str | None] = {}
    reworded: set[str] = set()
    saves: list[Save] = []
    for _, question_id, digest, score, maximum, save_id, answer, page, second in rows:
        if save_id:
            saves.append((question_id, page is not None, second))
        if maximum == _NOTHING:
            continue
        scores[question_id] = _fraction(score)
        answers[question_id] = answer
        if shape.wordings.get(question_id) != digest:
            reworded.add(question_id)
    drawn = Counter(map(shape.parts.get, scores))
    return Sitting(
        scores=scores,
        chosen={key: _options(answer) for key, answer in answers.items() if answer is not None},
        reworded=reworded,
        stands=not reworded and drawn == shape.draws,
        seconds=time_per_question(started, saves),
    )


_fraction = lru_cache(maxsize=10_000)(Fraction)


@lru_cache(maxsize=10_000)
def _options(answer: str) -> frozenset[int]:
    """The options of an answer, as JSON."""
    return option_numbers(json.loads(answer))
