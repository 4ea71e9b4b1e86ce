"""Five quizzes with everything the format has: what is read, and that no formatter changes it."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from lms.quizzes.format import parse_quiz
from lms.quizzes.format.formatting import format_quiz
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
    Pool,
    Question,
    Quiz,
    Record,
    ReflectionQuestion,
    SurveyQuestion,
    TextQuestion,
)
from tests.fixture_keys import KEYS
from tests.pure_modules import ROOT
from tests.quiz_texts import without_lines

FOLDER = ROOT / "tests/fixtures/quizzes"
NAMES = (
    "example",
    "care-transitions",
    "medication-safety",
    "team-and-referrals",
    "social-needs",
)
PICTURES = ("figures/labels.png", "figures/left.png")


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def read(text: str) -> Quiz:
    parsed = parse_quiz(text, "quiz.md", images=PICTURES)
    assert parsed.quiz is not None, "\n".join(map(str, parsed.problems))
    return parsed.quiz


def formatted(text: str) -> str | None:
    return format_quiz(text, "quiz.md", images=PICTURES).text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("formatter", ["prettier", "mdformat"])
def test_what_formatters_make_of_it_means_the_same(name: str, formatter: str) -> None:
    theirs = text_of(f"{name}.{formatter}")
    assert theirs != text_of(name)
    assert without_lines(read(theirs)) == without_lines(read(text_of(name)))
    assert formatted(theirs) == formatted(text_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_canonical_form_means_the_same_and_stays(name: str) -> None:
    canonical = formatted(text_of(name))
    assert canonical is not None
    assert canonical != text_of(name)
    assert without_lines(read(canonical)) == without_lines(read(text_of(name)))
    assert formatted(canonical) == canonical


def gap(one: Gap) -> object:
    if isinstance(one, NumberGap):
        return one.low, one.high, one.unit
    if isinstance(one, ChoiceGap):
        return [(option.text, option.correct) for option in one.options]
    return one.answers


def options(question: ChoiceQuestion) -> object:
    known = [
        (one.text, one.correct, one.weight, one.feedback, one.not_chosen_feedback)
        for one in question.options
    ]
    return str(question.scoring), question.shuffle, known


def answers(question: TextQuestion) -> object:
    known = [
        (one.pattern, one.kind.value, one.ignore_case, one.weight, one.feedback)
        for one in question.answers
    ]
    return str(question.match), known


def sides(question: MatchingQuestion) -> object:
    pairs = [(pair.left, pair.right) for pair in question.pairs]
    return pairs, [side.text for side in question.right_sides]


# All that a type has of its own, as plain values.
KEY_OF: dict[type[Question], Callable[[Any], object]] = {
    ChoiceQuestion: options,
    SurveyQuestion: lambda one: (
        one.select_many,
        one.shuffle,
        [option.text for option in one.options],
    ),
    TextQuestion: answers,
    NumberQuestion: lambda one: (one.low, one.high, one.value, one.unit),
    MatchingQuestion: sides,
    OrderingQuestion: lambda one: (str(one.scoring), [item.text for item in one.items]),
    ClozeQuestion: lambda one: (one.shuffle, list(map(gap, one.gaps))),
    AttestationQuestion: lambda one: one.statement,
    ReflectionQuestion: lambda one: one.prompt,
}


@pytest.mark.parametrize("name", KEYS)
def test_what_each_question_asks_for(name: str) -> None:
    questions = read(text_of(name)).questions
    assert [
        (one.id, one.type, str(one.points), KEY_OF[type(one)](one)) for one in questions
    ] == KEYS[name]


def test_the_settings_of_each_quiz() -> None:
    found = {}
    for name in NAMES:
        settings = read(text_of(name)).settings
        found[name] = (
            settings.pass_mark,
            settings.attempts,
            settings.shuffle,
            str(settings.review),
        )
    assert found == {
        "example": (Fraction(4, 5), 2, False, "after-attempt"),
        "care-transitions": (Fraction(3, 4), 3, True, "after-pass"),
        "medication-safety": (Fraction(133, 200), None, False, "after-attempt"),
        "team-and-referrals": (Fraction(1), 1, False, "never"),
        "social-needs": (Fraction(4, 5), None, False, "after-attempt"),
    }


def test_the_terms_of_attempts() -> None:
    settings = read(text_of("care-transitions")).settings
    assert (settings.time_limit, settings.cooldown, settings.record) == (
        timedelta(minutes=20),
        timedelta(days=2),
        Record.AVERAGE,
    )
    written = formatted(text_of("care-transitions"))
    assert written is not None
    assert written.splitlines()[1:9] == [
        "title: Safe transitions of care",
        "pass: 75%",
        "attempts: 3",
        "time_limit: 20 min",
        "cooldown: 2 days",
        "record: average",
        "shuffle: true",
        "review: after-pass",
    ]


def test_what_stands_around_the_keys() -> None:
    quiz = read(text_of("care-transitions"))
    assert quiz.title == "Safe transitions of care"
    assert quiz.introduction.startswith(
        "<p>Ten minutes. <em>Keep</em> the discharge summary of <a "
    )
    assert "Every patient in this quiz is invented." in quiz.introduction
    call = quiz.by_id["first-call"]
    assert call.tags == ("transitions", "calls")
    assert call.hints == ("<p>Think of harm.</p>", "<p>Think of <em>tomorrow</em>.</p>")
    assert call.explanation.endswith("A card can be asked for <s>at once</s> later.</p>")
    assert call.correct_message == "<p>You would have caught it.</p>"
    assert call.incorrect_message == "<p>Read lesson 2 again.</p>"
    assert "Visiting nurse booked" in call.stem
    assert "chart review" not in repr(call)
    assert quiz.by_id["summary-complete"].objective == "spot-gaps"
    assert quiz.by_id["summary-complete"].stem == ""
    assert quiz.by_id["visit-day"].void
    assert not quiz.by_id["weight-gain"].void
    (pool,) = (item for item in quiz.items if isinstance(item, Pool))
    assert (pool.title, pool.draw) == ("Calls in the first month", 2)
    assert [one.id for one in pool.questions] == ["contact-days", "teach-minutes", "reach-share"]
    assert quiz.drawn_count == 9


def test_pictures_stand_in_stems_and_options() -> None:
    question = read(text_of("medication-safety")).by_id["dose-label"]
    assert 'src="figures/labels.png"' in question.stem
    assert isinstance(question, ChoiceQuestion)
    assert 'src="figures/left.png"' in question.options[0].html
    assert question.options[1].html == ("The right one, <s>the old one</s>, <code>10 mg</code>")
