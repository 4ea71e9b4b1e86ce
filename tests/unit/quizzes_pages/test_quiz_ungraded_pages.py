"""Questions without right and wrong on pages: what was answered, and no verdict."""

from lms.quizzes import pages
from lms.quizzes.draw import PaperItem
from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import Response, State, grade_question
from lms.quizzes.model import Question, SurveyQuestion
from lms.quizzes.pages.attestation import AttestationForm, AttestationReview
from lms.quizzes.pages.choice import OptionInReview
from lms.quizzes.pages.reflection import ReflectionForm, ReflectionReview

TEXT = """---
title: T
---
# T

## Before you finish
`id: own-work`

**Attest:** I did this.

**Explanation:** Toldlater.

## Looking back
`id: back`

**Reflect:** What would you *change*?

## How was it?
`id: how` `ungraded` `select: many`

- [ ] Long
  > Toldlater.
- [ ] Short
"""


def _read() -> dict[str, Question]:
    quiz = parse_quiz(TEXT, "quiz.md").quiz
    assert quiz is not None
    return dict(quiz.by_id)


QUESTIONS = _read()


def item_of(question: Question) -> PaperItem:
    options = (2, 1) if isinstance(question, SurveyQuestion) else ()
    return PaperItem(question_id=question.id, digest=question.digest, options=options)


def page_of(question_id: str, response: Response = None) -> pages.QuestionToAnswer:
    question = QUESTIONS[question_id]
    return pages.to_answer(question, item_of(question), 1, response)


def review_of(
    question_id: str, response: Response, *, shows_key: bool = True
) -> pages.QuestionInReview:
    question = QUESTIONS[question_id]
    mark = grade_question(question, response)
    return pages.in_review(question, item_of(question), 1, response, mark, shows_key=shows_key)


def test_a_statement_to_accept() -> None:
    page = page_of("own-work", {"accepted": True, "name": ""})
    assert (page.template, page.points, page.is_answered) == ("attestation", 0, False)
    assert page.form == AttestationForm(
        statement="<p>I did this.</p>",
        value="accepted",
        is_ticked=True,
        name="",
        name_length=200,
    )
    assert page_of("own-work", {"accepted": True, "name": "Ada"}).is_answered
    assert page_of("own-work", "Ada").form.name == ""


def test_a_statement_in_review() -> None:
    page = review_of("own-work", {"accepted": True, "name": "Ada"})
    assert page.review == AttestationReview(statement="<p>I did this.</p>", name="Ada")
    assert (page.mark.state, page.message) == (State.UNGRADED, "")
    assert review_of("own-work", {"accepted": False, "name": "Ada"}).review.name == ""
    assert page.explanation == "<p>Toldlater.</p>"
    assert review_of("own-work", None, shows_key=False).explanation == ""


def test_a_text_to_write() -> None:
    page = page_of("back", "Ask.\n\nTwice.")
    assert (page.template, page.points, page.is_answered) == ("reflection", 0, True)
    prompt = "<p>What would you <em>change</em>?</p>"
    assert page.form == ReflectionForm(prompt=prompt, text="Ask.\n\nTwice.", length=5000)
    assert page_of("back", ["Ask."]).form.text == ""


def test_a_text_in_review() -> None:
    page = review_of("back", "Ask <b>.")
    prompt = "<p>What would you <em>change</em>?</p>"
    assert page.review == ReflectionReview(prompt=prompt, text="Ask <b>.")
    assert (page.mark.state, page.message) == (State.UNGRADED, "")
    assert review_of("back", None).review.text == ""


def test_a_survey_to_answer() -> None:
    page = page_of("how", [1])
    assert (page.template, page.points, page.is_answered) == ("choice", 0, True)
    assert page.form.select_many
    assert [(o.number, o.is_chosen) for o in page.form.options] == [(2, False), (1, True)]


def test_a_survey_in_review_has_no_verdict() -> None:
    page = review_of("how", [1])
    assert page.mark.state is State.UNGRADED
    assert page.review.options == (
        OptionInReview(html="Short", is_chosen=False, is_right=None, feedback=""),
        OptionInReview(html="Long", is_chosen=True, is_right=None, feedback="<p>Toldlater.</p>"),
    )
    assert "Toldlater" not in repr(review_of("how", [1], shows_key=False))
