"""Counting attempts: how often each combination of points occurs, whatever the number of attempts.

Points are whole numbers of `1/scale` points, so that sums and products are exact and fast.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from fractions import Fraction

from .sitting import Item, Sitting

Answered = tuple[int, int, frozenset[int]]
"""Points of the question, points of the rest of the attempt, options chosen."""

_NONE: frozenset[int] = frozenset()


class Tally:
    """The attempts counted so far. It grows with the variety of the points, not with the attempts.

    `totals` and `parts` are of the attempts that stand; the others are of all. `parts` has how often a
    part had so many points, `answered`, `seconds` and `reworded` are by the question's id.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self.scale = 1
        self.totals: Counter[int] = Counter()
        self.parts: dict[str, Counter[int]] = defaultdict(Counter)
        self.answered: dict[str, Counter[Answered]] = {item.id: Counter() for item in items}
        self.seconds: dict[str, Counter[int]] = defaultdict(Counter)
        self.reworded: Counter[str] = Counter()
        self._part_of = {item.id: item.part for item in items}

    def add(self, sitting: Sitting) -> None:
        """Count one attempt."""
        points = self._whole(sitting)
        total = sum(points.values())
        for identity, own in points.items():
            if identity in sitting.reworded:
                self.reworded[identity] += 1
            elif identity in self.answered:
                chosen = frozenset(sitting.chosen.get(identity, _NONE))
                self.answered[identity][own, total - own, chosen] += 1
                if identity in sitting.seconds:
                    self.seconds[identity][sitting.seconds[identity]] += 1
        if sitting.stands:
            self.totals[total] += 1
            sums: Counter[str] = Counter()
            for identity, own in points.items():
                sums[self._part_of.get(identity, identity)] += own
            for part, own in sums.items():
                self.parts[part][own] += 1

    def _whole(self, sitting: Sitting) -> dict[str, int]:
        """The attempt's points as whole numbers, after making the scale fine enough for them."""
        finer = math.lcm(self.scale, *{score.denominator for score in sitting.scores.values()})
        if finer != self.scale:
            self._rescale(finer // self.scale)
        return {
            identity: score.numerator * (finer // score.denominator)
            for identity, score in sitting.scores.items()
        }

    def _rescale(self, factor: int) -> None:
        self.scale *= factor
        self.totals = _times(self.totals, factor)
        for part, points in self.parts.items():
            self.parts[part] = _times(points, factor)
        for identity, counts in self.answered.items():
            self.answered[identity] = Counter(
                {
                    (own * factor, rest * factor, chosen): count
                    for (own, rest, chosen), count in counts.items()
                }
            )

    def points(self, whole: int) -> Fraction:
        """Points from a whole number of the scale."""
        return Fraction(whole, self.scale)


def _times(counts: Counter[int], factor: int) -> Counter[int]:
    return Counter({points * factor: count for points, count in counts.items()})
