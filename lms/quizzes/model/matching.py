"""Questions answered by giving each left side its right side."""

from dataclasses import dataclass
from random import Random

from .quiz import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A left side and the text of the right side that belongs to it.

    `left` is the plain text, which names the pair in responses; `html` is what is shown.
    """

    left: str
    html: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RightSide:
    """A right side to choose. `number` counts from 1 in the order of the file; no `text` comes twice."""

    number: int
    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class MatchingQuestion(Question):
    """At least two pairs, and the right sides of all of them and of the distractors.

    Several pairs may have the same right side. The titles are the table's headings, as HTML.
    """

    left_title: str
    right_title: str
    pairs: tuple[Pair, ...]
    right_sides: tuple[RightSide, ...]

    @property
    def type(self) -> str:
        return "matching"

    def arrange(self, chance: Random) -> tuple[int, ...]:
        """The numbers of the right sides, always shuffled: the order of the file is the key."""
        numbers = [side.number for side in self.right_sides]
        chance.shuffle(numbers)
        return tuple(numbers)
