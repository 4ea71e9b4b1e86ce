"""Reading the form of an attempt: what was changed on it, and what no honest page sends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from lms.quizzes.forms import MAX_SEQUENCE, read_answers, read_sequence
from lms.quizzes.grading import Response
from lms.quizzes.pages import encode
from tests.unit.quizzes_pages.questions import QUESTIONS


def changed(*fields: tuple[str, str]) -> dict[str, Response]:
    answers = read_answers(QUESTIONS.values(), MultiDict(list(fields)))
    assert answers.faults == {}
    return answers.changed


def faults(*fields: tuple[str, str]) -> dict[str, str]:
    answers = read_answers(QUESTIONS.values(), MultiDict(list(fields)))
    assert answers.changed == {}
    return answers.faults


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], {}),
        ([("answer-payer", "2")], {"payer": 2}),
        ([("answer-payer", "2"), ("saved-payer", "null")], {"payer": 2}),
        ([("answer-payer", "2"), ("saved-payer", "1")], {"payer": 2}),
        # Unchanged since the page was made: whatever was saved elsewhere stays.
        ([("answer-payer", "2"), ("saved-payer", "2")], {}),
        ([("saved-payer", "null")], {}),
        # Emptied on this page.
        ([("saved-payer", "2")], {"payer": None}),
        ([("answer-method", "  "), ("saved-method", '"lecture"')], {"method": None}),
        ([("answer-method", " lecture "), ("saved-method", '"lecture"')], {"method": " lecture "}),
        ([("answer-method", "été"), ("saved-method", '"été"')], {}),
        ([("answer-desk", "3"), ("answer-desk", "1")], {"desk": [1, 3]}),
        ([("answer-desk", "3"), ("answer-desk", "1"), ("saved-desk", "[1, 3]")], {}),
        ([("saved-desk", "[1, 3]")], {"desk": None}),
        # What the attempt did not draw is not looked at.
        ([("answer-other", "2"), ("saved-other", "1"), ("csrf_token", "x")], {}),
    ],
)
def test_what_was_changed(fields: list[tuple[str, str]], expected: dict[str, Response]) -> None:
    assert changed(*fields) == expected


@pytest.mark.parametrize(
    ("fields", "question_id", "words"),
    [
        ([("answer-payer", "9")], "payer", "no such option"),
        ([("answer-payer", "x")], "payer", "no such option"),
        ([("answer-payer", "1"), ("answer-payer", "2")], "payer", "one option only"),
        ([("answer-desk", "1"), ("answer-desk", "0")], "desk", "no such option"),
        ([("answer-method", "x" * 501)], "method", "500 characters"),
        ([("answer-days", "1"), ("answer-days", "2")], "days", "one answer only"),
    ],
)
def test_what_cannot_be_read(fields: list[tuple[str, str]], question_id: str, words: str) -> None:
    found = faults(*fields)
    assert list(found) == [question_id]
    assert words in found[question_id]


def test_one_fault_leaves_the_other_answers() -> None:
    fields: list[tuple[str, str]] = [
        ("answer-payer", "9"),
        ("answer-desk", "1"),
        ("answer-method", "x"),
    ]
    answers = read_answers(QUESTIONS.values(), MultiDict(fields))
    assert answers.changed == {"desk": [1], "method": "x"}
    assert list(answers.faults) == ["payer"]


@given(
    st.sampled_from(list(QUESTIONS)), st.lists(st.sampled_from(["", " ", "1", "2", "3", "word"]))
)
def test_a_form_sent_twice_changes_nothing_the_second_time(
    question_id: str, values: list[str]
) -> None:
    fields = [(f"answer-{question_id}", value) for value in values]
    first = read_answers(QUESTIONS.values(), MultiDict(fields))
    saved = encode(QUESTIONS[question_id], first.changed.get(question_id))
    second = read_answers(QUESTIONS.values(), MultiDict([*fields, (f"saved-{question_id}", saved)]))
    assert second.changed == {}
    assert second.faults == first.faults


@pytest.mark.parametrize(
    ("name", "sequence", "expected"),
    [
        ("0a1b", "0", ("0a1b", 0)),
        ("0a1b", "17", ("0a1b", 17)),
        ("0a1b", "0017", ("0a1b", 17)),
        ("a" * 40, str(MAX_SEQUENCE - 1), ("a" * 40, MAX_SEQUENCE - 1)),
        ("", "1", None),
        ("a" * 41, "1", None),
        # PostgreSQL takes no such text.
        ("a\x00b", "1", None),
        ("é", "1", None),
        ("0A1B", "1", None),
        ("0a1b", "", None),
        ("0a1b", "-1", None),
        ("0a1b", "1.5", None),
        ("0a1b", "one", None),
        ("0a1b", "²", None),
        ("0a1b", "٣", None),
        ("0a1b", str(MAX_SEQUENCE), None),
        ("0a1b", "9" * 5000, None),
    ],
)
def test_the_order_of_a_pages_saves(
    name: str, sequence: str, expected: tuple[str, int] | None
) -> None:
    assert read_sequence({"page": name, "sequence": sequence}) == expected


@pytest.mark.parametrize("form", [{}, {"page": "a"}, {"sequence": "1"}])
def test_half_an_order_is_none(form: dict[str, str]) -> None:
    assert read_sequence(form) is None
