"""What a type of question brings to the contract, and how values are written in it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Generic, TypeVar

from ..grading import Response
from ..model import Question

QuestionT = TypeVar("QuestionT", bound=Question)

MAX_SHOWN = 80
"""Characters of a value from outside that a message repeats."""


class WrongShape(ValueError):
    """A value that is no response to a question of this type, be it right or wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[QuestionT]):
    """How one type of question is described, and how its responses are read.

    `describe` gives the fields of `show` that not every question has, as values of JSON. `key` says in
    lines for people what can be answered and what is right. `shape` completes "the response must be …".
    `read` turns a value of JSON, never None, into a response and raises WrongShape.
    """

    describe: Callable[[QuestionT], dict[str, Any]]
    key: Callable[[QuestionT], list[str]]
    shape: Callable[[QuestionT], str]
    read: Callable[[QuestionT, object], Response]


def exact(value: Fraction | Decimal) -> str:
    """A number without loss: a decimal such as `2.5` where there is one, else a fraction such as `1/3`."""
    value = Fraction(value)
    rest, places = value.denominator, 0
    for prime in (2, 5):
        times = 0
        while rest % prime == 0:
            rest //= prime
            times += 1
        places = max(places, times)
    if rest > 1:
        return str(value)
    sign = "-" if value < 0 else ""
    whole, decimals = divmod(abs(value.numerator) * 10**places // value.denominator, 10**places)
    return f"{sign}{whole}.{decimals:0{places}}" if places else f"{sign}{whole}"


def shown(value: object) -> str:
    """A value from outside as JSON, cut off where it is long, without what a terminal would obey."""
    try:
        text = json.dumps(value)
    except RecursionError:
        return "nested too deeply to be shown"
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
