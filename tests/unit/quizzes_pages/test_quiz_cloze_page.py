"""Texts with gaps on pages: a field in the place of every gap, and nothing of what belongs there."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lms.quizzes import pages
from lms.quizzes.draw import PaperItem, draw_paper
from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import Response, grade_question
from lms.quizzes.model import ChoiceGap, ClozeQuestion, NumberGap, Quiz, TextGap
from lms.quizzes.pages.cloze import ClozeForm, ClozeReview, GapInReview, GapToFill

TEXT = """---
title: T
---
# T

## Fill the gaps
`id: gaps`

In `[[2 days]]`, `[[(x) call | ( ) wait | ( ) <leave>]]`, `[[keytext]]`: `[[(x) do | ( ) not]]`.

**Explanation:** Toldlater.
"""


def read(text: str = TEXT) -> tuple[Quiz, ClozeQuestion]:
    quiz = parse_quiz(text, "quiz.md").quiz
    assert quiz is not None
    (question,) = quiz.questions
    assert isinstance(question, ClozeQuestion)
    return quiz, question


QUIZ, QUESTION = read()
ITEM = PaperItem(question_id="gaps", digest=QUESTION.digest, options=(3, 1, 2, 5, 4))
FILLED = ["3 hours", "wait", "<b>", ""]


def form_of(response: Response = None) -> ClozeForm:
    page = pages.to_answer(QUESTION, ITEM, 1, response)
    # The template shows the stem: shown twice, its gaps would be without fields once.
    assert (page.template, page.stem) == ("cloze", "")
    return page.form


def review_of(response: Response, *, shows_key: bool = True) -> ClozeReview:
    mark = grade_question(QUESTION, response)
    page = pages.in_review(QUESTION, ITEM, 1, response, mark, shows_key=shows_key)
    assert (page.template, page.stem) == ("cloze", "")
    return page.review


def test_a_field_for_every_gap() -> None:
    form = form_of(FILLED)
    assert form.pieces == ("<p>In ", ", ", ", ", ": ", ".</p>")
    assert form.gaps == (
        GapToFill(text="3 hours", is_number=True, unit="days", options=()),
        GapToFill(text="wait", is_number=False, unit="", options=("<leave>", "call", "wait")),
        GapToFill(text="<b>", is_number=False, unit="", options=()),
        GapToFill(text="", is_number=False, unit="", options=("not", "do")),
    )


@pytest.mark.parametrize("response", [None, "2", ["2"], [1, 2, 3, 4], {"1": "2"}])
def test_nothing_is_filled_in_by_a_response_that_does_not_fit(response: Response) -> None:
    assert [gap.text for gap in form_of(response).gaps] == [""] * 4


def test_a_paper_puts_the_choices_of_each_gap_in_an_order_of_its_own() -> None:
    shown = [draw_paper(QUIZ, seed).items[0].options for seed in range(50)]
    assert {frozenset(options[:3]) for options in shown} == {frozenset({1, 2, 3})}
    assert {options[0] for options in shown} == {1, 2, 3}
    assert {options[3:] for options in shown} == {(4, 5), (5, 4)}


def test_the_authors_order_where_nothing_is_shuffled() -> None:
    quiz, _ = read(TEXT.replace("`id: gaps`", "`id: gaps` `shuffle: false`"))
    assert {draw_paper(quiz, seed).items[0].options for seed in range(9)} == {(1, 2, 3, 4, 5)}


def test_another_key_makes_the_same_page() -> None:
    number, choice, words, last = QUESTION.gaps
    assert isinstance(number, NumberGap)
    assert isinstance(choice, ChoiceGap)
    gaps = (
        replace(number, low=Decimal(7), high=Decimal(8)),
        ChoiceGap(options=tuple(replace(o, correct=not o.correct) for o in choice.options)),
        TextGap(answers=("another", "key")),
        last,
    )
    assert words != gaps[2]
    twin = replace(QUESTION, gaps=gaps, explanation="another")
    assert pages.to_answer(twin, ITEM, 1, FILLED) == pages.to_answer(QUESTION, ITEM, 1, FILLED)
    mark = grade_question(QUESTION, FILLED)
    assert pages.in_review(twin, ITEM, 1, FILLED, mark, shows_key=False) == pages.in_review(
        QUESTION, ITEM, 1, FILLED, mark, shows_key=False
    )
    assert "keytext" not in repr(pages.to_answer(QUESTION, ITEM, 1, FILLED))


def test_gaps_in_review() -> None:
    first, second, third, fourth = review_of([*FILLED[:3], "do"]).gaps
    assert (first.place, first.text, first.unit) == (1, "3 hours", "days")
    assert (first.is_right, first.right) == (False, "2 days")
    assert "in this unit: days" in first.feedback
    assert second == GapInReview(
        place=2, text="wait", unit="", is_right=False, right="call", feedback=""
    )
    assert (third.text, third.is_right, third.right) == ("<b>", False, "keytext")
    assert (fourth.place, fourth.is_right) == (4, True)
    assert review_of(FILLED).pieces == QUESTION.pieces


def test_gaps_in_review_while_the_key_is_hidden() -> None:
    gaps = review_of(FILLED, shows_key=False).gaps
    assert [gap.text for gap in gaps] == FILLED
    assert {(gap.is_right, gap.right, gap.feedback) for gap in gaps} == {(None, "", "")}


def test_empty_gaps_in_review() -> None:
    gaps = review_of(None).gaps
    assert {(gap.text, gap.is_right, gap.feedback) for gap in gaps} == {("", False, "")}
