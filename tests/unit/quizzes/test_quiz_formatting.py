"""The canonical form of a quiz: what becomes of each way to write, and that its meaning stays."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.foundation.problems import Severity
from lms.quizzes.format import parse_quiz
from lms.quizzes.format.formatting import FormattedQuiz, format_quiz
from lms.quizzes.model import Quiz
from tests.quiz_texts import PIECES, SAMPLE, quiz_texts, without_lines

LAW = settings(max_examples=60)
FUZZ = settings(max_examples=150)

HEAD = "---\ntitle: T\n---\n\n# T\n\n"
QUESTION = "## Q\n\n`id: q`\n\n"
CHOICE = "- [x] a\n- [ ] b\n"
IMAGES = ("a.png", "b.png")


def run(text: str) -> FormattedQuiz:
    return format_quiz(text, "quiz.md", images=IMAGES)


def formatted(body: str, beginning: str = HEAD) -> str:
    """The canonical form of a body, which is canonical itself."""
    result = run(beginning + body)
    assert result.text is not None, "\n".join(map(str, result.problems))
    assert result.text.startswith(HEAD)
    assert run(result.text).text == result.text
    return result.text.removeprefix(HEAD)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("## Q\n" + CHOICE, QUESTION + CHOICE, id="an-id-and-empty-lines"),
        pytest.param(
            "## Q\n: 1 of 2\n\n" + CHOICE, f"{QUESTION}\\: 1 of 2\n\n{CHOICE}", id="a-colon-first"
        ),
        pytest.param(
            "## Q\n`shuffle: false` `select: many` `scoring: net` `objective: o  p`\n"
            "`tags:a ,b` ``points:  02.50`` `void: full` `id:q`\n\n- [x] a\n- [x] b\n",
            "## Q\n\n`id: q` `points: 2.5` `tags: a, b` `objective: o  p` `scoring: net` `select: many`"
            " `shuffle: false` `void: full`\n\n- [x] a\n- [x] b\n",
            id="settings",
        ),
        pytest.param(
            "## Q\n`ungraded` `id: q`\n\n" + CHOICE,
            "## Q\n\n`id: q` `ungraded`\n\n" + CHOICE,
            id="a-setting-without-a-value",
        ),
        pytest.param(
            QUESTION + "* [X] a   b\n\n* [ ] c\n",
            QUESTION + "- [x] a b\n- [ ] c\n",
            id="a-loose-list",
        ),
        pytest.param(
            QUESTION + "3) [x] a\n3) [ ] b\n",
            QUESTION + "1. [x] a\n2. [ ] b\n",
            id="a-numbered-list",
        ),
        pytest.param(
            QUESTION
            + "- [x] a\n\n  > Why.\n\n  > __not Chosen:__ Why not.\n- [ ] b ` 50 % `\n  > - Half.\n",
            QUESTION
            + "- [x] a\n  > Why.\n  >\n  > **Not chosen:** Why not.\n- [ ] b `50%`\n  > - Half.\n",
            id="feedback-and-weight",
        ),
        pytest.param(
            QUESTION + "- [x] a `b`\n- [ ] c `−25%`\n",
            QUESTION + "- [x] a `b`\n- [ ] c `-25%`\n",
            id="code-that-is-no-weight",
        ),
        pytest.param(
            QUESTION
            + CHOICE
            + "\n**author note:** N\n\n**Incorrect:** I\n\n**Correct:** C\n\n**Explanation:**\nE\n\n1. e\n\n"
            "**Hint:** H\n\n__hint:__ `h`\n",
            QUESTION
            + CHOICE
            + "\n**Hint:** H\n\n**Hint:** `h`\n\n**Explanation:** E\n\n1. e\n\n**Correct:** C\n\n"
            "**Incorrect:** I\n\n**Author note:** N\n",
            id="labels",
        ),
        pytest.param(
            QUESTION + "**Hint:** H\n\n**Answer:** 3\n",
            QUESTION + "**Answer:** 3\n\n**Hint:** H\n",
            id="the-response-before-the-rest",
        ),
        pytest.param(
            QUESTION + "**Answer:** ` a `, `` b` ``\n`c` or `d`\n\n* `e` `5.50 %`\n\n  > f\n",
            QUESTION + "**Answer:** `a` or `` b` `` or `c` or `d`\n\n- `e` `5.50%`\n  > f\n",
            id="text-answers",
        ),
        pytest.param(
            QUESTION + "**Order:**\n\n2. a\n\n1. b\n",
            QUESTION + "**Order:**\n\n1. a\n2. b\n",
            id="an-order",
        ),
        pytest.param(
            QUESTION + "**Match:**\n\n|L|R|\n|-|-:|\n|a|b|\n|`c \\| d`|*é*|\n||f|\n",
            QUESTION + "**Match:**\n\n| L        |   R |\n| -------- | --: |\n| a        |   b |\n"
            "| `c \\| d` | *é* |\n|          |   f |\n",
            id="a-table",
        ),
        pytest.param(
            QUESTION
            + "In `[[ 2+-1   days ]]` they `[[(X)  call\\|( ) wait]]` or `[[go|come]]`, `c`.\n",
            QUESTION
            + "In `[[2 ± 1 days]]` they `[[(x) call | ( ) wait]]` or `[[go | come]]`, `c`.\n",
            id="gaps",
        ),
        pytest.param(
            "## P\n`draw:1`\n\n### Q\n\n**Reflect:**\n\n### R\n`id: r`\n\n**Reflect:**   x\n",
            "## P\n\n`draw: 1`\n\n### Q\n\n`id: q`\n\n**Reflect:**\n\n### R\n\n`id: r`\n\n**Reflect:** x\n",
            id="a-pool",
        ),
    ],
)
def test_what_becomes_of_it(before: str, after: str) -> None:
    assert formatted(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("80", "80"),
        ("80.50  hours", "80.50 hours"),
        ("007", "7"),
        ("0.0000001", "0.0000001"),
        ("−3 %", "-3%"),
        ("80+-5", "80 ± 5"),
        ("80 +/- 5 hours", "80 ± 5 hours"),
        ("80 hours ± 5", "80 ± 5 hours"),
        ("80 hours ± 5 hours", "80 ± 5 hours"),
        ("80±5 %", "80 ± 5%"),
        ("80 hours±5%", "80 hours ± 5%"),
        ("10%±0.5", "10% ± 0.5%"),
        ("10 % ± 0.5 %", "10% ± 0.5%"),
        ("28 .. 32", "28..32"),
        ("28 days..32 days", "28..32 days"),
        ("28 days .. 32", "28..32 days"),
        ("8%..10%", "8..10%"),
    ],
)
def test_how_numbers_are_written(before: str, after: str) -> None:
    assert formatted(f"{QUESTION}**Answer:** {before}\n") == f"{QUESTION}**Answer:** {after}\n"


@pytest.mark.parametrize(
    "stem",
    [
        pytest.param("> [!NOTE]\n> Text.\n>\n> - more", id="an-alert"),
        pytest.param("> a\u2028b\x0cc", id="characters-that-end-no-line"),
        pytest.param(">", id="an-empty-quotation"),
        pytest.param("Term\n: One\n\n  more\n: Two\n\nOther\n: Three", id="definitions"),
        pytest.param(
            "See www.example.org, <https://example.org> and <a@example.org>.", id="addresses"
        ),
        pytest.param('[a `b`](https://example.org "c \\" d")', id="a-link"),
        pytest.param('[](https://example.org) ![*a* \\[b\\]](a.png "c")', id="a-picture"),
        pytest.param("\\~a\\~ ~b ~~c~~", id="tildes"),
        pytest.param(
            "\\[x] a\n\\[!NOTE\\]\n\\: b\n\\# c\n\\> d\n\\- e\n1\\. f", id="what-looks-like-marks"
        ),
        pytest.param("_*a*_ *b*_c_ **_d_** *e **f** g*", id="emphasis-beside-emphasis"),
        pytest.param("- a\n  - [ ] b\n\n  c\n\n1. d\n2. e\n\n   f\n\nText.", id="lists"),
        pytest.param("```text\na\n\n\n  b\n```", id="code"),
        pytest.param("\\<b>a\\</b> &amp;copy; 1 < 2 \\*", id="no-html"),
        pytest.param("a\\\nb\nc", id="breaks"),
    ],
)
def test_a_stem_keeps_its_meaning(stem: str) -> None:
    assert without_lines(read(formatted(f"{QUESTION}{stem}\n\n{CHOICE}"))) == without_lines(
        read(f"{QUESTION}{stem}\n\n{CHOICE}")
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("_a_ __b__ a_b_c", "*a* **b** a_b_c", id="emphasis"),
        pytest.param("~a~", "~~a~~", id="strikethrough"),
        pytest.param("[a][b]\n\n[b]: https://b.org", "[a](https://b.org)", id="a-definition"),
        pytest.param("    code", "```\ncode\n```", id="indented-code"),
        pytest.param("a  b\tc  \nd", "a b c\\\nd", id="spaces"),
        pytest.param("+ a\n+ b", "- a\n- b", id="bullets"),
        pytest.param("See https://example.org.", "See <https://example.org>.", id="an-address"),
    ],
)
def test_how_text_is_written(before: str, after: str) -> None:
    assert formatted(f"{QUESTION}{before}\n\n**Answer:** 1\n") == (
        f"{QUESTION}{after}\n\n**Answer:** 1\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "shuffle:   true  # why\npass: 75%\n'title': \"a: b\"",
            "'title': \"a: b\"\npass: 75%\nshuffle: true  # why",
            id="settings-in-order",
        ),
        pytest.param(
            "# Why.\nshuffle:   true\ntitle: T", "# Why.\nshuffle:   true\ntitle: T", id="comment"
        ),
        pytest.param(
            "shuffle:   true\ntitle: >\n  Long\n  words",
            "shuffle:   true\ntitle: >\n  Long\n  words",
            id="long",
        ),
        pytest.param(
            'pass: 75%\ntitle: "a\n  pass: b"', 'pass: 75%\ntitle: "a\n  pass: b"', id="quoted"
        ),
        pytest.param("{title: T}", "{title: T}", id="in-braces"),
    ],
)
def test_front_matter(before: str, after: str) -> None:
    body = f"\n# T\n\n{QUESTION}{CHOICE}"
    assert run(f"---\n{before}\n...\n{body}").text == f"---\n{after}\n---\n{body}"


def test_line_ends_and_the_byte_order_mark() -> None:
    text = f"\ufeff{HEAD}{QUESTION}{CHOICE}\n\n".replace("\n", "\r\n")
    assert run(text).text == f"{HEAD}{QUESTION}{CHOICE}"


def test_a_quiz_with_errors_has_no_canonical_form() -> None:
    text = f"{HEAD}## Q\n\n- [ ] a\n- [ ] b\n"
    result = run(text)
    assert result.text is None
    assert result.problems == parse_quiz(text, "quiz.md").problems


@pytest.mark.parametrize(
    ("body", "line", "code"),
    [
        pytest.param(f"[//]: # (Why.)\n\n{QUESTION}{CHOICE}", 7, "unused-definition", id="comment"),
        pytest.param(
            f"{QUESTION}{CHOICE}\n## R\n\nText \t\nmore\n\n{CHOICE}",
            14,
            "no-canonical-form",
            id="space",
        ),
        pytest.param(
            f"{QUESTION}{CHOICE}\n## P\n`draw: 1`\n\n### R\n\nText \t\nmore\n\n{CHOICE}",
            14,
            "no-canonical-form",
            id="space-in-a-pool",
        ),
        pytest.param(
            f"Text \t\nmore\n\n{QUESTION}{CHOICE}", 1, "no-canonical-form", id="introduction"
        ),
    ],
)
def test_what_cannot_be_kept_is_refused(body: str, line: int, code: str) -> None:
    result = run(HEAD + body)
    assert result.text is None
    errors = [one for one in result.problems if one.severity is Severity.ERROR]
    assert [(one.line, one.code) for one in errors] == [(line, code)]


def read(body: str) -> Quiz:
    parsed = parse_quiz(body if body.startswith("---") else HEAD + body, "quiz.md", images=IMAGES)
    assert parsed.quiz is not None, "\n".join(map(str, parsed.problems))
    return parsed.quiz


def check_formatted(text: str) -> None:
    """What holds of every file: a canonical form that means the same and stays, or a reason."""
    quiz = parse_quiz(text, "quiz.md", images=IMAGES).quiz
    result = run(text)
    if result.text is None:
        assert any(problem.severity is Severity.ERROR for problem in result.problems)
        return
    assert quiz is not None
    assert without_lines(read(result.text)) == without_lines(quiz)
    again = run(result.text)
    assert "missing-id" not in {problem.code for problem in again.problems}
    assert again.text == result.text


@LAW
@given(quiz_texts(is_tidy=False))
def test_every_quiz_has_a_canonical_form(text):
    assert run(text).text is not None, "\n".join(map(str, run(text).problems))
    check_formatted(text)


def test_the_sample_has_a_canonical_form():
    assert run(SAMPLE).text is not None
    check_formatted(SAMPLE)


@LAW
@given(st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 12), PIECES), max_size=3))
def test_mutations_of_a_quiz_are_formatted_or_refused(edits):
    text = SAMPLE
    for position, length, piece in edits:
        text = text[:position] + piece + text[position + length :]
    check_formatted(text)


@FUZZ
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_mixture_of_pieces_is_formatted_or_refused(stem):
    check_formatted(f"{HEAD}{QUESTION}{stem}\n\n{CHOICE}")


@LAW
@given(st.text())
def test_any_text_is_formatted_or_refused(text):
    check_formatted(text)
    check_formatted(f"{HEAD}{QUESTION}{text}\n\n{CHOICE}")


@LAW
@given(st.integers())
def test_shuffled_lines_are_formatted_or_refused(seed):
    lines = SAMPLE.split("\n")
    body = lines[8:]
    random.Random(seed).shuffle(body)  # noqa: S311 - The order guards no secret.
    check_formatted("\n".join(lines[:8] + body))
