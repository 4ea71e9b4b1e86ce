"""Problems in the forms that programs read: JSON, and the annotations of GitHub's workflows (pure)."""

from collections.abc import Iterable
from typing import Any

from lms.foundation.problems import Problem

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def to_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Each problem as values of JSON."""
    return [
        {
            "path": problem.path,
            "line": problem.line,
            "column": problem.column,
            "code": problem.code,
            "severity": problem.severity.value,
            "message": problem.message,
        }
        for problem in problems
    ]


def to_annotation(problem: Problem) -> str:
    """A problem as the workflow command that shows it beside its line, escaped as GitHub asks."""
    properties = {
        "file": problem.path,
        "line": str(problem.line),
        "col": str(problem.column),
        "title": problem.code,
    }
    written = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{problem.severity} {written}::{problem.message.translate(_DATA)}"
