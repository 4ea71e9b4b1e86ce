"""A long list, in pages (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE_SIZE = 50

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """One page of a list. Pages count from 1; `count` is the number of rows on all pages."""

    rows: Sequence[RowT]
    number: int
    count: int

    @property
    def last(self) -> int:
        return last_page(self.count)


def last_page(count: int) -> int:
    """The number of the last page of a list with that many rows: an empty list has one page."""
    return max(1, -(-count // PAGE_SIZE))


def nearest_page(wanted: int, count: int) -> int:
    """The page that was asked for, or the nearest one that exists."""
    return min(max(wanted, 1), last_page(count))
