"""Numbered lists become items to put in order; what has no order is reported at its place."""

import pytest

from lms.quizzes.model import OrderingQuestion, Scoring

HEAD = "## Q\n`id: q`\n\n**Order:**\n\n"
GOOD = HEAD + "1. a\n2. b\n3. c\n"


def test_items_in_the_order_of_the_file(read_question):
    question = read_question(
        HEAD + "1. a *b* <i>\n1. c\n   d\n\n1. ![e](e.png)\n", images=["e.png"]
    )
    assert isinstance(question, OrderingQuestion)
    assert (question.type, question.scoring) == ("ordering", Scoring.ALL)
    assert [(item.number, item.text) for item in question.items] == [
        (1, "a b <i>"),
        (2, "c d"),
        (3, "e"),
    ]
    assert question.items[0].html == "a <em>b</em> &lt;i&gt;"
    assert "<img" in question.items[2].html


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(HEAD + "5. a\n6. b\n", id="numbers-from-five"),
        pytest.param(HEAD + "1) a\n2) b\n", id="numbers-with-brackets"),
        pytest.param("## Q\n`id: q`\n\n**Order:**\n1. a\n2. b\n", id="no-empty-line"),
        pytest.param(HEAD + "1. a\n\n2. b\n", id="empty-line-between"),
    ],
)
def test_lists_as_markdown_takes_them(read_question, body):
    assert [item.text for item in read_question(body).items] == ["a", "b"]


@pytest.mark.parametrize("scoring", ["all", "each"])
def test_scoring_of_an_order(read_question, scoring):
    body = GOOD.replace("`id: q`", f"`id: q` `scoring: {scoring}`")
    assert read_question(body).scoring == scoring


def test_labels_follow_the_list(read_question):
    question = read_question(f"{GOOD}\n**Hint:** Think.\n\n**Explanation:** So.\n")
    assert (question.hints, question.explanation) == (("<p>Think.</p>",), "<p>So.</p>")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(HEAD, ["4:1 empty-label"], id="nothing"),
        pytest.param(HEAD + "- a\n- b\n", ["6:1 bad-response"], id="bullets"),
        pytest.param(HEAD + "a, b\n", ["6:1 bad-response"], id="text"),
        pytest.param(HEAD + "1. a\n", ["4:1 too-few-options"], id="one-item"),
        pytest.param(HEAD + "1. a\n2. *a*\n", ["7:1 repeated-item"], id="item-twice"),
        pytest.param(HEAD + "1. a\n2.\n", ["7:1 bad-item"], id="empty-item"),
        pytest.param(
            HEAD + "1. a\n2. ![](e.png)\n",
            ["7:1 bad-item", "7:8 alt-missing?"],
            id="picture-without-words",
        ),
        pytest.param(HEAD + "1. a\n   - b\n2. c\n", ["6:1 bad-item"], id="list-in-an-item"),
        pytest.param(HEAD + "1. a\n   > b\n2. c\n", ["6:1 bad-item"], id="quote-in-an-item"),
        pytest.param(HEAD + "1. > a\n2. b\n", ["6:1 bad-item"], id="quote-for-an-item"),
        pytest.param(HEAD + "1. [x] a\n2. [ ] b\n", ["6:1 bad-item", "7:1 bad-item"], id="boxes"),
        pytest.param(GOOD + "\n> b\n", ["10:1 stray-text"], id="quote-under-the-list"),
        pytest.param(GOOD + "4) d\n5) e\n", ["9:1 stray-text"], id="second-list"),
        pytest.param(
            GOOD.replace("**Order:**", "**Order:** from first to last"),
            ["4:12 stray-text"],
            id="words-after-the-label",
        ),
        pytest.param(
            GOOD.replace("`id: q`", "`id: q` `scoring: net`"), ["2:9 bad-setting"], id="net"
        ),
        pytest.param(
            GOOD.replace("`id: q`", "`id: q` `shuffle: false`"),
            ["2:9 bad-setting"],
            id="shuffle-would-give-the-key-away",
        ),
        pytest.param(
            GOOD + "\n**Match:**\n\n| a | b |\n|---|---|\n| c | d |\n| e | f |\n",
            ["1:1 two-responses"],
            id="matching-too",
        ),
    ],
)
def test_lists_that_have_no_order(faults, body, expected):
    assert faults(body, images=["e.png"]) == expected
