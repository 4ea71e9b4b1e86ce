"""What planned steps come to, counted: what a preview shows before anything is saved (pure)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from heapq import nsmallest

from .planning import Expire, Meet, Open, Situation, Step, taken

EXAMPLES = 5


class Effect(StrEnum):
    """What can become of a person's obligations."""

    OPENED = "opened"
    MOVED = "moved"
    CREDITED = "credited"
    ENDED = "ended"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Alike:
    """People in the same situation, in any order."""

    situation: Situation
    membership_ids: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.membership_ids)

    def first(self) -> list[int]:
        """Those of them who are named as examples."""
        return nsmallest(EXAMPLES, self.membership_ids)


@dataclass(slots=True)
class Tally:
    """How many people are covered, how many feel each effect, and the first of those by membership."""

    people: int = 0
    counts: Counter[Effect] = field(default_factory=Counter)
    examples: dict[Effect, list[int]] = field(default_factory=dict)

    def add(self, people: Alike, felt: Collection[Effect]) -> None:
        """Count people, and the effects that each of them feels."""
        if people.situation.not_covered is None:
            self.people += people.count
        for effect in felt:
            self.counts[effect] += people.count
            first = sorted([*self.examples.get(effect, ()), *people.first()])
            self.examples[effect] = first[:EXAMPLES]


def effects(situation: Situation, steps: Sequence[Step], today: date) -> frozenset[Effect]:
    """What the steps that are planned for somebody today come to; without a step it is nothing."""
    if not steps:
        return frozenset()
    kinds = {type(step) for step in steps}
    after = taken(situation, steps, today).cycles
    last = after[-1] if after and after[-1].closed is None else None
    dues = {cycle.number: cycle.due for cycle in situation.cycles}
    found = {
        Effect.OPENED: Open in kinds and last is not None,
        # What is met by the other dates that it gets has none any more that are to be kept.
        Effect.MOVED: last is not None
        and last.number in dues
        and not last.due.is_at(dues[last.number]),
        Effect.CREDITED: Meet in kinds,
        Effect.ENDED: Expire in kinds,
        Effect.OVERDUE: last is not None and today > last.due.due_on,
    }
    return frozenset(effect for effect, is_so in found.items() if is_so)
