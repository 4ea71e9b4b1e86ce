"""Grading of choices, case by case and against a slow grader written from the format alone."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import BadResponse, State, grade_question, read_response

FULL = Fraction(1)


def options(*lines: str) -> str:
    return "\n" + "".join(f"- {line}\n" for line in lines)


THREE_OF_FIVE = options("[x] a", "[x] b", "[ ] c", "[x] d", "[ ] e")


@pytest.mark.parametrize(
    ("settings", "chosen", "share"),
    [
        pytest.param("scoring: all", [1, 2, 4], 1, id="all-right"),
        pytest.param("scoring: all", [1, 2], 0, id="all-with-one-missing"),
        pytest.param("scoring: all", [1, 2, 4, 5], 0, id="all-with-one-too-many"),
        pytest.param("scoring: net", [1, 2, 4], 1, id="net-right"),
        pytest.param("scoring: net", [1, 2], Fraction(2, 3), id="net-two-right"),
        pytest.param("scoring: net", [1, 2, 3], Fraction(1, 3), id="net-one-wrong"),
        pytest.param("scoring: net", [1, 3, 5], 0, id="net-never-below-0"),
        pytest.param("scoring: net", [1, 2, 3, 4, 5], Fraction(1, 3), id="net-everything"),
        pytest.param("scoring: each", [1, 2, 4], 1, id="each-right"),
        pytest.param("scoring: each", [1], Fraction(3, 5), id="each-one-right"),
        pytest.param("scoring: each", [3], Fraction(1, 5), id="each-one-wrong"),
        pytest.param("scoring: each", [3, 5], 0, id="each-all-wrong"),
        pytest.param("scoring: each", [], 0, id="each-nothing-ticked"),
        pytest.param("select: one", 1, 1, id="one-any-right"),
        pytest.param("select: one", 4, 1, id="one-other-right"),
        pytest.param("select: one", 3, 0, id="one-wrong"),
    ],
)
def test_scorings(read_question, settings, chosen, share):
    question = read_question(f"## Q\n`points: 2` `{settings}`\n{THREE_OF_FIVE}")
    mark = grade_question(question, chosen)
    assert (mark.score, mark.maximum) == (2 * share, 2)
    assert mark.question_id == question.id


@pytest.mark.parametrize(
    ("settings", "lines", "chosen", "share"),
    [
        pytest.param("id: q", ["[x] a", "[ ] b `50%`"], 2, Fraction(1, 2), id="half"),
        pytest.param("id: q", ["[x] a", "[ ] b `-50%`"], 2, 0, id="never-below-0"),
        pytest.param("select: one", ["[x] a", "[x] b `80%`"], 2, Fraction(4, 5), id="less-right"),
        pytest.param("select: one", ["[x] a `100%`", "[x] b `80%`"], 1, 1, id="best"),
        pytest.param(
            "scoring: net",
            ["[x] a `70%`", "[x] b `30%`", "[ ] c"],
            [2, 3],
            0,
            id="wrong-takes-a-share-of-the-number-of-right",
        ),
        pytest.param(
            "scoring: net",
            ["[x] a `70%`", "[x] b `30%`", "[ ] c `-10%`"],
            [1, 3],
            Fraction(3, 5),
            id="own-percentages",
        ),
    ],
)
def test_partial_credit(read_question, settings, lines, chosen, share):
    question = read_question(f"## Q\n`{settings}`\n{options(*lines)}")
    assert grade_question(question, chosen).score == share


@pytest.mark.parametrize(
    ("chosen", "state"),
    [
        pytest.param([1, 2, 4], State.RIGHT, id="right"),
        pytest.param([1], State.PARTLY, id="partly"),
        pytest.param([3], State.WRONG, id="wrong"),
        pytest.param([], State.BLANK, id="blank"),
    ],
)
def test_states(read_question, chosen, state):
    question = read_question(f"## Q\n`scoring: net`\n{THREE_OF_FIVE}")
    assert grade_question(question, chosen).state is state


FEEDBACK = (
    "\n- [x] a\n  > A+\n  >\n  > **Not chosen:** A-\n- [x] b\n  > B+\n- [ ] c\n  > C+\n"
    "- [ ] d\n  > **Not chosen:** D-\n\n**Correct:** Yes\n\n**Incorrect:** No\n"
)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        pytest.param([1, 2], ["A+", "B+", "D-", "Yes"], id="right"),
        pytest.param([2, 3], ["A-", "B+", "C+", "D-", "No"], id="wrong"),
        pytest.param([4], ["A-", "No"], id="no-feedback-of-its-own"),
        pytest.param(None, ["A-", "D-", "No"], id="blank"),
    ],
)
def test_feedback_in_the_order_of_the_options_then_the_message(read_question, chosen, expected):
    question = read_question(f"## Q\n{FEEDBACK}")
    assert list(grade_question(question, chosen).feedback) == [
        f"<p>{text}</p>" for text in expected
    ]


@pytest.mark.parametrize("scoring", ["all", "net", "each"])
@pytest.mark.parametrize(
    "response",
    ["1", 1, True, [True], [9], [1, 9], [0], ["1"], [None], [[1]], {}, 1.0],
    ids=repr,
)
def test_a_response_that_does_not_fit_a_multiple_is_blank(read_question, scoring, response):
    question = read_question(f"## Q\n`scoring: {scoring}`\n{THREE_OF_FIVE}")
    mark = grade_question(question, response)
    assert (mark.state, mark.score) == (State.BLANK, 0)


@pytest.mark.parametrize("response", ["1", [1], True, 9, 0, -1, 1.0, {}], ids=repr)
def test_a_response_that_does_not_fit_a_single_is_blank(read_question, response):
    question = read_question(f"## Q\n{options('[x] a', '[ ] b')}")
    mark = grade_question(question, response)
    assert (mark.state, mark.score) == (State.BLANK, 0)


@pytest.mark.parametrize(
    ("body", "values", "response"),
    [
        pytest.param(options("[x] a", "[ ] b"), ["2"], 2, id="single"),
        pytest.param(options("[x] a", "[ ] b"), [], None, id="single-nothing"),
        pytest.param(options("[x] a", "[ ] b"), [""], None, id="single-empty"),
        pytest.param(options("[x] True", "[ ] False"), ["1"], 1, id="true-false"),
        pytest.param(THREE_OF_FIVE, ["4", "1", "4"], [1, 4], id="several-sorted-unique"),
        pytest.param(THREE_OF_FIVE, ["", "2"], [2], id="several-with-an-empty-value"),
        pytest.param(THREE_OF_FIVE, [], None, id="several-nothing"),
    ],
)
def test_form_values_become_option_numbers(read_question, body, values, response):
    assert read_response(read_question(f"## Q\n{body}"), values) == response


@pytest.mark.parametrize(
    ("body", "values", "words"),
    [
        pytest.param(options("[x] a", "[ ] b"), ["1", "2"], "one option only", id="two-of-one"),
        pytest.param(options("[x] a", "[ ] b"), ["3"], "no such option", id="unknown"),
        pytest.param(options("[x] a", "[ ] b"), ["01"], "no such option", id="leading-zero"),
        pytest.param(options("[x] a", "[ ] b"), ["１"], "no such option", id="other-digits"),
        pytest.param(THREE_OF_FIVE, ["1", "x"], "no such option", id="no-number"),
    ],
)
def test_form_values_that_no_page_sends(read_question, body, values, words):
    with pytest.raises(BadResponse, match=words):
        read_response(read_question(f"## Q\n{body}"), values)


def slow_share(key: list[bool], scoring: str, chosen: set[int]) -> Fraction:
    """The share of the points, computed from the sentences of the format, one option at a time."""
    if not chosen:
        return Fraction(0)
    hits = misses = same = 0
    for index, right in enumerate(key):
        ticked = index in chosen
        if ticked and right:
            hits += 1
        if ticked and not right:
            misses += 1
        if ticked == right:
            same += 1
    if scoring == "all":
        return FULL if same == len(key) else Fraction(0)
    if scoring == "net":
        return Fraction(max(0, hits - misses), key.count(True))
    return Fraction(same, len(key))


@given(
    key=st.lists(st.booleans(), min_size=2, max_size=6).filter(any),
    scoring=st.sampled_from(["all", "net", "each"]),
)
def test_every_set_of_ticks_agrees_with_the_slow_grader(key, scoring):
    boxes = "".join(f"- [{'x' if right else ' '}] {n}\n" for n, right in enumerate(key))
    text = f"---\ntitle: T\n---\n# T\n## Q\n`scoring: {scoring}` `select: many`\n\n{boxes}"
    quiz = parse_quiz(text, "quiz.md").quiz
    assert quiz is not None
    (question,) = quiz.questions
    indexes = range(len(key))
    for size in range(len(key) + 1):
        for chosen in combinations(indexes, size):
            mark = grade_question(question, [index + 1 for index in chosen])
            assert mark.score == slow_share(key, scoring, set(chosen))
