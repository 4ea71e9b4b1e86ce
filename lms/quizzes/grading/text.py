"""Grade a few typed words. Nothing here is fuzzy: one wrong letter can be another medicine."""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction

from ..model import AnswerKind, Match, TextAnswer, TextQuestion
from .mark import BadResponse, Grader, Response, Verdict

MAX_LENGTH = 500
"""Characters of a typed answer. The cost of a regular expression is reckoned for this length."""

TYPOGRAPHY = str.maketrans(
    dict.fromkeys("‘’‚‛′", "'")
    | dict.fromkeys("“”„‟″", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"\N{MICRO SIGN}": "\N{GREEK SMALL LETTER MU}"}
)
"""Characters that keyboards and word processors put for one another. NBSP counts as white space."""


def loose(text: str) -> str:
    """`text` as the loose match compares it.

    NFC and not NFKC, which would make 102 of 10². Folding the case can leave letters decomposed, so
    they are composed again.
    """
    return unicodedata.normalize("NFC", tidy(text).casefold())


def tidy(text: str) -> str:
    """`text` composed (NFC), with plain quotes and dashes and single spaces, its case kept."""
    return " ".join(unicodedata.normalize("NFC", text).translate(TYPOGRAPHY).split())


def exact(text: str) -> str:
    """`text` composed (NFC) and trimmed, for keyboards compose alike-looking letters differently."""
    return unicodedata.normalize("NFC", text).strip()


def read_text(values: Sequence[str]) -> str:
    """The one text in `values`; raises BadResponse for several or for a text that is too long."""
    if len(values) > 1:
        raise BadResponse("Give one answer only.")
    if len(values[0]) > MAX_LENGTH:
        raise BadResponse(f"An answer has at most {MAX_LENGTH} characters.")
    return values[0]


def typed(response: Response) -> str | None:
    """The text of a response that has one and fits; None for everything else."""
    if not isinstance(response, str) or not response.strip() or len(response) > MAX_LENGTH:
        return None
    return response


def read(question: TextQuestion, values: Sequence[str]) -> Response:
    """The text in `values`, as it was typed; raises BadResponse."""
    return read_text(values)


def judge(question: TextQuestion, response: Response) -> Verdict:
    """The weight and feedback of the answer that the response matches; 0 when it matches none."""
    text = typed(response)
    found = None if text is None else find_answer(question, text)
    return Verdict(
        answered=text is not None,
        share=found.weight if found else Fraction(0),
        feedback=(found.feedback,) if found and found.feedback else (),
    )


def find_answer(question: TextQuestion, text: str) -> TextAnswer | None:
    """The answer of the key that `text` matches.

    Plain words come before wildcards and these before regular expressions, so that a known wrong
    answer can be taken out of a pattern; within each kind the order of the file decides.
    """
    ranked = sorted(question.answers, key=lambda answer: _rank(answer, question.match))
    return next((answer for answer in ranked if _matches(answer, question.match, text)), None)


def _rank(answer: TextAnswer, match: Match) -> int:
    if answer.kind is AnswerKind.REGEX:
        return 2
    return int(match is Match.WILDCARD and not {"*", "?"}.isdisjoint(answer.pattern))


def _matches(answer: TextAnswer, match: Match, text: str) -> bool:
    if answer.kind is AnswerKind.REGEX:
        flags = re.IGNORECASE if answer.ignore_case else re.NOFLAG
        words = tidy(text)
        # Composing can make a text longer, and the cost of a pattern is bounded for this length.
        fits = len(words) <= MAX_LENGTH
        return fits and re.fullmatch(answer.pattern, words, flags) is not None
    if match is Match.EXACT:
        return exact(text) == exact(answer.pattern)
    if match is Match.WILDCARD:
        return wildcard_match(loose(answer.pattern), loose(text))
    return loose(text) == loose(answer.pattern)


def wildcard_match(pattern: str, text: str) -> bool:
    """Whether `text` as a whole is like `pattern`: `*` is any run, `?` any one character.

    On a mismatch only the last `*` takes one character more: no earlier one could help where it
    does not. So the cost is at most the product of the two lengths.
    """
    at_pattern = at_text = 0
    star, star_text = -1, 0
    while at_text < len(text):
        wanted = pattern[at_pattern] if at_pattern < len(pattern) else ""
        if wanted == "*":
            star, star_text = at_pattern, at_text
            at_pattern += 1
        elif wanted in ("?", text[at_text]):
            at_pattern += 1
            at_text += 1
        elif star >= 0:
            star_text += 1
            at_pattern, at_text = star + 1, star_text
        else:
            return False
    return not pattern[at_pattern:].strip("*")


GRADER = Grader(read=read, judge=judge)
