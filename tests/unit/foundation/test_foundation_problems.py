"""Problems in content: how they read, how they sort, and which forbid publishing."""

import pytest

from lms.foundation.problems import Problem, Severity, has_errors


def problem(line: int = 1, severity: Severity = Severity.ERROR, path: str = "a.md") -> Problem:
    return Problem(path, line, 2, "some-code", "what to do", severity)


def test_a_problem_reads_as_editors_expect_it() -> None:
    assert str(problem(line=7)) == "a.md:7:2: some-code what to do"


def test_problems_sort_by_file_and_then_by_line_as_numbers() -> None:
    found = [problem(10), problem(9), problem(1, path="b.md"), problem(2, Severity.WARNING)]
    assert [(item.path, item.line) for item in sorted(found)] == [
        ("a.md", 2),
        ("a.md", 9),
        ("a.md", 10),
        ("b.md", 1),
    ]


@pytest.mark.parametrize(
    ("severities", "forbids"),
    [
        ([], False),
        ([Severity.WARNING], False),
        ([Severity.WARNING, Severity.ERROR], True),
    ],
)
def test_errors_forbid_publishing_and_warnings_do_not(
    severities: list[Severity], forbids: bool
) -> None:
    assert has_errors(problem(severity=severity) for severity in severities) is forbids
