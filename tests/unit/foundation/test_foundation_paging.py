"""A long list in pages: every row is on exactly one, and no page number leads nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.foundation.paging import PAGE_SIZE, Page, nearest_page


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
