"""Reading the form of an attempt: what it says, and what was changed on it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from .grading import BadResponse, Response, read_response
from .model import Question
from .pages import encode

ANSWER = "answer-"
SAVED = "saved-"
# What `secrets.token_hex` makes, and nothing that a database might refuse.
PAGE = re.compile(r"[0-9a-f]{1,40}")
MAX_SEQUENCE = 2**31


@dataclass(slots=True)
class FormAnswers:
    """The answers that the form changed, and the faults of those that cannot be read, by question id."""

    changed: dict[str, Response] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def read_answers(questions: Iterable[Question], form: MultiDict[str, str]) -> FormAnswers:
    """What a plain form of a whole attempt changed.

    Each answer comes with what it was when the page was made. One that did not change on that page
    is left alone: it may be stale, with a newer one saved from another tab.
    """
    answers = FormAnswers()
    for question in questions:
        try:
            value = read_response(question, form.getlist(ANSWER + question.id))
        except BadResponse as fault:
            answers.faults[question.id] = str(fault)
            continue
        if encode(question, value) != form.get(SAVED + question.id, "null"):
            answers.changed[question.id] = value
    return answers


def read_sequence(form: Mapping[str, str]) -> tuple[str, int] | None:
    """The name of the open page and its count of saves; None when no honest page sent this."""
    page, sequence = form.get("page", ""), form.get("sequence", "")
    if not PAGE.fullmatch(page) or not sequence.isascii() or not sequence.isdigit():
        return None
    number = int(sequence) if len(sequence) <= 10 else MAX_SEQUENCE
    return (page, number) if number < MAX_SEQUENCE else None
