"""Adding calendar months."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.foundation.months import add_months, fewest_days, in_month

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "day", "then"),
    [
        (date(2026, 1, 31), 1, None, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, None, date(2028, 2, 29)),
        (date(2026, 2, 28), 1, 31, date(2026, 3, 31)),
        (date(2028, 2, 29), 12, None, date(2029, 2, 28)),
        (date(2026, 11, 15), 2, None, date(2027, 1, 15)),
        (date(2026, 12, 1), 12, None, date(2027, 12, 1)),
        (date(2026, 1, 15), -1, None, date(2025, 12, 15)),
        (date(2026, 5, 5), 0, None, date(2026, 5, 5)),
    ],
)
def test_months_later(start: date, months: int, day: int | None, then: date) -> None:
    assert add_months(start, months, day) == then


@given(DAYS, st.integers(0, 240))
def test_it_is_that_many_months_later_and_on_no_later_day(start: date, months: int) -> None:
    then = add_months(start, months)
    assert (then.year - start.year) * 12 + then.month - start.month == months
    assert then.day <= start.day


@given(DAYS, st.lists(st.integers(0, 24), max_size=6))
def test_the_day_that_was_meant_comes_back(start: date, steps: list[int]) -> None:
    stepped = start
    for months in steps:
        stepped = add_months(stepped, months, start.day)
    assert stepped == add_months(start, sum(steps))


@given(DAYS)
def test_a_month_has_its_own_days(day: date) -> None:
    assert in_month(day.year, day.month, day.day) == day


@pytest.mark.parametrize(
    ("months", "days"), [(0, 0), (1, 28), (2, 59), (6, 181), (12, 365), (13, 393), (48, 1460)]
)
def test_the_fewest_days_of_months(months: int, days: int) -> None:
    assert fewest_days(months) == days


@given(DAYS, st.integers(0, 120))
def test_no_months_have_fewer_days(start: date, months: int) -> None:
    assert (add_months(start, months) - start).days >= fewest_days(months)
