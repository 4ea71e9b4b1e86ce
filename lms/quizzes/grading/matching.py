"""Grade pairs of a left and a right side."""

from collections.abc import Sequence

from ..model import MatchingQuestion
from .mark import BLANK, BadResponse, Grader, Response, Verdict, share_of


def read(question: MatchingQuestion, values: Sequence[str]) -> Response:
    """The right side's text for each left side's, of values such as `2=7 days`; raises BadResponse.

    The number is that of the left side, counted from 1 in the order shown, which is the file's.
    """
    lefts = {str(number): pair.left for number, pair in enumerate(question.pairs, start=1)}
    texts = {side.text for side in question.right_sides}
    chosen: dict[str, str] = {}
    for value in values:
        number, _, text = value.partition("=")
        if number not in lefts or text not in texts:
            raise BadResponse("This question has no such pair. Choose among those shown.")
        if lefts[number] in chosen:
            raise BadResponse("Choose one answer only in each row.")
        chosen[lefts[number]] = text
    return {left: chosen[left] for left in lefts.values() if left in chosen}


def judge(question: MatchingQuestion, response: Response) -> Verdict:
    """The share of right pairs, each worth the same."""
    chosen = chosen_sides(question, response)
    if not chosen:
        return BLANK
    right = [pair for pair in question.pairs if chosen.get(pair.left) == pair.right]
    return Verdict(answered=True, share=share_of(len(right), len(question.pairs)), feedback=())


def chosen_sides(question: MatchingQuestion, response: Response) -> dict[str, str]:
    """The text chosen for each left side that the question has; none for a response of another shape.

    A left side that was reworded since is left out, so that it costs its own pair and no other.
    """
    given = response if isinstance(response, dict) else {}
    found = {pair.left: given.get(pair.left) for pair in question.pairs}
    return {left: text for left, text in found.items() if isinstance(text, str) and text.strip()}


def filled(question: MatchingQuestion, response: Response) -> tuple[int, int]:
    """The left sides that have a right one, of all."""
    return len(chosen_sides(question, response)), len(question.pairs)


GRADER = Grader(read=read, judge=judge, filled=filled)
