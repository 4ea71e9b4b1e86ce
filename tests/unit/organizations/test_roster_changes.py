"""What a row of a roster does about somebody who is known, or is not."""

from dataclasses import replace
from datetime import date

import pytest

from lms.accounts.names import checked_user_name
from lms.organizations.roster import Problem, RosterRow
from lms.organizations.roster_changes import (
    MAX_NAMED,
    Asked,
    Difference,
    Kind,
    Known,
    Named,
    Planned,
    planned,
    user_name_for,
)

ADA = Known(
    membership_id=3,
    user_id=30,
    employee_number="1001",
    has_left=False,
    name="Ada Okafor",
    email="ada@example.org",
    is_ours=True,
    placed={"job_title": "Nurse", "department": "", "site": "", "hired_on": date(2026, 3, 1)},
    manager="7",
    teams={1: "Night", 2: "Ward 3"},
    managed={5: "Day"},
)
ROW = RosterRow(9, "1001", "Ada Okafor")
ASKED = Asked(
    request_id=6,
    user_id=30,
    is_waiting=True,
    name="Ada Okafor",
    email="ada@example.org",
    employee_number="1001",
    manager=None,
    teams=None,
    placed={"job_title": "Nurse", "department": "", "site": "", "hired_on": None},
)


def differences(
    row: RosterRow, known: Known = ADA, owner_id: int | None = None
) -> list[Difference]:
    plan = planned(row, known, owner_id)
    assert isinstance(plan, Planned)
    return list(plan.differences)


GONE = replace(ADA, has_left=True)
DECLINED = replace(ASKED, is_waiting=False)


@pytest.mark.parametrize("owner_id", [None, 44])
def test_of_somebody_new_all_is_told_that_the_file_says(owner_id: int | None) -> None:
    placed = {"job_title": "Nurse", "department": "", "hired_on": date(2026, 3, 1)}
    row = RosterRow(2, "9", "Eve", "eve@example.org", placed, teams=("Night", "Day"), manager="7")
    plan = planned(row, None, owner_id)
    assert isinstance(plan, Planned)
    assert [(one.column, one.before, one.after) for one in plan.differences] == [
        ("E-mail", "", "eve@example.org"),
        ("Job title", "", "Nurse"),
        ("Hire date", "", "2026-03-01"),
        ("Manager's employee number", "", "7"),
        ("Teams", "", "Day, Night"),
    ]
    bare = planned(RosterRow(2, "9", "Eve"), None, owner_id)
    assert isinstance(bare, Planned)
    assert bare.differences == ()
    # The trail tells what changed, and of whoever is new that they came.
    named = Named()
    named.note(plan)
    assert list(named.told()["people"].values()) == [["Eve (9)"]]


@pytest.mark.parametrize(
    ("known", "owner_id", "asked", "kind", "is_request", "was_declined"),
    [
        (None, None, None, Kind.ADDED, False, False),
        (None, 44, None, Kind.ASKED, True, False),
        (None, 30, ASKED, Kind.UNCHANGED, True, False),
        # By the number alone that they were asked with.
        (None, None, ASKED, Kind.UNCHANGED, True, False),
        (None, 30, replace(ASKED, name="A. Okafor"), Kind.CHANGED, True, False),
        (None, 30, replace(DECLINED, name="A. Okafor"), Kind.UNCHANGED, True, True),
        (GONE, 30, None, Kind.RETURNED, False, False),
        (replace(GONE, must_agree=True), 30, None, Kind.ASKED, True, False),
        (replace(GONE, must_agree=True), None, ASKED, Kind.UNCHANGED, True, False),
        (replace(GONE, must_agree=True), None, DECLINED, Kind.UNCHANGED, True, True),
        (ADA, 30, None, Kind.UNCHANGED, False, False),
    ],
)
def test_who_has_an_account_is_asked_unless_it_is_ours(
    *,
    known: Known | None,
    owner_id: int | None,
    asked: Asked | None,
    kind: Kind,
    is_request: bool,
    was_declined: bool,
) -> None:
    plan = planned(ROW, known, owner_id, asked)
    assert isinstance(plan, Planned)
    assert (plan.kind, plan.is_request, plan.was_declined) == (kind, is_request, was_declined)
    assert not is_request or plan.user_id == (owner_id or 30)


def test_what_waits_for_an_answer_differs_in_what_the_row_says() -> None:
    row = replace(
        ROW, email="obi@example.org", placed={"site": "Annex"}, teams=("Day",), manager="7"
    )
    plan = planned(replace(row, employee_number="1002"), None, None, ASKED)
    assert isinstance(plan, Planned)
    assert [(one.column, one.before, one.after) for one in plan.differences] == [
        ("Employee number", "1001", "1002"),
        ("E-mail", "ada@example.org", "obi@example.org"),
        ("Site", "", "Annex"),
        ("Manager's employee number", "", "7"),
        ("Teams", "", "Day"),
    ]
    same = replace(ASKED, teams=["DAY"], manager="7", placed={**ASKED.placed, "site": "Annex"})
    plan = planned(replace(row, email=None), None, None, same)
    assert isinstance(plan, Planned)
    assert (plan.kind, plan.differences) == (Kind.UNCHANGED, ())
    nothing = planned(replace(ROW, teams=(), manager=""), None, 30, ASKED)
    assert isinstance(nothing, Planned)
    assert nothing.kind is Kind.UNCHANGED


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        replace(ROW, email="ada@example.org", manager="7"),
        replace(ROW, placed={"job_title": "Nurse", "hired_on": date(2026, 3, 1)}),
        replace(ROW, teams=("WARD 3", "night")),
        # A team that they manage is theirs anyway.
        replace(ROW, teams=("Ward 3", "Night", "Day")),
    ],
)
def test_what_is_as_before_is_unchanged(row: RosterRow) -> None:
    plan = planned(row, ADA, 30)
    assert isinstance(plan, Planned)
    assert (plan.kind, plan.differences) == (Kind.UNCHANGED, ())


def test_every_change_says_what_it_was_and_becomes() -> None:
    row = RosterRow(
        9,
        "1001",
        "Ada Obi",
        "obi@example.org",
        {"job_title": "", "site": "Main", "hired_on": None},
        ("Night",),
        "",
    )
    assert differences(row) == [
        Difference("Full name", "Ada Okafor", "Ada Obi"),
        Difference("E-mail", "ada@example.org", "obi@example.org"),
        Difference("Job title", "Nurse", ""),
        Difference("Site", "", "Main"),
        Difference("Hire date", "2026-03-01", ""),
        Difference("Manager's employee number", "7", ""),
        Difference("Teams", "Night, Ward 3", "Night"),
    ]


def test_an_account_that_is_of_use_elsewhere_keeps_name_and_address() -> None:
    row = replace(ROW, name="Ada Obi", email="obi@example.org")
    assert differences(row, replace(ADA, is_ours=False)) == []


def test_an_empty_manager_is_told_of_one_without_a_number_too() -> None:
    known = replace(ADA, manager=None, has_manager=True)
    told = "Somebody without an employee number"
    row = replace(ROW, manager="")
    assert differences(row, known) == [Difference("Manager's employee number", told, "")]
    assert differences(row, replace(ADA, manager=None)) == []
    assert differences(ROW, known) == []


def test_somebody_known_by_address_gets_the_number() -> None:
    known = replace(ADA, employee_number=None)
    assert differences(ROW, known, 30) == [Difference("Employee number", "", "1001")]


@pytest.mark.parametrize(
    ("known", "owner_id", "column", "words"),
    [
        (replace(ADA, employee_number="8"), 30, "E-mail", "belongs to the employee number 8"),
        (ADA, 31, "E-mail", "cannot be used for this person"),
        (
            replace(ADA, has_left=True, name="Eve"),
            None,
            "Employee number",
            "belongs to Eve, who left",
        ),
    ],
)
def test_whose_number_or_address_it_is_must_be_clear(
    known: Known, owner_id: int | None, column: str, words: str
) -> None:
    problem = planned(ROW, known, owner_id)
    assert isinstance(problem, Problem)
    assert (problem.row, problem.column) == (9, column)
    assert words in problem.message


def test_a_leaver_of_the_same_name_comes_back() -> None:
    plan = planned(replace(ROW, name="ADA okafor"), replace(ADA, has_left=True), None)
    assert isinstance(plan, Planned)
    assert (plan.kind, plan.user_id) == (Kind.RETURNED, 30)


def test_a_leaver_is_known_by_the_address_whatever_the_name() -> None:
    plan = planned(replace(ROW, name="A. Obi"), GONE, GONE.user_id)
    assert isinstance(plan, Planned)
    assert (plan.kind, plan.user_id) == (Kind.RETURNED, 30)
    asked = planned(replace(ROW, name="A. Obi"), replace(GONE, must_agree=True), GONE.user_id)
    assert isinstance(asked, Planned)
    assert asked.kind is Kind.ASKED


@pytest.mark.parametrize(
    ("number", "name"),
    [("1001", "riverside.1001"), ("E 10/1", "riverside.e-10-1"), ("№", "riverside.x")],
)
def test_a_user_name_is_made_of_code_and_number(number: str, name: str) -> None:
    assert user_name_for("riverside", number) == name
    assert checked_user_name(name) == name
    assert len(user_name_for("r" * 40, "9" * 50)) == 90


def test_whoever_came_left_or_changed_is_named_and_whoever_stayed_is_not() -> None:
    named = Named()
    assert named.told() == {}
    site = (Difference("Site", "", "Main"), Difference("Job title", "Aide", ""))
    for number, kind in enumerate(Kind):
        told = site if kind is Kind.CHANGED else ()
        named.note(Planned(replace(ROW, employee_number=str(number)), kind, differences=told))
    named.note(Planned(ROW, Kind.CHANGED, differences=site[:1], asked=ASKED))
    named.note_gone(Kind.DEACTIVATED, "77", "Cem")
    assert named.told(["Day", "Night"]) == {
        "new_teams": ["Day", "Night"],
        "people": {
            "added": ["Ada Okafor (0)"],
            "asked": ["Ada Okafor (1)"],
            "returned": ["Ada Okafor (2)"],
            "deactivated": ["Ada Okafor (4)", "Cem (77)"],
            "withdrawn": ["Ada Okafor (5)"],
            "changed": ["Ada Okafor (3) [Site: nothing → Main; Job title: Aide → nothing]"],
            "asked_otherwise": ["Ada Okafor (1001) [Site: nothing → Main]"],
        },
    }


def test_beyond_what_an_entry_holds_the_rest_is_counted() -> None:
    named = Named()
    for number in range(MAX_NAMED + 7):
        named.note_gone(Kind.DEACTIVATED, str(number), "Ada")
    told = named.told()
    assert (len(told["people"]["deactivated"]), told["unnamed"]) == (MAX_NAMED, 7)
    # A search for a name looks for them at the end.
    assert list(told) == ["unnamed", "people"]


def test_fifty_thousand_changes_leave_room_for_new_addresses_and_whoever_left() -> None:
    named = Named()
    title = (Difference("Job title", "Nurse", "Charge nurse of the night"),)
    address = (Difference("E-mail", "ada@example.org", "eve@example.org"),)
    for number in range(50_000):
        changed = replace(ROW, employee_number=str(number))
        named.note(Planned(changed, Kind.CHANGED, differences=title))
    named.note_gone(Kind.DEACTIVATED, "8", "Cem")
    named.note(Planned(replace(ROW, name="Eve"), Kind.CHANGED, differences=address))
    told = named.told(["T" * 99 for _ in range(500)])
    people = told["people"]
    assert people["changed"][0] == "Eve (1001) [E-mail: ada@example.org → eve@example.org]"
    assert people["deactivated"] == ["Cem (8)"]
    assert len(people["changed"]) + 1 + told["unnamed"] == 50_002
    assert len(told["new_teams"]) + told["unnamed_teams"] == 500
    # What a cell of a spreadsheet holds, with the words around them.
    assert len(str(told)) < 32_767
