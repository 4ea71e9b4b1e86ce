"""The page on what is kept of a member: holds, and erasing; who sees what, and that bad input loses nothing."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from lms.accounts.models import Erasure, User
from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.organizations import positions
from lms.organizations.models import Organization
from lms.retention.models import Hold
from tests.conftest import StandingClock
from tests.factories import enrol, make_member, publish_sample
from tests.threads import at_once

SignIn = Callable[[int], FlaskClient]
PEOPLE = "/organizations/riverside/people"
ERASE = {"basis": "request", "reason": "Letter of 1 March", "typed_name": " mia  member "}


@pytest.fixture
def page(house: Any) -> str:
    """The address of the page about Mia."""
    return f"{PEOPLE}/{house.membership}/retention"


@pytest.fixture
def leave(database: Database, house: Any, clock: StandingClock) -> Callable[[], None]:
    """A function by which Mia, who is enrolled in a course, leaves."""

    def act() -> None:
        with database.transaction() as session:
            sample = publish_sample(session)
            enrol(session, house.member, sample.courses["onboarding"], now=clock.moment)
            riverside = session.scalars(
                sa.select(Organization.id).where(Organization.slug == "riverside")
            ).one()
            positions.end_memberships(session, riverside, [house.membership], now=clock.moment)

    return act


def actions(database: Database) -> list[str]:
    with database.reading_session() as session:
        entries = sa.select(AuditEntry.action).order_by(AuditEntry.number)
        return [one for one in session.scalars(entries) if not one.startswith("content")]


def test_reasons_that_differ_in_spaces_alone_are_one_hold(
    house: Any, page: str, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    for reason in ("Lawsuit 7", "  Lawsuit  7 "):
        assert client.post(f"{page}/holds", data={"hold_reason": reason}).location == page
    assert client.post(f"{page}/holds", data={"hold_reason": "  "}).status_code == 422
    with database.reading_session() as session:
        assert session.scalars(sa.select(Hold.reason)).all() == ["Lawsuit 7"]


def test_a_manager_places_and_lifts_holds_and_erases_nothing(
    house: Any, page: str, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    assert page in client.get(f"{PEOPLE}/{house.membership}").text
    answer = client.post(f"{page}/holds", data={"hold_reason": "Lawsuit <of 2026>"})
    assert (answer.status_code, answer.location) == (303, page)
    text = client.get(page).text
    assert "Lawsuit &lt;of 2026&gt;" in text
    assert "An administrator of the site can erase" in text
    assert "Erase for good" not in text
    with database.reading_session() as session:
        hold = session.scalars(sa.select(Hold.id)).one()
    assert client.post(f"{page}/holds/{hold}/lift").status_code == 303
    # Clicked twice, it leads to the same page.
    assert client.post(f"{page}/holds/{hold}/lift").location == page
    text = client.get(page).text
    assert "That was done already." in text
    assert "lifted by Grace Manager" in text
    assert f'href="{page}/holds.csv"' in text
    file = client.get(f"{page}/holds.csv", buffered=True).text.splitlines()
    assert file[0].endswith("Reason,Placed by,Placed (UTC),Lifted by,Lifted (UTC)")
    at = "2026-03-02 09:00"
    assert file[1:] == [f"Lawsuit <of 2026>,Grace Manager,{at},Grace Manager,{at}"]
    assert client.post(f"{page}/holds/{hold + 1}/lift").status_code == 404
    assert client.post(f"{page}/erase", data=ERASE).status_code == 403
    assert actions(database) == ["hold.placed", "hold.lifted"]


def test_a_hold_that_is_placed_twice_is_one(
    *, house: Any, page: str, database: Database, sign_in: SignIn
) -> None:
    tabs = [sign_in(house.manager) for _ in range(3)]
    held = {"hold_reason": "Lawsuit"}
    answers = at_once([lambda tab=tab: tab.post(f"{page}/holds", data=held) for tab in tabs])
    assert [answer.location for answer in answers] == [page] * 3
    texts = [tab.get(page).text for tab in tabs]
    assert sum("The hold is in force." in text for text in texts) == 1
    assert sum("That was done already." in text for text in texts) == 2
    # Another reason, another person who has it, and the same after it was lifted are holds of their own.
    tabs[0].post(f"{page}/holds", data={"hold_reason": "Audit"})
    administrator = sign_in(house.administrator)
    administrator.post(f"{page}/holds", data=held)
    told = administrator.get(page).text
    assert "Grace Manager placed one for the same reason: each is lifted by itself." in told
    assert "3 are: each is lifted by itself, also where the reason is the same." in told
    with database.reading_session() as session:
        first = session.scalars(sa.select(Hold.id).order_by(Hold.id)).first()
    tabs[0].post(f"{page}/holds/{first}/lift")
    tabs[0].post(f"{page}/holds", data=held)
    with database.reading_session() as session:
        reasons = session.scalars(sa.select(Hold.reason).order_by(Hold.id)).all()
    assert reasons == ["Lawsuit", "Audit", "Lawsuit", "Lawsuit"]
    assert actions(database) == ["hold.placed"] * 3 + ["hold.lifted", "hold.placed"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_hold_needs_a_reason(house: Any, page: str, sign_in: SignIn, reason: str) -> None:
    answer = sign_in(house.manager).post(f"{page}/holds", data={"hold_reason": reason})
    assert answer.status_code == 422
    assert "<details" in answer.text
    assert reason.strip() in answer.text


def test_nobody_reaches_somebody_elses_people_or_holds(
    house: Any, page: str, database: Database, sign_in: SignIn
) -> None:
    grace, hugo = sign_in(house.manager), sign_in(house.other_manager)
    grace.post(f"{page}/holds", data={"hold_reason": "Lawsuit"})
    with database.reading_session() as session:
        hold = session.scalars(sa.select(Hold.id)).one()
    theirs = f"/organizations/hillside/people/{house.other_membership}/retention"
    for address in (page, theirs.replace("hillside", "riverside"), page.replace("river", "hill")):
        assert hugo.get(address).status_code == 404
        assert hugo.get(f"{address}/holds.csv").status_code == 404
        assert hugo.post(f"{address}/holds", data={"hold_reason": "Mine"}).status_code == 404
    for _ in range(2):
        # Neither in force nor lifted is it Hugo's.
        assert hugo.post(f"{theirs}/holds/{hold}/lift").status_code == 404
        grace.post(f"{page}/holds/{hold}/lift")
    assert "Lawsuit" not in hugo.get(theirs).text
    assert sign_in(house.instructor).get(page).status_code == 403


def test_an_administrator_erases_whoever_has_left(
    house: Any, page: str, database: Database, sign_in: SignIn, leave: Callable[[], None]
) -> None:
    client = sign_in(house.administrator)
    text = client.get(page).text
    assert "They still belong to Riverside Clinic" in text
    assert client.post(f"{page}/erase", data=ERASE).status_code == 422
    leave()
    text = client.get(page).text
    assert "2\xa0March\xa02032" in text
    assert "They asked for it" in text
    answer = client.post(f"{page}/erase", data=ERASE)
    assert (answer.status_code, answer.location) == (303, page)
    text = client.get(page).text
    assert "were erased on 2\xa0March\xa02026" in text
    assert "stay until 2\xa0March\xa02032" in text
    assert "Erase for good" not in text
    # A second click finds it done.
    assert client.post(f"{page}/erase", data=ERASE).status_code == 422
    with database.reading_session() as session:
        assert session.get_one(User, house.member).email is None
        erasure = session.scalars(sa.select(Erasure)).one()
        entry = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "person.erased")
        ).one()
    assert (erasure.legal_basis, erasure.reason) == ("request", "Letter of 1 March")
    assert entry.details == {
        "ground": "request",
        "reason": "Letter of 1 March",
        "record_kept_until": "2032-03-02",
    }
    # Whoever was erased comes back as somebody new.
    member = client.get(f"{PEOPLE}/{house.membership}").text
    assert "Hired again" not in member
    again = client.post(f"{PEOPLE}/{house.membership}/rehire", data={"hired_on": "2026-03-02"})
    assert again.status_code == 422
    assert actions(database)[-1] == "person.erased"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"basis": ""}, "Choose the ground."),
        ({"basis": "whim"}, "Choose the ground."),
        ({"basis": "period-over"}, "That time is not over yet"),
        ({"reason": " "}, "Say why"),
        ({"reason": "x" * 501}, "Use 500 characters at most."),
        ({"typed_name": "Mia"}, "Type the name as it stands"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_erased(
    house: Any,
    page: str,
    database: Database,
    sign_in: SignIn,
    leave: Callable[[], None],
    change: dict[str, str],
    words: str,
) -> None:
    leave()
    answer = sign_in(house.administrator).post(f"{page}/erase", data=ERASE | change)
    assert answer.status_code == 422
    assert words in answer.text
    if "typed_name" in change:
        assert "Letter of 1 March" in answer.text
    with database.reading_session() as session:
        assert session.scalars(sa.select(Erasure)).all() == []


def test_a_hold_that_came_first_is_told(
    house: Any, page: str, sign_in: SignIn, leave: Callable[[], None]
) -> None:
    leave()
    sign_in(house.manager).post(f"{page}/holds", data={"hold_reason": "Lawsuit"})
    answer = sign_in(house.administrator).post(f"{page}/erase", data=ERASE)
    assert answer.status_code == 422
    assert "1 hold is in force" in answer.text


def test_a_roster_that_was_not_applied_goes_too_and_its_page_says_why(
    house: Any, page: str, sign_in: SignIn, leave: Callable[[], None]
) -> None:
    manager, administrator = sign_in(house.manager), sign_in(house.administrator)
    body = b"Employee ID,Name\n1,Mia Member\n"
    file = {"file": (io.BytesIO(body), "people.csv")}
    roster = manager.post("/organizations/riverside/roster", data=file).location
    columns = {"column-employee_number": "0", "column-name": "1", "dates": ""}
    manager.post(f"{roster}/check", data=columns)
    assert "Mia Member" in manager.get(roster).text
    leave()
    assert "every roster that was handed in and not applied yet" in administrator.get(page).text
    assert administrator.post(f"{page}/erase", data=ERASE).status_code == 303
    assert "what was in rosters that were not applied" in administrator.get(page).text
    told = manager.get(roster).text
    assert "Hand the roster in again, without those who have left. Nothing was changed." in told
    assert "Mia Member" not in told
    assert "Read the file another way" not in told
    # What was sent from a page that is still open leads nowhere.
    assert manager.post(f"{roster}/check", data=columns).status_code == 422
    assert manager.post(f"{roster}/apply", data={"seen": "x"}).location == roster
    assert manager.get(roster).text == told


def test_what_somebody_does_elsewhere_moves_no_day_for_whom_they_left(
    *, house: Any, page: str, database: Database, leave: Callable[[], None], sign_in: SignIn,
    clock: StandingClock,
) -> None:  # fmt: skip
    leave()
    clock.advance(days=30)
    with database.transaction() as session:
        mia = session.get_one(User, house.member)
        mia.deactivated_at = None
        there = sa.select(Organization).where(Organization.slug == "hillside")
        make_member(session, session.scalars(there).one(), mia)
        sample = publish_sample(session)
        enrol(session, mia.id, sample.courses["refresher"], now=clock.moment)
    manager, administrator = sign_in(house.manager), sign_in(house.administrator)
    assert "until 2\xa0March\xa02032" in manager.get(page).text
    # Whoever may erase the account has to know of all of it.
    assert "until 1\xa0April\xa02032" in administrator.get(page).text
