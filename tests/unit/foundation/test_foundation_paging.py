"""A long list in pages: every row is on exactly one, and no page number leads nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.foundation.paging import PAGE_SIZE, Page, every_row, nearest_page


@pytest.mark.parametrize(
    ("count", "last"),
    [(0, 1), (1, 1), (PAGE_SIZE, 1), (PAGE_SIZE + 1, 2), (10 * PAGE_SIZE, 10)],
)
def test_a_list_has_as_many_pages_as_its_rows_fill(count: int, last: int) -> None:
    assert Page([], 1, count).last == last


@given(st.integers(), st.integers(0, 10_000))
def test_whatever_page_is_asked_for_one_that_exists_is_shown(wanted: int, count: int) -> None:
    shown = nearest_page(wanted, count)
    last = Page([], 1, count).last
    assert 1 <= shown <= last
    assert shown == wanted or not 1 <= wanted <= last


@pytest.mark.parametrize("count", [0, 1, PAGE_SIZE, PAGE_SIZE + 1, 3 * PAGE_SIZE])
def test_the_rows_of_all_pages_are_the_list(count: int) -> None:
    def page_of(number: int) -> Page[int]:
        start = (number - 1) * PAGE_SIZE
        return Page(range(count)[start : start + PAGE_SIZE], number, count)

    assert list(every_row(page_of)) == list(range(count))
