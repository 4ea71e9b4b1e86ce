"""What pages show of questions, and what they must not hold before the key may be seen."""

from fractions import Fraction

import pytest

from lms.quizzes import pages
from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import Mark, Response, State, grade_question, read_response
from lms.quizzes.model import ChoiceQuestion, Question
from lms.quizzes.pages.choice import ChoiceForm, ChoiceReview, OptionToChoose
from lms.quizzes.pages.text import TypedForm, TypedReview
from tests.sample_content import KEY_WORDS, QUIZ, RIGHT, WRONG
from tests.unit.quizzes_pages.questions import QUESTIONS, item_of, twin_of

every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))


def to_answer(question: Question, response: Response = None) -> pages.QuestionToAnswer:
    return pages.to_answer(question, item_of(question), 3, response)


def review(
    question: Question, values: list[str], *, shows_key: bool = True
) -> pages.QuestionInReview:
    response = read_response(question, values)
    mark = grade_question(question, response)
    return pages.in_review(question, item_of(question), 3, response, mark, shows_key=shows_key)


# While it is answered


def test_a_choice_to_answer() -> None:
    page = to_answer(QUESTIONS["payer"], 3)
    assert (page.position, page.id, page.template) == (3, "payer", "choice")
    assert page.heading == "What do you send to a payer?"
    assert page.stem == ""
    assert page.points == 1
    assert page.hints == ("<p>What is the purpose of the request?</p>",)
    assert page.form == ChoiceForm(
        select_many=False,
        options=(
            OptionToChoose(number=3, html="Nothing at all", is_chosen=True),
            OptionToChoose(number=2, html="The part that the request needs", is_chosen=False),
            OptionToChoose(number=1, html="The whole chart", is_chosen=False),
        ),
    )


def test_several_choices_to_answer() -> None:
    page = to_answer(QUESTIONS["desk"], [1, 3])
    assert page.form.select_many
    assert [(o.number, o.is_chosen) for o in page.form.options] == [
        (3, True),
        (2, False),
        (1, True),
    ]


def test_a_text_to_answer() -> None:
    page = to_answer(QUESTIONS["method"], "a <b>")
    assert page.template == "typed"
    assert page.form == TypedForm(text="a <b>", is_number=False, unit="")


def test_a_number_to_answer() -> None:
    page = to_answer(QUESTIONS["days"], "3")
    assert page.form == TypedForm(text="3", is_number=True, unit="days")


@pytest.mark.parametrize(
    ("question_id", "response", "saved", "is_answered"),
    [
        ("payer", None, "null", False),
        ("payer", 2, "2", True),
        ("desk", [], "[]", False),
        ("desk", [1, 3], "[1, 3]", True),
        ("method", "", '""', False),
        ("method", "été", '"été"', True),
    ],
)
def test_what_was_saved_comes_back_with_the_form(
    question_id: str, response: Response, saved: str, *, is_answered: bool
) -> None:
    page = to_answer(QUESTIONS[question_id], response)
    assert (page.saved, page.is_answered) == (saved, is_answered)


@pytest.mark.parametrize(
    ("question_id", "response"), [("method", 2), ("method", [1]), ("days", 2), ("payer", "2")]
)
def test_an_answer_of_another_shape_is_shown_as_none(question_id: str, response: Response) -> None:
    # As after an import: the question was of another type once.
    form = to_answer(QUESTIONS[question_id], response).form
    chosen = [o for o in form.options if o.is_chosen] if question_id == "payer" else form.text
    assert not chosen


# The key


@every_question
def test_what_is_answered_holds_nothing_of_the_key(question: Question) -> None:
    for values in (RIGHT[question.id], WRONG[question.id], []):
        response = read_response(question, values)
        shown = repr(to_answer(question, response)).replace(repr(response), "")
        assert not [word for word in KEY_WORDS if word in shown]


@every_question
def test_another_key_makes_the_same_page(question: Question) -> None:
    twin = twin_of(question)
    assert twin != question
    assert to_answer(twin) == to_answer(question)


@every_question
@pytest.mark.parametrize("answers", [RIGHT, WRONG], ids=["right", "wrong"])
def test_a_review_without_key_holds_nothing_of_it(
    question: Question, answers: dict[str, list[str]]
) -> None:
    shown = repr(review(question, answers[question.id], shows_key=False))
    assert not [word for word in KEY_WORDS if word in shown]


@every_question
def test_another_key_makes_the_same_review_while_the_key_is_hidden(question: Question) -> None:
    response = read_response(question, WRONG[question.id])
    mark = grade_question(question, response)

    def page(of: Question) -> pages.QuestionInReview:
        return pages.in_review(of, item_of(of), 1, response, mark, shows_key=False)

    assert page(twin_of(question)) == page(question)


@every_question
@pytest.mark.parametrize("answers", [RIGHT, WRONG], ids=["right", "wrong"])
def test_no_review_shows_the_authors_own_note(
    question: Question, answers: dict[str, list[str]]
) -> None:
    assert "Nevertold" not in repr(review(question, answers[question.id]))


# When it is reviewed


def test_a_choice_in_review() -> None:
    page = review(QUESTIONS["payer"], ["1"])
    assert isinstance(page.review, ChoiceReview)
    nothing, part, whole = page.review.options
    assert (nothing.is_chosen, nothing.is_right, nothing.feedback) == (False, False, "")
    # The right option that was left out is explained all the same.
    assert (part.is_chosen, part.is_right) == (False, True)
    assert "that is the least" in part.feedback
    assert (whole.is_chosen, whole.is_right) == (True, False)
    assert "needs less than that" in whole.feedback
    assert "payment is held" in page.explanation
    assert "think of the purpose" in page.message
    assert page.mark.state is State.WRONG


def test_a_right_answer_has_its_own_message() -> None:
    assert "well chosen" in review(QUESTIONS["payer"], ["2"]).message
    assert review(QUESTIONS["desk"], ["1", "2"]).message == ""


def test_what_was_rightly_left_out_has_its_own_feedback() -> None:
    listed, telephone, notepad = review(QUESTIONS["desk"], ["1"]).review.options
    assert "you saw through" in listed.feedback
    assert "it shows nothing" in telephone.feedback
    assert "it names nobody" in notepad.feedback


def test_a_choice_in_review_while_the_key_is_hidden() -> None:
    page = review(QUESTIONS["payer"], ["1"], shows_key=False)
    assert [(o.is_chosen, o.is_right, o.feedback) for o in page.review.options] == [
        (False, None, ""),
        (False, None, ""),
        (True, None, ""),
    ]
    assert (page.message, page.explanation) == ("", "")
    assert page.mark == Mark(
        question_id="payer",
        score=Fraction(0),
        maximum=Fraction(1),
        state=State.WRONG,
        feedback=(),
    )


def test_a_text_in_review() -> None:
    page = review(QUESTIONS["method"], ["Lecture"])
    assert page.review == TypedReview(
        text="Lecture",
        unit="",
        right_answers=("keytext teach-back", "teach-back"),
        feedback="<p>Toldlater: that is one-sided.</p>",
    )
    hidden = review(QUESTIONS["method"], ["Lecture"], shows_key=False)
    assert hidden.review == TypedReview(text="Lecture", unit="", right_answers=(), feedback="")


def test_only_right_words_are_shown_as_right_answers() -> None:
    text = QUIZ.replace("`teach-back`\n", "`/teach.?back/i`\n").replace(
        "- ~~`lecture`~~", "- `half of it` `50%`\n- ~~`lecture`~~"
    )
    quiz = parse_quiz(text, "quiz.md").quiz
    assert quiz is not None
    page = review(quiz.by_id["method"], ["teach back"])
    assert page.mark.state is State.RIGHT
    assert page.review.right_answers == ("keytext teach-back",)


def test_a_number_in_review() -> None:
    page = review(QUESTIONS["days"], ["30 hours"])
    assert page.review.right_answers == ("28 to 32 days",)
    assert "in this unit: days" in page.review.feedback
    hidden = review(QUESTIONS["days"], ["30 hours"], shows_key=False)
    assert hidden.review == TypedReview(text="30 hours", unit="days", right_answers=(), feedback="")


def test_nothing_was_answered() -> None:
    for question in QUESTIONS.values():
        page = review(question, [])
        assert page.mark.state is State.BLANK
        if isinstance(question, ChoiceQuestion):
            assert not any(option.is_chosen for option in page.review.options)
        else:
            assert page.review.text == ""
