"""Quizzes, responses and results as JSON: the contract of `lms quiz show` and `lms quiz grade` (pure).

What is said here is promised to programs of other people: fields may be added, none changes its
meaning. `docs/instructors.md` describes it.
"""

import difflib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..grading import Response, Result, grade_paper
from ..model import (
    AttestationQuestion,
    ChoiceQuestion,
    ClozeQuestion,
    MatchingQuestion,
    NumberQuestion,
    OrderingQuestion,
    Pool,
    Question,
    Quiz,
    ReflectionQuestion,
    SurveyQuestion,
    TextQuestion,
)
from . import (
    attestation,
    choice,
    cloze,
    matching,
    number,
    ordering,
    reflection,
    survey,
    text,
)
from .kind import Kind, WrongShape, exact, shown

__all__ = ["BadResponses", "exact", "grade", "key_lines", "read_responses", "result_json", "show"]

KINDS: dict[type[Question], Kind[Any]] = {
    ChoiceQuestion: choice.KIND,
    TextQuestion: text.KIND,
    NumberQuestion: number.KIND,
    MatchingQuestion: matching.KIND,
    OrderingQuestion: ordering.KIND,
    ClozeQuestion: cloze.KIND,
    AttestationQuestion: attestation.KIND,
    ReflectionQuestion: reflection.KIND,
    SurveyQuestion: survey.KIND,
}


class BadResponses(ValueError):
    """Responses that are not as the contract says. The message is one sentence, for people."""


def show(quiz: Quiz) -> dict[str, Any]:
    """Everything that the file says, as values of JSON; numbers of points are exact texts."""
    settings = quiz.settings
    return {
        "title": quiz.title,
        "introduction": quiz.introduction,
        "settings": {
            "pass": f"{exact(settings.pass_mark * 100)}%",
            "attempts": settings.attempts,
            "time_limit_minutes": _minutes(settings.time_limit),
            "cooldown_minutes": _minutes(settings.cooldown),
            "record": settings.record.value,
            "shuffle": settings.shuffle,
            "review": settings.review.value,
        },
        "questions": [_question(question) for question in quiz.questions],
        "pools": [_pool(item) for item in quiz.items if isinstance(item, Pool)],
    }


def _minutes(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(minutes=1)


def _question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "type": question.type,
        "points": exact(question.points),
        "line": question.line,
        "title": question.title,
        # Where nothing stands before the response, the heading asks.
        "stem": question.stem or question.heading,
        "objective": question.objective,
        "tags": list(question.tags),
        "hints": list(question.hints),
        "explanation": question.explanation,
        "correct_message": question.correct_message,
        "incorrect_message": question.incorrect_message,
        "void": question.void,
        "digest": question.digest,
        **KINDS[type(question)].describe(question),
    }


def _pool(pool: Pool) -> dict[str, Any]:
    return {
        "title": pool.title,
        "draw": pool.draw,
        "line": pool.line,
        "questions": [question.id for question in pool.questions],
    }


def key_lines(question: Question) -> list[str]:
    """What can be answered and what is right, in lines for a terminal."""
    return KINDS[type(question)].key(question)


def read_responses(quiz: Quiz, body: bytes) -> dict[str, Response]:
    """The responses in a file of JSON: an object of one response for each question id.

    A question that is left out, or whose response is null, is not answered. Raises BadResponses for
    what is no such object, for an id that the quiz has not or has been given twice, and for a response
    of another shape than its question asks for; the message names the id.
    """
    questions = quiz.by_id
    responses: dict[str, Response] = {}
    for identity, value in _read_pairs(body):
        if identity in responses:
            raise BadResponses(f"There are two responses to {_named(identity)}: keep one.")
        if identity not in questions:
            raise BadResponses(_unknown(identity, questions))
        responses[identity] = _read_response(questions[identity], value)
    return responses


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON with its keys as they stand there, repeated ones included."""


def _read_pairs(body: bytes) -> _Pairs:
    try:
        value = json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_Pairs, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        raise BadResponses("The responses are not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise BadResponses(
            f"The responses are not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, NaN, or thousands of brackets.
        raise BadResponses("The responses are JSON that cannot be read.") from error
    if not isinstance(value, _Pairs):
        raise BadResponses('The responses must be an object, such as {"question-id": 1}.')
    return value


def _refuse_constant(word: str) -> None:
    raise ValueError(word)


def _read_response(question: Question, value: object) -> Response:
    if value is None:
        return None
    kind = KINDS[type(question)]
    try:
        return kind.read(question, _plain(value))
    except WrongShape as error:
        raise BadResponses(
            f"The response to {_named(question.id)} must be {kind.shape(question)};"
            f" it is {shown(_plain(value))}."
        ) from error


def _plain(value: object) -> object:
    """`value` with a plain object for pairs of keys and values; a repeated key leaves them as they are.

    A list of pairs has the shape of no response.
    """
    if isinstance(value, _Pairs):
        return dict(value) if len(dict(value)) == len(value) else list(map(list, value))
    return value


def _unknown(identity: str, questions: Mapping[str, Question]) -> str:
    near = difflib.get_close_matches(identity[:100], list(questions), n=1)
    hint = f": did you mean `{near[0]}`?" if near else "."
    return f"The quiz has no question {_named(identity)}{hint}"


def _named(identity: str) -> str:
    return f"`{shown(identity)[1:].removesuffix(chr(34))}`"


def grade(quiz: Quiz, responses: Mapping[str, Response]) -> Result:
    """Grade every question of the file, those of the pools too: nothing is drawn."""
    return grade_paper(quiz, [question.id for question in quiz.questions], responses)


def result_json(result: Result) -> dict[str, Any]:
    """A result as values of JSON; scores and the percentage are exact texts."""
    return {
        "score": exact(result.score),
        "maximum": exact(result.maximum),
        "percent": exact(result.fraction * 100),
        "passed": result.passed,
        "questions": [
            {
                "id": mark.question_id,
                "score": exact(mark.score),
                "maximum": exact(mark.maximum),
                "state": mark.state.value,
                "feedback": list(mark.feedback),
            }
            for mark in result.marks
        ],
    }
