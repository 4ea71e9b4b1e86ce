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
    ReflectionQuestion,
    SurveyQuestion,
    TextQuestion,
)
from tests.quiz_texts import PIECES, SAMPLE, quizzes

# A slow machine is no fault of a law.
LAW = settings(max_examples=60)
FUZZ = settings(max_examples=150)

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
