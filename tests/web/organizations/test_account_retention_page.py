"""Accounts that belong to no organization: an administrator finds them, and erases one by the same rules."""

import csv
import io
import re
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
from tests.conftest import StandingClock
from tests.factories import enrol, make_user, publish_sample
from tests.web.test_query_counts import statements

SignIn = Callable[[int], FlaskClient]
ERASE = {"basis": "request", "reason": "Letter of 1 March", "typed_name": "ben alone"}


@pytest.fixture
def alone(house: Any, database: Database, clock: StandingClock) -> int:
    """Ben, who enrolled in a course and is in no organization."""
    with database.transaction() as session:
        ben = make_user(session, name="Ben Alone", email="ben@example.org")
        course = publish_sample(session).courses["onboarding"]
        enrol(session, ben.id, course, now=clock.moment)
        return ben.id


def names(client: FlaskClient, query: str = "") -> list[str]:
    return re.findall(r'<a href="/accounts/\d+">(.*?)</a>', client.get(f"/accounts{query}").text)


def test_an_administrator_finds_those_who_belong_to_no_organization(
    house: Any, alone: int, database: Database, sign_in: SignIn, clock: StandingClock
) -> None:
    client = sign_in(house.administrator)
    for page in ("/organizations", "/organizations/riverside/people"):
        assert 'href="/accounts"' in client.get(page).text, page
        assert 'href="/accounts"' not in sign_in(house.manager).get(page).text, page
    everybody = names(client)
    assert "Ben Alone" in everybody
    assert not {"Mia Member", "Grace Manager"} & set(everybody)
    assert names(client, "?q=BEN") == ["Ben Alone"] == names(client, "?q=ben%40example")
    assert names(client, "?q=mia") == []
    # Whoever has left an organization is found there.
    with database.transaction() as session:
        riverside = sa.select(Organization.id).where(Organization.slug == "riverside")
        organization_id = session.scalars(riverside).one()
        positions.end_memberships(session, organization_id, [house.membership], now=clock.moment)
    assert names(client, "?q=mia") == []
    assert client.get(f"/accounts/{house.member}").status_code == 404
    assert client.post(f"/accounts/{house.member}/erase", data=ERASE).status_code == 404


def test_the_list_is_a_file_too(
    house: Any, alone: int, database: Database, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        # Where it is still the day before.
        session.get_one(User, house.administrator).time_zone = "Pacific/Honolulu"
    client = sign_in(house.administrator)
    assert 'href="/accounts.csv?q=ben"' in client.get("/accounts?q=ben").text
    answer = client.get("/accounts.csv?q=ben")
    head, *found = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert head == ["Name", "Signs in as", "Role", "Since", "Erased on"]
    assert found == [["Ben Alone", "ben@example.org", "Learner", "2026-01-05", ""]]
    assert "5 January 2026" in client.get("/accounts?q=ben").text.replace("\xa0", " ")
    listed = names(client)
    everybody = csv.reader(io.StringIO(client.get("/accounts.csv").get_data().decode("utf-8-sig")))
    assert [row[0] for row in everybody][1:] == listed
    with client.get("/accounts.xlsx") as workbook:
        assert workbook.get_data().startswith(b"PK")
    client.post(f"/accounts/{alone}/erase", data=ERASE)
    assert "ben@example.org" not in client.get("/accounts.csv").text
    assert sign_in(house.manager).get("/accounts.csv").status_code == 403


def test_the_list_asks_as_often_for_many_as_for_few(
    house: Any, alone: int, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.administrator)
    counts = []
    for _ in range(2):
        with statements(database) as seen:
            client.get("/accounts?page=2")
        counts.append(len(seen))
        with database.transaction() as session:
            for number in range(60):
                make_user(session, name=f"Zoe {number:02}")
    assert counts == [3, 3]
    assert names(client, "?page=9")[-1] == "Zoe 59"


def test_an_administrator_erases_by_the_same_rules(
    house: Any, alone: int, database: Database, sign_in: SignIn
) -> None:
    client, page = sign_in(house.administrator), f"/accounts/{alone}"
    assert "2\xa0March\xa02032" in client.get(page).text
    for change in ({"basis": ""}, {"basis": "period-over"}, {"reason": ""}, {"typed_name": "Ben"}):
        assert client.post(f"{page}/erase", data=ERASE | change).status_code == 422, change
    answer = client.post(f"{page}/erase", data=ERASE)
    assert (answer.status_code, answer.location) == (303, page)
    text = client.get(page).text
    assert "were erased on 2\xa0March\xa02026" in text
    assert "stay until 2\xa0March\xa02032" in text
    assert "Erase for good" not in text
    assert client.post(f"{page}/erase", data=ERASE).status_code == 422
    assert "ben@example.org" not in client.get("/accounts").text
    with database.reading_session() as session:
        assert session.get_one(User, alone).email is None
        erasure = session.scalars(sa.select(Erasure)).one()
        entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (erasure.legal_basis, erasure.erased_by_id) == ("request", house.administrator)
    assert entry is not None
    assert (entry.action, entry.organization_id, entry.subject_name, entry.details) == (
        "person.erased",
        None,
        "Ben Alone",
        {"ground": "request", "reason": "Letter of 1 March", "record_kept_until": "2032-03-02"},
    )


def test_what_has_no_record_goes_whole_and_leaves_the_list(
    house: Any, database: Database, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        twice = make_user(session, name="Ada Twice").id
    client = sign_in(house.administrator)
    told = {"basis": "mistake", "reason": "Made twice", "typed_name": "Ada Twice"}
    assert client.post(f"/accounts/{twice}/erase", data=told).status_code == 303
    assert "Their name is erased too" in client.get(f"/accounts/{twice}").text
    assert not [name for name in names(client) if "Ada Twice" in name or "Erased" in name]


@pytest.mark.parametrize(
    ("role", "words"),
    [("administrator", "cannot erase your own data"), ("instructor", "have a role on the site")],
)
def test_what_keeps_an_account_from_being_erased_is_told(
    house: Any, sign_in: SignIn, role: str, words: str
) -> None:
    client, page = sign_in(house.administrator), f"/accounts/{getattr(house, role)}"
    assert words in client.get(page).text
    answer = client.post(f"{page}/erase", data=ERASE)
    assert answer.status_code == 422
    assert words in answer.text
