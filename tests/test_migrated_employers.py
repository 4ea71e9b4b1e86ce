"""What migrations make of what an employer had: what people owed, kept figures, positions, rosters."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms.accounts.models import User
from lms.assignments import keeping
from lms.assignments.models import Obligation
from lms.foundation import migrations
from lms.foundation.database import Database
from lms.organizations.models import Position, RosterImport
from tests.test_migrations import EMPLOYERS, FIRST_ROWS, MOMENT, insert


@pytest.fixture
def before(empty_address: str) -> Iterator[Database]:
    """A database as the version before left it."""
    database = Database(empty_address)
    migrations.upgrade(database, "0006")
    yield database
    database.dispose()


def test_figures_that_were_kept_by_the_dates_of_today_are_counted_anew(before: Database) -> None:
    for name, values in EMPLOYERS[2:3]:
        insert(before, name, values)
    insert(before, "kept_standing", {"organization_id": 1, "day": MOMENT.date()})
    with before.reading_session() as session:
        assert keeping.organizations_to_keep(session, MOMENT) == []
    assert migrations.upgrade(before)
    with before.reading_session() as session:
        assert keeping.organizations_to_keep(session, MOMENT) == [(1, "America/Chicago", True)]
        assert keeping.changed_since(session, 1, "America/Chicago", MOMENT.date()) is None


def test_what_follows_a_waiver_is_known_of_what_was_there(before: Database) -> None:
    for name in ("user", "publication", "module", "module_revision", "course", "enrolment"):
        insert(before, name, FIRST_ROWS[name])
    rows = {name: values for name, values in EMPLOYERS if name in ("assignment", "obligation")}
    for name, values in EMPLOYERS:
        if name in ("user", "organization", "membership", "enrolment", "assignment"):
            insert(before, name, values)
    # Each person's times in their order; each but the last one has ended.
    lives = {1: "waived", 2: "met", 3: "waived met", 4: "met waived", 5: "waived expired", 6: ""}
    expected: list[bool] = []
    for number, ended in lives.items():
        user = {"name": "P", "user_name": f"p{number}", "role": "learner", "time_zone": "UTC"}
        insert(before, "user", user | {"id": 10 + number})
        how = [*ended.split(), None]
        for cycle, closed_how in enumerate(how, start=1):
            ending = {
                "closed_how": closed_how,
                "closed_at": closed_how and MOMENT,
                "closed_by_id": 2 if closed_how in ("met", "waived") else None,
                "completed_on": MOMENT.date() if closed_how == "met" else None,
                "reason": closed_how,
            }
            own = {
                "id": 10 * number + cycle,
                "user_id": 10 + number,
                "cycle": cycle,
                "is_current": closed_how is None,
                "enrolment_id": None,
            }
            insert(before, "obligation", rows["obligation"] | ending | own)
            kept = [one for one in how[: cycle - 1] if one in ("met", "waived")]
            expected.append(kept[-1:] == ["waived"])
    assert migrations.upgrade(before)
    with before.reading_session() as session:
        told = session.scalars(sa.select(Obligation.after_waiver).order_by(Obligation.id)).all()
    assert told == expected
    assert expected.count(True) == 5
    with pytest.raises(IntegrityError):
        insert(before, "obligation", rows["obligation"] | {"id": 99, "after_waiver": True})


def test_whom_those_who_are_here_report_to_is_known_of_their_last_position(
    before: Database,
) -> None:
    insert(before, "user", FIRST_ROWS["user"])
    for name, values in EMPLOYERS:
        if name in ("user", "organization"):
            insert(before, name, values)
    member = {"organization_id": 1, "role": "member"}
    insert(before, "membership", member | {"id": 1, "user_id": 2})
    insert(before, "membership", member | {"id": 2, "user_id": 1, "manager_id": 1})
    insert(
        before, "membership", member | {"id": 3, "user_id": 3, "manager_id": 1, "ended_at": MOMENT}
    )
    placed = {"job_title": "", "department": "", "site": "", "is_member": True}
    for id_, membership_id, starts_at in (
        (1, 1, MOMENT),
        (2, 2, MOMENT),
        # Two of one moment: the second is the last.
        (3, 2, MOMENT + timedelta(days=1)),
        (4, 2, MOMENT + timedelta(days=1)),
        (5, 3, MOMENT),
    ):
        values = {"id": id_, "membership_id": membership_id, "starts_at": starts_at}
        insert(before, "position", placed | values)
    assert migrations.upgrade(before)
    with before.reading_session() as session:
        told = sa.select(Position.id, Position.manager_id).order_by(Position.id)
        known = {row[0]: row[1] for row in session.execute(told)}
        whose = set(session.scalars(sa.select(Position.organization_id)))
    assert (known, whose) == ({1: None, 2: None, 3: None, 4: 1, 5: None}, {1})
    for fault in ({"manager_id": 99}, {"organization_id": 99}, {"organization_id": None}):
        again = {"id": 6, "membership_id": 2, "organization_id": 1} | fault
        with pytest.raises(IntegrityError):
            insert(before, "position", placed | again)


def test_a_roster_keeps_what_it_holds_and_can_be_put_away(before: Database) -> None:
    insert(before, "user", FIRST_ROWS["user"])
    insert(before, *next(one for one in EMPLOYERS if one[0] == "organization"))
    held = {
        "organization_id": 1, "file_name": "people.csv", "body": b"1,Ada", "is_complete": False,
        "mapping": {"header": ["Number"]}, "rows_done": 1, "rows_total": 1, "outcome": {"added": 1},
        "problems": [], "uploaded_by_id": 1,
    }  # fmt: skip
    insert(before, "roster_import", held | {"id": 1, "state": "checked"})
    assert migrations.upgrade(before)
    with before.reading_session() as session:
        one = session.get_one(RosterImport, 1)
    assert (one.body, one.mapping, one.outcome) == (b"1,Ada", held["mapping"], held["outcome"])
    assert (one.uploaded_at, one.touched_at) == (MOMENT, None)
    insert(before, "roster_import", held | {"id": 2, "state": "put_away"})
    with pytest.raises(IntegrityError):
        insert(before, "roster_import", held | {"id": 3, "state": "lost"})


def test_accounts_that_are_in_use_only_to_answer_are_known(empty_address: str) -> None:
    database = Database(empty_address)
    migrations.upgrade(database, "0010")
    for name, values in EMPLOYERS:
        if name == "organization":
            insert(database, name, values)
    later = MOMENT + timedelta(days=1)
    # By person: role, ends of memberships, whether they are asked, and when they had left.
    people = {
        1: ("learner", [MOMENT, later], True, later),
        2: ("learner", [MOMENT], False, None),
        3: ("learner", [MOMENT, None], True, None),
        4: ("learner", [], True, None),
        5: ("instructor", [MOMENT], True, None),
    }
    for id_, (role, ends, is_asked, _) in people.items():
        user = {"name": "P", "user_name": f"p{id_}", "role": role, "time_zone": "UTC"}
        insert(database, "user", user | {"id": id_})
        for organization_id, ended_at in enumerate(ends, start=1):
            member = {"organization_id": organization_id, "user_id": id_, "role": "member"}
            insert(database, "membership", member | {"ended_at": ended_at})
        request = {
            "organization_id": 2, "user_id": id_, "name": "P", "role": "member", "job_title": "",
            "department": "", "site": "", "requested_by_id": 1, "requested_at": MOMENT,
        }  # fmt: skip
        answered = {} if is_asked else {"answer": "declined", "answered_at": MOMENT}
        insert(database, "membership_request", request | answered)
    assert migrations.upgrade(database)
    with database.reading_session() as session:
        told = session.execute(sa.select(User.id, User.left_at).order_by(User.id)).all()
    assert [tuple(row) for row in told] == [(id_, one[3]) for id_, one in people.items()]
    out_of_use = sa.update(User).where(User.id == 1).values(deactivated_at=later)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(out_of_use)
    database.dispose()
