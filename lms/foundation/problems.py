"""Problems in content: what is wrong, where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding in one file. Lines and columns count from 1; `code` is a stable, searchable word."""

    path: str
    line: int
    column: int
    code: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}"


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether anything in `problems` forbids publishing; warnings do not."""
    return any(problem.severity is Severity.ERROR for problem in problems)
