"""Regular expressions of a key have a bounded cost, or are refused without being run."""

import re

import pytest

from lms.quizzes.format import parse_quiz
from lms.quizzes.format.regex import UnsafeRegexError, steps_of

# Beyond the characters that Python looks up all at once.
RANGES = "".join(f"{chr(first)}-{chr(first + 2)}" for first in range(0x1F600, 0x1F6B4, 4))
CHARACTERS = "".join(map(chr, range(0x1F600, 0x1F6A0, 2)))


@pytest.mark.parametrize(
    "pattern",
    [
        "colou?r",
        "(board[- ])?certified case managers?",
        "ccm|c\\.c\\.m\\.",
        ".*minimum necessary.*",
        "^\\d{3}-\\d{4}$",
        "(?P<a>[a-z]+)(?: \\w+)?",
        "(?i)a|b",
        "(ab)+",
        "(?:ab){2}",
        "a{0,3}",
        ".*?",
        "[^a]b?",
        "a{500}",
        "[a-z\\d😀-😎🙏]+",
        "",
        pytest.param("(" * 100 + ")" * 100, id="deep-groups"),
    ],
)
def test_patterns_of_bounded_cost_are_allowed(pattern):
    assert steps_of(pattern) > 0
    assert re.compile(pattern)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        pytest.param("(a+)+", "repeated group", id="nested-quantifiers"),
        pytest.param("(a*)*b", "repeated group", id="nested-stars"),
        pytest.param("(a?){30}", "repeated group", id="optional-in-repeat"),
        pytest.param("(?:a|a)*", "repeated group", id="alternatives-in-repeat"),
        pytest.param("(\\d+){2}", "repeated group", id="quantifier-in-fixed-repeat"),
        pytest.param("(a|bc){4000000000}", "repeated group", id="huge-repeat-of-alternatives"),
        pytest.param("(?:){4000000000}", "more than 500 times", id="huge-repeat-of-nothing"),
        pytest.param("a{501}", "more than 500 times", id="longer-than-an-answer"),
        pytest.param(".*a.*b.*", "too many ways", id="three-stars"),
        pytest.param("a?" * 30, "too many ways", id="many-optionals"),
        pytest.param("(a|a)" * 30, "too many ways", id="many-alternatives"),
        pytest.param(f".*.*[{RANGES}]{{2}}", "too many ways", id="ranges-looked-for-alone"),
        pytest.param(f".*.*[a{CHARACTERS}]", "too many ways", id="characters-looked-for-alone"),
        pytest.param("(((^){500}){500}){500}", "too many ways", id="many-steps-in-one-way"),
        pytest.param("(a)\\1", "may not", id="reference-to-a-group"),
        pytest.param("(a)?(?(1)b|c)", "may not", id="condition"),
        pytest.param("(?=a)b", "may not", id="looking-ahead"),
        pytest.param("(?<!a)b", "may not", id="looking-behind"),
        pytest.param("a++", "may not", id="possessive"),
        pytest.param("(?>a)", "may not", id="atomic"),
        pytest.param("(", "cannot be read", id="does-not-compile"),
        pytest.param("a**", "cannot be read", id="multiple-repeat"),
        pytest.param("a{99999999999999999999}", "cannot be read", id="overflow"),
        pytest.param("[[a]", "two ways", id="nested-set"),
        pytest.param("a" * 201, "longer than 200", id="too-long"),
        pytest.param("patient’s", "write that", id="curly-quote"),
        pytest.param("µg", "answers have `μ`", id="micro-sign"),
    ],
)
def test_other_patterns_are_refused(pattern, words):
    with pytest.raises(UnsafeRegexError, match=re.escape(words)):
        steps_of(pattern)


def test_the_patterns_of_a_quiz_share_one_bound():
    first, second, third = (f".*.*{letter}{{0,10}}" for letter in "abc")
    text = (
        "---\ntitle: T\n---\n# T\n\n"
        f"## One\n`id: one`\n\n**Answer:** `/{first}/` or `/{second}/`\n\n"
        f"## Two\n`id: two`\n\n**Answer:** `word`\n\n- `/{third}/`\n- `/colou?r/`\n"
    )
    faults = [
        problem for problem in parse_quiz(text, "quiz.md").problems if "unsafe" in problem.code
    ]
    assert [(fault.line, fault.column) for fault in faults] == [(16, 3)]
    assert "those before it" in faults[0].message
    assert parse_quiz(text.replace(first, "a*"), "quiz.md").quiz is not None
