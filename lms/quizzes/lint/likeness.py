"""Whether two answers are so alike that nobody could mean the one and not the other.

Nothing here judges what learners write. Likeness of letters is not enough: hypotension and hypertension
are two answers, and so are 10 mg and 100 mg.
"""

import re

from ..grading.text import loose

LONG = 20
"""Characters from which one other letter is likelier a slip than another word."""

COMPARED = 300
"""Characters up to which two answers are compared letter by letter."""

# Not between digits, where they make another number; and not signs such as % or <, which mean something.
_PUNCTUATION = re.compile(r"[;:!?'\"()…]|[.,](?![0-9])|(?<=[^\W\d])-(?=[^\W\d])")
# An `a` further inside may be a name, as in hepatitis A.
_ARTICLES = re.compile(r"^a |\b(?:an|the) ")
_PLURAL = re.compile(r"(?<=\w\w\w)s\b")


def core(text: str, *, is_typed: bool) -> str:
    """What is left of an answer without punctuation, articles and case; may be "".

    Of words that learners type, a plural s is left out too.
    """
    words = " ".join(_PUNCTUATION.sub(" ", loose(text)).split())
    words = _ARTICLES.sub("", f"{words} ").strip()
    return _PLURAL.sub("", words) if is_typed else words


def are_alike(one: str, other: str) -> bool:
    """Whether two cores are one, or differ in one letter although they are long."""
    if not one or one == other:
        return bool(one)
    is_long = min(len(one), len(other)) >= LONG and max(len(one), len(other)) <= COMPARED
    return is_long and _differ_in_one_letter(one, other)


def _differ_in_one_letter(one: str, other: str) -> bool:
    """Whether one letter, not a digit, was put in, left out or taken for another."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    rest = short[start + 1 :] if len(short) == len(long) else short[start:]
    letters = long[start : start + 1] + (
        short[start : start + 1] if len(short) == len(long) else ""
    )
    return rest == long[start + 1 :] and letters.isalpha()
