"""Grade items put in order."""

from collections.abc import Sequence

from ..model import OrderingQuestion, Scoring
from .mark import BLANK, RIGHT, WRONG, BadResponse, Grader, Response, Verdict, share_of


def read(question: OrderingQuestion, values: Sequence[str]) -> Response:
    """The number of the item in each place, 0 for a place left empty; raises BadResponse.

    There is a value for each place: the text of its item, for the numbers are the key. An item may
    have been put into two places. That is a wrong answer and no fault of the form: it is kept, so
    that nothing is lost while somebody still moves things about.
    """
    if len(values) != len(question.items):
        raise BadResponse(f"This question has {len(question.items)} places. Fill them one by one.")
    numbers = {item.text: item.number for item in question.items}
    if any(value.strip() and value not in numbers for value in values):
        raise BadResponse("This question has no such item. Choose one of those shown.")
    return [numbers.get(value, 0) for value in values]


def judge(question: OrderingQuestion, response: Response) -> Verdict:
    """All of the share for the right order; with `scoring: each`, the share of the places filled right."""
    placed = placed_items(question, response)
    if not placed:
        return BLANK
    key = [item.number for item in question.items]
    if question.scoring is Scoring.ALL:
        return RIGHT if placed == key else WRONG
    hits = [number for number, right in zip(placed, key, strict=True) if number == right]
    return Verdict(answered=True, share=share_of(len(hits), len(key)), feedback=())


def placed_items(question: OrderingQuestion, response: Response) -> list[int]:
    """The number of the item in each place, 0 for none; [] where no place is filled.

    A response that does not fit the question as it is now fills none.
    """
    if not isinstance(response, list) or len(response) != len(question.items):
        return []
    # In Python True is equal to 1: only real integers are numbers of items.
    numbers = [number for number in response if type(number) is int]
    if len(numbers) < len(response) or min(numbers) < 0 or max(numbers) > len(numbers):
        return []
    return numbers if any(numbers) else []


def filled(question: OrderingQuestion, response: Response) -> tuple[int, int]:
    """The places in which an item stands, of all."""
    return sum(map(bool, placed_items(question, response))), len(question.items)


GRADER = Grader(read=read, judge=judge, keeps_places=True, filled=filled)
