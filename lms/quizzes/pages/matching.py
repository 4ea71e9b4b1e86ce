"""Matching on pages: for each left side a list of all right sides, in the order the paper drew."""

from dataclasses import dataclass
from html import escape

from ..draw import PaperItem
from ..grading import Response
from ..grading.matching import chosen_sides
from ..model import MatchingQuestion
from .kind import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class SideToChoose:
    """A right side in the list of a left one. `value` is what the form sends for it."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowToMatch:
    html: str
    sides: tuple[SideToChoose, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingForm:
    """The left sides in the order of the file, under the titles of the two columns."""

    left_title: str
    right_title: str
    rows: tuple[RowToMatch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowInReview:
    """A left side, and as HTML the right side that was chosen, "" for none.

    `right` is "", and `is_right` None, while the key stays hidden.
    """

    html: str
    chosen: str
    right: str
    is_right: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingReview:
    left_title: str
    right_title: str
    rows: tuple[RowInReview, ...]


def _ask(question: MatchingQuestion, item: PaperItem, response: Response) -> MatchingForm:
    chosen = chosen_sides(question, response)
    by_number = {side.number: side.text for side in question.right_sides}
    shown = [by_number[number] for number in item.options]
    return MatchingForm(
        left_title=question.left_title,
        right_title=question.right_title,
        rows=tuple(
            RowToMatch(
                html=pair.html,
                sides=tuple(
                    SideToChoose(
                        value=f"{number}={text}",
                        text=text,
                        is_chosen=chosen.get(pair.left) == text,
                    )
                    for text in shown
                ),
            )
            for number, pair in enumerate(question.pairs, start=1)
        ),
    )


def _review(
    question: MatchingQuestion, item: PaperItem, response: Response, shows_key: bool
) -> MatchingReview:
    chosen = chosen_sides(question, response)
    html = {side.text: side.html for side in question.right_sides}
    rows = []
    for pair in question.pairs:
        text = chosen.get(pair.left, "")
        rows.append(
            RowInReview(
                html=pair.html,
                chosen=html.get(text, escape(text)),
                right=html[pair.right] if shows_key else "",
                is_right=text == pair.right if shows_key else None,
            )
        )
    return MatchingReview(
        left_title=question.left_title, right_title=question.right_title, rows=tuple(rows)
    )


KIND = Kind(template="matching", ask=_ask, review=_review)
