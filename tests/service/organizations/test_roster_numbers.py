"""An employee number that a spreadsheet has written in another way makes nobody a second, new member."""

import pytest
import sqlalchemy as sa

from lms.foundation.database import Database
from lms.organizations.models import Membership
from tests.rosters import NOW, Office, counts


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.mark.parametrize(
    ("there", "written"), [("00123", "123"), ("123", "00123"), ("E-7", "e-7"), ("e-07", "E-07")]
)
@pytest.mark.parametrize("has_left", [False, True])
def test_a_number_is_written_as_it_is_here(
    office: Office, there: str, written: str, has_left: bool
) -> None:
    office.apply(f"{there},Ada,,,,,")
    if has_left:
        office.apply("9,Ned,,,,,", complete=True)
    (problem,) = office.find(office.hand_in("9,Ned,,,,,", f"{written},Ada,,,,,")).problems
    assert problem == {
        "row": 3, "column": "Employee number",
        "message": f"Here this number is written {there}. Write it so: a spreadsheet may have changed it.",
    }  # fmt: skip
    rows = ("9,Ned,,,,,", f"{there},Ada,,,,,")
    office.apply(*rows)
    assert counts(office.apply(*rows, now=NOW)) == {"unchanged": 2}


def test_a_file_writes_a_number_in_one_way(office: Office) -> None:
    rows = ("e-1,Ada,,,,,", "E-1,Ada,,,,,", "01,Ben,,,,,", "1,Ben,,,,,", "0,Cy,,,,,", "10,Dee,,,,,")
    problems = office.find(office.hand_in(*rows)).problems
    assert [(one["row"], one["message"]) for one in problems] == [
        (3, "Row 2 has this number as e-1. Write it in one way."),
        (5, "Row 4 has this number as 01. Write it in one way."),
    ]


def test_two_members_whose_numbers_are_alike_stay_two(office: Office) -> None:
    office.apply("007,Ada,,,,,", "8,Ben,,,,,")
    with office.database.transaction() as session:
        number = Membership.employee_number
        session.execute(sa.update(Membership).where(number == "8").values(employee_number="7"))
    assert counts(office.apply("007,Ada,,,,,", "7,Ben,,,,,", complete=True)) == {"unchanged": 2}
