"""Code spans in the stem become gaps; what cannot be filled is reported at its place."""

from decimal import Decimal

import pytest

from lms.quizzes.model import ChoiceGap, ClozeQuestion, GapOption, NumberGap, TextGap


def gap_of(read_question, inside: str):
    question = read_question(f"## Q\n\nA `[[{inside}]]` b.\n")
    assert isinstance(question, ClozeQuestion)
    (gap,) = question.gaps
    return gap


@pytest.mark.parametrize(
    ("inside", "low", "high", "unit", "right"),
    [
        pytest.param("2", "2", "2", "", "2", id="bare"),
        pytest.param(" -2.50 ", "-2.5", "-2.5", "", "-2.5", id="negative-with-space"),
        pytest.param("80 ± 5", "75", "85", "", "75 to 85", id="tolerance"),
        pytest.param("80 +- 5%", "76", "84", "", "76 to 84", id="relative-tolerance"),
        pytest.param("28..32 days", "28", "32", "days", "28 to 32 days", id="range-with-unit"),
        pytest.param("10% ± 0.5%", "9.5", "10.5", "%", "9.5% to 10.5%", id="percent"),
        pytest.param("2 business days", "2", "2", "business days", "2 business days", id="unit"),
    ],
)
def test_numbers(read_question, inside, low, high, unit, right):
    gap = gap_of(read_question, inside)
    assert gap == NumberGap(low=Decimal(low), high=Decimal(high), unit=unit)
    assert gap.right == right


@pytest.mark.parametrize(
    ("inside", "answers", "right"),
    [
        pytest.param("visit", ("visit",), "visit", id="one"),
        pytest.param("visit | face-to-face  visit", ("visit", "face-to-face visit"),
                     "visit or face-to-face visit", id="two"),
        pytest.param(r"a \| b", ("a", "b"), "a or b", id="backslash"),
        pytest.param("a|b|c", ("a", "b", "c"), "a or b or c", id="no-spaces"),
        pytest.param("24-hour urine", ("24-hour urine",), "24-hour urine", id="begins-with-digits"),
        pytest.param("1st | first", ("1st", "first"), "1st or first", id="ordinal"),
        pytest.param("<b>", ("<b>",), "<b>", id="markup-is-text"),
        pytest.param("*a*", ("*a*",), "*a*", id="stars-are-text"),
        pytest.param("(a) | (b)", ("(a)", "(b)"), "(a) or (b)", id="letters-in-brackets"),
        pytest.param("and so on...", ("and so on...",), "and so on...", id="dots"),
    ],
)  # fmt: skip
def test_words(read_question, inside, answers, right):
    gap = gap_of(read_question, inside)
    assert gap == TextGap(answers=answers)
    assert gap.right == right


def test_drop_downs(read_question):
    question = read_question(
        "## Q\n\n`[[(x) reconcile | ( ) refill]]` and `[[2]]` and `[[( ) a \\| (X) b|(x)  c  d]]`\n"
    )
    assert question.gaps[0] == ChoiceGap(
        options=(
            GapOption(number=1, text="reconcile", correct=True),
            GapOption(number=2, text="refill", correct=False),
        )
    )
    assert question.gaps[2] == ChoiceGap(
        options=(
            GapOption(number=3, text="a", correct=False),
            GapOption(number=4, text="b", correct=True),
            GapOption(number=5, text="c d", correct=True),
        )
    )
    assert [gap.right for gap in question.gaps] == ["reconcile", "2", "b or c d"]


def test_the_stem_holds_marks_and_nothing_of_the_key(read_question):
    question = read_question(
        "## Q\n`id: q` `points: 2`\n\nCall *within `[[2]]` days*\nand <b class=\"gap\">[1]</b>\n\n"
        "- `[[keytext]]`, `code`\n\n> `[[(x) keytext | ( ) no]]`\n\n**Hint:** Two.\n"
    )  # fmt: skip
    assert (question.type, question.points, question.hints) == ("cloze", 2, ("<p>Two.</p>",))
    assert question.stem == (
        '<p>Call <em>within <b class="gap">[1]</b> days</em>\n'
        "and &lt;b class=&quot;gap&quot;&gt;[1]&lt;/b&gt;</p>\n"
        '<ul>\n<li><b class="gap">[2]</b>, <code>code</code></li>\n</ul>\n'
        '<blockquote>\n<p><b class="gap">[3]</b></p>\n</blockquote>'
    )
    assert question.pieces[0] == "<p>Call <em>within "
    assert question.pieces[3] == "</p>\n</blockquote>"
    assert len(question.pieces) == len(question.gaps) + 1 == 4


def test_gaps_in_a_table(read_question):
    question = read_question(
        "## Q\n\n| `[[keytext]]` days | b |\n|---|---|\n| `[[1 \\| one]]` | `[[(x) 2 \\| ( ) 3]]` |\n"
    )
    assert [gap.right for gap in question.gaps] == ["keytext", "1 or one", "2"]
    # The name of the region, too, which is made of the first heading.
    assert "keytext" not in question.stem
    assert 'aria-label="Table: [1] days"' in question.stem


@pytest.mark.parametrize(
    ("settings", "shuffle"), [("id: q", True), ("shuffle: false", False), ("shuffle: true", True)]
)
def test_the_choices_of_drop_downs_are_shuffled(read_question, settings, shuffle):
    assert read_question(f"## Q\n`{settings}`\n\n`[[(x) a | ( ) b]]`\n").shuffle is shuffle


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A `[[]]`", ["3:3 bad-gap"], id="empty"),
        pytest.param("A `[[ ]]`", ["3:3 bad-gap"], id="space"),
        pytest.param("A `[[a | ]]`", ["3:3 bad-gap"], id="empty-alternative"),
        pytest.param("A `[[a]] [[b]]`", ["3:3 bad-gap"], id="two-in-one-span"),
        pytest.param("A `[[(x) a | b]]`", ["3:3 bad-gap"], id="choice-without-box"),
        pytest.param("A `[[(x) a | () b]]`", ["3:3 bad-gap"], id="box-without-space"),
        pytest.param("A `[[(x) a | (*) b]]`", ["3:3 bad-gap"], id="star-for-x"),
        pytest.param("A `[[(x)a | ( ) b]]`", ["3:3 bad-gap"], id="box-glued-to-text"),
        pytest.param("A `[[(x) | ( ) b]]`", ["3:3 bad-gap"], id="choice-without-text"),
        pytest.param("A `[[(x) a]]`", ["3:3 too-few-options"], id="one-choice"),
        pytest.param("A `[[( ) a | ( ) b]]`", ["3:3 no-right-answer"], id="no-choice-right"),
        pytest.param("A `[[(x) a | ( ) a]]`", ["3:3 repeated-answer"], id="choice-twice"),
        pytest.param("A `[[a | A]]`", ["3:3 repeated-answer"], id="alternative-twice"),
        pytest.param("A `[[2-4]]`", ["3:3 bad-number"], id="hyphen-for-a-range"),
        pytest.param("A `[[1,000]]`", ["3:3 bad-number"], id="thousands"),
        pytest.param("A `[[80hours]]`", ["3:3 bad-number"], id="glued-unit"),
        pytest.param("A `[[5..3]]`", ["3:3 bad-range"], id="upside-down"),
        pytest.param("A `[[2 | two]]`", ["3:3 number-as-text?"], id="number-among-alternatives"),
        pytest.param("A [b `[[c]]`](https://d.e) `[[f]]`", ["3:7 bad-gap"], id="in-a-link"),
        pytest.param("![a `[[b]]`](e.png)", ["3:6 bad-gap"], id="in-the-words-for-a-picture"),
        pytest.param("A [[2]] and `[[3]]`", ["3:3 stray-gap"], id="outside-code"),
        pytest.param(
            "| a | b |\n|---|---|\n| `[[x \\| ]]` | `[[( ) y \\| ( ) z]]` |",
            ["5:3 bad-gap", "5:17 no-right-answer"],
            id="in-cells-of-a-table",
        ),
        pytest.param("A `[[]]`\nand `[[ ]]`", ["3:3 bad-gap", "4:5 bad-gap"], id="on-two-lines"),
        pytest.param("`[[a]]`\n\n- [ ] a\n- [x] b", ["1:1 two-responses"], id="choice-too"),
        pytest.param("`[[a]]`\n\n**Answer:** `a`", ["1:1 two-responses"], id="answer-too"),
        pytest.param("`[[a]]`\n\n**Answers:** `a`", [], id="other-bold-words"),
    ],
)
def test_gaps_that_cannot_be_filled(faults, text, expected):
    assert faults(f"## Q\n\n{text}\n", images=["e.png"]) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("## In `[[2]]` days\n", ["1:7 bad-gap"], id="alone"),
        pytest.param("## In `[[2]]` days\n\n`[[3]]`\n", ["1:7 bad-gap"], id="with-another"),
        pytest.param("## In `[[2]]`\n\n**Answer:** 2\n", ["1:1 two-responses"], id="with-answer"),
        pytest.param("## In `code`\n\n`[[3]]`\n", [], id="code-that-is-none"),
        pytest.param("## What is `[[2]]`?\n\nSay.\n\n**Answer:** `gap`\n", [], id="as-code"),
    ],
)
def test_a_gap_stands_under_the_heading(faults, body, expected):
    assert faults(body) == expected


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        pytest.param("", "write what belongs into the gap", id="empty"),
        pytest.param("(x) a | b", "`b` needs a box", id="box"),
        pytest.param("2-4", "write `2..4`", id="range"),
        pytest.param("1st", "two alternatives", id="ordinal"),
        pytest.param("2 | two", "compared as text", id="number-as-text"),
    ],
)
def test_messages_say_what_to_do(read_quiz, inside, words):
    problems = read_quiz(f"## Q\n\nA `[[{inside}]]`\n").problems
    assert any(words in problem.message for problem in problems)


def test_code_in_other_places_is_no_gap(read_question):
    question = read_question(
        "## Q\n\n```\n[[a]]\n```\n\n- [x] `[[b]]`\n- [ ] c\n\n**Hint:** `[[d]]`\n"
    )
    assert question.type == "single"
