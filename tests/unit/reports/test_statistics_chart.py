"""The histogram: every attempt is in one bar, as high as it is often."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.reports.charts import BINS, HEIGHT, TOP, histogram, short, trend

EIGHTY = Fraction(4, 5)


def counts(*points: str) -> list[int]:
    totals: dict[Fraction, int] = {}
    for text in points:
        totals[Fraction(text)] = totals.get(Fraction(text), 0) + 1
    return [bar.count for bar in histogram(totals, Fraction(10), EIGHTY).bars]


@pytest.mark.parametrize(
    ("points", "bar"), [("0", 0), ("0.99", 0), ("1", 1), ("7.9", 7), ("8", 8), ("9", 9), ("10", 9)]
)
def test_a_score_is_in_the_bar_of_its_tenth(points: str, bar: int) -> None:
    assert counts(points) == [int(place == bar) for place in range(BINS)]


def test_the_highest_bar_fills_the_picture() -> None:
    chart = histogram({Fraction(10): 4, Fraction(0): 1}, Fraction(10), EIGHTY)
    assert [(bar.y, bar.height) for bar in (chart.bars[0], chart.bars[9])] == [
        (TOP + HEIGHT * 3 / 4, HEIGHT / 4),
        (TOP, HEIGHT),
    ]
    assert [bar.words for bar in chart.bars][::9] == ["0–9%", "90–100%"]
    assert chart.bars[3].middle == chart.bars[3].x + 16


def test_the_pass_mark_stands_where_its_bar_begins() -> None:
    chart = histogram({}, Fraction(10), EIGHTY)
    assert chart.pass_x == chart.bars[8].x
    assert dict(chart.marks)["80%"] == chart.bars[8].x
    assert [bar.height for bar in chart.bars] == [0] * BINS


@pytest.mark.parametrize(("mark", "middle"), [("0", 50), ("1/2", 180), ("1", 310)])
def test_the_words_at_the_pass_mark_stay_in_the_picture(mark: str, middle: float) -> None:
    chart = histogram({}, Fraction(10), Fraction(mark))
    assert chart.width == 360
    assert chart.pass_words_x == middle


@given(st.dictionaries(st.fractions(0, 7, max_denominator=12), st.integers(1, 50), max_size=9))
def test_nobody_is_lost_and_no_bar_leaves_the_picture(totals: dict[Fraction, int]) -> None:
    bars = histogram(totals, Fraction(7), EIGHTY).bars
    assert sum(bar.count for bar in bars) == sum(totals.values())
    assert all(TOP <= bar.y <= TOP + HEIGHT for bar in bars)


def test_a_trend_has_a_bar_for_each_count() -> None:
    chart = trend([("Jan", 0), ("Feb", 5), ("Mar", 10)])
    assert [bar.words for bar in chart.bars] == ["Jan", "Feb", "Mar"]
    assert [bar.height for bar in chart.bars] == [0, HEIGHT / 2, HEIGHT]
    assert [bar.y for bar in chart.bars] == [TOP + HEIGHT, TOP + HEIGHT / 2, TOP]
    assert chart.bars[2].x + chart.bar_width < chart.width
    assert [bar.height for bar in trend([("Jan", 0)]).bars] == [0]
    assert trend([]).bars == ()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.0k"),
        (1_290, "1.2k"),
        (48_999, "48k"),
        (2_000_000, "2.0M"),
    ],
)
def test_a_count_is_short(count: int, words: str) -> None:
    assert short(count) == words
