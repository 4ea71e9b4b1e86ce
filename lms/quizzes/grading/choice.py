"""Grade a choice among options."""

from collections.abc import Sequence
from fractions import Fraction

from ..model import ChoiceQuestion, Option, Scoring, SurveyQuestion
from .mark import NOTHING, WHOLE, BadResponse, Grader, Response, Verdict, share_of

_NONE: frozenset[int] = frozenset()


def read(question: ChoiceQuestion | SurveyQuestion, values: Sequence[str]) -> Response:
    """The option numbers in `values`; raises BadResponse for what the question does not offer."""
    offered = {str(option.number): option.number for option in question.options}
    if any(value not in offered for value in values):
        raise BadResponse("This question has no such option. Choose one of those shown.")
    numbers = sorted({offered[value] for value in values})
    if question.select_many:
        return numbers
    if len(values) > 1:
        raise BadResponse("Choose one option only.")
    return numbers[0]


def judge(question: ChoiceQuestion, response: Response) -> Verdict:
    """The share of the points for the options chosen, and what the author says to each of them."""
    chosen = chosen_options(question, response)
    return Verdict(
        answered=bool(chosen),
        share=_share(question, chosen) if chosen else NOTHING,
        feedback=feedback_on(question, chosen),
    )


def feedback_on(
    question: ChoiceQuestion | SurveyQuestion, chosen: frozenset[int]
) -> tuple[str, ...]:
    """What the author says to each option that was chosen, and to each that was not, as HTML."""
    feedback = [
        option.feedback if option.number in chosen else option.not_chosen_feedback
        for option in question.options
    ]
    return tuple(filter(None, feedback))


def chosen_options(question: ChoiceQuestion | SurveyQuestion, response: Response) -> frozenset[int]:
    """The numbers chosen; none when the response does not fit the question as it is now."""
    if isinstance(response, list) is not question.select_many:
        return _NONE
    numbers = response if isinstance(response, list) else [response]
    # In Python True is equal to 1: only real integers are option numbers.
    integers = [number for number in numbers if type(number) is int]
    chosen = frozenset(integers)
    return chosen if len(integers) == len(numbers) and chosen <= question.offered else _NONE


def _share(question: ChoiceQuestion, chosen: frozenset[int]) -> Fraction:
    """The share for a choice that is not empty, from 0 to 1."""
    options = question.options
    if not question.select_many:
        [weight] = [_single_weight(option) for option in options if option.number in chosen]
        return weight
    if question.scoring is Scoring.NET:
        right = len(question.right)
        net = sum(_net_weight(option, right) for option in options if option.number in chosen)
        return max(NOTHING, Fraction(net))
    if question.scoring is Scoring.EACH:
        return share_of(len(options) - len(chosen ^ question.right), len(options))
    return WHOLE if chosen == question.right else NOTHING


def _single_weight(option: Option) -> Fraction:
    if option.weight is None:
        return WHOLE if option.correct else NOTHING
    return max(NOTHING, option.weight)


def _net_weight(option: Option, right: int) -> Fraction:
    """A tick's share: each right one counts equally, and each wrong one takes as much away."""
    if option.weight is not None:
        return option.weight
    return Fraction(1 if option.correct else -1, right)


GRADER = Grader(read=read, judge=judge)
