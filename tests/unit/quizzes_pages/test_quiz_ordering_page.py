"""Ordering on pages: items go by their texts, since their numbers are the key."""

from dataclasses import replace

import pytest

from lms.quizzes import pages
from lms.quizzes.draw import PaperItem
from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import Response, grade_question, read_response
from lms.quizzes.model import OrderingQuestion
from lms.quizzes.pages.ordering import ItemToPlace, OrderingForm, OrderingReview, PlaceInReview

TEXT = """---
title: T
---
# T

## What comes first?
`id: order`

**Order:**

1. Wash *hands*
2. Look <up>
3. Leave

**Explanation:** Toldlater.
"""


def question_of(text: str = TEXT) -> OrderingQuestion:
    quiz = parse_quiz(text, "quiz.md").quiz
    assert quiz is not None
    (question,) = quiz.questions
    assert isinstance(question, OrderingQuestion)
    return question


QUESTION = question_of()
ITEM = PaperItem(question_id="order", digest=QUESTION.digest, options=(3, 1, 2))


def form_of(response: Response = None) -> OrderingForm:
    page = pages.to_answer(QUESTION, ITEM, 1, response)
    assert page.template == "ordering"
    return page.form


def review_of(response: Response, *, shows_key: bool = True) -> OrderingReview:
    mark = grade_question(QUESTION, response)
    return pages.in_review(QUESTION, ITEM, 1, response, mark, shows_key=shows_key).review


def test_items_stand_in_the_order_of_the_paper() -> None:
    assert form_of() == OrderingForm(
        items=(
            ItemToPlace(text="Leave", html="Leave"),
            ItemToPlace(text="Wash hands", html="Wash <em>hands</em>"),
            ItemToPlace(text="Look <up>", html="Look &lt;up&gt;"),
        ),
        places=("", "", ""),
    )


def test_what_was_placed_comes_back() -> None:
    assert form_of([2, 0, 1]).places == ("Look <up>", "", "Wash hands")
    assert read_response(QUESTION, form_of([2, 0, 1]).places) == [2, 0, 1]


@pytest.mark.parametrize("response", [None, "1", [1, 2], [1, 2, 4], {"a": 1}])
def test_nothing_is_placed_by_a_response_that_does_not_fit(response: Response) -> None:
    assert form_of(response).places == ("", "", "")


def test_what_was_saved_tells_no_numbers() -> None:
    page = pages.to_answer(QUESTION, ITEM, 1, [2, 0, 1])
    assert page.saved == '["Look <up>", "", "Wash hands"]'
    assert page.filled == (2, 3)
    assert not page.is_answered
    assert pages.to_answer(QUESTION, ITEM, 1, [2, 1, 3]).is_answered
    assert pages.encode(QUESTION, None) == "null"


def test_another_key_makes_the_same_page() -> None:
    first, second, third = QUESTION.items
    items = (replace(third, number=1), replace(first, number=2), replace(second, number=3))
    twin = replace(QUESTION, items=items, explanation="another")
    item = replace(ITEM, options=(1, 2, 3))
    assert pages.to_answer(twin, item, 1, [3, 0, 2]) == pages.to_answer(
        QUESTION, ITEM, 1, [2, 0, 1]
    )
    mark = grade_question(QUESTION, [2, 0, 1])
    assert pages.in_review(twin, item, 1, [3, 0, 2], mark, shows_key=False) == pages.in_review(
        QUESTION, ITEM, 1, [2, 0, 1], mark, shows_key=False
    )


def test_an_order_in_review() -> None:
    assert review_of([2, 0, 3]) == OrderingReview(
        places=(
            PlaceInReview(html="Look &lt;up&gt;", is_right=False),
            PlaceInReview(html="", is_right=False),
            PlaceInReview(html="Leave", is_right=True),
        ),
        right=("Wash <em>hands</em>", "Look &lt;up&gt;", "Leave"),
    )


def test_the_right_order_is_not_told_twice() -> None:
    review = review_of([1, 2, 3])
    assert [place.is_right for place in review.places] == [True, True, True]
    assert review.right == ()


def test_an_order_in_review_while_the_key_is_hidden() -> None:
    review = review_of([2, 1, 3], shows_key=False)
    assert [place.is_right for place in review.places] == [None, None, None]
    assert review.right == ()


def test_no_order_in_review() -> None:
    assert review_of(None).places == ()
    assert len(review_of(None).right) == 3
    assert review_of(None, shows_key=False).right == ()
