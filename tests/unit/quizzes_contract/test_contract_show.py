"""What `show` promises: every field of every type, as values of JSON."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes import model
from lms.quizzes.contract import KINDS, exact, key_lines, show
from lms.quizzes.contract.kind import shown
from tests.contract_quiz import TEXT, read

SHOWN = show(read())
BY_ID: dict[str, dict[str, Any]] = {question["id"]: question for question in SHOWN["questions"]}
COMMON = {
    "id", "type", "points", "line", "title", "stem", "objective", "tags", "hints", "explanation",
    "correct_message", "incorrect_message", "void", "digest",
}  # fmt: skip


def own(identity: str) -> dict[str, Any]:
    """The fields of a question that not every type has."""
    return {key: value for key, value in BY_ID[identity].items() if key not in COMMON}


def test_the_quiz_has_its_title_settings_questions_and_pools() -> None:
    assert list(SHOWN) == ["title", "introduction", "settings", "questions", "pools"]
    assert SHOWN["title"] == "Every type"
    assert SHOWN["introduction"] == "<p>Some <em>words</em>.</p>"
    assert SHOWN["settings"] == {
        "pass": "62.5%",
        "attempts": 2,
        "time_limit_minutes": None,
        "cooldown_minutes": None,
        "record": "highest",
        "shuffle": False,
        "review": "after-pass",
    }
    assert SHOWN["pools"] == [
        {
            "title": "Draw",
            "draw": 1,
            "line": TEXT.split("\n").index("## Draw") + 1,
            "questions": ["word", "number"],
        }
    ]


def test_it_is_json_and_nothing_else() -> None:
    assert json.loads(json.dumps(SHOWN)) == SHOWN


def test_every_question_has_the_common_fields_and_its_place() -> None:
    lines = TEXT.split("\n")
    assert [(one["id"], one["type"], one["points"]) for one in SHOWN["questions"]] == [
        ("one", "single", "2.5"),
        ("many", "multiple", "1"),
        ("flag", "true-false", "1"),
        ("word", "text", "1"),
        ("number", "number", "1"),
    ]
    for question in SHOWN["questions"]:
        assert question.keys() >= COMMON
        assert lines[question["line"] - 1].lstrip("# ") == question["title"]
        assert len(question["digest"]) == 16


def test_what_the_author_says_around_a_question() -> None:
    one = BY_ID["one"]
    assert one["stem"] == "<p>A stem.</p>"
    assert (one["objective"], one["tags"], one["void"]) == ("explain", ["a", "b"], False)
    assert one["hints"] == ["<p>Think.</p>"]
    assert one["explanation"] == "<p>Because.</p>"
    assert (one["correct_message"], one["incorrect_message"]) == ("<p>Yes.</p>", "<p>No.</p>")
    assert BY_ID["flag"]["void"] is True


def test_a_heading_that_asks_is_the_stem() -> None:
    assert BY_ID["many"]["stem"] == "Which three?"


def test_options_have_numbers_from_1_in_the_order_of_the_file() -> None:
    assert own("one") == {
        "scoring": None,
        "shuffle": True,
        "options": [
            {
                "number": 1, "text": "first", "html": "first", "correct": False, "weight": "0.5",
                "feedback": "<p>Half.</p>", "not_chosen_feedback": "",
            },
            {
                "number": 2, "text": "second", "html": "<em>second</em>", "correct": True,
                "weight": None, "feedback": "", "not_chosen_feedback": "<p>Pity.</p>",
            },
            {
                "number": 3, "text": "third", "html": "third", "correct": False, "weight": None,
                "feedback": "", "not_chosen_feedback": "",
            },
        ],
    }  # fmt: skip
    assert (own("many")["scoring"], own("many")["shuffle"]) == ("net", False)


def test_a_text_has_its_answers_and_how_they_are_compared() -> None:
    assert own("word") == {
        "match": "exact",
        "answers": [
            {"pattern": "CUS", "kind": "text", "ignore_case": False, "weight": "1", "feedback": ""},
            {
                "pattern": "c[ou]s", "kind": "regex", "ignore_case": True, "weight": "1",
                "feedback": "",
            },
            {
                "pattern": "cuss", "kind": "text", "ignore_case": False, "weight": "0.25",
                "feedback": "",
            },
            {
                "pattern": "SBAR", "kind": "text", "ignore_case": False, "weight": "0",
                "feedback": "<p>No.</p>",
            },
        ],
    }  # fmt: skip


def test_a_number_has_exact_bounds() -> None:
    assert own("number") == {"low": "25.5", "high": "30.5", "value": "28", "unit": "days"}
    quiz = read(TEXT.replace("28 ± 2.50 days", "1..2"))
    assert show(quiz)["questions"][-1]["value"] is None


def test_the_key_in_lines() -> None:
    lines = {question.id: key_lines(question) for question in read().questions}
    assert lines == {
        "one": ["1. [ ] first (50%)", "2. [x] second", "3. [ ] third"],
        "many": ["1. [x] a", "2. [x] b", "3. [x] c", "4. [ ] d"],
        "flag": ["1. [x] True", "2. [ ] False"],
        "word": ["CUS (100%)", "/c[ou]s/i (100%)", "cuss (25%)", "SBAR (0%)"],
        "number": ["25.5 to 30.5 days"],
    }


def test_every_type_of_question_is_in_the_contract() -> None:
    types = {
        value
        for value in vars(model).values()
        if isinstance(value, type) and issubclass(value, model.Question)
    }
    assert set(KINDS) == types - {model.Question}


# Exact numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(7), "7"),
        (Fraction(5, 2), "2.5"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(201, 20), "10.05"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-200, 3), "-200/3"),
        (Decimal("2.50"), "2.5"),
        (Decimal("-0.0"), "0"),
        (Decimal(100), "100"),
    ],
)
def test_an_exact_number(value: Fraction | Decimal, text: str) -> None:
    assert exact(value) == text


@given(st.fractions() | st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_an_exact_number_reads_back(value: Fraction | Decimal) -> None:
    assert Fraction(exact(value)) == Fraction(value)


def test_values_from_outside_are_shown_short_and_without_control_characters() -> None:
    assert shown("a\x1b\ud800") == '"a\\u001b\\ud800"'
    assert shown("x" * 500) == '"' + "x" * 79 + "…"
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    assert shown(nested) == "nested too deeply to be shown"
