"""Task lists become choices, and what is no proper task list is reported at its place."""

from fractions import Fraction

import pytest

from lms.quizzes.model import ChoiceQuestion, Scoring


@pytest.mark.parametrize(
    ("body", "kind", "many"),
    [
        pytest.param("## Q\n\n- [ ] a\n- [x] b\n", "single", False, id="one-ticked"),
        pytest.param("## Q\n\n- [X] a\n- [x] b\n- [ ] c\n", "multiple", True, id="two-ticked"),
        pytest.param(
            "## Q\n`select: one`\n\n- [x] a\n- [x] b\n- [ ] c\n", "single", False, id="select-one"
        ),
        pytest.param(
            "## Q\n`select: many`\n\n- [x] a\n- [ ] b\n", "multiple", True, id="select-many"
        ),
        pytest.param("## Q\n\n- [ ] True\n- [x] False\n", "true-false", False, id="true-false"),
        pytest.param("## Q\n\n- [ ] true\n- [x] FALSE\n", "true-false", False, id="any-case"),
        pytest.param("## Q\n\n- [ ] True\n- [x] Maybe\n", "single", False, id="true-maybe"),
    ],
)
def test_ticks_and_select_decide_the_type(read_question, body, kind, many):
    question = read_question(body)
    assert isinstance(question, ChoiceQuestion)
    assert (question.type, question.select_many) == (kind, many)


@pytest.mark.parametrize(
    ("body", "shuffle"),
    [
        pytest.param("## Q\n\n- [ ] a\n- [x] b\n", True, id="bullets"),
        pytest.param("## Q\n\n1. [ ] a\n2. [x] b\n", False, id="numbers"),
        pytest.param("## Q\n`shuffle: false`\n\n- [ ] a\n- [x] b\n", False, id="set-false"),
        pytest.param("## Q\n`shuffle: true`\n\n- [ ] a\n- [x] b\n", True, id="set-true"),
        pytest.param("## Q\n\n- [ ] True\n- [x] False\n", False, id="true-false"),
    ],
)
def test_only_bullets_without_an_order_are_shuffled(read_question, body, shuffle):
    assert read_question(body).shuffle is shuffle


def test_options_keep_order_text_html_weight_and_feedback(read_question):
    question = read_question(
        "## Q\n"
        "`scoring: net`\n\n"
        "- [x] A *bold* move `60%`\n"
        "  > Chosen, first.\n"
        "  >\n"
        "  > Chosen, second.\n"
        "  >\n"
        "  > **Not chosen:** Left out.\n"
        "- [x] <b>`x`</b> & ![a *chart*](c.png) `40.0%`\n"
        "- [ ] wrong\n"
        "  over two lines `-25%`\n"
        "\n"
        "  > **Not chosen:** Well left.\n",
        images=["c.png"],
    )
    first, second, third = question.options
    assert [option.number for option in question.options] == [1, 2, 3]
    assert [option.correct for option in question.options] == [True, True, False]
    assert [option.weight for option in question.options] == [
        Fraction(3, 5),
        Fraction(2, 5),
        Fraction(-1, 4),
    ]
    assert (first.text, first.html) == ("A bold move", "A <em>bold</em> move")
    assert first.feedback == "<p>Chosen, first.</p>\n<p>Chosen, second.</p>"
    assert first.not_chosen_feedback == "<p>Left out.</p>"
    assert second.text == "<b>x</b> & a chart"
    assert second.html.startswith("&lt;b&gt;<code>x</code>&lt;/b&gt; &amp; <img")
    assert third.text == "wrong over two lines"
    assert (third.feedback, third.not_chosen_feedback) == ("", "<p>Well left.</p>")
    assert question.scoring is Scoring.NET


@pytest.mark.parametrize(
    ("option", "text", "weight"),
    [
        pytest.param("half `50%`", "half", Fraction(1, 2), id="at-the-end"),
        pytest.param("half `50 %`", "half", Fraction(1, 2), id="space-before-sign"),
        pytest.param("minus `−12.5%`", "minus", Fraction(-1, 8), id="minus-sign"),
        pytest.param("`50%`", "50%", None, id="percentage-alone-is-the-text"),
        pytest.param("a `50%` chance", "a 50% chance", None, id="percentage-inside"),
        pytest.param("use `cat`", "use cat", None, id="other-code"),
        pytest.param("about 50%", "about 50%", None, id="without-code"),
    ],
)
def test_partial_credit_is_the_last_code_span(read_question, option, text, weight):
    first = read_question(f"## Q\n\n- [ ] {option}\n- [x] right\n").options[0]
    assert (first.text, first.weight) == (text, weight)


def test_an_earlier_task_list_is_part_of_the_stem(read_question):
    question = read_question("## Q\n\n- [x] done\n\nWhat is next?\n\n- [ ] a\n- [x] b\n")
    assert [option.text for option in question.options] == ["a", "b"]
    assert "done" in question.stem
    assert "What is next?" in question.stem


def test_a_task_list_after_a_label_is_not_the_response(read_question):
    question = read_question("## Q\n\n- [ ] a\n- [x] b\n\n**Explanation:**\n\n- [x] c\n")
    assert [option.text for option in question.options] == ["a", "b"]
    assert "c" in question.explanation


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("- [] a\n- [x] b\n", ["3:1 not-a-checkbox"], id="no-space-in-box"),
        pytest.param("- [ x ] a\n- [ ] b\n", ["3:1 not-a-checkbox"], id="spaces-around-x"),
        pytest.param("- [x] a\n- [*] b\n", ["4:1 not-a-checkbox"], id="star"),
        pytest.param("- [x] a\n- \\[\\*\\] b\n", ["4:1 not-a-checkbox"], id="escaped-star"),
        pytest.param("- [x]\n- [ ] b\n", ["3:1 not-a-checkbox"], id="no-text"),
        pytest.param("- [ ] a\n- [x] \n", ["4:1 not-a-checkbox"], id="no-text-but-space"),
        pytest.param("- [x]a\n- [ ] b\n", ["3:1 not-a-checkbox"], id="no-space-after-box"),
        pytest.param("- [x] a\n- b\n", ["4:1 not-a-checkbox"], id="no-box"),
        pytest.param("- [x] a\n-\n", ["4:1 not-a-checkbox"], id="empty-item"),
        pytest.param("- [x] a\n- # b\n", ["4:1 not-a-checkbox", "4:3 bad-heading"], id="heading"),
        pytest.param(
            "- [] a\n- [*] b\n", ["3:1 not-a-checkbox", "4:1 not-a-checkbox"], id="every-item"
        ),
    ],
)
def test_boxes_that_markdown_does_not_take_are_reported(faults, body, expected):
    assert faults(f"## Q\n\n{body}") == expected


@pytest.mark.parametrize(
    ("item", "words"),
    [
        pytest.param("[] a", "`[]` is not a box: write `[ ]`", id="empty-box"),
        pytest.param("[ x ] a", "`[ x ]` is not a box", id="wide-box"),
        pytest.param("[x]", "the option has no text", id="no-text"),
        pytest.param("[x] ", "the option has no text", id="no-text-but-space"),
        pytest.param("[ ]a", "put a space between the box and the text", id="glued"),
        pytest.param("a", "every item of this list needs a box", id="no-box"),
    ],
)
def test_a_broken_box_is_reported_with_its_fix(read_quiz, item, words):
    problems = read_quiz(f"## Q\n\n- [x] right\n- {item}\n").problems
    (found,) = [problem for problem in problems if problem.code == "not-a-checkbox"]
    assert words in found.message


def test_links_and_other_brackets_in_a_list_are_no_boxes(read_question):
    question = read_question("## Q\n\n- [x](https://e.org)\n- [1] a\n\nSo?\n\n- [ ] a\n- [x] b\n")
    assert "https://e.org" in question.stem


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "- [ ] a\n> no\n- [x] b\n- [ ] c\n", ["4:1 broken-list"], id="quote-under-an-option"
        ),
        pytest.param("- [ ] a\n- [x] b\n\n> yes\n", ["6:1 broken-list"], id="quote-at-the-end"),
        pytest.param("- [ ] a\n* [x] b\n* [ ] c\n", ["4:1 broken-list"], id="other-bullet"),
        pytest.param("- [ ] a\n- [x] b\n* c\n", ["5:1 broken-list"], id="list-at-the-end"),
    ],
)
def test_a_list_that_ends_too_early_is_reported(faults, body, expected):
    assert faults(f"## Q\n\n{body}") == expected


def test_a_broken_list_says_how_to_indent(read_quiz):
    problems = read_quiz("## Q\n\n- [ ] a\n> no\n- [x] b\n- [ ] c\n").problems
    (found,) = [problem for problem in problems if problem.code == "broken-list"]
    assert "two spaces" in found.message


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("## Q\n\n- [ ] a\n- [ ] b\n", ["1:1 no-right-answer"], id="nothing-ticked"),
        pytest.param(
            "## Q\n\n- [x] True\n- [x] False\n", ["1:1 no-right-answer"], id="true-and-false"
        ),
        pytest.param(
            "## Q\n\n- [x] a `50%`\n- [ ] b\n", ["1:1 no-right-answer"], id="none-gives-all"
        ),
        pytest.param("## Q\n\n- [x] a\n", ["1:1 too-few-options"], id="one-option"),
        pytest.param(
            "## Q\n`id: q` `select: many`\n\n- [x] a\n- [ ] b\n",
            ["2:9 one-right-answer?"],
            id="many-with-one-right",
        ),
        pytest.param(
            "## Q\n`scoring: net`\n\n- [x] a\n- [ ] b\n", ["2:1 bad-setting"], id="scoring-of-one"
        ),
        pytest.param(
            "## Q\n`match: exact`\n\n- [x] a\n- [ ] b\n", ["2:1 bad-setting"], id="match-of-choice"
        ),
        pytest.param(
            "## Q\n\n- [x] a\n\n  more\n- [ ] b\n", ["3:1 block-in-option"], id="two-paragraphs"
        ),
        pytest.param(
            "## Q\n\n- [x] a\n  - [ ] b\n- [ ] c\n", ["3:1 block-in-option"], id="list-in-option"
        ),
        pytest.param(
            "## Q\n\n- [x] a\n  > [!NOTE]\n  > b\n- [ ] c\n",
            ["3:1 block-in-option"],
            id="alert-in-option",
        ),
        pytest.param(
            "## Q\n\n- [x] a\n  > **Not chosen:** b\n  >\n  > **Not chosen:** c\n- [ ] c\n",
            ["6:5 repeated-label"],
            id="not-chosen-twice",
        ),
        pytest.param(
            "## Q\n\n- [x] a\n  > b\n  > **Not chosen:** c\n- [ ] c\n",
            ["5:7 swallowed-label"],
            id="not-chosen-on-the-next-line",
        ),
    ],
)
def test_choices_that_cannot_be_graded_are_reported(faults, body, expected):
    assert faults(body) == expected


@pytest.mark.parametrize(
    ("settings", "items", "expected"),
    [
        pytest.param("id: q", "- [x] a\n- [ ] b `150%`", ["5:1 bad-weight"], id="too-much"),
        pytest.param("id: q", "- [x] a\n- [ ] b `-101%`", ["5:1 bad-weight"], id="too-little"),
        pytest.param("id: q", "- [x] a\n- [ ] b `100%`", ["5:1 bad-weight"], id="full-unticked"),
        pytest.param("id: q", "- [x] a\n- [x] b\n- [ ] c `-50%`", ["6:1 bad-weight"], id="all"),
        pytest.param(
            "scoring: each", "- [x] a\n- [x] b\n- [ ] c `-50%`", ["6:1 bad-weight"], id="each"
        ),
        pytest.param(
            "select: one", "- [x] a\n- [x] b `0%`\n- [ ] c", ["5:1 bad-weight"], id="right-with-0"
        ),
        pytest.param(
            "scoring: net",
            "- [x] a\n- [x] b\n- [ ] c `10%`",
            ["6:1 bad-weight"],
            id="credit-for-wrong",
        ),
        pytest.param(
            "scoring: net",
            "- [ ] c\n- [x] a `50%`\n- [x] b `40%`",
            ["5:1 bad-weight"],
            id="sum-below-100",
        ),
        pytest.param("scoring: net", "- [x] a `50%`\n- [x] b\n- [ ] c `-5%`", [], id="sum-is-100"),
        pytest.param("select: one", "- [x] a\n- [x] b `80%`\n- [ ] c `20%`", [], id="single"),
    ],
)
def test_percentages_must_agree_with_ticks_and_scoring(faults, settings, items, expected):
    assert faults(f"## Q\n`{settings}`\n\n{items}\n") == expected


def test_net_without_any_right_option_reports_the_missing_key_only(faults):
    body = "## Q\n`scoring: net` `select: many`\n\n- [ ] a `-5%`\n- [ ] b\n"
    assert faults(body) == ["1:1 no-right-answer"]


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        pytest.param(65, 40, ["3:1 long-answer?"], id="over-1.6-times"),
        pytest.param(64, 40, [], id="exactly-1.6-times"),
        pytest.param(40, 5, [], id="forty-characters"),
        pytest.param(41, 5, ["3:1 long-answer?"], id="over-forty"),
    ],
)
def test_a_right_option_that_its_length_gives_away(faults, right, wrong, expected):
    assert faults(f"## Q\n\n- [x] {'r' * right}\n- [ ] {'w' * wrong}\n- [ ] w\n") == expected


def test_without_wrong_options_no_length_gives_anything_away(faults):
    assert faults(f"## Q\n\n- [x] {'r' * 90}\n- [x] r\n") == []
