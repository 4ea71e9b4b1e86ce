"""Matching on pages: every right side for every left one, and nothing of what belongs together."""

from dataclasses import replace

import pytest

from lms.quizzes import pages
from lms.quizzes.draw import PaperItem
from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import Response, grade_question, read_response
from lms.quizzes.model import MatchingQuestion
from lms.quizzes.pages.matching import MatchingForm, MatchingReview, RowInReview, SideToChoose

TEXT = """---
title: T
---
# T

## Which is due when?
`id: due`

**Match:**

| *Task* | Due |
|---|---|
| Call <b> | 2 |
| *Visit* | **7** |
| | 9 |

**Explanation:** Toldlater.
"""


def question_of(text: str = TEXT) -> MatchingQuestion:
    quiz = parse_quiz(text, "quiz.md").quiz
    assert quiz is not None
    (question,) = quiz.questions
    assert isinstance(question, MatchingQuestion)
    return question


QUESTION = question_of()


def item_of(question: MatchingQuestion, *shown: str) -> PaperItem:
    """The question on a paper, with its right sides in this order."""
    numbers = {side.text: side.number for side in question.right_sides}
    return PaperItem(
        question_id=question.id,
        digest=question.digest,
        options=tuple(numbers[text] for text in shown),
    )


ITEM = item_of(QUESTION, "9", "2", "7")


def form_of(response: Response = None) -> MatchingForm:
    page = pages.to_answer(QUESTION, ITEM, 1, response)
    assert page.template == "matching"
    return page.form


def review_of(response: Response, *, shows_key: bool = True) -> MatchingReview:
    mark = grade_question(QUESTION, response)
    return pages.in_review(QUESTION, ITEM, 1, response, mark, shows_key=shows_key).review


def test_every_right_side_is_offered_in_the_order_of_the_paper() -> None:
    form = form_of({"Visit": "2"})
    assert (form.left_title, form.right_title) == ("<em>Task</em>", "Due")
    assert [row.html for row in form.rows] == ["Call &lt;b&gt;", "<em>Visit</em>"]
    assert form.rows[0].sides == (
        SideToChoose(value="1=9", text="9", is_chosen=False),
        SideToChoose(value="1=2", text="2", is_chosen=False),
        SideToChoose(value="1=7", text="7", is_chosen=False),
    )
    assert [side.is_chosen for side in form.rows[1].sides] == [False, True, False]


def test_what_the_form_offers_can_be_read_back() -> None:
    values = [row.sides[index].value for index, row in enumerate(form_of().rows)]
    assert read_response(QUESTION, values) == {"Call <b>": "9", "Visit": "2"}


@pytest.mark.parametrize("response", [None, "2", ["2"], {"Visit": 2}, {"Other": "2"}])
def test_nothing_is_chosen_by_a_response_that_does_not_fit(response: Response) -> None:
    assert not any(side.is_chosen for row in form_of(response).rows for side in row.sides)


def test_what_was_saved_compares_equal_whatever_the_order_of_its_rows() -> None:
    one, other = {"Visit": "2", "Call <b>": "9"}, {"Call <b>": "9", "Visit": "2"}
    assert pages.to_answer(QUESTION, ITEM, 1, one).saved == pages.encode(QUESTION, other)


def test_another_key_makes_the_same_page() -> None:
    first, second = QUESTION.pairs
    swapped = (replace(first, right=second.right), replace(second, right=first.right))
    moved = tuple(
        replace(side, number=number)
        for number, side in enumerate(reversed(QUESTION.right_sides), start=1)
    )
    twin = replace(QUESTION, pairs=swapped, right_sides=moved, explanation="another")
    response = {"Visit": "2"}
    page = pages.to_answer(twin, item_of(twin, "9", "2", "7"), 1, response)
    assert page == pages.to_answer(QUESTION, ITEM, 1, response)
    hidden = [
        pages.in_review(
            of,
            item_of(of, "9", "2", "7"),
            1,
            response,
            grade_question(QUESTION, response),
            shows_key=False,
        )
        for of in (QUESTION, twin)
    ]
    assert hidden[0] == hidden[1]


def test_a_matching_in_review() -> None:
    review = review_of({"Visit": "7"})
    assert (review.left_title, review.right_title) == ("<em>Task</em>", "Due")
    assert review.rows == (
        RowInReview(html="Call &lt;b&gt;", chosen="", right="2", is_right=False),
        RowInReview(
            html="<em>Visit</em>",
            chosen="<strong>7</strong>",
            right="<strong>7</strong>",
            is_right=True,
        ),
    )


def test_a_matching_in_review_while_the_key_is_hidden() -> None:
    assert review_of({"Visit": "7"}, shows_key=False).rows == (
        RowInReview(html="Call &lt;b&gt;", chosen="", right="", is_right=None),
        RowInReview(html="<em>Visit</em>", chosen="<strong>7</strong>", right="", is_right=None),
    )


def test_what_is_not_offered_any_more_is_shown_as_text() -> None:
    assert review_of({"Visit": "<i>"}).rows[1].chosen == "&lt;i&gt;"
