"""A roster with which nobody does anything for two weeks is put away, and no word of it stays."""

from datetime import timedelta

import pytest

from lms.accounts.models import User
from lms.foundation.database import Database
from lms.organizations import imports
from lms.organizations.imports import APPLY_JOB, CHECK_JOB
from lms.organizations.models import Membership, Position, RosterImport
from lms.organizations.roster import Mapped, guessed
from tests.rosters import FIRST, HEADER, NOW, Office


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def held(one: RosterImport) -> str:
    """Everything that an import keeps, as text."""
    return repr((one.body, one.mapping, one.outcome, one.problems))


@pytest.mark.parametrize("state", ["uploaded", "checking", "checked", "applying", "failed"])
def test_what_nobody_touches_for_two_weeks_is_put_away(office: Office, state: str) -> None:
    rows = (FIRST[0], "1,Bea Brown,,,,,")
    import_id = office.hand_in(*rows)
    assert "Ada Okafor" in held(office.find(import_id))
    done, elsewhere = office.apply(FIRST[2]), Office(office.database, "hillside").hand_in(*rows)
    with office.database.transaction() as session:
        session.get_one(RosterImport, import_id).state = state
        if state == "uploaded":
            session.get_one(RosterImport, import_id).touched_at = None
    office.put_away(NOW + timedelta(days=14))
    assert office.find(import_id).state == state
    office.put_away(NOW + timedelta(days=14, seconds=1))
    gone = office.find(import_id)
    assert (gone.state, gone.body, gone.outcome, gone.problems) == ("put_away", None, {}, [])
    for name in ("Ada", "Bea", "ada@", "Employee"):
        assert name not in held(gone)
    # Neither what was applied nor another organization's is touched.
    assert office.find(done.id).outcome == done.outcome
    assert "Ada Okafor" in held(office.find(elsewhere))


def test_what_was_put_away_is_neither_checked_nor_applied(office: Office) -> None:
    import_id = office.hand_in(*FIRST)
    seen, mapped = office.find(import_id).outcome["digest"], guessed(HEADER.split(","))
    late = NOW + timedelta(days=15)
    office.put_away(late)
    before = office.rows(User, Membership, Position)
    with office.database.transaction() as session:
        assert not imports.begin_apply(session, import_id, seen=seen, now=late)
        assert not imports.begin_check(
            session, import_id, mapped=mapped, is_complete=True, now=late
        )
    # A worker that was asked before finds nothing to do.
    for kind in (CHECK_JOB, APPLY_JOB):
        office.do(kind, import_id, late)
    assert (office.find(import_id).state, office.rows(User, Membership, Position)) == (
        "put_away",
        before,
    )
    # It is forgotten with the next one.
    office.hand_in(*FIRST, now=late)
    with office.database.reading_session() as session:
        kept = imports.recent(session, office.organization_id)
        assert [one.state for one in kept] == ["checked"]


@pytest.mark.parametrize("touch", ["check", "apply"])
def test_whoever_works_on_a_roster_has_two_weeks_from_then(office: Office, touch: str) -> None:
    import_id = office.hand_in(*FIRST)
    later = NOW + timedelta(days=10)
    with office.database.transaction() as session:
        if touch == "check":
            mapped = Mapped.from_json(session.get_one(RosterImport, import_id).mapping)
            imports.begin_check(session, import_id, mapped=mapped, is_complete=True, now=later)
    if touch == "apply":
        office.begin_apply(import_id, later)
    office.put_away(later + timedelta(days=14))
    assert office.find(import_id).state in ("checking", "applying")
    office.put_away(later + timedelta(days=15))
    assert office.find(import_id).state == "put_away"
