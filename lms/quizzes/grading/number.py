"""Grade a typed number, exactly: no binary fractions anywhere."""

import re
from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Protocol

from ..model import NumberQuestion
from .mark import BLANK, NOTHING, RIGHT, WRONG, Grader, Response, Verdict
from .text import loose, loose_key, read_text, typed

_NUMBER = re.compile(r"(-?)([0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)(?![0-9.,]) ?([^-+0-9., ].*)?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")

UNREADABLE = (
    "<p>This could not be read as a number. Write digits with a decimal point,"
    " such as <code>1.5</code>, and no separator of thousands: <code>1000</code>.</p>"
)


class Bounded(Protocol):
    """A key for numbers: `low` and `high` are right too, with `unit` or without one."""

    @property
    def low(self) -> Decimal: ...

    @property
    def high(self) -> Decimal: ...

    @property
    def unit(self) -> str: ...


def read(question: NumberQuestion, values: Sequence[str]) -> Response:
    """The text in `values`, as it was typed; raises BadResponse, but not for text that is no number."""
    return read_text(values)


def judge(question: Bounded, response: Response) -> Verdict:
    """All of the share for a number within the bounds, both included, in the unit or without one."""
    text = typed(response)
    if text is None:
        return BLANK
    measure = read_measure(text)
    if measure is None:
        return Verdict(answered=True, share=NOTHING, feedback=(UNREADABLE,))
    number, unit = measure
    if unit and unit != loose_key(question.unit):
        return Verdict(answered=True, share=NOTHING, feedback=(_other_unit(question.unit),))
    return RIGHT if question.low <= number <= question.high else WRONG


def read_measure(text: str) -> tuple[Decimal, str] | None:
    """The number a learner typed and what stands after it; None for what cannot be read safely.

    A decimal comma is read as a point. `1,000` is not read: it is a thousand to one learner and one
    to another. `0,125` and `1234,567` can only be decimals, for thousands are not grouped like that.
    """
    found = _NUMBER.fullmatch(loose(text))
    if found is None or _THOUSANDS.fullmatch(found[2]):
        return None
    return Decimal(found[1] + found[2].replace(",", ".")), found[3] or ""


def _other_unit(unit: str) -> str:
    if not unit:
        return "<p>Give the number alone, without a unit.</p>"
    return f"<p>Give the number in this unit: {escape(unit)}.</p>"


GRADER = Grader(read=read, judge=judge)
