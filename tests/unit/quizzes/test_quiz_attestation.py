"""Statements to accept: read from the file, never worth a point, and no pass without them."""

import pytest

from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import (
    BadResponse,
    State,
    grade_paper,
    grade_question,
    is_answered,
    read_response,
)
from lms.quizzes.model import AttestationQuestion

BODY = "## Before you finish\n`id: own-work` `tags: rules`\n\n**Attest:** I did *this* <b>.\n"
SIGNED = {"accepted": True, "name": "Ada Okafor"}


def test_a_statement(read_question):
    question = read_question(f"{BODY}\n- And that.\n\n**Hint:** Think.\n")
    assert isinstance(question, AttestationQuestion)
    assert (question.type, question.points, question.is_graded) == ("attestation", 0, False)
    assert question.statement == (
        "<p>I did <em>this</em> &lt;b&gt;.</p>\n<ul>\n<li>And that.</li>\n</ul>"
    )
    assert (question.stem, question.hints, question.tags) == ("", ("<p>Think.</p>",), ("rules",))


def test_the_digest_tells_one_statement_from_another(read_question):
    digests = {read_question(body).digest for body in (BODY, BODY.replace("this", "that"))}
    assert len(digests) == 2


def test_no_explanation_is_missed(read_quiz):
    assert read_quiz(BODY).problems == ()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(BODY.replace(" I did *this* <b>.", ""), ["4:1 empty-label"], id="nothing"),
        pytest.param(BODY + "\n**Attest:** More.\n", ["6:1 repeated-label"], id="twice"),
        pytest.param(BODY.replace("`tags: rules`", "`points: 1`"), ["2:16 bad-setting"], id="points"),
        pytest.param(BODY.replace("`tags: rules`", "`void: full`"), ["2:16 bad-setting"], id="void"),
        pytest.param(BODY.replace("`tags: rules`", "`ungraded`"), ["2:16 bad-setting"], id="ungraded"),
        pytest.param(BODY + "\n**Correct:** Yes.\n", ["6:1 bad-label"], id="correct"),
        pytest.param(BODY + "\n**Incorrect:** No.\n", ["6:1 bad-label"], id="incorrect"),
        pytest.param(
            BODY.replace("**Attest:**", "- [x] a\n- [ ] b\n\n**Attest:**"),
            ["1:1 two-responses"],
            id="choice-too",
        ),
        pytest.param(
            f"## Pool\n`draw: 1`\n\n#{BODY}\n### Q\n`id: q`\n\n**Answer:** 1\n",
            ["9:1 pool-points"],
            id="in-a-pool-with-graded-questions",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_accepted(faults, body, expected):
    assert faults(body) == expected


@pytest.mark.parametrize(
    ("values", "response"),
    [
        pytest.param(["accepted", " Ada Okafor "], SIGNED, id="both"),
        pytest.param(["accepted", ""], {"accepted": True, "name": ""}, id="tick"),
        pytest.param(["Ada"], {"accepted": False, "name": "Ada"}, id="name"),
        pytest.param(["accepted"], {"accepted": False, "name": "accepted"}, id="a-name-like-that"),
        pytest.param([" "], None, id="blank"),
        pytest.param([], None, id="nothing-sent"),
    ],
)
def test_form_values(read_question, values, response):
    assert read_response(read_question(BODY), values) == response


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param(["yes", "Ada"], "Tick the box once", id="another-tick"),
        pytest.param(["accepted", "accepted", "Ada"], "Tick the box once", id="two-ticks"),
        pytest.param(["accepted", "x" * 201], "200 characters", id="too-long"),
    ],
)
def test_form_values_that_no_page_sends(read_question, values, words):
    with pytest.raises(BadResponse, match=words):
        read_response(read_question(BODY), values)


@pytest.mark.parametrize(
    ("response", "accepted"),
    [
        pytest.param(SIGNED, True, id="both"),
        pytest.param({"accepted": True, "name": " "}, False, id="no-name"),
        pytest.param({"accepted": True}, False, id="name-left-out"),
        pytest.param({"accepted": True, "name": 1}, False, id="name-that-is-none"),
        pytest.param({"accepted": False, "name": "Ada"}, False, id="no-tick"),
        pytest.param({"accepted": 1, "name": "Ada"}, False, id="number-for-a-tick"),
        pytest.param({"accepted": "true", "name": "Ada"}, False, id="text-for-a-tick"),
        pytest.param("Ada", False, id="text"),
        pytest.param(["accepted", "Ada"], False, id="list"),
        pytest.param([], False, id="empty"),
        pytest.param(None, False, id="none"),
    ],
)
def test_it_takes_a_tick_and_a_name(read_question, response, accepted):
    question = read_question(BODY)
    mark = grade_question(question, response)
    assert (mark.score, mark.maximum, mark.state, mark.feedback) == (0, 0, State.UNGRADED, ())
    assert mark.prevents_pass is not accepted
    assert is_answered(question, response) is accepted


PAPER = f"## Q\n`id: q`\n\n**Answer:** 1\n\n{BODY}\n{BODY.replace('own-work', 'again')}"


@pytest.mark.parametrize(
    ("ids", "responses", "passed"),
    [
        pytest.param(["q", "own-work"], {"q": "1", "own-work": SIGNED}, True, id="right-and-accepted"),
        pytest.param(["q", "own-work"], {"q": "1"}, False, id="right-alone"),
        pytest.param(["q", "own-work"], {"own-work": SIGNED}, False, id="accepted-alone"),
        pytest.param(["q", "own-work", "again"], {"q": "1", "own-work": SIGNED}, False, id="one-of-two"),
        pytest.param(["q"], {"q": "1"}, True, id="not-drawn"),
        pytest.param(["own-work"], {"own-work": SIGNED}, True, id="nothing-else"),
        pytest.param(["own-work"], {}, False, id="nothing-else-and-not-accepted"),
    ],
)  # fmt: skip
def test_no_paper_is_passed_until_every_statement_drawn_is_accepted(
    read_quiz, ids, responses, passed
):
    result = grade_paper(read_quiz(PAPER).quiz, ids, responses)
    assert result.passed is passed
    assert result.maximum == ids.count("q")
    assert result.fraction == (1 if "q" not in ids or "q" in responses else 0)


def test_a_pool_of_statements_is_worth_nothing():
    text = f"---\ntitle: T\n---\n# T\n\n## P\n`draw: 1`\n\n#{BODY}\n#{BODY}".replace(
        "own-work", "other", 1
    )
    quiz = parse_quiz(text, "quiz.md").quiz
    assert quiz is not None
    assert (quiz.drawn_count, quiz.drawn_points) == (1, 0)
