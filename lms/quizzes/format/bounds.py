"""Numbers as keys have them: `80`, `80 hours`, `80 ± 5`, `80 ± 5%`, `28..32 days`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact

MAX_LENGTH = 30
"""Characters of one number."""

# A product of two such numbers has 60 digits: nothing is ever rounded, and if it were this would raise.
_EXACT = Context(prec=200, traps=[Inexact])

_DIGITS = r"-?[0-9]+(?:\.[0-9]+)?"
_UNIT = r"(?!(?:to|or|and) )[^\s0-9.,+\-‐‑‒–—±%](?:[^±]*[^±.])?"
_MEASURE = re.compile(rf"({_DIGITS})(?: ?(%)| ({_UNIT}))?")
_TOLERANCE = re.compile(r"\+/?-|±")

# What authors write and others misread, each with the plain form; the first that fits is proposed.
_MISREAD: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        r"(-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?)(.*)",
        lambda found: found[1].replace(",", "") + found[2],
    ),
    (r"(-?[0-9]+),([0-9]+)(.*)", lambda found: f"{found[1]}.{found[2]}{found[3]}"),
    (
        rf"({_DIGITS}) ?(?:[-‐‑‒–—]|\bto ) ?([0-9].*)",
        lambda found: f"{found[1]}..{found[2]}",
    ),
    (r"(-?[0-9]+)\.(?![0-9.])(.*)", lambda found: found[1] + found[2]),
    (r"(-?)(\.[0-9]+.*)", lambda found: f"{found[1]}0{found[2]}"),
    (rf"({_DIGITS} .*[^.])\.", lambda found: found[1]),
    (rf"({_DIGITS})({_UNIT})", lambda found: f"{found[1]} {found[2]}"),
)


class BadKeyError(ValueError):
    """Why a key is no number. `code` is the code of the problem."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Bounds:
    """The smallest and the largest right number; `value` is the number named, None for a range."""

    low: Decimal
    high: Decimal
    value: Decimal | None
    unit: str


def is_number(text: str) -> bool:
    """Whether `text` is a number as keys have it, with or without a percent sign."""
    return re.fullmatch(rf"{_DIGITS} ?%?", _clean(text)) is not None


def read_bounds(text: str) -> Bounds:
    """The bounds that a key gives; raises BadKeyError.

    A percent sign on the tolerance alone makes it a share of the value; on both it is the unit.
    """
    text = _clean(text)
    if ".." in text:
        return _read_range(text)
    sides = _TOLERANCE.split(text)
    if len(sides) > 2:
        raise BadKeyError("bad-range", "write one tolerance only: `80 ± 5`")
    value, unit = _read_measure(sides[0].strip())
    if len(sides) == 1:
        return Bounds(value, value, value, unit)
    if not sides[1].strip():
        raise BadKeyError("bad-range", "write the tolerance after `±`: `80 ± 5`")
    amount, amount_unit = _read_measure(sides[1].strip())
    if amount < 0:
        raise BadKeyError("bad-range", "a tolerance is not below 0")
    if amount_unit == "%" and unit != "%":
        amount = _EXACT.multiply(_EXACT.multiply(_EXACT.abs(value), amount), Decimal("0.01"))
    else:
        unit = _common_unit(unit, amount_unit)
    return Bounds(_EXACT.subtract(value, amount), _EXACT.add(value, amount), value, unit)


def canonical(text: str) -> str:
    """The one way to write the key `text`; as it is if it is no key."""
    try:
        read_bounds(text)
    except BadKeyError:
        return text
    text = _clean(text)
    if ".." in text:
        low, high = map(_read_measure, map(str.strip, text.split("..", 1)))
        return f"{low[0]:f}..{_written(high[0], low[1] or high[1])}"
    value, *tolerance = (_read_measure(side.strip()) for side in _TOLERANCE.split(text))
    if not tolerance:
        return _written(*value)
    (amount, amount_unit), unit = tolerance[0], value[1]
    if amount_unit == "%" or unit == "%":
        # Beside a percentage the unit stays with its number: on the tolerance alone it makes a share.
        return f"{_written(value[0], unit)} ± {amount:f}%"
    return f"{value[0]:f} ± {_written(amount, unit or amount_unit)}"


def _written(number: Decimal, unit: str) -> str:
    return f"{number:f}{'' if unit in ('', '%') else ' '}{unit}"


def _clean(text: str) -> str:
    return " ".join(text.replace("\N{MINUS SIGN}", "-").split())


def _read_range(text: str) -> Bounds:
    before, _, after = text.partition("..")
    if not before.strip() or not after.strip():
        raise BadKeyError("bad-range", "a range has two ends: `28..32 days`")
    low, low_unit = _read_measure(before.strip())
    high, high_unit = _read_measure(after.strip())
    if low > high:
        raise BadKeyError("bad-range", f"the range goes from more to less: write `{high}..{low}`")
    return Bounds(low, high, None, _common_unit(low_unit, high_unit))


def _common_unit(first: str, second: str) -> str:
    if first and second and first != second:
        raise BadKeyError("bad-range", f"`{first}` and `{second}` are two units: write one of them")
    return first or second


def _read_measure(text: str) -> tuple[Decimal, str]:
    """One number and its unit, "" without one."""
    found = _MEASURE.fullmatch(text)
    if found is None:
        raise _complaint(text)
    if len(found[1]) > MAX_LENGTH:
        raise BadKeyError("bad-number", f"a number has at most {MAX_LENGTH} characters")
    return Decimal(found[1]), found[2] or found[3] or ""


def _complaint(text: str) -> BadKeyError:
    """What to write instead of `text`, which is no measure."""
    instead = _instead_of(text)
    if instead:
        return BadKeyError("bad-number", f"`{text}` can be misread: write `{instead}`")
    message = "this is neither a number nor code: write `80`, `80 hours`, or text between backticks"
    return BadKeyError("bad-answer", message)


def _instead_of(text: str) -> str:
    """The plain way to write what `text` seems to mean; "" when nobody can tell."""
    for pattern, plain in _MISREAD:
        found = re.fullmatch(pattern, text)
        if found:
            return plain(found)
    return ""
