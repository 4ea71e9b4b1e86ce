"""The figures of a quiz and of its questions, from the counts of a tally."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from .sitting import Item, Sitting
from .tally import Answered, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionStatistics:
    """How often an option was chosen, and by whom; see `ItemStatistics`."""

    number: int
    is_right: bool
    count: int
    point_biserial: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStatistics:
    """The figures of one question, over the attempts that drew it.

    With the points x of the question and the points y = T - x of the rest of the attempt:

    facility = 100 · mean(x)/maximum, from 0 (nobody) to 100 (everybody had all points).

    discrimination, item to rest: 100 · r(x, y), Pearson's r = C(x, y)/√(V(x)·V(y)), from -100 to 100.
    The rest and not the total, for with its own points in it every question would seem to discriminate.

    efficiency = 100 · C(x, y)/Cmax, Cmax being the covariance when the same x and the same y are both
    sorted: the share of the discrimination that a question so easy could have. At most 100.

    point_biserial of an option: r(c, y), c being 1 for attempts that chose it and 0 for others, which
    is (M1 - M0)/s · √(p·(1-p)) of the textbooks (Lord and Novick, "Statistical Theories of Mental Test
    Scores", 1968). It should be above 0 for a right option and below 0 for a wrong one.

    r is None where one of its sides does not vary, Cmax likewise; facility without attempts or points.

    attempts are those that drew the question in this wording, reworded those that drew it in another;
    blank counts the ones that chose no option, and is None for a question without options.

    seconds is the median time that it took, over the attempts of which that is known; see `timing`.
    """

    id: str
    attempts: int
    reworded: int
    facility: float | None
    discrimination: float | None
    efficiency: float | None
    seconds: float | None
    blank: int | None
    options: tuple[OptionStatistics, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizStatistics:
    """The figures of a quiz. `mean`, `deviation` and `standard_error` are in points.

    All but `items` are of the attempts that stand: `totals` tells how many of them got which points.
    """

    attempts: int
    totals: Mapping[Fraction, int]
    mean: float | None
    deviation: float | None
    alpha: float | None
    standard_error: float | None
    items: tuple[ItemStatistics, ...]


def quiz_statistics(items: Sequence[Item], sittings: Iterable[Sitting]) -> QuizStatistics:
    """The figures of a quiz and of each of its questions; the sittings are looked at once, one by one.

    mean = ΣT/n and deviation = √V(T), for the totals T of the n attempts; variances V and covariances
    C have the divisor n - 1.

    alpha, Cronbach's: α = k/(k-1) · (1 - ΣV(x)/V(T)), x being the points of each of the k parts. It is
    at most 1; Moodle's coefficient of internal consistency is 100 α. Attempts that drew different
    questions of a pool are comparable in the points of the whole pool only, so that a pool is one part
    (Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika 16, 1951; parts
    of several questions are testlets there). None with fewer than 2 parts or attempts, where attempts
    have different parts, or where all totals are equal.

    standard_error, of measurement: √V(T) · √(1 - α), by how much a total strays from what the learner
    would get on average of many such quizzes.
    """
    tally = Tally(items)
    for sitting in sittings:
        tally.add(sitting)
    count = tally.totals.total()
    spread = _spread(tally.totals)
    uniqueness = _parts(tally)
    alpha = error = None
    if uniqueness is not None and spread:
        parts, inside = uniqueness
        alpha = parts * (spread - inside) / ((parts - 1) * spread)
        # V(T)·(1 - α), with the k - 1 of α and the divisors of V(T) in one fraction.
        rest = (parts * inside - spread) / ((parts - 1) * count * (count - 1) * tally.scale**2)
        error = math.sqrt(rest)
    return QuizStatistics(
        attempts=count,
        totals={tally.points(whole): times for whole, times in sorted(tally.totals.items())},
        mean=_sum(tally.totals) / (count * tally.scale) if count else None,
        deviation=math.sqrt(spread / (count * (count - 1) * tally.scale**2)) if count > 1 else None,
        alpha=alpha,
        standard_error=error,
        items=tuple(_item_statistics(item, tally) for item in items),
    )


def _sum(counts: Mapping[int, int]) -> int:
    return sum(value * times for value, times in counts.items())


def _spread(counts: Counter[int]) -> int:
    """n² times the variance with the divisor n: a whole number, 0 for equal values."""
    squares = sum(value * value * times for value, times in counts.items())
    return counts.total() * squares - _sum(counts) ** 2


def _parts(tally: Tally) -> tuple[int, int] | None:
    """How many parts every attempt has, at least 2, and the sum of their spreads."""
    columns, count = tally.parts(), tally.totals.total()
    if len(columns) < 2 or any(column.total() < count for column in columns):
        return None
    return len(columns), sum(map(_spread, columns))


def _item_statistics(item: Item, tally: Tally) -> ItemStatistics:
    answered = tally.answered(item.id)
    points: Counter[int] = Counter()
    rest: Counter[int] = Counter()
    products = blank = 0
    for (own, others, chosen), times in answered.items():
        points[own] += times
        rest[others] += times
        products += own * others * times
        blank += 0 if chosen else times
    count = answered.total()
    covariance = count * products - _sum(points) * _sum(rest)
    largest = count * _sorted_products(points, rest) - _sum(points) * _sum(rest)
    correlation = _correlation(covariance, _spread(points) * _spread(rest))
    full = item.maximum * tally.scale * count
    seconds = tally.seconds[item.id]
    return ItemStatistics(
        id=item.id,
        attempts=count,
        reworded=tally.reworded[item.id],
        facility=float(100 * _sum(points) / full) if full else None,
        discrimination=None if correlation is None else 100 * correlation,
        efficiency=100 * covariance / largest if largest else None,
        seconds=float(median(seconds.elements())) if seconds else None,
        blank=blank if item.options else None,
        options=_options(item, answered, rest),
    )


def _sorted_products(first: Counter[int], second: Counter[int]) -> int:
    """The sum of the products of two columns of equal length, each of them sorted."""
    others = iter(sorted(second.items()))
    other = free = products = 0
    for own, times in sorted(first.items()):
        wanted = times
        while wanted:
            if not free:
                other, free = next(others)
            taken = min(wanted, free)
            products += own * other * taken
            wanted -= taken
            free -= taken
    return products


def _options(
    item: Item, answered: Mapping[Answered, int], rest: Counter[int]
) -> tuple[OptionStatistics, ...]:
    chose: Counter[int] = Counter()
    rests: Counter[int] = Counter()
    for (_, others, chosen), times in answered.items():
        for number in chosen:
            chose[number] += times
            rests[number] += others * times
    count, whole, spread = rest.total(), _sum(rest), _spread(rest)
    return tuple(
        OptionStatistics(
            number=number,
            is_right=is_right,
            count=chose[number],
            point_biserial=_correlation(
                count * rests[number] - chose[number] * whole,
                chose[number] * (count - chose[number]) * spread,
            ),
        )
        for number, is_right in enumerate(item.options, start=1)
    )


def _correlation(covariance: int, spreads: int) -> float | None:
    """Pearson's r from n² times the covariance, and n⁴ times the product of both variances."""
    if not spreads:
        return None
    return math.copysign(math.sqrt(covariance * covariance / spreads), covariance)
