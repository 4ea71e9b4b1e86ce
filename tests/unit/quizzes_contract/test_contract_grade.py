"""What `grade` takes and gives, and the sentence for everything that it does not take."""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.contract import BadResponses, grade, read_responses, result_json
from lms.quizzes.grading import Response
from tests.contract_quiz import TEXT, read

QUIZ = read()
KEY: dict[str, Any] = {
    "one": 2,
    "many": [3, 1, 2],
    "flag": 1,
    "word": "COS",
    "number": "25,5 days",
}


def graded(responses: dict[str, Any]) -> dict[str, Any]:
    return result_json(grade(QUIZ, read_responses(QUIZ, json.dumps(responses).encode())))


def refusal(body: str | bytes) -> str:
    with pytest.raises(BadResponses) as caught:
        read_responses(QUIZ, body.encode() if isinstance(body, str) else body)
    return str(caught.value)


def test_the_key_scores_full() -> None:
    result = graded(KEY)
    assert list(result) == ["score", "maximum", "percent", "passed", "questions"]
    assert (result["score"], result["maximum"]) == ("6.5", "6.5")
    assert (result["percent"], result["passed"]) == ("100", True)
    assert [question["state"] for question in result["questions"]] == ["right"] * 5


def test_every_question_of_the_file_is_graded_and_none_is_drawn() -> None:
    result = graded({})
    assert [question["id"] for question in result["questions"]] == list(KEY)
    # The void one gives its point to everyone.
    assert (result["score"], result["percent"], result["passed"]) == ("1", "200/13", False)


def test_scores_are_exact_and_feedback_belongs_to_its_question() -> None:
    result = graded({"one": 1, "many": [2], "word": "SBAR", "number": "1,000"})
    assert result["questions"][0] == {
        "id": "one",
        "score": "1.25",
        "maximum": "2.5",
        "state": "partly",
        "feedback": ["<p>Half.</p>", "<p>Pity.</p>", "<p>No.</p>"],
    }
    assert result["questions"][1]["score"] == "1/3"
    assert result["questions"][2]["feedback"] == []
    assert result["questions"][3]["feedback"] == ["<p>No.</p>"]
    assert "could not be read as a number" in result["questions"][4]["feedback"][0]
    assert result["score"] == "31/12"


def test_the_pass_mark_is_compared_unrounded() -> None:
    text = TEXT.replace("pass: 62.5%", "pass: 33.334%").partition("## Which three?")[0]
    quiz = read(text.replace("`points: 2.5`", "`points: 3`").replace("`50%`", "`33.333%`"))
    result = result_json(grade(quiz, {"one": 1}))
    assert (result["percent"], result["passed"]) == ("33.333", False)


@pytest.mark.parametrize("blank", [None, "", []])
def test_null_and_what_is_empty_is_not_answered(blank: object) -> None:
    identity = {"": "word", "[]": "many"}.get(str(blank), "one")
    result = graded({identity: blank})
    states = {question["id"]: question["state"] for question in result["questions"]}
    assert states[identity] == "blank"


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_responses(QUIZ, b'\xef\xbb\xbf{"one": 3}') == {"one": 3}


SINGLE = "must be the number of one option, from 1 to 3;"
MANY = "must be a list of option numbers, from 1 to 4 and none twice;"
WORD = "must be a text of 500 characters at most;"
NUMBER = 'must be a text with the number, such as "80", of 500 characters at most;'


@pytest.mark.parametrize(
    ("identity", "value", "reason"),
    [
        ("one", "2", f'{SINGLE} it is "2".'),
        ("one", 0, f"{SINGLE} it is 0."),
        ("one", 4, f"{SINGLE} it is 4."),
        ("one", 2.0, f"{SINGLE} it is 2.0."),
        ("one", True, f"{SINGLE} it is true."),
        ("one", [2], f"{SINGLE} it is [2]."),
        ("one", {"a": 1}, f'{SINGLE} it is {{"a": 1}}.'),
        ("many", 1, f"{MANY} it is 1."),
        ("many", [1, 5], f"{MANY} it is [1, 5]."),
        ("many", [1, "2"], f'{MANY} it is [1, "2"].'),
        ("many", [1, 1], f"{MANY} it is [1, 1]."),
        ("many", [[1]], f"{MANY} it is [[1]]."),
        ("flag", True, "must be the number of one option, from 1 to 2; it is true."),
        ("flag", "True", 'must be the number of one option, from 1 to 2; it is "True".'),
        ("word", 1, f"{WORD} it is 1."),
        ("word", ["CUS"], f'{WORD} it is ["CUS"].'),
        ("word", "x" * 501, f'{WORD} it is "{"x" * 79}….'),
        ("number", 28, f"{NUMBER} it is 28."),
    ],
)
def test_a_wrong_shape_is_a_sentence_that_names_the_id(
    identity: str, value: object, reason: str
) -> None:
    assert refusal(json.dumps({identity: value})) == f"The response to `{identity}` {reason}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"two": 1}', "The quiz has no question `two`."),
        ('{"wrod": "x"}', "The quiz has no question `wrod`: did you mean `word`?"),
        ('{"\\u001b\\ud800": 1}', "The quiz has no question `\\u001b\\ud800`."),
        ('{"one": 1, "one": 2}', "There are two responses to `one`: keep one."),
        (
            '{"one": {"a": 1, "a": 2}}',
            f'The response to `one` {SINGLE} it is [["a", 1], ["a", 2]].',
        ),
        ("[]", 'The responses must be an object, such as {"question-id": 1}.'),
        ("1", 'The responses must be an object, such as {"question-id": 1}.'),
        ("null", 'The responses must be an object, such as {"question-id": 1}.'),
        ("", "The responses are not JSON: line 1, column 1: Expecting value."),
        ('{"one": 1,\n "word" 2}', "line 2, column 9: Expecting ':' delimiter."),
        ('{"one": NaN}', "The responses are JSON that cannot be read."),
        ('{"one": ' + "1" * 5000 + "}", "The responses are JSON that cannot be read."),
        ("[" * 100_000, "The responses are JSON that cannot be read."),
        (b'{"word": "\xff"}', "The responses are not UTF-8 text."),
    ],
    ids=range(14),
)
def test_what_are_no_responses_is_a_sentence(body: str | bytes, reason: str) -> None:
    said = refusal(body)
    assert said.endswith(reason)
    assert "\n" not in said


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=9,
)


@given(
    st.binary()
    | st.text().map(lambda text: text.encode("utf-8", "replace"))
    | st.dictionaries(st.sampled_from([*KEY, "else"]), JSON, max_size=6).map(
        lambda made: json.dumps(made).encode()
    )
)
def test_any_bytes_are_graded_or_refused_in_one_sentence(body: bytes) -> None:
    refused, responses = "", dict[str, Response]()
    try:
        responses = read_responses(QUIZ, body)
    except BadResponses as error:
        refused = str(error)
    if refused:
        assert refused.endswith((".", "?"))
        assert "\n" not in refused
    result = result_json(grade(QUIZ, responses))
    assert 0 <= Fraction(result["score"]) <= Fraction(result["maximum"]) == Fraction("6.5")
    assert Fraction(result["score"]) == sum(Fraction(one["score"]) for one in result["questions"])
    assert json.loads(json.dumps(result)) == result
