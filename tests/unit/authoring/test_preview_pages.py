"""What the pages of a preview show of lessons, quizzes and faulty files."""

import pytest

from lms.authoring.preview import key
from lms.authoring.preview.hosts import is_loopback, names_loopback
from lms.authoring.preview.look import Sheet
from lms.authoring.preview.pages import (
    LONGEST,
    MOST_EXCERPTS,
    Page,
    PreviewedQuestion,
    PreviewedQuiz,
    excerpts,
    page_of,
)
from lms.foundation.problems import Problem, Severity
from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import State, grade_question
from lms.quizzes.model import Question, Quiz
from lms.quizzes.pages.choice import OptionInReview
from tests.sample_content import COURSE, LESSON, MODULE, QUIZ
from tests.types_content import QUIZ as TYPES_QUIZ

HEAD = "---\ntitle: T\n---\n# T\n\n"


def sheet(kind: str, text: str | None, problems: tuple[Problem, ...] = (), **figures: str) -> Sheet:
    return Sheet(
        name="some.md",
        kind=kind,
        title="Some",
        text=text,
        figures={"figures/chart.svg": "0123"} | figures,
        objectives=None,
        problems=problems,
    )


def problem(line: int, severity: Severity = Severity.ERROR) -> Problem:
    return Problem("some.md", line, 1, "some-code", "some message", severity)


def quiz_of(text: str) -> Quiz:
    quiz = parse_quiz(text, "quiz.md").quiz
    assert quiz is not None
    return quiz


def previewed(text: str) -> PreviewedQuiz:
    page = page_of(sheet("quiz", text))
    assert page.template == "quiz"
    assert isinstance(page.shown, PreviewedQuiz)
    return page.shown


def questions_of(text: str) -> dict[str, PreviewedQuestion]:
    return {one.question.id: one for part in previewed(text).parts for one in part.questions}


# Files


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("lesson", LESSON, '<img src="/figures/0123/chart.svg"'),
        ("module", MODULE, "Two lessons about keeping things"),
        ("course", COURSE, "Begin with the first lesson"),
    ],
)
def test_a_text_is_shown_as_its_readers_see_it(kind: str, text: str, words: str) -> None:
    warning = problem(3, Severity.WARNING)
    page = page_of(sheet(kind, text, (warning,)))
    assert (page.template, page.listed) == (kind, (warning,))
    assert words in page.shown.html


def test_a_picture_of_a_module_file_has_its_address() -> None:
    page = page_of(sheet("module", f"{MODULE}\n![A chart](figures/chart.svg)\n"))
    assert "/figures/0123/chart.svg" in page.shown.html


@pytest.mark.parametrize("kind", ["lesson", "module", "course", "quiz"])
def test_a_file_of_which_nothing_can_be_made_shows_its_errors(kind: str) -> None:
    problems = (problem(2), problem(3, Severity.WARNING))
    page = page_of(sheet(kind, "---\ntitle: x\nother: y\n---\n", problems))
    assert (page.template, page.listed) == ("broken", (problems[1],))
    (excerpt,) = page.shown
    assert excerpt.problem == problems[0]
    assert [(line.number, line.text, line.is_here) for line in excerpt.lines] == [
        (1, "---", False),
        (2, "title: x", True),
        (3, "other: y", False),
        (4, "---", False),
    ]


def test_a_file_that_cannot_be_read_has_no_lines() -> None:
    page = page_of(sheet("quiz", None, (problem(1),)))
    assert page == Page(template="broken", shown=excerpts("", (problem(1),)), listed=())
    assert page.shown[0].lines == ()


def test_an_excerpt_stays_small_whatever_the_file() -> None:
    text = "\n".join(["x" * 5000] * 100)
    many = tuple(problem(line) for line in range(1, 101))
    found = excerpts(text, many)
    assert len(found) == MOST_EXCERPTS
    assert [line.number for line in found[9].lines] == [8, 9, 10, 11, 12]
    assert {len(line.text) for line in found[9].lines} == {LONGEST + 1}
    page = page_of(sheet("lesson", text, many))
    assert len(page.listed) == 100 - MOST_EXCERPTS


# Quizzes


def test_every_question_of_the_file_is_there_in_its_order() -> None:
    quiz = previewed(QUIZ)
    assert [
        (part.pool and part.pool.draw, [one.form.position for one in part.questions])
        for part in quiz.parts
    ] == [(None, [1]), (None, [2]), (None, [3]), (None, [4]), (1, [5, 6])]
    assert not quiz.has_ordering
    assert previewed(TYPES_QUIZ).has_ordering


def test_a_question_is_asked_without_an_answer_and_keeps_its_order_while_it_is_edited() -> None:
    before = questions_of(QUIZ)["payer"].form
    after = questions_of(QUIZ.replace("The whole chart", "All of the chart"))["payer"].form
    assert not before.is_answered
    assert "Toldlater" not in repr(before)
    assert [option.number for option in before.form.options] == [
        option.number for option in after.form.options
    ]


def test_the_key_tells_everything_that_is_said_to_an_option() -> None:
    options = {option.html: option for option in questions_of(QUIZ)["desk"].review.review.options}
    assert options["A list of patients"].feedback == (
        '<p>Toldlater: it names everybody.</p><p class="review-caption">If left out:</p>'
        "<p>Toldlater: you saw through the list.</p>"
    )
    assert options["An empty notepad"].is_right is True
    assert questions_of(QUIZ)["payer"].review.explanation


def test_the_key_tells_weights() -> None:
    text = HEAD + "## Q\n`id: q` `scoring: net`\n\n- [x] one `50%`\n- [x] two\n- [ ] three `-25%`\n"
    shown = questions_of(text)["q"]
    assert [option.feedback for option in sorted_options(shown)] == [
        "<p>Weight: 50%</p>",
        "",
        "<p>Weight: -25%</p>",
    ]


def sorted_options(shown: PreviewedQuestion) -> list[OptionInReview]:
    numbers = [option.number for option in shown.form.form.options]
    options = zip(numbers, shown.review.review.options, strict=True)
    return [option for _, option in sorted(options, key=lambda pair: pair[0])]


MORE = """
## Weighted
`id: weighted` `select: one`

- [x] Half `50%`
- [x] All
- [ ] None

## A range of one
`id: exactly`

**Answer:** 0.9234567890123456789012345679

## Only a pattern
`id: pattern`

**Answer:** `/re(nal)?/i`

## Gaps
`id: gaps`

A `[[5 ± 1 mL]]` dose of `[[(x) saline | (x) water | ( ) oil]]`, by `[[mouth]]`.
"""


def right_marks(text: str) -> dict[str, State]:
    return {
        question.id: grade_question(question, key.right_response(question)).state
        for question in quiz_of(text).questions
    }


def test_the_right_response_earns_all_points() -> None:
    assert set(right_marks(QUIZ).values()) == {State.RIGHT}
    assert right_marks(TYPES_QUIZ) == {
        "toc-match": State.RIGHT,
        "toc-order": State.RIGHT,
        "toc-cloze": State.RIGHT,
        "next-shift": State.UNGRADED,
        "tools": State.UNGRADED,
        "attest-privacy": State.UNGRADED,
    }
    assert right_marks(HEAD + MORE) == {
        "weighted": State.RIGHT,
        "exactly": State.RIGHT,
        "pattern": State.BLANK,
        "gaps": State.RIGHT,
    }


def known(question: Question) -> list[str]:
    return [answer.words for answer in key.known_answers(question)]


def test_what_one_right_answer_does_not_show_of_the_key_is_listed() -> None:
    assert known(quiz_of(QUIZ).by_id["payer"]) == []
    method = quiz_of(QUIZ).by_id["method"]
    assert known(method) == ["keytext teach-back (100%)", "teach-back (100%)", "lecture (0%)"]
    assert key.known_answers(method)[2].feedback == "<p>Toldlater: that is one-sided.</p>"
    types = quiz_of(TYPES_QUIZ).by_id
    assert known(types["toc-match"]) == ["Belongs to none: 30 calendar days"]
    assert known(types["toc-cloze"]) == ["Gap 3: keytext visit or face-to-face visit"]
    more = quiz_of(HEAD + MORE).by_id
    assert known(more["pattern"]) == ["/re(nal)?/i (100%)"]
    assert known(more["gaps"]) == ["Gap 1: 4 to 6 mL", "Gap 2: saline or water"]
    alone = quiz_of(HEAD + "## Q\n`id: q`\n\n**Answer:** `kidney`\n").by_id["q"]
    assert known(alone) == []
    assert not questions_of(HEAD + MORE)["pattern"].has_right_answer
    assert questions_of(HEAD + MORE)["gaps"].has_right_answer


# This machine


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "::1", "127.3.2.1"])
def test_these_are_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])  # noqa: S104
def test_these_can_be_reached_from_elsewhere(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "header", ["127.0.0.1:8001", "localhost", "localhost:8001", "[::1]", "[::1]:8001"]
)
def test_a_host_header_that_names_this_machine(header: str) -> None:
    assert names_loopback(header)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "evil.example",
        "evil.example:8001",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8001",
        "evil.example/@localhost",
        "[::1",
        "192.0.2.1:8001",
    ],
)
def test_a_host_header_of_somebody_else(header: str) -> None:
    assert not names_loopback(header)
