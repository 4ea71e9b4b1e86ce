"""The lines of one question in its file, in which findings get their place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines of one question; `line` is the number, from 1, of the first, its heading."""

    line: int
    lines: Sequence[str]

    def find(self, *needles: str) -> tuple[int, int]:
        """Line and column of the first needle that stands here as whole words, else of the heading.

        What was read has lost its markup, so that a text is not always to be found as it was written.
        """
        for needle in filter(None, needles):
            start = r"(?<!\w)" if needle[0].isalnum() else ""
            end = r"(?!\w)" if needle[-1].isalnum() else ""
            whole = re.compile(start + re.escape(needle) + end)
            for index, text in enumerate(self.lines):
                found = whole.search(text)
                if found:
                    return self.line + index, found.start() + 1
        return self.line, 1


@dataclass(frozen=True, slots=True)
class Finding:
    """What looks wrong with a question, and where."""

    place: tuple[int, int]
    code: str
    message: str
