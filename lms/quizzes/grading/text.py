"""Grade a few typed words. Nothing here is fuzzy: one wrong letter can be another medicine."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from ..model import AnswerKind, Match, TextAnswer, TextQuestion
from .mark import BLANK, WRONG, BadResponse, Grader, Response, Verdict

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
    if text.isascii():
        return tidy(text).lower()
    return unicodedata.normalize("NFC", tidy(text).casefold())


def tidy(text: str) -> str:
    """`text` composed (NFC), with plain quotes and dashes and single spaces, its case kept."""
    if text.isascii():
        # Nothing there can be composed, and its quotes and dashes are the plain ones.
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", text).translate(TYPOGRAPHY).split())


loose_key = lru_cache(maxsize=10_000)(loose)
"""The loose form of a text of a key, which every answer is compared with."""


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
    if text is None:
        return BLANK
    found = find_answer(question, text)
    if found is None:
        return WRONG
    feedback = (found.feedback,) if found.feedback else ()
    return Verdict(answered=True, share=found.weight, feedback=feedback)


def find_answer(question: TextQuestion, text: str) -> TextAnswer | None:
    """The first answer of the key, as they are tried in turn, that `text` matches."""
    match = question.match
    given = exact(text) if match is Match.EXACT else loose(text)
    for answer in question.in_turn:
        if answer.kind is AnswerKind.REGEX:
            found = _matches_regex(answer, text)
        elif match is Match.EXACT:
            found = given == exact(answer.pattern)
        elif match is Match.WILDCARD:
            found = wildcard_match(loose_key(answer.pattern), given)
        else:
            found = given == loose_key(answer.pattern)
        if found:
            return answer
    return None


def _matches_regex(answer: TextAnswer, text: str) -> bool:
    flags = re.IGNORECASE if answer.ignore_case else re.NOFLAG
    words = tidy(text)
    # Composing can make a text longer, and the cost of a pattern is bounded for this length.
    fits = len(words) <= MAX_LENGTH
    return fits and re.fullmatch(answer.pattern, words, flags) is not None


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
