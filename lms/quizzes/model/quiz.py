"""What every quiz and every question has, whatever its type."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from random import Random


class Review(StrEnum):
    """When a learner may see the key and the explanations."""

    AFTER_ATTEMPT = "after-attempt"
    AFTER_PASS = "after-pass"
    NEVER = "never"


class Record(StrEnum):
    """Which of a learner's attempts is the grade of record."""

    HIGHEST = "highest"
    FIRST = "first"
    LAST = "last"
    AVERAGE = "average"


# A question and a quiz have no slots: what is worked out of one, and asked for at every response to
# it, is kept in it.
@dataclass(frozen=True, kw_only=True)
class Question(ABC):
    """One question. Fields of HTML are safe to show; they come from the author's Markdown.

    `stem` is empty when the heading itself asks the question. `points` is the most the question can
    give, 0 for a type that is not graded. `void` gives everyone the points. `line` is the heading's
    line in the file. `digest` tells one wording from another.
    """

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

    @property
    @abstractmethod
    def type(self) -> str:
        """The stable word for the kind of question, the same in pages and in exports."""

    @cached_property
    def is_graded(self) -> bool:
        """Whether an answer can be right or wrong."""
        return self.points > 0

    def arrange(self, chance: Random) -> tuple[int, ...]:
        """The numbers of its options, or of what it has instead, in an order to be shown.

        () for a type of which nothing can change places.
        """
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Questions of equal points, of which each attempt draws `draw`, never one twice."""

    title: str
    draw: int
    questions: tuple[Question, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSettings:
    """The rules of a quiz. `pass_mark` is a share from 0 to 1; `attempts` None means no limit.

    `time_limit` is how long an attempt may take, `cooldown` how long after an attempt the next may
    start; None means that there is no such rule.
    """

    pass_mark: Fraction
    attempts: int | None
    time_limit: timedelta | None
    cooldown: timedelta | None
    record: Record
    shuffle: bool
    review: Review


@dataclass(frozen=True, kw_only=True)
class Quiz:
    """A quiz as its author wrote it, in the order of the file. No two questions share an id."""

    title: str
    settings: QuizSettings
    introduction: str
    items: tuple[Question | Pool, ...]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question, those of the pools in their place."""
        return tuple(
            question
            for item in self.items
            for question in (item.questions if isinstance(item, Pool) else (item,))
        )

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """Every question under its id."""
        return {question.id: question for question in self.questions}

    @property
    def drawn_count(self) -> int:
        """How many questions one attempt has."""
        return sum(item.draw if isinstance(item, Pool) else 1 for item in self.items)

    @property
    def drawn_points(self) -> Fraction:
        """The most points one attempt can give; the questions of a pool are worth the same."""
        return sum(
            (
                item.draw * item.questions[0].points if isinstance(item, Pool) else item.points
                for item in self.items
            ),
            Fraction(0),
        )
