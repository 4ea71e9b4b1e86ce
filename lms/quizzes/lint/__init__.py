"""The linter: what is allowed in a quiz and still looks like a slip (pure).

It looks at questions as they were read, so that it does not care how they were written, and finds its
places in their lines. Types of questions differ in `answers.py` only.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

from lms.foundation.problems import Problem, Severity

from ..model import Question
from .excerpt import Excerpt
from .rules import RULES, subject_of

__all__ = ["lint"]

MOST = 20
"""Findings of one rule in one question. More help nobody, and looking for each place takes time."""


def lint(
    path: str, lines: Sequence[str], questions: Iterable[Question], headings: Iterable[int]
) -> list[Problem]:
    """A warning for everything that looks like a slip in `questions`, each at its place in the file.

    `lines` are those of the whole file, and `headings` the numbers, from 1, of those that begin a
    section: a question ends where the next section begins.
    """
    starts = sorted(headings)
    ends = dict(zip(starts, [*starts[1:], len(lines) + 1], strict=False))
    problems: list[Problem] = []
    for question in questions:
        first = question.line
        subject = subject_of(question, Excerpt(first, lines[first - 1 : ends[first] - 1]))
        for rule in RULES:
            for finding in islice(rule(subject), MOST):
                problem = Problem(
                    path, *finding.place, finding.code, finding.message, Severity.WARNING
                )
                problems.append(problem)
    return problems
