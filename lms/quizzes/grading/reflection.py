"""Take a text that nobody grades."""

from collections.abc import Sequence

from ..model import ReflectionQuestion
from .mark import NOTHING, BadResponse, Grader, Response, Verdict

MAX_LENGTH = 5000
"""Characters of a reflection; a line break is one."""


def read(question: ReflectionQuestion, values: Sequence[str]) -> Response:
    """The text in `values`; raises BadResponse for several or for a text that is too long.

    A form sends two characters for a line break, a script one: here it is always one.
    """
    if len(values) > 1:
        raise BadResponse("Give one answer only.")
    text = values[0].replace("\r\n", "\n")
    if len(text) > MAX_LENGTH:
        raise BadResponse(f"An answer has at most {MAX_LENGTH:,} characters.")
    return text


def judge(question: ReflectionQuestion, response: Response) -> Verdict:
    """No points, whatever was written."""
    return Verdict(answered=bool(written(response)), share=NOTHING, feedback=())


def written(response: Response) -> str:
    """The text of a response; empty where it is blank or of another shape."""
    return response if isinstance(response, str) and response.strip() else ""


GRADER = Grader(read=read, judge=judge)
