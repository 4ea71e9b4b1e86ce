"""Tables of two columns become pairs to match; what no one could match is reported at its place."""

import pytest

from lms.quizzes.model import MatchingQuestion

HEAD = "## Q\n`id: q`\n\n**Match:**\n\n"
TABLE = "| Task | Due |\n|---|---|\n"


def table(*rows: str) -> str:
    return HEAD + TABLE + "".join(f"{row}\n" for row in rows)


def test_pairs_and_right_sides_in_the_order_of_the_file(read_question):
    question = read_question(table("| a *b* | 2 |", "| c | `3` |", "| | 4 |", "| d | 2 |"))
    assert isinstance(question, MatchingQuestion)
    assert (question.type, question.points) == ("matching", 1)
    assert (question.left_title, question.right_title) == ("Task", "Due")
    assert [(p.left, p.html, p.right) for p in question.pairs] == [
        ("a b", "a <em>b</em>", "2"),
        ("c", "c", "3"),
        ("d", "d", "2"),
    ]
    assert [(s.number, s.text, s.html) for s in question.right_sides] == [
        (1, "2", "2"),
        (2, "3", "<code>3</code>"),
        (3, "4", "4"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(("a | 1", "b | 2"), id="no-outer-bars"),
        pytest.param(("| a | 1", "b | 2 |"), id="one-outer-bar"),
        pytest.param(("|a|1|", "|b|2|"), id="no-spaces"),
        pytest.param(("   | a | 1 |  ", "| b | 2 | "), id="space-around"),
    ],
)
def test_tables_as_markdown_takes_them(read_question, rows):
    question = read_question(table(*rows))
    assert [(pair.left, pair.right) for pair in question.pairs] == [("a", "1"), ("b", "2")]


def test_bars_with_a_backslash_are_text(read_question):
    question = read_question(table(r"| a \| b | `1 \| 2` |", "| c | 2 |"))
    assert [(pair.left, pair.right) for pair in question.pairs] == [("a | b", "1 | 2"), ("c", "2")]


def test_the_table_may_follow_its_label_at_once(read_question):
    body = table("| a | 1 |", "| b | 2 |").replace("**Match:**\n\n", "**Match:**\n")
    assert len(read_question(body).pairs) == 2


def test_titles_may_be_left_out_and_labels_follow(read_question):
    body = table("| a | 1 |", "| b | 2 |").replace("| Task | Due |", "| | |")
    question = read_question(f"{body}\n**Hint:** Think.\n\n**Explanation:** So.\n")
    assert (question.left_title, question.right_title) == ("", "")
    assert (question.hints, question.explanation) == (("<p>Think.</p>",), "<p>So.</p>")


def test_a_picture_counts_by_its_alternative_text(read_question):
    question = read_question(table("| ![a lamp](a.png) | 1 |", "| b | 2 |"), images=["a.png"])
    assert question.pairs[0].left == "a lamp"
    assert "<img" in question.pairs[0].html


GOOD = ("| a | 1 |", "| b | 2 |")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(HEAD + "| a |\n|---|\n| b |\n", ["6:1 match-columns"], id="one-column"),
        pytest.param(
            HEAD + "| a | b | c |\n|---|---|---|\n| d | e | f |\n",
            ["6:1 match-columns", "8:1 match-columns"],
            id="three-columns",
        ),
        pytest.param(
            table(*GOOD, "| c | 3 | 4 |"), ["10:1 match-columns"], id="third-cell-that-gets-lost"
        ),
        pytest.param(table(*GOOD, "| c | 3 | |"), ["10:1 match-columns"], id="third-cell-empty"),
        pytest.param(table(*GOOD, "| a | 3 |"), ["10:3 repeated-left"], id="left-side-twice"),
        pytest.param(
            table(*GOOD, "| *a* | 3 |"), ["10:3 repeated-left"], id="left-side-twice-in-italics"
        ),
        pytest.param(table(*GOOD, "| c | |"), ["10:3 empty-right"], id="right-side-empty"),
        pytest.param(table(*GOOD, "| c |"), ["10:3 empty-right"], id="right-side-left-out"),
        pytest.param(table(*GOOD, "| | |"), ["10:1 empty-right"], id="row-empty"),
        pytest.param(
            table(*GOOD, "| | 2 |"), ["10:5 repeated-answer"], id="distractor-that-is-right"
        ),
        pytest.param(
            table("| | 2 |", *GOOD), ["8:5 repeated-answer"], id="distractor-before-its-pair"
        ),
        pytest.param(
            table(*GOOD, "| | 3 |", "| | 3 |"), ["11:5 repeated-answer"], id="distractor-twice"
        ),
        pytest.param(
            table(*GOOD, "| ![](a.png) | 3 |"),
            ["10:3 bad-cell", "10:7 alt-missing?"],
            id="picture-without-words",
        ),
        pytest.param(
            table(*GOOD, "| | ![](a.png) |"),
            ["10:5 bad-cell", "10:9 alt-missing?"],
            id="picture-without-words-on-the-right",
        ),
        pytest.param(table("| a | 1 |"), ["4:1 too-few-options"], id="one-pair"),
        pytest.param(table("| a | 1 |", "| | 2 |"), ["4:1 too-few-options"], id="one-left-side"),
        pytest.param(table("| a | 1 |", "| b | 1 |"), ["4:1 too-few-options"], id="one-right-side"),
        pytest.param(HEAD + TABLE, ["4:1 too-few-options"], id="headings-only"),
        pytest.param(HEAD, ["4:1 empty-label"], id="nothing"),
        pytest.param(HEAD + "- a\n- b\n", ["6:1 bad-response"], id="list"),
        pytest.param(
            table(*GOOD).replace("**Match:**", "**Match:** each *one*"),
            ["4:12 stray-text"],
            id="words-after-the-label",
        ),
        pytest.param(
            table(*GOOD).replace("**Match:**", "**Match:** *each* one"),
            ["4:12 stray-text"],
            id="italics-after-the-label",
        ),
        pytest.param(table(*GOOD) + "\nMore.\n", ["11:1 stray-text"], id="text-under-the-table"),
        pytest.param(
            table(*GOOD) + f"\n{TABLE}| c | 3 |\n", ["11:1 stray-text"], id="second-table"
        ),
        pytest.param(
            table(*GOOD).replace("**Match:**", "- [ ] a\n- [x] b\n\n**Match:**"),
            ["1:1 two-responses"],
            id="choice-too",
        ),
        pytest.param(
            table(*GOOD).replace("`id: q`", "`id: q` `shuffle: false`"),
            ["2:9 bad-setting"],
            id="shuffle-would-give-the-key-away",
        ),
        pytest.param(
            table(*GOOD).replace("`id: q`", "`id: q` `scoring: all`"),
            ["2:9 bad-setting"],
            id="scoring",
        ),
    ],
)
def test_tables_that_cannot_be_matched(faults, body, expected):
    assert faults(body, images=["a.png"]) == expected


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(table(*GOOD, "| c | 3 | 4 |"), "here are 3", id="three-cells"),
        pytest.param(table(*GOOD, "| a | 3 |"), "`a` is the left side of two", id="repeated-left"),
        pytest.param(table(*GOOD, "| c | |"), "the right side is empty", id="empty-right"),
        pytest.param(HEAD + "- a\n", "under `**Match:**` stands a table", id="list"),
    ],
)
def test_messages_say_what_is_wrong(read_quiz, body, words):
    assert any(words in problem.message for problem in read_quiz(body).problems)
