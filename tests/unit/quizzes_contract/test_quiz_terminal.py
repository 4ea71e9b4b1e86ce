"""Questions at a terminal: what is shown of them, and what can be typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes import model
from lms.quizzes.draw import PaperItem, draw_paper
from lms.quizzes.grading import BadResponse, State, grade_question
from lms.quizzes.terminal import KINDS, lines_of, prompt_of, read_typed
from tests.contract_quiz import TEXT, read

QUIZ = read()


def item(identity: str, *options: int) -> PaperItem:
    return PaperItem(question_id=identity, digest="", options=options)


def typed(identity: str, text: str, *options: int) -> object:
    return read_typed(QUIZ.by_id[identity], item(identity, *options), text)


def test_options_stand_in_the_order_of_the_paper() -> None:
    question = QUIZ.by_id["one"]
    assert lines_of(question, item("one", 3, 1, 2)) == ["1. third", "2. first", "3. second"]


def test_nothing_of_the_key_is_shown() -> None:
    for drawn in draw_paper(QUIZ, 7).items:
        question = QUIZ.by_id[drawn.question_id]
        shown = "\n".join([*lines_of(question, drawn), prompt_of(question)])
        assert not {"[x]", "50%", "Half", "CUS", "28", "25.5", "30.5"} & set(shown.split())


@pytest.mark.parametrize(
    ("identity", "prompt"),
    [
        ("one", "Number"),
        ("many", "Numbers, with spaces"),
        ("word", "Answer"),
        ("number", "Number (days)"),
    ],
)
def test_what_to_type(identity: str, prompt: str) -> None:
    assert prompt_of(QUIZ.by_id[identity]) == prompt


def test_a_number_without_unit() -> None:
    quiz = read(TEXT.replace(" days", ""))
    assert prompt_of(quiz.by_id["number"]) == "Number"


@pytest.mark.parametrize(
    ("identity", "text", "options", "response"),
    [
        ("one", "1", (3, 1, 2), 3),
        ("one", " 3 ", (3, 1, 2), 2),
        ("many", "1 2", (4, 3, 2, 1), [3, 4]),
        ("many", "4, 1;1", (4, 3, 2, 1), [1, 4]),
        ("many", "2,", (1, 2, 3, 4), [2]),
        ("word", "CUS ", (), "CUS "),
        ("number", "28 days", (), "28 days"),
        ("one", "  ", (1, 2, 3), None),
        ("word", "", (), None),
    ],
)
def test_what_was_typed(
    identity: str, text: str, options: tuple[int, ...], response: object
) -> None:
    assert typed(identity, text, *options) == response


@pytest.mark.parametrize(
    ("identity", "text", "options", "reason"),
    [
        ("one", "4", (3, 1, 2), "Type numbers from 1 to 3."),
        ("one", "first", (3, 1, 2), "Type numbers from 1 to 3."),
        ("one", ",", (3, 1, 2), "Type numbers from 1 to 3."),
        ("one", "1 2", (3, 1, 2), "Choose one option only."),
        ("word", "x" * 501, (), "An answer has at most 500 characters."),
    ],
)
def test_what_cannot_be_read_is_said(
    identity: str, text: str, options: tuple[int, ...], reason: str
) -> None:
    with pytest.raises(BadResponse, match=reason):
        typed(identity, text, *options)


@given(st.integers(0, 99))
def test_the_right_places_give_all_the_points(seed: int) -> None:
    for drawn in draw_paper(QUIZ, seed).items:
        question = QUIZ.by_id[drawn.question_id]
        if isinstance(question, model.ChoiceQuestion):
            right = {option.number for option in question.options if option.correct}
            places = [n for n, number in enumerate(drawn.options, start=1) if number in right]
            response = read_typed(question, drawn, " ".join(map(str, places)))
            assert grade_question(question, response).state is State.RIGHT


def test_every_type_of_question_can_be_asked() -> None:
    types = {
        value
        for value in vars(model).values()
        if isinstance(value, type) and issubclass(value, model.Question)
    }
    assert set(KINDS) == types - {model.Question}
