"""Questions answered with a number."""

from dataclasses import dataclass
from decimal import Decimal

from .quiz import Question


@dataclass(frozen=True, kw_only=True)
class NumberQuestion(Question):
    """A number from `low` to `high`, both included, in `unit` ("" for a bare number).

    `value` is the number the author named, None where the key is a range.
    """

    low: Decimal
    high: Decimal
    value: Decimal | None
    unit: str

    @property
    def type(self) -> str:
        return "number"

    @property
    def interval(self) -> str:
        """What counts as right, in words: `28 to 32 days`, `80 hours`, `9.5% to 10.5%`."""
        return interval_in_words(self.low, self.high, self.unit)


def interval_in_words(low: Decimal, high: Decimal, unit: str) -> str:
    """The numbers from `low` to `high` with their unit, as people write them."""
    sign = "%" if unit == "%" else ""
    first, last = plain(low) + sign, plain(high) + sign
    words = first if first == last else f"{first} to {last}"
    return f"{words} {unit}" if unit and not sign else words


def plain(number: Decimal) -> str:
    """The digits of `number` without exponent and without zeros that say nothing."""
    digits = f"{number:f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits == "-0" else digits
