"""Abbreviations that have harmed patients, from the Joint Commission's "Do Not Use" list.

The Joint Commission, "Official 'Do Not Use' List", since 2004: U, IU, QD and QOD in every spelling, a
trailing zero, a decimal point without a digit before it, MS, MSO4 and MgSO4. The two rules about
numbers are for doses: a result of the laboratory, say, may need its zero.
"""

import re
from collections.abc import Iterator

_DOSE = (
    r"[\s-]?(?:mg|mcg|[µμ]g|g|m[lL]|mEq|[Uu]|IU|units?|tablets?|capsules?|drops?|puffs?)"
    r"(?!\w)(?!/d?L)"
)
# What begins a word, or what ends one: a point within `q.d.` does not, and one within `10 U.S.` does.
_START, _END = r"(?<![\w.])", r"(?!\w|\.\w)"
_NUMBER = r"(?<![\w.,])[0-9][0-9.,]*"

_LIST: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), advice)
    for pattern, advice in (
        (rf"{_NUMBER}\s?[Uu]{_END}|^U$", "U has been read as 0, 4 and cc: write `units`"),
        (
            rf"{_START}I\.?U{_END}|{_NUMBER}\s?iu{_END}",
            "IU has been read as IV and as 10: write `international units`",
        ),
        (rf"{_START}[Qq]\.?[Dd]{_END}", "QD has been read as QOD: write `daily`"),
        (rf"{_START}[Qq]\.?[Oo]\.?[Dd]{_END}", "QOD has been read as QD: write `every other day`"),
        (
            rf"(?<![\w.,])[0-9]+\.0+{_DOSE}",
            "a trailing zero makes ten times the dose where its point is missed: write none",
        ),
        (
            rf"(?<![\w.,])\.[0-9]+{_DOSE}",
            "a point without a digit before it is missed: write `0` before it",
        ),
        (
            rf"{_START}(?:MS|MSO[4₄]|MgSO[4₄]){_END}",
            "it has been read as morphine sulfate and as magnesium sulfate: write the whole name",
        ),
    )
)
_QUOTES = "\"'`“”‘’«»"


def find_unsafe(text: str) -> Iterator[tuple[str, str]]:
    """Each unsafe abbreviation in `text`, and what to write instead.

    One that stands in quotes all by itself is spoken of and not used: a quiz may teach the list.
    """
    for pattern, advice in _LIST:
        for found in pattern.finditer(text):
            before, after = text[: found.start()], text[found.end() :].lstrip(".,;:")
            if not (before[-1:] and before[-1:] in _QUOTES and after[:1] and after[:1] in _QUOTES):
                yield found[0], advice
