"""Grading of numbers: exact bounds, decimal commas, units."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.grading import BadResponse, Mark, Response, State, grade_question, read_response
from lms.quizzes.grading.number import read_measure


def grade(read_question, key: str, response: Response) -> Mark:
    return grade_question(read_question(f"## Q\n\n**Answer:** {key}\n"), response)


@pytest.mark.parametrize(
    ("key", "response", "points"),
    [
        pytest.param("80", "80", 1, id="same"),
        pytest.param("80", "80.000", 1, id="zeros"),
        pytest.param("80", "080", 1, id="leading-zero"),
        pytest.param("80", " 80 ", 1, id="space"),
        pytest.param("80", "81", 0, id="other"),
        pytest.param("80", "8", 0, id="a-digit-less"),
        pytest.param("0.5", ".5", 1, id="naked-point"),
        pytest.param("1.5", "1,5", 1, id="decimal-comma"),
        pytest.param("0.125", "0,125", 1, id="decimal-comma-after-zero"),
        pytest.param("1234.567", "1234,567", 1, id="decimal-comma-after-four-digits"),
        pytest.param("-3", "-3", 1, id="minus"),
        pytest.param("-3", "−3", 1, id="minus-sign"),
        pytest.param("-3", "3", 0, id="minus-forgotten"),
        pytest.param("-11.7 ± 0.02", "-11.72", 1, id="lower-bound-is-exact"),
        pytest.param("-11.7 ± 0.02", "-11.68", 1, id="upper-bound-is-exact"),
        pytest.param("-11.7 ± 0.02", "-11.7200000000000000000000000000001", 0, id="just-below"),
        pytest.param("-11.7 ± 0.02", "-11.6799999999999999999999999999999", 0, id="just-above"),
        pytest.param("0.3 ± 0", "0.3", 1, id="no-tolerance"),
        pytest.param("28..32 days", "28", 1, id="lower-end"),
        pytest.param("28..32 days", "32", 1, id="upper-end"),
        pytest.param("28..32 days", "33", 0, id="outside"),
        pytest.param("80 ± 5%", "76", 1, id="relative"),
        pytest.param("80 ± 5%", "75.99", 0, id="outside-relative"),
        pytest.param("80 hours", "80 Hours", 1, id="unit-in-any-case"),
        pytest.param("80 hours", "80hours", 1, id="unit-without-space"),
        pytest.param("80 business days", "80  business\tdays", 1, id="space-in-the-unit"),
        pytest.param("80 hours", "80 days", 0, id="another-unit"),
        pytest.param("5 \N{MICRO SIGN}g", "5 \N{GREEK SMALL LETTER MU}g", 1, id="micro-signs"),
        pytest.param("5 mg", "5 \N{GREEK SMALL LETTER MU}g", 0, id="milli-and-micro"),
        pytest.param("10%", "10%", 1, id="percent"),
        pytest.param("10%", "10 %", 1, id="percent-with-space"),
        pytest.param("10%", "10", 1, id="percent-left-out"),
        pytest.param("10%", "0.1", 0, id="share-for-percent"),
        pytest.param("10", "10%", 0, id="percent-not-asked-for"),
    ],
)
def test_numbers(read_question, key, response, points):
    assert grade(read_question, key, response).score == points


@pytest.mark.parametrize(
    "response",
    ["1,000", "1.000,5", "1,000.5", "1,000,000", "1 000", "ten", "5-10", "5.", "1.2.3", "--5",
     "+5", "٣", "5 -", "1" + ",5,5", "-", "$5", "∞", "\x00"],
    ids=repr,
)  # fmt: skip
def test_what_cannot_be_read_safely_scores_nothing_and_says_so(read_question, response):
    mark = grade(read_question, "1000 ± 1000", response)
    assert (mark.state, mark.score) == (State.WRONG, 0)
    assert "could not be read as a number" in mark.feedback[0]


@pytest.mark.parametrize(
    ("key", "response", "words"),
    [
        pytest.param("80 hours", "80 days", "in this unit: hours", id="another"),
        pytest.param("80 <b>", "80 days", "in this unit: &lt;b&gt;", id="escaped"),
        pytest.param("80", "80 hours", "without a unit", id="none"),
        pytest.param("80%", "80 hours", "in this unit: %", id="percent"),
        pytest.param("80", "8e1", "without a unit", id="exponent"),
    ],
)
def test_another_unit_is_wrong_and_says_so(read_question, key, response, words):
    mark = grade(read_question, key, response)
    assert mark.state is State.WRONG
    assert words in mark.feedback[0]


def test_readable_numbers_have_only_the_authors_feedback(read_question):
    question = read_question("## Q\n\n**Answer:** 5\n\n**Correct:** Yes\n\n**Incorrect:** No\n")
    assert grade_question(question, "5").feedback == ("<p>Yes</p>",)
    assert grade_question(question, "6").feedback == ("<p>No</p>",)
    assert grade_question(question, "x").feedback[1:] == ("<p>No</p>",)


@pytest.mark.parametrize("response", [None, "", " ", 5, [5], "5" * 501], ids=repr)
def test_responses_that_do_not_fit_are_blank(read_question, response):
    assert grade(read_question, "5", response).state is State.BLANK


def test_form_values_stay_text(read_question):
    question = read_question("## Q\n\n**Answer:** 5\n")
    assert read_response(question, ["five"]) == "five"
    assert read_response(question, [""]) is None
    with pytest.raises(BadResponse, match="one answer only"):
        read_response(question, ["5", "6"])
    with pytest.raises(BadResponse, match="at most 500 characters"):
        read_response(question, ["5" * 501])


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5))
def test_every_plain_number_is_read_exactly(number):
    assert read_measure(f"{number:f}") == (number, "")
    assert read_measure(f"{number:f} mg") == (number, "mg")
    comma = f"{number:f}".replace(".", ",")
    assert read_measure(comma) == (Decimal(number), "")
