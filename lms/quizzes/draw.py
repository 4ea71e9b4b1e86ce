"""Draw a paper: which questions of a quiz one attempt has, and in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Self

from .model import Pool, Question, Quiz


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperItem:
    """One question as it was put. `options` are the numbers that the question arranged, as shown.

    They name options, or what its type has in their place; () where there is nothing to arrange.
    `digest` tells which wording of the question was drawn.
    """

    question_id: str
    digest: str
    options: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The questions of one attempt in the order shown."""

    items: tuple[PaperItem, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """The paper as plain values, to be stored with the attempt."""
        return [
            {
                "question_id": item.question_id,
                "digest": item.digest,
                "options": list(item.options),
            }
            for item in self.items
        ]

    @classmethod
    def from_json(cls, stored: Sequence[dict[str, Any]]) -> Self:
        """The paper that `to_json` wrote."""
        return cls(
            items=tuple(
                PaperItem(
                    question_id=item["question_id"],
                    digest=item["digest"],
                    options=tuple(item["options"]),
                )
                for item in stored
            )
        )


def draw_paper(quiz: Quiz, seed: int, seen: Mapping[str, int] | None = None) -> Paper:
    """Draw from the pools and shuffle what may be shuffled.

    `seen` tells how often the learner was put each question before, by its id: a pool draws those
    seen least, by chance among equals. The same seed gives the same paper where that is the same.
    """
    times = seen or {}
    chance = Random(seed)  # noqa: S311 - A draw must be repeatable; it guards no secret.
    questions: list[Question] = []
    for item in quiz.items:
        if isinstance(item, Pool):
            # What was seen least must not be told by its place: the sample is put in an order by chance,
            # sorted to choose from, and what is chosen is put in an order by chance again.
            pool = chance.sample(item.questions, len(item.questions))
            pool.sort(key=lambda question: times.get(question.id, 0))
            questions += chance.sample(pool[: item.draw], item.draw)
        else:
            questions.append(item)
    if quiz.settings.shuffle:
        chance.shuffle(questions)
    return Paper(items=tuple(_put(question, chance) for question in questions))


def _put(question: Question, chance: Random) -> PaperItem:
    return PaperItem(
        question_id=question.id, digest=question.digest, options=question.arrange(chance)
    )
