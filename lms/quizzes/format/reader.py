"""What a type of question has to say about itself to be read from a file."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypedDict

from ..model import Question
from .document import Section
from .settings import SectionSettings
from .source import Source


class QuestionFields(TypedDict):
    """The fields that every question has, read."""

    id: str
    title: str
    heading: str
    stem: str
    points: Fraction
    objective: str | None
    tags: tuple[str, ...]
    hints: tuple[str, ...]
    explanation: str
    correct_message: str
    incorrect_message: str
    void: bool
    line: int
    digest: str


def _stem(source: Source, section: Section) -> str:
    return source.html(token for block in section.stem for token in block.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How one type of question is read.

    `name` completes "this is …". `labels` introduce its response, in lower case and without colon.
    `settings` are the keys that not every type has. `claims` says whether a section holds its kind of
    response, be it well written or not. `read` reports what is wrong; it gives None when that leaves
    no question. `stem` renders what stands before the response. Without `is_graded` a
    question has no points, and nothing in it is right or wrong.
    """

    name: str
    labels: frozenset[str]
    settings: frozenset[str]
    claims: Callable[[Section], bool]
    read: Callable[[Source, Section, SectionSettings, QuestionFields], Question | None]
    stem: Callable[[Source, Section], str] = _stem
    is_graded: bool = True
