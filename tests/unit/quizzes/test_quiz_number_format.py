"""Bare numbers after `**Answer:**` become bounds, exactly; what can be misread is refused."""

from decimal import Decimal

import pytest

from lms.quizzes.model import NumberQuestion


@pytest.mark.parametrize(
    ("key", "bounds", "value", "unit"),
    [
        pytest.param("80", ("80", "80"), "80", "", id="bare"),
        pytest.param("-1.50", ("-1.5", "-1.5"), "-1.5", "", id="negative"),
        pytest.param("−3", ("-3", "-3"), "-3", "", id="minus-sign"),
        pytest.param("80 hours", ("80", "80"), "80", "hours", id="unit"),
        pytest.param("80 ± 5", ("75", "85"), "80", "", id="tolerance"),
        pytest.param("80±5", ("75", "85"), "80", "", id="no-spaces"),
        pytest.param("80 +- 5", ("75", "85"), "80", "", id="plus-minus"),
        pytest.param("80+/-5", ("75", "85"), "80", "", id="plus-slash-minus"),
        pytest.param("80 ± 5 mg", ("75", "85"), "80", "mg", id="unit-at-the-end"),
        pytest.param("80 mg ± 5", ("75", "85"), "80", "mg", id="unit-at-the-value"),
        pytest.param("80 mg ± 5 mg", ("75", "85"), "80", "mg", id="unit-at-both"),
        pytest.param("80 ± 5%", ("76", "84"), "80", "", id="relative"),
        pytest.param("80 ± 5 %", ("76", "84"), "80", "", id="relative-with-space"),
        pytest.param("-80 ± 5%", ("-84", "-76"), "-80", "", id="relative-negative"),
        pytest.param("80 mg ± 5%", ("76", "84"), "80", "mg", id="relative-and-unit"),
        pytest.param("10%", ("10", "10"), "10", "%", id="percent"),
        pytest.param("10% ± 0.5%", ("9.5", "10.5"), "10", "%", id="percent-at-both"),
        pytest.param("10% ± 2", ("8", "12"), "10", "%", id="percent-at-the-value"),
        pytest.param("28..32 days", ("28", "32"), None, "days", id="range"),
        pytest.param("28 days .. 32 days", ("28", "32"), None, "days", id="range-with-two-units"),
        pytest.param("-2..-1", ("-2", "-1"), None, "", id="negative-range"),
        pytest.param("5..5", ("5", "5"), None, "", id="range-of-one"),
        pytest.param("9..10%", ("9", "10"), None, "%", id="percent-range"),
        pytest.param("0.1 ± 0.1%", ("0.0999", "0.1001"), "0.1", "", id="exact"),
        pytest.param("6 mL/1.73 m²", ("6", "6"), "6", "mL/1.73 m²", id="unit-with-digits"),
        pytest.param("1\nmg", ("1", "1"), "1", "mg", id="over-two-lines"),
        pytest.param(
            "123456789012345678901234567890 ± 0.0000000000000000000000000001%",
            (
                "123456789012345678901234567889.87654321098765432109876543211",
                "123456789012345678901234567890.12345678901234567890123456789",
            ),
            "123456789012345678901234567890",
            "",
            id="never-rounded",
        ),
    ],
)
def test_keys_become_bounds(read_question, key, bounds, value, unit):
    question = read_question(f"## Q\n\n**Answer:** {key}\n")
    assert isinstance(question, NumberQuestion)
    assert question.type == "number"
    assert (question.low, question.high) == tuple(map(Decimal, bounds))
    assert question.value == (None if value is None else Decimal(value))
    assert question.unit == unit


@pytest.mark.parametrize(
    ("key", "interval"),
    [
        pytest.param("80", "80", id="bare"),
        pytest.param("100 mg", "100 mg", id="zeros-that-count"),
        pytest.param("-1.50", "-1.5", id="zero-that-says-nothing"),
        pytest.param("1.00", "1", id="no-point-left"),
        pytest.param("-0", "0", id="minus-zero"),
        pytest.param("80 ± 5%", "76 to 84", id="relative"),
        pytest.param("28..32 days", "28 to 32 days", id="unit"),
        pytest.param("10% ± 0.5%", "9.5% to 10.5%", id="percent"),
    ],
)
def test_the_interval_in_words(read_question, key, interval):
    assert read_question(f"## Q\n\n**Answer:** {key}\n").interval == interval


@pytest.mark.parametrize(
    ("key", "code", "words"),
    [
        pytest.param("2-4", "bad-number", "write `2..4`", id="hyphen-for-a-range"),
        pytest.param("28 – 32 days", "bad-number", "write `28..32 days`", id="dash-for-a-range"),
        pytest.param("80 to 90 mg", "bad-number", "write `80..90 mg`", id="to-for-a-range"),
        pytest.param("80 or 90", "bad-answer", "neither", id="two-numbers-with-or"),
        pytest.param("80 hours.", "bad-number", "write `80 hours`", id="point-after-the-unit"),
        pytest.param("1,000", "bad-number", "write `1000`", id="thousands"),
        pytest.param("1,234,567.5 mg", "bad-number", "write `1234567.5 mg`", id="many-thousands"),
        pytest.param("1,5", "bad-number", "write `1.5`", id="decimal-comma"),
        pytest.param("0,125 mg", "bad-number", "write `0.125 mg`", id="three-decimals"),
        pytest.param("80hours", "bad-number", "write `80 hours`", id="glued-unit"),
        pytest.param("37°C", "bad-number", "write `37 °C`", id="glued-degrees"),
        pytest.param(".5", "bad-number", "write `0.5`", id="naked-point"),
        pytest.param("-.5 mg", "bad-number", "write `-0.5 mg`", id="naked-point-and-unit"),
        pytest.param("5.", "bad-number", "write `5`", id="point-at-the-end"),
        pytest.param("80 ± 1,5", "bad-number", "write `1.5`", id="in-the-tolerance"),
        pytest.param("1,5..2", "bad-number", "write `1.5`", id="in-the-range"),
        pytest.param("1" * 31, "bad-number", "at most 30", id="too-long"),
        pytest.param("32..28", "bad-range", "write `28..32`", id="upside-down"),
        pytest.param("..5", "bad-range", "two ends", id="no-start"),
        pytest.param("5 ..", "bad-range", "two ends", id="no-end"),
        pytest.param("1..2..3", "bad-answer", "neither", id="three-ends"),
        pytest.param("1 day..2 hours", "bad-range", "two units", id="two-units"),
        pytest.param("10% ± 2 mg", "bad-range", "two units", id="two-units-of-a-tolerance"),
        pytest.param("5 ±", "bad-range", "write the tolerance", id="no-tolerance"),
        pytest.param("5 ± 1 ± 1", "bad-range", "one tolerance", id="two-tolerances"),
        pytest.param("5 ± -1", "bad-range", "not below 0", id="negative-tolerance"),
        pytest.param("eighty", "bad-answer", "neither a number nor code", id="words"),
        pytest.param("± 5", "bad-answer", "neither a number nor code", id="no-value"),
        pytest.param("1 2", "bad-answer", "neither a number nor code", id="two-numbers"),
        pytest.param("٣", "bad-answer", "neither a number nor code", id="other-digits"),
        pytest.param("**80**", "bad-answer", "without bold", id="bold"),
    ],
)
def test_keys_that_can_be_misread_are_refused(read_quiz, key, code, words):
    parsed = read_quiz(f"## Q\n`id: q`\n\n**Answer:** {key}\n\n**Explanation:** x\n")
    (problem,) = parsed.problems
    assert parsed.quiz is None
    assert (problem.code, problem.line) == (code, 10)
    assert words in problem.message


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("## Q\n\n**Answer:** 1,5\n", ["3:13 bad-number"], id="column-of-the-number"),
        pytest.param("## Q\n\n**Answer:**\n1,5\n", ["4:1 bad-number"], id="number-on-its-own-line"),
        pytest.param("## Q\n\n__Answer:__  x\n", ["3:14 bad-answer"], id="underscores"),
        pytest.param("## Q\n\n**Answer:** 1\n\n- 2\n", ["5:1 stray-text"], id="list-under-number"),
        pytest.param("## Q\n\n**Answer:**\n", ["3:1 empty-label"], id="nothing"),
        pytest.param(
            "## Q\n`match: exact`\n\n**Answer:** 1\n", ["2:1 bad-setting"], id="match-of-a-number"
        ),
    ],
)
def test_places_of_faults_around_numbers(faults, body, expected):
    assert faults(body) == expected
