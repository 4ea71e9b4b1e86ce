"""Laws that hold for every quiz and every response, and files that no reader may choke on."""

import random
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.foundation.problems import has_errors
from lms.quizzes.draw import Paper, draw_paper
from lms.quizzes.format import ParsedQuiz, parse_quiz
from lms.quizzes.grading import Response, State, grade_paper, grade_question
from lms.quizzes.grading.text import loose
from lms.quizzes.model import (
    AttestationQuestion,
    ChoiceGap,
    ChoiceQuestion,
    ClozeQuestion,
    Gap,
    MatchingQuestion,
    NumberGap,
    NumberQuestion,
    OrderingQuestion,
    Question,
    Quiz,
    ReflectionQuestion,
    SurveyQuestion,
    TextQuestion,
)

# A slow machine is no fault of a law.
LAW = settings(deadline=None, max_examples=60)
FUZZ = settings(deadline=None, max_examples=150)

SAMPLE = """\
---
title: Sample
pass: 80%
shuffle: true
review: after-pass
---

# Sample

Some words, ![a picture](a.png) and a table:

| a | b |
|---|---|
| c | d |

## One *right*?
`id: one` `points: 2` `tags: a, b` `objective: explain`

- [ ] a `50%`
  > Half.
- [x] b
  > **Not chosen:** Pity.
- [ ] c `-25%`

**Hint:** Think.

**Explanation:** Because.

## Several right?
`id: several` `scoring: net` `void: full`

1. [x] a `60%`
2. [x] b `40%`
3. [ ] c

**Correct:** Yes.

**Incorrect:** No.

## Words?
`match: wildcard`

**Answer:** `some words` or `/colou?r/i`

- `any*` `50%`
- ~~`no`~~
  > Not that.

## A pool
`draw: 1`

### Number?

**Answer:** 28..32 days

### True?

- [x] True
- [ ] False

**Author note:** Easy.

## Which belong together?

**Match:**

| Left | Right |
|---|---|
| a | `1 \\| 2` |
| *b* | 3 |
| | 4 |

## In which order?
`scoring: each`

**Order:**

1. a
2. *b*

## What is missing?

In `[[2 ± 1 days]]` they `[[(x) call | ( ) wait]]`, or `[[visit | come]]`.

## Yours?

**Attest:** I did this.

## Your thoughts?

**Reflect:** What now?

## How was it?
`ungraded`

- [ ] Long
- [ ] Short
"""

words = st.text(st.sampled_from("abcdefgh µé²'-"), min_size=1, max_size=12).map(
    lambda text: f"w{text.strip()}"
)
choices = st.tuples(
    st.lists(st.booleans(), min_size=2, max_size=6).filter(any),
    st.sampled_from(["all", "net", "each", "one"]),
).map(
    lambda made: (
        f"`{'select: one' if made[1] == 'one' else f'select: many` `scoring: {made[1]}'}`\n\n"
        + "".join(f"- [{'x' if right else ' '}] option {n}\n" for n, right in enumerate(made[0]))
    )
)
texts = st.lists(words, min_size=1, max_size=3, unique_by=loose).map(
    lambda made: "\n\n**Answer:** " + " or ".join(f"`{word}`" for word in made) + "\n"
)
numbers = st.tuples(st.decimals(-1000, 1000, places=2), st.decimals(0, 90, places=1)).map(
    lambda made: f"\n\n**Answer:** {made[0]} ± {made[1]}%\n"
)
matchings = (
    st.lists(st.integers(0, 4), min_size=2, max_size=5)
    .filter(lambda k: len(set(k)) > 1)
    .map(
        lambda made: (
            "\n\n**Match:**\n\n| l | r |\n|---|---|\n"
            + "".join(f"| left {n} | {right} |\n" for n, right in enumerate(made))
            + "| | 9 |\n"
        )
    )
)
orderings = st.tuples(st.integers(2, 5), st.sampled_from(["all", "each"])).map(
    lambda made: (
        f"`scoring: {made[1]}`\n\n**Order:**\n\n"
        + "".join(f"1. item {n}\n" for n in range(made[0]))
    )
)
clozes = st.lists(
    st.sampled_from(["2", "4..6 mg", "10%", "one | two", "(x) a | ( ) b", "( ) c | (x) d | (x) e"]),
    min_size=1,
    max_size=4,
).map(lambda made: "\n\n" + ", ".join(f"`[[{gap}]]`" for gap in made) + "\n")
graded = choices | texts | numbers | matchings | orderings | clozes
ungraded = st.sampled_from(
    [
        "\n\n**Attest:** I did this.\n",
        "\n\n**Reflect:**\n",
        "`ungraded`\n\n- [ ] a\n- [ ] b\n",
        "`ungraded` `select: many`\n\n- [ ] a\n- [ ] b\n",
    ]
)
points = st.integers(1, 5)
responses = (
    st.none()
    | st.text(max_size=20)
    | st.integers(-1, 7)
    | st.lists(st.integers(0, 7))
    | st.lists(st.sampled_from(["", "2", "5", "one", "a", "b", "d"]), max_size=4)
    | st.fixed_dictionaries({"accepted": st.booleans(), "name": st.text(max_size=2)})
    | st.dictionaries(
        st.integers(0, 5).map("left {}".format), st.integers(0, 9).map(str) | st.none()
    )
)


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    """A quiz of one to four graded questions, and perhaps of others, read from a file."""
    bodies = draw(st.lists(graded, min_size=1, max_size=4))
    questions = "".join(
        f"## Q{n}\n`id: q{n}` `points: {draw(points)}`{'' if body[0] == chr(10) else ' '}{body}\n"
        for n, body in enumerate(bodies)
    )
    for n, body in enumerate(draw(st.lists(ungraded, max_size=2))):
        questions += f"## U{n}\n`id: u{n}`{'' if body[0] == chr(10) else ' '}{body}\n"
    parsed = parse_quiz(f"---\ntitle: T\n---\n# T\n\n{questions}", "quiz.md")
    assert parsed.quiz is not None, f"{questions}\n{parsed.problems}"
    return parsed.quiz


def options_for(question: ChoiceQuestion) -> Response:
    """The right options, or the first of them where one only may be chosen."""
    right = [option.number for option in question.options if option.correct]
    return right if question.select_many else right[0]


def text_for(gap: Gap) -> str:
    """What its author puts into a gap."""
    if isinstance(gap, NumberGap):
        return f"{gap.low:f}"
    if isinstance(gap, ChoiceGap):
        return next(option.text for option in gap.options if option.correct)
    return gap.answers[-1]


KEYS: dict[type[Question], Callable[[Any], Response]] = {
    ChoiceQuestion: options_for,
    TextQuestion: lambda question: next(a.pattern for a in question.answers if a.weight == 1),
    NumberQuestion: lambda question: f"{question.high:f}",
    MatchingQuestion: lambda question: {pair.left: pair.right for pair in question.pairs},
    OrderingQuestion: lambda question: [item.number for item in question.items],
    ClozeQuestion: lambda question: [text_for(gap) for gap in question.gaps],
    AttestationQuestion: lambda question: {"accepted": True, "name": "Ada Okafor"},
    ReflectionQuestion: lambda question: "Anything.",
    SurveyQuestion: lambda question: [1] if question.select_many else 1,
}


def key_of(question: Question) -> Response:
    """A response that its author calls right."""
    return KEYS[type(question)](question)


@LAW
@given(quizzes(), st.data())
def test_scores_lie_between_nothing_and_the_maximum(quiz, data):
    for question in quiz.questions:
        mark = grade_question(question, data.draw(responses))
        assert 0 <= mark.score <= mark.maximum == question.points
        assert (mark.state is State.UNGRADED) is (mark.maximum == 0)
        assert (mark.state is State.RIGHT) is (mark.score == mark.maximum > 0)


@LAW
@given(quizzes())
def test_the_key_scores_full_and_blank_scores_nothing(quiz):
    ids = [question.id for question in quiz.questions]
    full = grade_paper(quiz, ids, {question.id: key_of(question) for question in quiz.questions})
    assert full.score == full.maximum == quiz.drawn_points
    assert full.passed
    for blank in (None, "", [], {}):
        nothing = grade_paper(quiz, ids, dict.fromkeys(ids, blank))
        assert nothing.score == 0
        assert {mark.state for mark in nothing.marks} - {State.UNGRADED} == {State.BLANK}
        assert not nothing.passed


@LAW
@given(
    key=st.lists(st.booleans(), min_size=2, max_size=6).filter(any),
    scoring=st.sampled_from(["all", "net", "each"]),
    data=st.data(),
)
def test_the_order_of_the_options_never_changes_the_score(key, scoring, data):
    order = data.draw(st.permutations(range(len(key))))
    chosen = data.draw(st.sets(st.sampled_from(range(len(key)))))

    def score(indexes: list[int]) -> object:
        boxes = "".join(f"- [{'x' if key[index] else ' '}] {index}\n" for index in indexes)
        text = f"---\ntitle: T\n---\n# T\n## Q\n`scoring: {scoring}` `select: many`\n\n{boxes}"
        quiz = parse_quiz(text, "quiz.md").quiz
        assert quiz is not None
        (question,) = quiz.questions
        response = [n for n, index in enumerate(indexes, start=1) if index in chosen]
        return grade_question(question, response).score

    assert score(list(range(len(key)))) == score(order)


@LAW
@given(quizzes(), st.integers())
def test_a_paper_has_every_question_once_and_survives_storage(quiz, seed):
    paper = draw_paper(quiz, seed)
    assert len({item.question_id for item in paper.items}) == len(paper.items) == quiz.drawn_count
    assert Paper.from_json(paper.to_json()) == paper


def check_parsed(parsed: ParsedQuiz, text: str) -> None:
    """What holds of every file: a quiz or an error, and places within the file."""
    assert (parsed.quiz is None) is has_errors(parsed.problems)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in parsed.problems:
        assert 1 <= problem.line <= len(lines) + 1
        assert problem.column >= 1
        assert problem.message
    if parsed.quiz:
        paper = draw_paper(parsed.quiz, 0)
        ids = [item.question_id for item in paper.items]
        for response in ("x", 1, [1, 2], ["x", "y"], {"a": "b"}):
            result = grade_paper(parsed.quiz, ids, dict.fromkeys(ids, response))
            assert 0 <= result.score <= result.maximum


def test_the_sample_is_a_quiz():
    parsed = parse_quiz(SAMPLE, "quiz.md", images=["a.png"])
    assert parsed.quiz is not None
    assert len(parsed.quiz.questions) == 11
    check_parsed(parsed, SAMPLE)


@LAW
@given(st.text() | st.binary().map(lambda data: data.decode("utf-8", "replace")))
def test_any_text_is_read(text):
    check_parsed(parse_quiz(text, "quiz.md"), text)
    check_parsed(parse_quiz(f"---\ntitle: T\n---\n# T\n\n## Q\n{text}", "quiz.md"), f"{text}\n" * 9)


PIECES = st.sampled_from(
    ["\n", "\n\n", "  ", "- ", "- [ ] ", "- [x] ", "1. [x] ", "> ", "# ", "## ", "### ", "#### ", "---",
     "===", "`", "``", "`50%`", "`id: one`", "`draw: 2`", "`select: many`", "`ungraded`", "[[2]]",
     "`[[2]]`", "`[[(x) a | ( ) b]]`", "~~", "*", "**", "**Answer:**", "**Hint:** ", "**Explanation**:",
     "**Not chosen:** ", "**Match:**\n", "**Attest:** ", "**Reflect:**\n", "**Order:**\n\n",
     "| a | b |\n", "|---|---|\n", "| ", "±", "..", "80", "1,000", "%", "a",
     "True", "False", "/(a+)+/", "![](", "![x](y.png)", "[x](y)", "[^1]", "\n[^1]: z\n", "<b>",
     "|a|\n|-|\n", "\t", "\x00", "\ud800", "\u2028", "\x0c", ": ", "> [!NOTE]\n", "\\", "&amp;",
     "```\n", "-" * 30, ">" * 30, "[" * 30, "- " * 30]
)  # fmt: skip


@FUZZ
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_mixture_of_the_formats_own_pieces_is_read(body):
    text = f"---\ntitle: T\n---\n# T\n\n## Q\n\n{body}"
    check_parsed(parse_quiz(text, "quiz.md"), text)


@FUZZ
@given(st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 12), PIECES), max_size=5))
def test_mutations_of_a_valid_file_are_read(edits):
    text = SAMPLE
    for position, length, piece in edits:
        text = text[:position] + piece + text[position + length :]
    check_parsed(parse_quiz(text, "quiz.md", images=["a.png"]), text)


@LAW
@given(st.integers())
def test_shuffled_lines_of_a_valid_file_are_read(seed):
    lines = SAMPLE.split("\n")
    body = lines[8:]
    random.Random(seed).shuffle(body)  # noqa: S311 - The order guards no secret.
    text = "\n".join(lines[:8] + body)
    check_parsed(parse_quiz(text, "quiz.md"), text)


def test_deep_nesting_is_read():
    for opening in ("> ", "- ", "*", "[", "![", "(", "`", "- [ ] ", "~~", ": ", "[^"):
        for closing in ("", "](x)", "]"):
            text = f"---\ntitle: T\n---\n# T\n\n## Q\n\n{opening * 3000}a{closing * 3000}\n"
            check_parsed(parse_quiz(text, "quiz.md"), text)
