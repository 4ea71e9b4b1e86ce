"""A table as CSV: what is in a cell is read again, and is never run."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.foundation.tables import BATCH, cell, csv_bytes, csv_text

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (-3, "-3"),
        (Fraction(2, 3), "66.66"),
        (Fraction(1), "100.00"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=2))), "2026-03-01T23:00:00Z"),
        ("Özil, “Ada”", "Özil, “Ada”"),
        ("=1+1", "'=1+1"),
        (" =1+1", "' =1+1"),
        ("+49", "'+49"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("=Ward 7;=1+1;x", "'=Ward 7;'=1+1;x"),
        ("a\t@SUM(A1)", "a\t'@SUM(A1)"),
        ("a\r\n -1", "a\r\n' -1"),
        ('a;"=1+1', "a;'\"=1+1"),
        ("a;; ＝1", "a;;' ＝1"),
        ("a; b = c, -d", "a; b = c, -d"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
    ],
)
def test_a_value_is_written_as_a_spreadsheet_should_take_it(value: object, written: str) -> None:
    assert cell(value) == written


@given(st.lists(st.tuples(text, text)))
def test_what_is_written_is_read_again_but_for_the_apostrophe(rows: list[tuple[str, str]]) -> None:
    data = csv_bytes(("one", "two"), rows)
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read == [["one", "two"], *([cell(a), cell(b)] for a, b in rows)]
    for row in read:
        assert not any(one.lstrip(" ").startswith(tuple("=+-@\t\n＝＋－＠")) for one in row)


@given(st.text(st.sampled_from(';\t\n\r"=+@ a,'), max_size=12))
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_however_a_spreadsheet_splits_it_no_cell_begins_like_a_formula(
    sign: str, typed: str
) -> None:
    data = csv_bytes(("one", "two"), [("first", typed), (typed, "second")])
    page = io.StringIO(data.decode("utf-8-sig"), newline="")
    for row in csv.reader(page, delimiter=sign):
        assert not any(one.lstrip(" ").startswith(tuple("=+-@")) for one in row), row


def test_what_another_spreadsheet_would_split_at_is_in_quotes() -> None:
    data = csv_bytes(("one",), [("a;b",), ("a\tb",), ('a"b',), ("a b",), ("",)])
    assert data.decode("utf-8-sig").split("\r\n")[1:] == [
        '"a;b"', '"a\tb"', '"a""b"', "a b", '""', "",
    ]  # fmt: skip


def test_an_empty_table_has_its_headings() -> None:
    assert csv_bytes(("One", "Two"), []) == b"\xef\xbb\xbfOne,Two\r\n"


def test_half_of_a_letter_is_no_fault() -> None:
    assert csv_bytes(("name",), [("\udc80",)]).endswith(b"?\r\n")


def test_50_000_rows_are_never_held_at_once() -> None:
    read = 0

    def rows() -> Iterator[tuple[str, int]]:
        nonlocal read
        for number in range(50_000):
            read += 1
            yield "Ada", number

    given_out = -1
    for piece in csv_text(("name", "number"), rows()):
        given_out += piece.count("\r\n")
        # Nothing that was read waits for more than its own batch.
        assert given_out == read
        assert piece.count("\r\n") <= BATCH + 1
    assert given_out == 50_000
