"""Ordering on pages. Items go by their texts there, since their numbers are the key."""

from dataclasses import dataclass

from ..draw import PaperItem
from ..grading import Response
from ..grading.ordering import placed_items
from ..model import OrderingQuestion
from .kind import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemToPlace:
    """An item. The form sends its `text`."""

    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderingForm:
    """The items in the order of the paper, and what stands in each place: a text, "" for nothing."""

    items: tuple[ItemToPlace, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceInReview:
    """What was put into a place, as HTML, "" for nothing. `is_right` is None while the key is hidden."""

    html: str
    is_right: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderingReview:
    """The places as they were filled, none if none was; and the right order as HTML.

    The right order is empty while the key is hidden, and where it was found.
    """

    places: tuple[PlaceInReview, ...]
    right: tuple[str, ...]


def _ask(question: OrderingQuestion, item: PaperItem, response: Response) -> OrderingForm:
    by_number = {one.number: one for one in question.items}
    shown = [by_number[number] for number in item.options]
    return OrderingForm(
        items=tuple(ItemToPlace(text=one.text, html=one.html) for one in shown),
        places=tuple(_tell(question, response) or [""] * len(shown)),
    )


def _review(
    question: OrderingQuestion, item: PaperItem, response: Response, shows_key: bool
) -> OrderingReview:
    placed = placed_items(question, response)
    html = {0: ""} | {one.number: one.html for one in question.items}
    order = [one.number for one in question.items]
    return OrderingReview(
        places=tuple(
            PlaceInReview(html=html[number], is_right=number == right if shows_key else None)
            for number, right in zip(placed, order, strict=False)
        ),
        right=tuple(html[number] for number in order) if shows_key and placed != order else (),
    )


def _tell(question: OrderingQuestion, response: Response) -> list[str] | None:
    """The texts of the items as they were placed; None where none was."""
    texts = {0: ""} | {item.number: item.text for item in question.items}
    return [texts[number] for number in placed_items(question, response)] or None


KIND = Kind(template="ordering", ask=_ask, review=_review, tell=_tell)
