"""Rosters: what a check foretells is what is done; twice changes nothing; all of it or nothing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import User
from lms.foundation.audit import Actor, AuditEntry
from lms.foundation.database import Database
from lms.organizations import imports, positions
from lms.organizations.imports import APPLY_JOB, CHECK_JOB
from lms.organizations.models import (
    Membership,
    Organization,
    Position,
    Team,
    TeamMembership,
)
from lms.organizations.placements import Placement
from lms.organizations.roster import Mapped
from lms.organizations.signals import roster_changed
from tests.factories import make_member, make_team, make_user
from tests.rosters import FIRST, LATER, NOW, Office, counts, positions_of

RECORD = (User, Membership, Position, Team, TeamMembership)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_a_roster_brings_people_in_with_teams_and_managers(office: Office) -> None:
    heard: list[Any] = []

    def hear(_sender: object, **told: Any) -> None:
        heard.append((told["organization_id"], told["membership_ids"]))

    with roster_changed.connected_to(hear):
        done = office.apply(*FIRST)
    assert (counts(done), done.outcome["new_teams"]) == ({"added": 3}, ["Night", "Ward 3"])
    # The file holds more about people than the record needs.
    assert (done.body, done.mapping["samples"], done.outcome["examples"]) == (None, [], {})
    assert done.mapping["header"] == []
    assert office.people() == {
        "1": ("Ada Okafor", "Nurse", date(2026, 1, 15), "3", {"Night", "Ward 3"}, None),
        "2": ("Bea Brown", "Aide", date(2026, 2, 28), "3", {"Night"}, None),
        "3": ("Cem Demir", "Lead", None, None, set(), None),
    }
    with office.database.reading_session() as session:
        names = session.execute(sa.select(User.email, User.user_name).order_by(User.id)).all()
        assert [tuple(row) for row in names[1:]] == [
            ("ada@example.org", None),
            (None, "riverside.2"),
            ("cem@example.org", None),
        ]
        assert len(session.scalars(sa.select(Position)).all()) == 3
        entry = session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.details["added"]) == (
        "roster.applied", office.boss_id, 3,
    )  # fmt: skip
    assert entry.details["people"] == {
        "added": ["Ada Okafor (1)", "Bea Brown (2)", "Cem Demir (3)"]
    }
    assert entry.details["new_teams"] == ["Night", "Ward 3"]
    assert heard == [(office.organization_id, None)]


def test_the_same_roster_again_changes_nothing(office: Office) -> None:
    office.apply(*FIRST)
    before = office.rows(*RECORD)
    assert counts(office.apply(*FIRST, now=LATER, complete=True)) == {"unchanged": 3}
    assert office.rows(*RECORD) == before


def test_a_change_is_foretold_and_done_and_what_was_stays_on_record(office: Office) -> None:
    office.apply(*FIRST)
    rows = (
        "1,Ada Obi,obi@example.org,Charge nurse,Ward 3,2026-01-15,2",
        "2,Bea Brown,bea@example.org,Aide,Night,2026-02-28,",
    )
    import_id = office.hand_in(*rows, now=LATER)
    ada, bea = office.find(import_id).outcome["examples"]["changed"]
    assert ada["changes"] == [
        ["Full name", "Ada Okafor", "Ada Obi"],
        ["E-mail", "ada@example.org", "obi@example.org"],
        ["Job title", "Nurse", "Charge nurse"],
        ["Manager's employee number", "3", "2"],
        ["Teams", "Night, Ward 3", "Ward 3"],
    ]
    assert [change[0] for change in bea["changes"]] == ["E-mail", "Manager's employee number"]
    assert counts(office.apply(*rows, now=LATER)) == {"changed": 2}
    with office.database.reading_session() as session:
        entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert entry
    # Whose address changes, and from what to what, stands nowhere else.
    assert entry.details["people"]["changed"] == [
        "Ada Obi (1) [Full name: Ada Okafor → Ada Obi; E-mail: ada@example.org → obi@example.org;"
        " Job title: Nurse → Charge nurse; Manager's employee number: 3 → 2;"
        " Teams: Night, Ward 3 → Ward 3]",
        "Bea Brown (2) [E-mail: nothing → bea@example.org; Manager's employee number: 3 → nothing]",
    ]
    people = office.people()
    assert people["1"] == ("Ada Obi", "Charge nurse", date(2026, 1, 15), "2", {"Ward 3"}, None)
    assert people["2"][3:5] == (None, {"Night"})
    assert people["3"][0] == "Cem Demir"
    # Ada's new title and manager are one position; Bea's address is no part of hers.
    assert positions_of(office, "1", "2") == [
        (NOW, "Nurse", "3"), (NOW, "Aide", "3"), (LATER, "Charge nurse", "2"), (LATER, "Aide", None),
    ]  # fmt: skip


def test_only_a_complete_roster_says_who_has_left(office: Office) -> None:
    office.apply(*FIRST)
    assert counts(office.apply(FIRST[0], FIRST[2], now=LATER)) == {"unchanged": 2}
    done = office.apply(FIRST[0], FIRST[2], now=LATER, complete=True)
    assert counts(done) == {"unchanged": 2, "deactivated": 1}
    # The boss has no number: nothing is known of who has none.
    assert done.outcome["without_number"] == 1
    assert office.people()["2"][4:] == (set(), LATER)
    with office.database.reading_session() as session:
        bea = session.scalars(sa.select(User).where(User.name == "Bea Brown")).one()
        assert bea.deactivated_at == LATER
    back = LATER + timedelta(days=100)
    assert counts(office.apply(*FIRST, now=back)) == {"unchanged": 2, "returned": 1}
    assert office.people()["2"] == ("Bea Brown", "Aide", date(2026, 2, 28), "3", {"Night"}, None)
    with office.database.reading_session() as session:
        assert session.get_one(User, bea.id).deactivated_at is None


def test_whoever_hands_the_roster_in_has_not_left(office: Office) -> None:
    with office.database.transaction() as session:
        own = session.scalars(
            sa.select(Membership).where(Membership.user_id == office.boss_id)
        ).one()
        positions.place(session, own, Placement("99"), now=NOW)
    assert counts(office.apply(*FIRST, complete=True)) == {"added": 3}
    assert office.people()["99"][5] is None


def test_names_of_new_accounts_are_free_and_who_was_invited_gets_a_number(office: Office) -> None:
    with office.database.transaction() as session:
        make_user(session, user_name="riverside.2", email=None)
        invited = make_user(session, name="Cem Demir", email="cem@example.org")
        organization = session.get_one(Organization, office.organization_id)
        make_member(session, organization, invited)
    # Cem was invited by his address before.
    assert counts(office.apply(*FIRST)) == {"added": 2, "changed": 1}
    with office.database.reading_session() as session:
        assert accounts.find_by_name(session, "riverside.2-2") is not None
    assert counts(office.apply(*FIRST, now=LATER)) == {"unchanged": 3}


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        (("1,,,,,,",), (2, "Full name"), "Give the person's name."),
        (("1,Ada,,,,3/4/2026,",), (2, "Hire date"), "could be two days"),
        (("1,Ada,,,,,", "1,Bea,,,,,"), (3, "Employee number"), "Row 2 has this number too."),
        (
            ("1,Ada,a@example.org,,,,", "2,Bea,A@example.org,,,,"),
            (3, "E-mail"),
            "Row 2 has this address too.",
        ),
        (
            ("1,Ada,,,,,77",),
            (2, "Manager's employee number"),
            "Nobody in this organization has the number or sign-in name 77.",
        ),
        (("1,Ada,cem@example.org,,,,",), (2, "E-mail"), "belongs to the employee number 3"),
        (("3,Cem Demir,taken@example.org,,,,",), (2, "E-mail"), "cannot be used"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_nothing_is_done(
    office: Office, rows: tuple[str, ...], place: tuple[int, str], words: str
) -> None:
    office.apply(FIRST[2])
    with office.database.transaction() as session:
        make_user(session, email="taken@example.org")
    before = office.rows(*RECORD)
    import_id = office.hand_in(*rows, complete=True)
    found = office.find(import_id)
    (problem,) = found.problems
    assert (problem["row"], problem["column"]) == place
    assert words in problem["message"]
    # Whom the wrong rows name is not known, so nobody is said to have left.
    assert found.outcome["deactivated"] == 0
    assert not office.begin_apply(import_id)
    office.do(APPLY_JOB, import_id)
    assert office.rows(*RECORD) == before


def test_one_run_tells_of_everything_that_is_wrong_in_a_row(office: Office) -> None:
    import_id = office.hand_in(
        "1,Ada,a@example.org,,,2026-13-01,",
        "1,Bea,a@example.org,,,,77",
        "2,,a@example.org,,,,1",
        ",Cem,,,,,",
        ",Dee,,,,,",
    )
    found = office.find(import_id)
    assert (found.rows_done, found.rows_total) == (5, 5)
    told = [(one["row"], one["column"]) for one in found.problems]
    # The first row names a number, though its date is wrong: Bea's and the last one's manager is there.
    assert told == [
        (2, "Hire date"),
        (3, "Employee number"),
        (3, "E-mail"),
        (3, "Manager's employee number"),
        (4, "Full name"),
        (4, "E-mail"),
        (5, "Employee number"),
        (6, "Employee number"),
    ]


def test_what_does_not_hold_any_more_is_not_applied_in_part(office: Office) -> None:
    import_id = office.hand_in(*FIRST)
    assert office.begin_apply(import_id)
    with office.database.transaction() as session:
        organization = session.get_one(Organization, office.organization_id)
        late = make_member(session, organization, make_user(session, email="cem@example.org"))
        positions.place(session, late, Placement("44"), now=NOW)
    before = office.rows(*RECORD, AuditEntry)
    office.do(APPLY_JOB, import_id)
    found = office.find(import_id)
    assert (found.state, office.rows(*RECORD, AuditEntry)) == ("checked", before)
    assert found.outcome["is_again"]
    assert "belongs to the employee number 44" in found.problems[0]["message"]


def test_what_a_check_did_not_show_is_shown_before_it_is_done(office: Office) -> None:
    office.apply(FIRST[2])
    whole = office.hand_in(FIRST[2], complete=True)
    assert counts(office.find(whole)) == {"unchanged": 1}
    office.apply(*FIRST)
    before = office.rows(*RECORD, AuditEntry)
    assert office.begin_apply(whole)
    office.do(APPLY_JOB, whole, LATER)
    found = office.find(whole)
    assert (found.state, found.problems, found.outcome["is_again"]) == ("checked", [], True)
    assert counts(found) == {"unchanged": 1, "deactivated": 2}
    assert office.rows(*RECORD, AuditEntry) == before
    # Now that it was shown, it can be done.
    assert office.begin_apply(whole)
    office.do(APPLY_JOB, whole, LATER)
    assert counts(office.find(whole)) == {"unchanged": 1, "deactivated": 2}
    assert office.find(whole).state == "applied"


@pytest.mark.parametrize(
    ("column", "value"),
    [("job_title", "Lead nurse"), ("department", "Ward 9"), ("site", "Annex")],
)
def test_as_many_changes_of_another_kind_are_others(
    office: Office, column: str, value: str
) -> None:
    office.apply(*FIRST)
    import_id = office.hand_in("1,Ada Okafor,ada@example.org,Charge nurse,,,3")
    shown = office.find(import_id)
    assert office.begin_apply(import_id)
    with office.database.transaction() as session:
        ada = session.scalars(sa.select(Membership).where(Membership.employee_number == "1")).one()
        placement = replace(positions.placement_of(ada), **{column: value})
        positions.place(session, ada, placement, now=NOW)
    office.do(APPLY_JOB, import_id)
    found = office.find(import_id)
    # What the file has no column for is not a part of what it changes.
    assert found.state == ("checked" if column == "job_title" else "applied")
    assert counts(found) == counts(shown) == {"changed": 1}


def test_an_account_that_somebody_got_meanwhile_is_shown_first(office: Office) -> None:
    import_id = office.hand_in(*FIRST)
    assert office.begin_apply(import_id)
    with office.database.transaction() as session:
        make_user(session, name="Somebody", email="ada@example.org")
    office.do(APPLY_JOB, import_id)
    found = office.find(import_id)
    assert (found.state, counts(found)) == ("checked", {"added": 2, "asked": 1})


def test_a_new_team_that_somebody_else_made_is_shown_again(office: Office) -> None:
    import_id = office.hand_in(*FIRST)
    assert office.begin_apply(import_id)
    with office.database.transaction() as session:
        make_team(session, session.get_one(Organization, office.organization_id), name="Night")
    office.do(APPLY_JOB, import_id)
    found = office.find(import_id)
    assert (found.state, found.outcome["new_teams"]) == ("checked", ["Ward 3"])


def test_only_what_was_shown_can_be_asked_for(office: Office) -> None:
    import_id = office.hand_in(*FIRST)
    shown = office.find(import_id)
    with office.database.transaction() as session:
        mapped = Mapped.from_json(shown.mapping)
        assert imports.begin_check(session, import_id, mapped=mapped, is_complete=True, now=NOW)
    office.do(CHECK_JOB, import_id)
    assert counts(office.find(import_id)) == counts(shown)
    # Checked anew as the complete roster, it could do more another time.
    with office.database.transaction() as session:
        seen = shown.outcome["digest"]
        assert not imports.begin_apply(session, import_id, seen=seen, now=NOW)
        assert not imports.begin_apply(session, import_id, seen="", now=NOW)
    assert office.begin_apply(import_id)


def test_a_manager_who_gets_a_number_in_an_earlier_batch_is_foretold(office: Office) -> None:
    with office.database.transaction() as session:
        organization = session.get_one(Organization, office.organization_id)
        cem = make_member(session, organization, make_user(session, name="Cem", email="c@e.org"))
        ada = make_member(session, organization, make_user(session, name="Ada", email="a@e.org"))
        placed = Placement("900", manager_id=cem.id)
        positions.place(session, ada, placed, now=NOW)
    rows = [f"{number},Person {number},,,,," for number in range(10, 610)]
    done = office.apply("3,Cem,c@e.org,,,,", *rows, "900,Ada,a@e.org,,,,3")
    assert counts(done) == {"added": 600, "changed": 2}
    assert office.people()["900"][3] == "3"


def test_an_import_is_applied_once_however_often_it_is_tried(office: Office) -> None:
    done = office.apply(*FIRST)
    before = office.rows(*RECORD, AuditEntry)
    office.do(APPLY_JOB, done.id, LATER)
    office.do(CHECK_JOB, done.id, LATER)
    assert office.rows(*RECORD, AuditEntry) == before
    assert not office.begin_apply(done.id)
    with office.database.transaction() as session:
        assert not imports.discard(session, done.id)


def test_many_rows_come_in_several_batches(office: Office) -> None:
    rows = [
        f"{number},Person {number},,Job,Team {number % 7},2026-01-15,{number + 1 if number < 1200 else ''}"
        for number in range(1, 1201)
    ]
    assert counts(office.apply(*rows)) == {"added": 1200}
    people = office.people()
    # Whoever comes later in the file is known as a manager all the same.
    assert people["1"][3] == "2"
    assert people["1199"][3] == "1200"
    assert counts(office.apply(*rows, now=LATER, complete=True)) == {"unchanged": 1200}
    assert counts(office.apply(*rows[600:], now=LATER, complete=True)) == {
        "unchanged": 600, "deactivated": 600,
    }  # fmt: skip


def test_what_was_never_applied_is_forgotten_in_time(office: Office, session: Session) -> None:
    old, done = office.hand_in(*FIRST), office.apply(FIRST[2]).id
    new = office.hand_in(*FIRST, now=NOW + timedelta(days=8))
    kept = imports.recent(session, office.organization_id)
    assert [one.id for one in kept] == [new, done]
    assert imports.find(session, office.organization_id, old) is None
    assert imports.find(session, office.organization_id + 1, new) is None
    assert imports.discard(session, new)


def test_a_long_roster_is_asked_for_with_whoever_asked(office: Office, session: Session) -> None:
    import_id = office.hand_in(*FIRST)
    imports.ask(session, APPLY_JOB, import_id, Actor("Boss", office.boss_id), NOW)
    payload = session.scalars(sa.text("SELECT kind FROM job")).all()
    assert payload == [APPLY_JOB]
