"""Questions answered by putting items into their order."""

from dataclasses import dataclass
from random import Random

from .choice import Scoring
from .quiz import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItem:
    """One item. `number` is its right place, counted from 1; `text` is its plain text, no other's."""

    number: int
    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class OrderingQuestion(Question):
    """At least two items in their right order. `scoring` is `all` or `each`, never `net`."""

    items: tuple[OrderItem, ...]
    scoring: Scoring

    @property
    def type(self) -> str:
        return "ordering"

    def arrange(self, chance: Random) -> tuple[int, ...]:
        """The numbers of the items, always shuffled; by chance they may stand in the right order."""
        numbers = [item.number for item in self.items]
        chance.shuffle(numbers)
        return tuple(numbers)
