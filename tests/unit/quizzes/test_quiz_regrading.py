"""Grading again: answers follow their options, policies say whose key counts, the rest stays."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.carryover import NotComparable, carry_over
from lms.quizzes.draw import draw_paper
from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import QuestionMark, grade_paper
from lms.quizzes.model import Quiz
from lms.quizzes.regrading import Policy, regrade

HEAD = "---\ntitle: Test\npass: 60%\n---\n\n# Test\n"


def quiz_of(body: str) -> Quiz:
    parsed = parse_quiz(HEAD + body, "quiz.md")
    assert parsed.quiz is not None, parsed.problems
    return parsed.quiz


def question(body: str):
    return quiz_of(f"## Q\n`id: q`\n\n{body}\n").by_id["q"]


SEVERAL = "- [x] one\n- [x] two\n- [ ] three"
ORDER = "**Order:**\n\n1. a\n2. b\n3. c"
SINGLE = "- [x] one\n- [ ] two\n- [ ] three"


def match(**pairs: int) -> str:
    rows = "".join(f"| {left} | {right} |\n" for left, right in pairs.items())
    return f"**Match:**\n\n| a | b |\n|---|---|\n{rows}"


@pytest.mark.parametrize(
    ("old", "new", "response", "carried"),
    [
        pytest.param(SINGLE, "- [ ] one\n- [x] two\n- [ ] three", 2, 2, id="another key"),
        pytest.param(SINGLE, "- [ ] three\n- [x] one\n- [ ] two", 1, 2, id="moved"),
        pytest.param(SINGLE, "- [x] one\n- [ ] two!\n- [ ] three", 2, 2, id="one reworded"),
        pytest.param(SINGLE, "- [ ] zero\n- [x] one\n- [ ] two\n- [ ] three", 3, 4, id="one more"),
        pytest.param(SINGLE, SEVERAL, 2, [2], id="now several"),
        pytest.param(SEVERAL, SINGLE, [3], 3, id="now one"),
        pytest.param(SEVERAL, "- [x] two\n- [x] one\n- [ ] three", [1, 3], [2, 3], id="several moved"),
        pytest.param(ORDER, "**Order:**\n\n1. c\n2. a\n3. b", [1, 0, 3], [2, 0, 1], id="order"),
        pytest.param("**Answer:** `a`", "**Answer:** `b`", "b", "b", id="text"),
        pytest.param("**Answer:** 80", "**Answer:** 81", "81", "81", id="number"),
        pytest.param("Say `[[a]]` now.", "Say `[[b]]` now.", ["b"], ["b"], id="cloze"),
        pytest.param(match(x=1, y=2), match(x=2, y=1), {"x": "2"}, {"x": "2"}, id="matching"),
        pytest.param("**Reflect:** Why?", "**Reflect:** Why so?", "Well", "Well", id="reflection"),
        pytest.param(SINGLE, "- [ ] gone\n- [x] new", None, None, id="nothing answered"),
    ],
)  # fmt: skip
def test_what_an_answer_says_to_the_new_wording(old, new, response, carried):
    assert carry_over(question(old), question(new), response) == carried


@pytest.mark.parametrize(
    ("old", "new", "response"),
    [
        pytest.param(SINGLE, "**Answer:** `one`", 1, id="another type"),
        pytest.param(SINGLE, "- [x] one\n- [ ] other\n- [ ] more", 2, id="two reworded"),
        pytest.param(SINGLE, "- [x] one\n- [ ] three", 2, id="taken out"),
        pytest.param(SINGLE, "- [ ] one\n- [x] two", 9, id="no such option"),
        pytest.param(SINGLE, SINGLE, "one", id="no number"),
        pytest.param(SEVERAL, SINGLE, [1, 2], id="two where one is asked"),
        pytest.param("**Order:**\n\n1. a\n2. b", ORDER, [1, 2], id="more items"),
        pytest.param("**Order:**\n\n1. a\n2. b", "**Order:**\n\n1. a\n2. b", "1 2", id="no list"),
        pytest.param("Say `[[a]]` now.", "Say `[[a]]` `[[b]]` now.", ["a"], id="more gaps"),
        pytest.param(match(x=1, y=2), match(z=1, y=2), {"x": "1"}, id="left side gone"),
        pytest.param(match(x=1, y=2), match(x=3, y=2), {"x": "1"}, id="right side gone"),
        pytest.param(match(x=1, y=2), match(x=1, y=2), ["x"], id="no pairs"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart(old, new, response):
    with pytest.raises(NotComparable):
        carry_over(question(old), question(new), response)


OLD = quiz_of(
    "## A\n`id: a` `points: 2`\n\n- [x] one\n- [ ] two\n- [ ] three\n\n"
    "## B\n`id: b`\n\n**Answer:** `x`\n\n"
    "## C\n`id: c`\n\n- [x] yes\n- [ ] no\n\n"
)
NEW = quiz_of(
    "## A\n`id: a` `points: 4`\n\n- [ ] three\n- [ ] one\n- [x] two\n\n"
    "## B\n`id: b`\n\n**Answer:** `x` or `y`\n\n"
)
PAPER = draw_paper(OLD, 1)
# Of 4 points: a is right by the old key alone, b by the new one alone.
ANSWERS = {"a": 1, "b": "y", "c": 1}


def marks_in_force(answers=ANSWERS):
    graded = grade_paper(OLD, [item.question_id for item in PAPER.items], answers)
    return {mark.question_id: QuestionMark(mark.score, mark.maximum) for mark in graded.marks}


def regraded(policy, questions=("a", "b"), answers=ANSWERS, marks=None):
    return regrade(
        quiz=OLD,
        mended=NEW,
        paper=PAPER,
        responses=answers,
        marks=marks or marks_in_force(answers),
        question_ids=questions,
        policy=policy,
    )


@pytest.mark.parametrize(
    ("policy", "answers", "scores", "maximum", "passed"),
    [
        (Policy.ORIGINAL_KEY, ANSWERS, {"a": 2, "b": 0, "c": 1}, 4, True),
        (Policy.NEW_KEY, ANSWERS, {"a": 0, "b": 1, "c": 1}, 6, False),
        (Policy.EITHER_KEY, ANSWERS, {"a": 2, "b": 1, "c": 1}, 4, True),
        (Policy.FULL_CREDIT, ANSWERS, {"a": 2, "b": 1, "c": 1}, 4, True),
        (Policy.NEW_KEY, {"a": 2}, {"a": 4, "b": 0, "c": 0}, 6, True),
        (Policy.EITHER_KEY, {"a": 2}, {"a": 2, "b": 0, "c": 0}, 4, False),
        (Policy.FULL_CREDIT, {}, {"a": 2, "b": 1, "c": 0}, 4, True),
    ],
)
def test_whose_key_counts(policy, answers, scores, maximum, passed):
    found = regraded(policy, answers=answers)
    assert {key: mark.score for key, mark in found.marks.items()} == scores
    assert (found.score, found.maximum) == (sum(scores.values()), maximum)
    assert (found.passed, found.not_compared) == (passed, ())


def test_other_questions_keep_their_marks():
    # As an earlier regrade may have left them.
    kept = marks_in_force() | {"c": QuestionMark(Fraction(1, 3), Fraction(1))}
    found = regraded(Policy.NEW_KEY, questions=("b",), marks=kept)
    assert found.marks == kept | {"b": QuestionMark(Fraction(1), Fraction(1))}


@pytest.mark.parametrize("policy", [Policy.NEW_KEY, Policy.EITHER_KEY])
def test_what_cannot_be_compared_keeps_its_mark(policy):
    found = regraded(policy, questions=("a", "c"), answers=ANSWERS | {"a": 99})
    assert found.not_compared == ("a", "c")
    assert found.marks == marks_in_force(ANSWERS | {"a": 99})


def test_a_statement_still_has_to_be_accepted():
    quiz = quiz_of("## A\n`id: a`\n\n**Answer:** `x`\n\n## S\n`id: s`\n\n**Attest:** I did it.\n")
    found = regrade(
        quiz=quiz,
        mended=quiz,
        paper=draw_paper(quiz, 1),
        responses={"a": "wrong"},
        marks={
            "a": QuestionMark(Fraction(0), Fraction(1)),
            "s": QuestionMark(Fraction(0), Fraction(0)),
        },
        question_ids=["a"],
        policy=Policy.FULL_CREDIT,
    )
    assert (found.score, found.passed) == (1, False)


def test_nothing_to_score_is_passed():
    quiz = quiz_of("## S\n`id: s`\n\n**Reflect:** How was it?\n")
    found = regrade(
        quiz=quiz,
        mended=quiz,
        paper=draw_paper(quiz, 1),
        responses={},
        marks={"s": QuestionMark(Fraction(0), Fraction(0))},
        question_ids=["s"],
        policy=Policy.EITHER_KEY,
    )
    assert (found.score, found.maximum, found.passed) == (0, 0, True)


_ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "a": st.integers(1, 3),
        "b": st.sampled_from(["x", "y", "z"]),
        "c": st.integers(1, 2),
    },
)


@given(_ANSWERS)
def test_either_key_never_costs_a_point_and_the_original_undoes_any(answers):
    before = marks_in_force(answers)
    both = regraded(Policy.EITHER_KEY, answers=answers)
    assert all(both.marks[key].score >= mark.score for key, mark in before.items())
    for policy in Policy:
        changed = regraded(policy, answers=answers)
        back = regraded(Policy.ORIGINAL_KEY, answers=answers, marks=changed.marks)
        assert back.marks == before
