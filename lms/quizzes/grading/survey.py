"""Take a choice of which nothing is right or wrong."""

from ..model import SurveyQuestion
from .choice import chosen_options, feedback_on, read
from .mark import NOTHING, Grader, Response, Verdict


def judge(question: SurveyQuestion, response: Response) -> Verdict:
    """No points, and what the author says to each option."""
    chosen = chosen_options(question, response)
    return Verdict(answered=bool(chosen), share=NOTHING, feedback=feedback_on(question, chosen))


GRADER = Grader(read=read, judge=judge)
