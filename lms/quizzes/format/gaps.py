"""What stands between the brackets of a gap: a number, alternatives, or a drop-down."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from ..grading.text import loose
from ..model.cloze import ChoiceGap, Gap, GapOption, NumberGap, TextGap
from .bounds import BadKeyError, canonical, read_bounds

_GAP = re.compile(r"\s*\[\[(.*)\]\]\s*", re.DOTALL)
_BAR = re.compile(r"\\?\|")
_BOX = re.compile(r"\(([ xX])\) (.+)")
_MEANT_AS_BOX = re.compile(r"\(\s*[xX*✓✔]?\s*\)")


def is_gap(token: Token) -> bool:
    """Whether an inline token is a code span that holds a gap."""
    return token.type == "code_inline" and is_gap_text(token.content)


def is_gap_text(code: str) -> bool:
    """Whether the text of a code span is a gap's."""
    return _GAP.fullmatch(code) is not None


def canonical_gap(code: str) -> str:
    """The one way to write the gap that a code span holds."""
    found = _GAP.fullmatch(code)
    assert found is not None
    parts = _parts(found[1])
    if len(parts) == 1:
        return f"[[{canonical(parts[0])}]]"
    boxes = (_BOX.fullmatch(part) for part in parts)
    written = [
        f"({box[1].lower()}) {box[2]}" if box else part
        for box, part in zip(boxes, parts, strict=True)
    ]
    return f"[[{' | '.join(written)}]]"


def _parts(inside: str) -> list[str]:
    return [" ".join(part.split()) for part in _BAR.split(inside)]


def read_gap(code: str, numbers: Iterator[int]) -> Gap:
    """The gap that a code span holds; its options, if it is a drop-down, take the next of `numbers`.

    Raises BadKeyError.
    """
    found = _GAP.fullmatch(code)
    assert found is not None
    if "[[" in found[1] or "]]" in found[1]:
        raise BadKeyError("bad-gap", "this holds two gaps: give each a code span of its own")
    parts = _parts(found[1])
    if not all(parts):
        message = "something is missing here: write what belongs into the gap, as `[[2]]`"
        raise BadKeyError("bad-gap", message)
    if any(_MEANT_AS_BOX.match(part) for part in parts):
        return _read_choice(parts, numbers)
    if len(parts) == 1:
        return _read_number(parts[0]) or TextGap(answers=tuple(parts))
    if len(set(map(loose, parts))) < len(parts):
        raise BadKeyError("repeated-answer", "two alternatives of this gap say the same: keep one")
    return TextGap(answers=tuple(parts))


def _read_number(text: str) -> NumberGap | None:
    """The number that `text` is; None for words. What looks like a number and is none is refused."""
    try:
        bounds = read_bounds(text)
    except BadKeyError as error:
        if error.code == "bad-answer":
            return None
        message = f"{error}; if words are meant, write two alternatives, as `[[1st | first]]`"
        raise BadKeyError(error.code, message) from error
    return NumberGap(low=bounds.low, high=bounds.high, unit=bounds.unit)


def _read_choice(parts: Sequence[str], numbers: Iterator[int]) -> ChoiceGap:
    boxes = [_BOX.fullmatch(part) for part in parts]
    known = [box for box in boxes if box]
    if len(known) < len(parts):
        part = parts[boxes.index(None)]
        message = f"`{part}` needs a box and a text, as `(x) right` or `( ) wrong`"
        raise BadKeyError("bad-gap", message)
    if len(known) < 2:
        raise BadKeyError("too-few-options", "a drop-down has at least two choices")
    if len({box[2] for box in known}) < len(known):
        raise BadKeyError("repeated-answer", "two choices of this gap say the same: keep one")
    if all(box[1] == " " for box in known):
        raise BadKeyError("no-right-answer", "no choice of this gap is right: write `(x)` for one")
    return ChoiceGap(
        options=tuple(
            GapOption(number=next(numbers), text=box[2], correct=box[1] != " ") for box in known
        )
    )
