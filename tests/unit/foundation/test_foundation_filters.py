"""How values are written on pages."""

from calendar import month_name
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from lms.foundation import filters
from lms.foundation.wording import counted, date_in_full

MOMENT = datetime(2026, 11, 1, 14, 5, 9, 123, tzinfo=UTC)


def test_a_day_is_written_out_and_does_not_break() -> None:
    assert filters.day(MOMENT) == "1\xa0November\xa02026"


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_is_called_by_its_name(month: int) -> None:
    assert date_in_full(date(2026, month, 9)) == f"9\xa0{month_name[month]}\xa02026"


def test_a_moment_names_its_zone() -> None:
    assert filters.moment(MOMENT) == "1\xa0November\xa02026, 14:05\xa0UTC"


def test_a_machine_gets_seconds_and_the_zone() -> None:
    assert filters.iso(MOMENT) == "2026-11-01T14:05:09+00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One.", ["One."]),
        ("One\nline.\n\nTwo\r\nlines.\r\n \r\n\n  Three.\n", ["One line.", "Two lines.", "Three."]),
    ],
)
def test_empty_lines_part_paragraphs(text: str, expected: list[str]) -> None:
    assert filters.paragraphs(text) == expected


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(0), "0%"),
        (Fraction(1), "100%"),
        (Fraction(8, 10), "80%"),
        (Fraction(799, 1000), "79%"),
        (Fraction(2, 3), "66%"),
        (Fraction(99999, 100000), "99%"),
    ],
)
def test_a_share_is_rounded_down(share: Fraction, text: str) -> None:
    assert filters.percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(7), "7"),
        (Fraction(10), "10"),
        (Fraction(100), "100"),
        (Fraction(5, 2), "2.5"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.66"),
    ],
)
def test_points_have_no_trailing_zeros(value: Fraction, text: str) -> None:
    assert filters.points(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0\xa0min"),
        (45, "45\xa0min"),
        (59, "59\xa0min"),
        (60, "1\xa0h"),
        (80, "1\xa0h 20\xa0min"),
        (121, "2\xa0h 1\xa0min"),
    ],
)
def test_a_duration_is_written_in_hours_and_minutes(value: int, text: str) -> None:
    assert filters.minutes(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(minutes=20), "20\xa0min"),
        (timedelta(minutes=12, seconds=30), "12\xa0min"),
        (timedelta(hours=24), "1\xa0day"),
        (timedelta(days=2), "2\xa0days"),
        (timedelta(hours=36), "36\xa0h"),
    ],
)
def test_a_span_is_written_in_days_where_it_is_whole_ones(value: timedelta, text: str) -> None:
    assert filters.span(value) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 attempts"), (1, "1 attempt"), (7, "7 attempts")]
)
def test_a_number_is_written_with_its_noun(number: int, text: str) -> None:
    assert counted(number, "attempt") == text
