"""Texts with gaps on pages: the type's template shows the stem, with a field for every gap."""

from dataclasses import dataclass

from ..draw import PaperItem
from ..grading import Response
from ..grading import number as numbers
from ..grading.cloze import filled_gaps, is_right
from ..model import ChoiceGap, ClozeQuestion, Gap, NumberGap
from .kind import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class GapToFill:
    """A field: what it holds, and the unit behind it, "" for none.

    `options` are the texts to choose from, () for a field to type into.
    """

    text: str
    is_number: bool
    unit: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClozeForm:
    """HTML around the gaps, one piece more than there are gaps."""

    pieces: tuple[str, ...]
    gaps: tuple[GapToFill, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapInReview:
    """What the gap in this `place`, counted from 1, was filled with, "" for nothing.

    While the key is hidden `is_right` is None, `right` and `feedback` (HTML) are empty.
    """

    place: int
    text: str
    unit: str
    is_right: bool | None
    right: str
    feedback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClozeReview:
    pieces: tuple[str, ...]
    gaps: tuple[GapInReview, ...]


def _ask(question: ClozeQuestion, item: PaperItem, response: Response) -> ClozeForm:
    texts = filled_gaps(question, response)
    return ClozeForm(
        pieces=question.pieces,
        gaps=tuple(
            GapToFill(
                text=text,
                is_number=isinstance(gap, NumberGap),
                unit=_unit(gap),
                options=_options(gap, item),
            )
            for gap, text in zip(question.gaps, texts, strict=True)
        ),
    )


def _review(
    question: ClozeQuestion, item: PaperItem, response: Response, shows_key: bool
) -> ClozeReview:
    texts = filled_gaps(question, response)
    return ClozeReview(
        pieces=question.pieces,
        gaps=tuple(
            GapInReview(
                place=place,
                text=text,
                unit=_unit(gap),
                is_right=is_right(gap, text) if shows_key else None,
                right=gap.right if shows_key else "",
                feedback=_feedback(gap, text) if shows_key else "",
            )
            for place, (gap, text) in enumerate(zip(question.gaps, texts, strict=True), start=1)
        ),
    )


def _unit(gap: Gap) -> str:
    return gap.unit if isinstance(gap, NumberGap) else ""


def _options(gap: Gap, item: PaperItem) -> tuple[str, ...]:
    """The texts of a drop-down in the order of the paper, which has those of all gaps in a row."""
    if not isinstance(gap, ChoiceGap):
        return ()
    by_number = {option.number: option.text for option in gap.options}
    return tuple(by_number[number] for number in item.options if number in by_number)


def _feedback(gap: Gap, text: str) -> str:
    """Why a number could not be read or has another unit; "" otherwise."""
    return "".join(numbers.judge(gap, text).feedback) if isinstance(gap, NumberGap) else ""


KIND = Kind(template="cloze", ask=_ask, review=_review, shows_stem=True)
