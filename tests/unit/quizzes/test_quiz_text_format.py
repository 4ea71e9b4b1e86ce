"""Code after `**Answer:**` becomes a short text, and keys that cannot work are reported."""

from fractions import Fraction

import pytest

from lms.quizzes.model import AnswerKind, Match, TextQuestion


def patterns(question: TextQuestion) -> list[tuple[str, Fraction]]:
    return [(answer.pattern, answer.weight) for answer in question.answers]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param("`a`", [("a", 1)], id="one"),
        pytest.param("`a` or `b`", [("a", 1), ("b", 1)], id="or"),
        pytest.param("`a`, `b`; `c` / `d`", [("a", 1), ("b", 1), ("c", 1), ("d", 1)], id="marks"),
        pytest.param("`a`, or\n`b`", [("a", 1), ("b", 1)], id="over-two-lines"),
        pytest.param("`` a`b ``", [("a`b", 1)], id="backtick-inside"),
        pytest.param(
            "\n\n- `a`\n- `b` `50%`\n- ~~`c`~~", [("a", 1), ("b", 0.5), ("c", 0)], id="list"
        ),
        pytest.param("`a`\n\n1. `b` `33.5%`", [("a", 1), ("b", Fraction(67, 200))], id="both"),
        pytest.param("`a` or `50%`", [("a", 1), ("50%", 1)], id="no-weight-without-a-list"),
        pytest.param("`/usr`", [("/usr", 1)], id="one-slash-is-text"),
    ],
)
def test_answers_in_the_order_of_the_file(read_question, answer, expected):
    question = read_question(f"## Q\n\n**Answer:** {answer}\n")
    assert question.type == "text"
    assert patterns(question) == expected


def test_feedback_belongs_to_its_answer(read_question):
    question = read_question(
        "## Q\n\n**Answer:** `a`\n\n- ~~`b`~~\n  > Not *b*.\n- `c` `50%`\n\n  > Nearly.\n"
    )
    assert [answer.feedback for answer in question.answers] == [
        "",
        "<p>Not <em>b</em>.</p>",
        "<p>Nearly.</p>",
    ]


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        pytest.param("id: q", Match.LOOSE, id="default"),
        pytest.param("match: exact", Match.EXACT, id="exact"),
        pytest.param("match: wildcard", Match.WILDCARD, id="wildcard"),
    ],
)
def test_match_setting(read_question, settings, match):
    assert read_question(f"## Q\n`{settings}`\n\n**Answer:** `a`\n").match is match


@pytest.mark.parametrize(
    ("code", "pattern", "ignore_case"),
    [
        pytest.param("/colou?r/", "colou?r", False, id="plain"),
        pytest.param("/colou?r/i", "colou?r", True, id="ignore-case"),
        pytest.param("/a/b/", "a/b", False, id="slash-inside"),
    ],
)
def test_regular_expressions_stand_between_slashes(read_question, code, pattern, ignore_case):
    (answer,) = read_question(f"## Q\n\n**Answer:** `{code}`\n").answers
    assert (answer.kind, answer.pattern) == (AnswerKind.REGEX, pattern)
    assert answer.ignore_case is ignore_case


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param("the `a`", ["3:13 bad-answer"], id="words-before-code"),
        pytest.param("`a` credential", ["3:17 bad-answer"], id="words-after-code"),
        pytest.param("*or* `a`", ["3:13 bad-answer"], id="emphasis"),
        pytest.param("~~`a`~~ or `b`", ["3:13 bad-answer"], id="struck-without-list"),
        pytest.param("` `", ["3:13 bad-answer", "3:1 no-right-answer"], id="empty-code"),
        pytest.param("`a`\n\n- b", ["5:1 bad-answer"], id="item-without-code"),
        pytest.param("`a`\n\n-", ["5:1 bad-answer"], id="empty-item"),
        pytest.param("`a`\n\n- `b` or `c` `50%`", ["5:1 bad-answer"], id="two-in-one-item"),
        pytest.param("`a`\n\n- ~~`b`~~ `50%`", ["5:1 bad-answer"], id="struck-with-percentage"),
        pytest.param("`a`\n\n- `b`\n\n  c", ["5:1 bad-answer"], id="paragraph-in-item"),
        pytest.param("`a`\n\n- - `b`", ["5:1 bad-answer"], id="list-in-item"),
        pytest.param("`a`\n\n- `b` `c`", ["5:7 bad-weight"], id="no-percentage"),
        pytest.param("`a`\n\n- `b` `0%`", ["5:7 bad-weight"], id="zero-percent"),
        pytest.param("`a`\n\n- `b` `101%`", ["5:7 bad-weight"], id="over-100"),
        pytest.param("`a`\n\n- `b` `-5%`", ["5:7 bad-weight"], id="below-zero"),
        pytest.param("\n\n- ~~`a`~~", ["3:1 no-right-answer"], id="only-wrong"),
        pytest.param("\n\n- `a` `50%`", ["3:1 no-right-answer"], id="only-half"),
        pytest.param("`a`\n\n- ~~`b`~~\n> no", ["6:1 broken-list"], id="unindented-quote"),
        pytest.param("`a`\n\nb", ["5:1 stray-text"], id="paragraph-after"),
        pytest.param("`a`\n\n- `b`\n\n* `c`", ["7:1 stray-text"], id="second-list"),
        pytest.param("`a` or `A `", ["3:20 repeated-answer"], id="same-for-the-grader"),
        pytest.param("`a`\n\n- ~~`a`~~", ["5:5 repeated-answer"], id="right-and-wrong"),
        pytest.param("`a` or `b` or `/a/`", [], id="words-and-regex-may-be-alike"),
        pytest.param("`80`", ["3:13 number-as-text?"], id="number"),
        pytest.param("`−1.5 %`", ["3:13 number-as-text?"], id="percentage"),
        pytest.param("`a` or `80`", ["3:20 number-as-text?"], id="number-among-words"),
        pytest.param("`80 hours`", [], id="number-with-words"),
        pytest.param("`/a/g`", ["3:13 bad-answer", "3:1 no-right-answer"], id="unknown-flag"),
        pytest.param("`a` or `/(a+)+/`", ["3:20 unsafe-regex"], id="unsafe-regex"),
        pytest.param("`a` or `/(/`", ["3:20 unsafe-regex"], id="broken-regex"),
    ],
)
def test_keys_that_cannot_work_are_reported(faults, answer, expected):
    assert sorted(faults(f"## Q\n\n**Answer:** {answer}\n")) == sorted(expected)


def test_exact_answers_may_differ_in_case_only(faults):
    assert faults("## Q\n`match: exact`\n\n**Answer:** `a` or `A`\n") == []
    assert faults("## Q\n`match: exact`\n\n**Answer:** `a` or `a`\n") == ["4:20 repeated-answer"]


def test_settings_of_choices_mean_nothing_to_text(faults):
    body = "## Q\n`id: q` `scoring: net` `shuffle: true`\n\n**Answer:** `a`\n"
    assert faults(body) == ["2:9 bad-setting", "2:24 bad-setting"]
