"""What a row of a roster means, by the columns that were chosen; and everything that is wrong with it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.organizations.errors import TextNotUsable
from lms.organizations.roster import (
    BROKEN_LINE,
    FIELDS,
    DateOrder,
    Mapped,
    Problem,
    RosterRow,
    alike,
    guessed,
    read_date,
    read_row,
)

COLUMNS = {
    name: index for index, name in enumerate(FIELDS) if name not in ("first_name", "last_name")
}
GOOD: dict[str, Any] = {
    "employee_number": "1001",
    "name": "Ada  Okafor",
    "email": "Ada@Example.org",
    "job_title": "Nurse",
    "department": "",
    "site": "Main",
    "teams": "Night; Ward 3 ; night|",
    "hired_on": "2026-03-04",
    "manager": "7",
}


def read(columns: dict[str, int] | None = None, **changes: Any) -> RosterRow | list[Problem]:
    values = GOOD | changes
    columns = COLUMNS if columns is None else columns
    cells = [values.get(name, "") for name in FIELDS]
    row, problems = read_row(5, cells, Mapped(columns))
    return problems or row


def test_a_row_says_what_its_columns_hold() -> None:
    assert read() == RosterRow(
        row=5,
        employee_number="1001",
        name="Ada Okafor",
        email="ada@example.org",
        placed={
            "job_title": "Nurse",
            "department": "",
            "site": "Main",
            "hired_on": date(2026, 3, 4),
        },
        teams=("night", "Ward 3"),
        manager="7",
    )


def test_a_row_says_nothing_of_what_has_no_column_and_of_cells_it_is_too_short_for() -> None:
    bare = {"employee_number": 0, "name": 1}
    assert read(bare) == RosterRow(5, "1001", "Ada Okafor")
    row, _ = read_row(2, ["1", "Eve"], Mapped(COLUMNS | {"name": 1}))
    assert row == RosterRow(
        2,
        "1",
        "Eve",
        None,
        {"job_title": "", "department": "", "site": "", "hired_on": None},
        (),
        "",
    )


def test_a_name_may_come_in_two_columns() -> None:
    columns = {"employee_number": 0, "first_name": 2, "last_name": 3}
    row = read(columns, first_name=" Ada", last_name="Okafor ")
    assert row == RosterRow(5, "1001", "Ada Okafor")
    assert read(columns, first_name="", last_name="") == [
        Problem(5, "First name", "Give the person's name.")
    ]
    assert read(columns, first_name="a\x07", last_name="b") == [
        Problem(5, "First name", "This holds a character that cannot be shown.")
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("employee_number", "", "is missing"),
        ("employee_number", "9" * 51, "50 characters"),
        ("name", " ", "Give the person's name."),
        ("email", "ada at home", "looks like name@example.org"),
        ("job_title", "x" * 201, "200 characters"),
        ("site", "a\x07", "cannot be shown"),
        ("department", "#REF!", "error in this cell"),
        ("teams", "x" * 201, "200 characters"),
        ("hired_on", "soon", "is not a date"),
        ("manager", "1001", "reports to themself"),
        ("manager", "9" * 51, "50 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_column(name: str, value: str, words: str) -> None:
    problems = read(None, **{name: value})
    assert isinstance(problems, list)
    (problem,) = problems
    assert (problem.row, problem.column) == (5, FIELDS[name])
    assert words in problem.message


def test_a_line_break_is_left_by_a_quotation_mark_where_one_line_is_meant() -> None:
    for name in ("employee_number", "name", "email", "manager"):
        assert read(None, **{name: "1\n2,Dee Four"}) == [Problem(5, FIELDS[name], BROKEN_LINE)]
    row = read(job_title="Nurse\nWard 3")
    assert isinstance(row, RosterRow)
    assert row.placed["job_title"] == "Nurse Ward 3"


def test_everything_that_is_wrong_in_a_row_is_said_at_once() -> None:
    cells = [
        (GOOD | {"employee_number": "", "hired_on": "13/13/2026"}).get(name, "") for name in FIELDS
    ]
    row, problems = read_row(5, cells, Mapped(COLUMNS))
    assert [one.column for one in problems] == ["Employee number", "Hire date"]
    # What can be read all the same is held against the other rows.
    assert (row.employee_number, row.email, row.manager) == ("", "ada@example.org", "7")


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("", "", None),
        (date(2026, 3, 4), "", date(2026, 3, 4)),
        ("2026-03-04", "", date(2026, 3, 4)),
        ("2026-3-4", "day", date(2026, 3, 4)),
        ("2026-03-04T00:00:00", "", date(2026, 3, 4)),
        ("2026-03-04 00:00", "", date(2026, 3, 4)),
        ("3/14/2026", "", date(2026, 3, 14)),
        ("14/3/2026", "", date(2026, 3, 14)),
        ("3/3/2026", "", date(2026, 3, 3)),
        ("3/4/2026", "month", date(2026, 3, 4)),
        ("3/4/2026", "day", date(2026, 4, 3)),
        ("14.3.2026", "day", date(2026, 3, 14)),
        ("03-14-2026", "month", date(2026, 3, 14)),
        ("2/29/2024", "", date(2024, 2, 29)),
    ],
)
def test_a_date_is_one_day(cell: Any, order: DateOrder, day: date | None) -> None:
    assert read_date(cell, order) == day


@pytest.mark.parametrize(
    ("cell", "order", "words"),
    [
        ("3/4/2026", "", "could be two days"),
        ("12/11/2026", "", "could be two days"),
        ("3/14/26", "", "is not a date"),
        ("3/14.2026", "", "is not a date"),
        ("46085", "", "is not a date"),
        ("2/29/2026", "", "There is no day"),
        ("14/3/2026", "month", "There is no day"),
        ("13/13/2026", "", "There is no day"),
        ("2026-02-30", "", "There is no day"),
        ("1026-03-04", "", "cannot be right"),
        # As a cell of a spreadsheet holds it.
        (date(3000, 6, 1), "", "The year of “3000-06-01” cannot be right."),
        (date(9999, 12, 31), "", "cannot be right"),
        ("0000-01-01", "", "There is no day"),
    ],
)
def test_what_is_no_day_or_could_be_two_is_said(cell: Any, order: DateOrder, words: str) -> None:
    with pytest.raises(TextNotUsable, match=words):
        read_date(cell, order)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_day_is_read_as_it_was_written_in_every_form(day: date) -> None:
    assert read_date(day.isoformat()) == day
    assert read_date(f"{day.month}/{day.day}/{day.year}", "month") == day
    assert read_date(f"{day.day}.{day.month}.{day.year}", "day") == day
    try:
        assert read_date(f"{day.month}/{day.day}/{day.year}") == day
    except TextNotUsable:
        assert day.day <= 12
        assert day.day != day.month


def test_columns_are_guessed_by_their_headings() -> None:
    header = [
        "EMPLOYEE ID",
        "Name",
        "First name",
        "E-Mail Address",
        "Hire Date",
        "Notes",
        "Name",
        "#",
    ]
    assert guessed(header).columns == {"employee_number": 0, "name": 1, "email": 3, "hired_on": 4}
    assert guessed(["First", "Last"]).columns == {"first_name": 0, "last_name": 1}
    # What this page calls them is understood.
    assert set(guessed([FIELDS[name] for name in COLUMNS]).columns) == set(COLUMNS)


def test_what_must_have_a_column_is_missed() -> None:
    assert Mapped().missing == ["Employee number", "Full name, or first and last name"]
    assert Mapped({"employee_number": 0, "first_name": 1}).missing == [
        "Full name, or first and last name"
    ]
    assert Mapped({"employee_number": 0, "first_name": 1, "last_name": 2}).missing == []
    assert Mapped({"employee_number": 0, "name": 1}).missing == []


def test_a_form_chooses_columns_of_the_file_alone() -> None:
    known = Mapped(header=["a", "b"], samples=[["1", "2"]])
    form = {"column-name": "1", "column-site": "2", "column-email": "x", "dates": "day"}
    chosen = Mapped.chosen(form, known)
    assert chosen == Mapped({"name": 1}, "day", ["a", "b"], [["1", "2"]])
    assert Mapped.chosen({"dates": "month"}, known).dates == "month"
    assert Mapped.chosen({"dates": "year"}, known).dates == ""
    twice = Mapped.chosen({"column-name": "1", "column-site": "1"}, known)
    assert (twice.twice, chosen.twice) == (["b"], [])
    assert Mapped.from_json(chosen.to_json()) == chosen


@pytest.mark.parametrize(
    ("one", "other", "are_alike"),
    [
        ("00123", "123", True),
        ("E-7", "e-7", True),
        ("0", "00", True),
        ("e-07", "e-7", False),
        ("10", "1", False),
    ],
)
def test_numbers_are_alike_but_for_their_case_and_zeros_before_them(
    *, one: str, other: str, are_alike: bool
) -> None:
    assert (alike(one) == alike(other)) == are_alike
