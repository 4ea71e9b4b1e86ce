"""Counting attempts: how often each combination of points occurs, whatever the number of attempts.

Points are whole numbers of `1/scale` points, so that sums and products are exact and fast.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

from .sitting import Item, Sitting

Answered = tuple[int, int, frozenset[int]]
"""Points of a question, points of the rest of the attempt, options chosen."""

_NONE: frozenset[int] = frozenset()


class Tally:
    """The attempts counted so far. It grows with the variety of the points, not with the attempts.

    `totals` are of the attempts that stand. `seconds` and `reworded` are of all, by question.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self.scale = 1
        self.totals: Counter[int] = Counter()
        self.seconds: dict[str, Counter[int]] = defaultdict(Counter)
        self.reworded: Counter[str] = Counter()
        self._pool_of = {item.id: item.part for item in items if item.part != item.id}
        self._pools: dict[str, Counter[int]] = defaultdict(Counter)
        # By whether the attempt stands, and by question.
        self._answered: dict[bool, dict[str, dict[Answered, int]]] = {
            True: defaultdict(dict),
            False: defaultdict(dict),
        }

    def add(self, sitting: Sitting) -> None:
        """Count one attempt."""
        points = self._whole(sitting)
        total = sum(points.values())
        chosen = sitting.chosen
        answered = self._answered[sitting.stands]
        # Of a million questions most have been answered like this before: what runs here is little.
        for identity, own in points.items():
            if identity in sitting.reworded:
                self.reworded[identity] += 1
            else:
                key = own, total - own, chosen.get(identity, _NONE)
                counts = answered[identity]
                counts[key] = counts.get(key, 0) + 1
        for identity, seconds in sitting.seconds.items():
            if identity not in sitting.reworded:
                self.seconds[identity][seconds] += 1
        if sitting.stands:
            self.totals[total] += 1
            self._add_pools(points)

    def _add_pools(self, points: Mapping[str, int]) -> None:
        sums: Counter[str] = Counter()
        for identity in points.keys() & self._pool_of.keys():
            sums[self._pool_of[identity]] += points[identity]
        for pool, own in sums.items():
            self._pools[pool][own] += 1

    def answered(self, identity: str) -> Counter[Answered]:
        """How often a question was answered how, in attempts that stand and in others."""
        counts = Counter(self._answered[True].get(identity, {}))
        counts.update(self._answered[False].get(identity, {}))
        return counts

    def parts(self) -> list[Counter[int]]:
        """How often each part had so many points, in the attempts that stand."""
        columns = list(self._pools.values())
        for identity in self._answered[True].keys() - self._pool_of.keys():
            column: Counter[int] = Counter()
            for (own, _, _), count in self._answered[True][identity].items():
                column[own] += count
            columns.append(column)
        return columns

    def points(self, whole: int) -> Fraction:
        """Points from a whole number of the scale."""
        return Fraction(whole, self.scale)

    def _whole(self, sitting: Sitting) -> dict[str, int]:
        """The attempt's points as whole numbers, after making the scale fine enough for them."""
        scores = sitting.scores
        finer = math.lcm(self.scale, *{score.denominator for score in scores.values()})
        if finer != self.scale:
            self._rescale(finer // self.scale)
        return {
            identity: score.numerator * (finer // score.denominator)
            for identity, score in scores.items()
        }

    def _rescale(self, factor: int) -> None:
        self.scale *= factor
        self.totals = _times(self.totals, factor)
        for pool, counts in self._pools.items():
            self._pools[pool] = _times(counts, factor)
        for questions in self._answered.values():
            for identity, counts in questions.items():
                questions[identity] = {
                    (own * factor, rest * factor, chosen): count
                    for (own, rest, chosen), count in counts.items()
                }


def _times(counts: Mapping[int, int], factor: int) -> Counter[int]:
    return Counter({points * factor: count for points, count in counts.items()})
