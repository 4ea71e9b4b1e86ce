"""Matching, ordering, gaps, statements, reflections and surveys in the contract and at a terminal."""

import json
from typing import Any

import pytest

from lms.quizzes import terminal
from lms.quizzes.contract import BadResponses, grade, key_lines, read_responses, result_json, show
from lms.quizzes.draw import PaperItem, draw_paper
from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import BadResponse
from lms.quizzes.model import Quiz

TEXT = """\
---
title: Later types
pass: 50%
---

# Later types

## Match each deadline
`id: pairs` `points: 3`

**Match:**

| Task    | Deadline |
|---------|----------|
| Contact | 2 days   |
| Visit   | 7 days   |
|         | 30 days  |

**Explanation:** So.

## Put in order
`id: order`

**Order:**

1. One
2. Two
3. Three

**Explanation:** So.

## Complete
`id: gaps` `points: 2`

Call within `[[2]]` days and `[[(x) reconcile | ( ) refill]]` at the `[[visit | call]]`.

**Explanation:** So.

## One gap
`id: gap`

It is `[[7]]`.

**Explanation:** So.

## Before you finish
`id: attest`

**Attest:** I did this work *myself*.

## Think
`id: think`

**Reflect:** What will you change?

## Think again
`id: again`

And what else?

**Reflect:**

## How was it?
`id: survey` `ungraded` `shuffle: false`

- [ ] Good
- [ ] Bad
"""


def quiz() -> Quiz:
    parsed = parse_quiz(TEXT, "quiz.md")
    assert parsed.quiz is not None, parsed.problems
    return parsed.quiz


QUIZ = quiz()
RIGHT: dict[str, Any] = {
    "pairs": {"Contact": "2 days", "Visit": "7 days"},
    "order": [1, 2, 3],
    "gaps": ["2", "reconcile", "call"],
    "gap": ["7"],
    "attest": {"accepted": True, "name": "Ada Okafor"},
    "think": "My habits.",
    "again": "Nothing.",
    "survey": 1,
}


def test_every_type_is_described_with_its_own_fields() -> None:
    shown = {question["id"]: question for question in show(QUIZ)["questions"]}
    json.dumps(shown)
    assert {key: question["type"] for key, question in shown.items()} == {
        "pairs": "matching",
        "order": "ordering",
        "gaps": "cloze",
        "gap": "cloze",
        "attest": "attestation",
        "think": "reflection",
        "again": "reflection",
        "survey": "survey",
    }
    assert shown["pairs"]["right_sides"] == ["2 days", "7 days", "30 days"]
    assert [item["text"] for item in shown["order"]["items"]] == ["One", "Two", "Three"]
    assert [gap["options"] for gap in shown["gaps"]["gaps"]] == [
        None,
        ["reconcile", "refill"],
        None,
    ]
    assert "myself" in shown["attest"]["statement"]
    assert "change" in shown["think"]["prompt"]
    assert [option["text"] for option in shown["survey"]["options"]] == ["Good", "Bad"]


@pytest.mark.parametrize(
    ("identity", "lines"),
    [
        ("pairs", ["Contact = 2 days", "Visit = 7 days", "(belongs to none) 30 days"]),
        ("order", ["1. One", "2. Two", "3. Three"]),
        ("gaps", ["Gap 1: 2", "Gap 2: reconcile", "Gap 3: visit or call"]),
        ("attest", ["I did this work myself."]),
        ("think", ["A text of one's own; it is not graded."]),
        ("survey", ["1. Good", "2. Bad"]),
    ],
)
def test_the_key_is_told_in_lines(identity: str, lines: list[str]) -> None:
    assert key_lines(QUIZ.by_id[identity]) == lines


def test_the_right_responses_get_all_points_and_pass() -> None:
    result = result_json(grade(QUIZ, read_responses(QUIZ, json.dumps(RIGHT).encode())))
    assert (result["score"], result["maximum"], result["passed"]) == ("7", "7", True)


def test_nothing_is_passed_without_the_statement() -> None:
    responses = json.dumps(RIGHT | {"attest": {"accepted": False, "name": "Ada"}}).encode()
    result = result_json(grade(QUIZ, read_responses(QUIZ, responses)))
    assert (result["score"], result["passed"]) == ("7", False)


@pytest.mark.parametrize(
    ("identity", "value"),
    [
        ("pairs", [1]),
        ("pairs", {"Contact": "3 days"}),
        ("pairs", {"Nobody": "2 days"}),
        ("pairs", {"Contact": ["2 days"]}),
        ("pairs", {"Contact": {"Contact": "2 days"}}),
        ("order", "123"),
        ("order", [1, 2, "3"]),
        ("order", [1, 1, 2]),
        ("gaps", "2"),
        ("gaps", ["2"]),
        ("gaps", ["2", "reconcile", 3]),
        ("gaps", ["2", "reconcile", "x" * 501]),
        ("attest", True),
        ("attest", {"accepted": True}),
        ("attest", {"accepted": 1, "name": "Ada"}),
        ("attest", {"accepted": True, "name": "x" * 201}),
        ("think", 1),
        ("think", "x" * 5001),
        ("survey", "Good"),
        ("survey", 3),
    ],
)
def test_another_shape_is_a_sentence_that_names_the_id(identity: str, value: object) -> None:
    with pytest.raises(BadResponses, match=f"`{identity}` must be"):
        read_responses(QUIZ, json.dumps({identity: value}).encode())


# At a terminal


def item(identity: str) -> PaperItem:
    return next(one for one in draw_paper(QUIZ, 1).items if one.question_id == identity)


def typed_for(identity: str) -> str:
    """What a person types who knows the key, whatever the order that was drawn."""
    question, drawn = QUIZ.by_id[identity], item(identity)
    if identity == "pairs":
        places = {number: place for place, number in enumerate(drawn.options, 1)}
        return f"a={places[1]}, B={places[2]}"
    if identity == "order":
        return " ".join(str(drawn.options.index(number) + 1) for number in (1, 2, 3))
    assert question.id == identity
    texts = {"gaps": "2; reconcile; call", "gap": "7", "attest": "Ada Okafor", "survey": "1"}
    return texts.get(identity, "x")


@pytest.mark.parametrize("identity", RIGHT)
def test_a_typed_answer_is_the_response_of_the_contract(identity: str) -> None:
    question = QUIZ.by_id[identity]
    response = terminal.read_typed(question, item(identity), typed_for(identity))
    expected = RIGHT[identity] if identity not in ("think", "again") else "x"
    assert response == expected
    assert terminal.read_typed(question, item(identity), " ") is None


@pytest.mark.parametrize(
    ("identity", "typed"),
    [
        ("pairs", "a2"),
        ("pairs", "z=1"),
        ("pairs", "a=9"),
        ("order", "1 2 9"),
        ("order", "1 2"),
        ("gaps", "2; reconcile"),
        ("survey", "3"),
    ],
)
def test_what_cannot_be_read_is_asked_again(identity: str, typed: str) -> None:
    with pytest.raises(BadResponse):
        terminal.read_typed(QUIZ.by_id[identity], item(identity), typed)


@pytest.mark.parametrize(
    ("identity", "count", "prompt"),
    [
        ("pairs", 5, "Pairs such as a=2 b=1"),
        ("order", 3, "Numbers in the right order"),
        ("gaps", 1, "Answers, with ; between"),
        ("gap", 0, "Answer"),
        ("attest", 1, "Your name, to accept it"),
        ("think", 1, "Answer"),
        ("again", 0, "Answer"),
        ("survey", 2, "Number"),
    ],
)
def test_a_question_is_put_in_lines(identity: str, count: int, prompt: str) -> None:
    question = QUIZ.by_id[identity]
    assert len(terminal.lines_of(question, item(identity))) == count
    assert terminal.prompt_of(question) == prompt
