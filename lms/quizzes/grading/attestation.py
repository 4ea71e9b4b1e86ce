"""Tell whether a statement was accepted."""

from collections.abc import Sequence

from ..model import AttestationQuestion
from .mark import NOTHING, BadResponse, Grader, Response, Verdict

ACCEPTED = "accepted"
"""What a ticked box sends."""

MAX_NAME = 200
"""Characters of a typed name."""


def read(question: AttestationQuestion, values: Sequence[str]) -> Response:
    """`{"accepted": …, "name": …}`, of the box if it is ticked and of the name; raises BadResponse.

    One without the other is kept too, though nothing is accepted by it.
    """
    *ticks, name = values
    if ticks not in ([], [ACCEPTED]):
        raise BadResponse("Tick the box once, and type your name once.")
    if len(name) > MAX_NAME:
        raise BadResponse(f"A name has at most {MAX_NAME} characters.")
    return {"accepted": bool(ticks), "name": name.strip()}


def judge(question: AttestationQuestion, response: Response) -> Verdict:
    """No points, but the paper is not passed without it."""
    accepted = is_accepted(question, response)
    return Verdict(answered=accepted, share=NOTHING, feedback=(), prevents_pass=not accepted)


def is_accepted(question: AttestationQuestion, response: Response) -> bool:
    """Whether the box was ticked and a name typed."""
    ticked, name = signature(response)
    return ticked and bool(name)


def signature(response: Response) -> tuple[bool, str]:
    """Whether the box is ticked, and the name; neither for a response of another shape."""
    given = response if isinstance(response, dict) else {}
    name = given.get("name")
    return given.get("accepted") is True, name.strip() if isinstance(name, str) else ""


def filled(question: AttestationQuestion, response: Response) -> tuple[int, int]:
    """The box, if it is ticked, and the name, if it is typed; of two."""
    ticked, name = signature(response)
    return ticked + bool(name), 2


GRADER = Grader(read=read, judge=judge, keeps_places=True, filled=filled)
