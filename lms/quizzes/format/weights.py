"""Partial credit: the last code span of an option or an answer, such as `50%` or `-25%`."""

import re
from decimal import Decimal
from fractions import Fraction

_WEIGHT = re.compile(r"([-−]?)([0-9]{1,6}(?:\.[0-9]{1,6})?)\s?%")


def read_weight(text: str) -> Fraction | None:
    """The share that a code span says, None when it is no percentage. It may lie outside -1 to 1."""
    found = _WEIGHT.fullmatch(text.strip())
    if found is None:
        return None
    share = Fraction(Decimal(found[2])) / 100
    return -share if found[1] else share


def canonical_weight(text: str) -> str:
    """The one way to write the share that a code span says; as it is if it is no percentage."""
    found = _WEIGHT.fullmatch(text.strip())
    if found is None:
        return text
    return f"{'-' if found[1] else ''}{found[2]}%"
