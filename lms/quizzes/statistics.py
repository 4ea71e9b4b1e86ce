"""Item statistics: what graded attempts tell about the questions of a quiz (pure).

Sums are of whole numbers and exact; each figure is rounded once, to a float, when it is complete. A
figure that is undefined, such as the correlation of something that never varies, is None.

The definitions are those of classical test theory as Moodle has them (MoodleDocs, "Quiz statistics
calculations" and, for what a figure should be, "Quiz report statistics"), so that figures can be
compared with Moodle's. As there, statistics are best made of each learner's first attempt only.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

from .grading import Response, Result
from .model import ChoiceQuestion, Pool, Question, Quiz

_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question. `maximum` is in points; `options` tell of each option whether it is right.

    `part` is what every attempt has exactly so many points of: the question itself, or its pool.
    """

    id: str
    part: str
    maximum: Fraction
    options: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One graded attempt: the points of each question drawn, by its id, and the options chosen."""

    scores: Mapping[str, Fraction]
    chosen: Mapping[str, Set[int]]


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

    attempts are those that drew the question; blank counts the ones that chose no option, and is None
    for a question without options.
    """

    id: str
    attempts: int
    facility: float | None
    discrimination: float | None
    efficiency: float | None
    blank: int | None
    options: tuple[OptionStatistics, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizStatistics:
    """The figures of a quiz. `mean`, `deviation` and `standard_error` are in points."""

    attempts: int
    mean: float | None
    deviation: float | None
    alpha: float | None
    standard_error: float | None
    items: tuple[ItemStatistics, ...]


def items_of(quiz: Quiz) -> tuple[Item, ...]:
    """The questions of a quiz in the order of the file; those of one pool are one part."""
    return tuple(
        _item(question, f"pool in line {entry.line}" if isinstance(entry, Pool) else question.id)
        for entry in quiz.items
        for question in (entry.questions if isinstance(entry, Pool) else (entry,))
    )


def _item(question: Question, part: str) -> Item:
    options = question.options if isinstance(question, ChoiceQuestion) else ()
    return Item(
        id=question.id,
        part=part,
        maximum=question.points,
        options=tuple(option.correct for option in options),
    )


def sitting_of(result: Result, responses: Mapping[str, Response]) -> Sitting:
    """A graded attempt as the statistics take it."""
    return Sitting(
        scores={mark.question_id: mark.score for mark in result.marks},
        chosen={identity: _numbers(response) for identity, response in responses.items()},
    )


def _numbers(response: Response) -> frozenset[int]:
    """The option numbers of a response; none for a text."""
    numbers = response if isinstance(response, list) else [response]
    return frozenset(number for number in numbers if isinstance(number, int))


def quiz_statistics(items: Sequence[Item], sittings: Sequence[Sitting]) -> QuizStatistics:
    """The figures of a quiz and of each of its questions.

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
    scale, scores = _whole_scores(sittings)
    totals = [sum(row.values()) for row in scores]
    count = len(totals)
    spread = _spread(totals)
    uniqueness = _parts(items, scores)
    alpha = error = None
    if uniqueness is not None and spread:
        parts, inside = uniqueness
        alpha = parts * (spread - inside) / ((parts - 1) * spread)
        # V(T)·(1 - α), with the k - 1 of α and the divisors of V(T) in one fraction.
        rest = (parts * inside - spread) / ((parts - 1) * count * (count - 1) * scale**2)
        error = math.sqrt(rest)
    return QuizStatistics(
        attempts=count,
        mean=sum(totals) / (count * scale) if count else None,
        deviation=math.sqrt(spread / (count * (count - 1) * scale**2)) if count > 1 else None,
        alpha=alpha,
        standard_error=error,
        items=tuple(_item_statistics(item, sittings, scale, scores, totals) for item in items),
    )


def _whole_scores(sittings: Iterable[Sitting]) -> tuple[int, list[dict[str, int]]]:
    """Every score as a whole number, and how many of these make a point."""
    rows = [sitting.scores for sitting in sittings]
    scale = math.lcm(*{score.denominator for row in rows for score in row.values()})
    return scale, [
        {key: score.numerator * (scale // score.denominator) for key, score in row.items()}
        for row in rows
    ]


def _spread(values: Sequence[int]) -> int:
    """n² times the variance with the divisor n: a whole number, 0 for equal values."""
    return len(values) * sum(map(mul, values, values)) - sum(values) ** 2


def _parts(items: Iterable[Item], scores: Sequence[Mapping[str, int]]) -> tuple[int, int] | None:
    """How many parts every attempt has, at least 2, and the sum of their spreads."""
    part_of = {item.id: item.part for item in items}
    columns: dict[str, list[int]] = defaultdict(list)
    for row in scores:
        sums: Counter[str] = Counter()
        for identity, score in row.items():
            sums[part_of.get(identity, identity)] += score
        for part, total in sums.items():
            columns[part].append(total)
    if len(columns) < 2 or any(len(column) < len(scores) for column in columns.values()):
        return None
    return len(columns), sum(map(_spread, columns.values()))


def _item_statistics(
    item: Item,
    sittings: Sequence[Sitting],
    scale: int,
    scores: Sequence[Mapping[str, int]],
    totals: Sequence[int],
) -> ItemStatistics:
    """The figures of one question; totals are those of the whole sittings, `scale` to a point."""
    drawn = [index for index, row in enumerate(scores) if item.id in row]
    points = [scores[index][item.id] for index in drawn]
    rest = [totals[index] - scores[index][item.id] for index in drawn]
    count = len(drawn)
    covariance = _covariance(points, rest)
    largest = _covariance(sorted(points), sorted(rest))
    correlation = _correlation(covariance, _spread(points) * _spread(rest))
    full = item.maximum * scale * count
    chosen = [sittings[index].chosen.get(item.id, _NONE) for index in drawn]
    return ItemStatistics(
        id=item.id,
        attempts=count,
        facility=float(100 * sum(points) / full) if full else None,
        discrimination=None if correlation is None else 100 * correlation,
        efficiency=100 * covariance / largest if largest else None,
        blank=sum(not numbers for numbers in chosen) if item.options else None,
        options=_options(item, chosen, rest),
    )


def _options(
    item: Item, chosen: Sequence[Set[int]], rest: Sequence[int]
) -> tuple[OptionStatistics, ...]:
    times: Counter[int] = Counter()
    rests: Counter[int] = Counter()
    for numbers, points in zip(chosen, rest, strict=True):
        for number in numbers:
            times[number] += 1
            rests[number] += points
    count, whole, spread = len(rest), sum(rest), _spread(rest)
    return tuple(
        OptionStatistics(
            number=number,
            is_right=is_right,
            count=times[number],
            point_biserial=_correlation(
                count * rests[number] - times[number] * whole,
                times[number] * (count - times[number]) * spread,
            ),
        )
        for number, is_right in enumerate(item.options, start=1)
    )


def _covariance(first: Sequence[int], second: Sequence[int]) -> int:
    """n² times the covariance with the divisor n."""
    return len(first) * sum(map(mul, first, second)) - sum(first) * sum(second)


def _correlation(covariance: int, spreads: int) -> float | None:
    """Pearson's r from n² times the covariance, and n⁴ times the product of both variances."""
    if not spreads:
        return None
    return math.copysign(math.sqrt(covariance * covariance / spreads), covariance)


# What the figures mean

ENOUGH = 10
"""Attempts below which figures are chance, and are not shown."""

WORST_ALPHA = 0.64
"""Moodle: below it the quiz as a whole is unsatisfactory."""


def quiz_concerns(quiz: QuizStatistics) -> tuple[str, ...]:
    """What an author should look at in the quiz as a whole; nothing below `ENOUGH` attempts."""
    if quiz.attempts < ENOUGH or quiz.alpha is None or quiz.alpha >= WORST_ALPHA:
        return ()
    return (
        "The questions hardly agree on who is strong: a score here may be chance."
        f" (Alpha is {quiz.alpha:.2f}; {WORST_ALPHA} is the least.)",
    )


def item_concerns(item: ItemStatistics) -> tuple[str, ...]:
    """What an author should look at in a question, a plain sentence each; nothing below `ENOUGH`."""
    if item.attempts < ENOUGH:
        return ()
    found = [sentence for sentence in (_difficulty(item), _separation(item)) if sentence]
    return (*found, *_option_concerns(item))


def _difficulty(item: ItemStatistics) -> str:
    """Moodle calls 95 and more extremely easy, and 20 and less at least difficult."""
    if item.facility is None:
        return ""
    if item.facility >= 95:
        return "Nearly everyone gets all the points: it tells little about anyone."
    if item.facility <= 20:
        return "Nearly everyone misses this one: check its key and its wording."
    return ""


def _separation(item: ItemStatistics) -> str:
    """Moodle calls a discrimination below 20 very weak, and a negative one probably invalid."""
    if item.discrimination is None or item.discrimination >= 20:
        return ""
    if item.discrimination < 0:
        return "Strong learners miss this one more than weak ones: check its key."
    return "Strong and weak learners do nearly alike: it tells little of what they know."


def _option_concerns(item: ItemStatistics) -> list[str]:
    found: list[str] = []
    for option in item.options:
        name = f"option {letter(option.number)}"
        tells = option.point_biserial
        if not option.count:
            right = ", which is right" if option.is_right else ""
            found.append(f"Nobody chose {name}{right}.")
        elif not option.is_right and tells is not None and tells > 0:
            found.append(f"Strong learners choose {name} more than weak ones: is it wrong?")
    return found


def letter(number: int) -> str:
    """The letter of an option in the order of the file: A for 1, Z for 26, then AA, AB, as in a sheet."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
