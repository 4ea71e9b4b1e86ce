"""Which regular expressions may stand in a key: those whose cost has a bound.

Python tries every way in which a pattern can match. The ways, and the steps they take, are reckoned
here from above on the parsed pattern, for the longest answer a learner can type: what follows a part
is tried again for each of its ways. So `(a+)+`, `(a|a)*` and twenty times `a?` are found out without
ever running.
"""

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ..grading.text import MAX_LENGTH, TYPOGRAPHY

# The parsed pattern is no public part of Python, and its type stubs leave it out: the tests of this
# module would notice a change.
codes: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

MAX_PATTERN = 200
"""Characters of a pattern."""

MAX_STEPS = 20_000_000
"""Steps of the matcher for all patterns of a quiz, a fraction of a second. Two `.*` are within it,
three are not."""

_TOO_MANY = "can match in too many ways for all of them to be tried"
_ONE_WAY = (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.AT)
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)


@dataclass(frozen=True, slots=True)
class _Cost:
    """In how many ways a pattern can match from one place on, and the steps to try all of them."""

    ways: int
    steps: int


class UnsafeRegexError(ValueError):
    """Why a pattern is refused, in words that complete "this regular expression …"."""


def steps_of(pattern: str) -> int:
    """The steps, at most, to try a pattern on an answer.

    Raises UnsafeRegexError for a pattern that does not compile or whose cost is not bounded.
    """
    if len(pattern) > MAX_PATTERN:
        raise UnsafeRegexError(f"is longer than {MAX_PATTERN} characters")
    special = [character for character in pattern if ord(character) in TYPOGRAPHY]
    if special:
        plain = special[0].translate(TYPOGRAPHY)
        raise UnsafeRegexError(f"holds `{special[0]}`: answers have `{plain}` there, so write that")
    steps = _cost(_parse(pattern)).steps
    if steps > MAX_STEPS:
        raise UnsafeRegexError(f"{_TOO_MANY}: use `*`, `+`, `?` and `|` less")
    return steps


def _parse(pattern: str) -> Iterable[tuple[Any, Any]]:
    try:
        with warnings.catch_warnings(record=True) as doubts:
            warnings.simplefilter("always")
            parsed = parser.parse(pattern)
            re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise UnsafeRegexError(f"cannot be read: {error}") from error
    if doubts:
        raise UnsafeRegexError(f"can be read in two ways: {doubts[0].message}")
    return parsed


def _cost(sequence: Iterable[tuple[Any, Any]]) -> _Cost:
    """The cost of parts that follow one another."""
    ways, steps = 1, 1
    for code, argument in sequence:
        part = _cost_of_part(code, argument)
        steps += ways * part.steps
        ways *= part.ways
    return _Cost(ways, steps)


def _cost_of_part(code: Any, argument: Any) -> _Cost:
    if code in _ONE_WAY:
        return _Cost(1, 1)
    if code is codes.IN:
        return _Cost(1, 1 + sum(_is_looked_for_alone(*item) for item in argument))
    if code is codes.SUBPATTERN:
        return _cost(argument[-1])
    if code is codes.BRANCH:
        branches = [_cost(branch) for branch in argument[1]]
        return _Cost(sum(b.ways for b in branches), sum(b.steps for b in branches))
    if code in _REPEATS:
        return _cost_of_repeat(*argument)
    raise UnsafeRegexError(
        "uses what a key may not: references to a group, looking ahead or behind, and groups that"
        " never give back"
    )


def _is_looked_for_alone(code: Any, argument: Any) -> bool:
    """Whether Python compares a character with this part of a set by itself.

    All the parts within the first 65,536 characters are looked up at once.
    """
    if code is codes.RANGE:
        return argument[1] > 0xFFFF
    return code is codes.LITERAL and argument > 0xFFFF


def _cost_of_repeat(least: int, most: int, repeated: Iterable[tuple[Any, Any]]) -> _Cost:
    """The cost of `repeated`, `least` to `most` times; an answer has room for MAX_LENGTH times."""
    once = _cost(repeated)
    if most == 1:
        return _Cost(1 - least + once.ways, 1 + once.steps)
    if once.ways > 1:
        raise UnsafeRegexError(f"{_TOO_MANY}: put no `*`, `+`, `?` or `|` into a repeated group")
    if least > MAX_LENGTH:
        raise UnsafeRegexError(f"repeats more than {MAX_LENGTH} times, longer than any answer")
    ways = min(most, MAX_LENGTH) - least + 1
    return _Cost(ways, ways + min(most, MAX_LENGTH) * once.steps)
