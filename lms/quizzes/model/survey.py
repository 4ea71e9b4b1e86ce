"""Questions answered by choosing among options of which none is right."""

from dataclasses import dataclass
from functools import cached_property
from random import Random

from .choice import Option, arrange_options
from .quiz import Question


@dataclass(frozen=True, kw_only=True)
class SurveyQuestion(Question):
    """One option or several of at least two. None of them is `correct`, none has a `weight`."""

    options: tuple[Option, ...]
    select_many: bool
    shuffle: bool

    @cached_property
    def offered(self) -> frozenset[int]:
        """The numbers of its options."""
        return frozenset(option.number for option in self.options)

    @property
    def type(self) -> str:
        return "survey"

    def arrange(self, chance: Random) -> tuple[int, ...]:
        return arrange_options(self.options, self.shuffle, chance)
