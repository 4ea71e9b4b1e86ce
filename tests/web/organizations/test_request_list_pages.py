"""The list of whom an organization has asked to join: searched, and acts for several of them at once."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.foundation.web import Services
from lms.organizations import requests
from lms.organizations.models import MembershipRequest, Organization
from lms.work import make_worker
from tests.conftest import StandingClock
from tests.factories import make_request, make_user

SignIn = Callable[[int], FlaskClient]
Letters = Callable[[], list[str]]
HERE = "/organizations/riverside"


def trail(database: Database) -> list[AuditEntry]:
    with database.reading_session() as session:
        return list(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number)))


@pytest.fixture
def many(house: Any, database: Database, clock: StandingClock) -> dict[str, int]:
    """The ids of Riverside's requests by name: three that wait, Nora's among them, and a declined one."""
    with database.transaction() as session:
        riverside = session.scalars(
            sa.select(Organization).where(Organization.slug == "riverside")
        ).one()
        for name in ("Eleonore Typed", "Adam", "Bea", "Dee"):
            user = session.get_one(User, house.other_member)
            if name != "Eleonore Typed":
                user = make_user(session, email=f"{name.lower()}@example.org")
            one = make_request(
                session, riverside, user, house.manager, name=name, letter_at=clock()
            )
        requests.answer(session, one, "declined", now=one.requested_at)
        told = session.execute(sa.select(MembershipRequest.name, MembershipRequest.id))
        return {one.name: one.id for one in told}


def answers_of(database: Database) -> dict[str, str | None]:
    with database.reading_session() as session:
        told = sa.select(MembershipRequest.name, MembershipRequest.answer)
        last = told.order_by(MembershipRequest.id)
        return {one.name: one.answer for one in session.execute(last)}


def send(house: Any, sign_in: SignIn, query: str = "", **form: Any) -> str:
    """Press a button below the list; the page that one comes to, which keeps the search."""
    manager = sign_in(house.manager)
    answer = manager.post(f"{HERE}/requests{query}", data=form)
    assert (answer.status_code, answer.location) == (303, f"{HERE}/requests{query}")
    return unescape(manager.get(answer.location).text)


def test_several_are_asked_again_at_once_by_letters_that_a_worker_sends(
    *, house: Any, many: dict[str, int], database: Database, sign_in: SignIn, letters: Letters,
    app: Flask, clock: StandingClock,
) -> None:  # fmt: skip
    services: Services = app.extensions["rounds"]

    def work() -> None:
        """Do what waits for a worker."""
        make_worker(services.settings, database, clock, services.mailer).do_all()

    ticked = [many["Adam"], many["Dee"]]
    page = send(house, sign_in, request=ticked, who="ticked", do="again")
    assert "2 people are asked again." in page
    assert letters() == []
    work()
    assert sorted(re.findall("To: ([a-z]+)@", "".join(letters()))) == ["adam", "dee"]
    assert answers_of(database)["Dee"] is None
    assert trail(database)[-1].action == "requests.repeated"
    assert trail(database)[-1].details == {"people": ["Adam", "Dee"]}
    page = send(house, sign_in, who="all", do="again")
    assert "2 people are asked again. The others have answered, were asked a moment ago" in page
    work()
    assert len(letters()) == 4
    page = send(house, sign_in, who="all", do="again")
    assert "Nothing was changed: they have answered, were asked a moment ago" in page
    assert len(trail(database)) == 2


def test_several_are_withdrawn_at_once_as_far_as_the_search_goes(
    *, house: Any, many: dict[str, int], database: Database, sign_in: SignIn
) -> None:
    page = send(house, sign_in, "?q=bea", who="all", do="withdraw")
    assert "1 person is not asked any more." in page
    assert answers_of(database) == {
        "Eleonore Typed": None, "Adam": None, "Bea": "withdrawn", "Dee": "declined",
    }  # fmt: skip
    page = send(house, sign_in, who="ticked", request=[many["Adam"], many["Dee"]], do="withdraw")
    assert "1 person is not asked any more. The others have answered" in page
    assert answers_of(database)["Dee"] == "declined"
    told = [(one.action, one.details) for one in trail(database)]
    assert told == [
        ("requests.withdrawn", {"people": ["Bea"]}), ("requests.withdrawn", {"people": ["Adam"]}),
    ]  # fmt: skip
    manager = sign_in(house.manager)
    assert "Requests to join withdrawn" in manager.get(f"{HERE}/audit?about=Bea").text
    for form in ({"do": "withdraw"}, {"do": "again", "request": ["x", "-1", str(2**70)]}):
        assert "Nothing was changed: tick the people first" in send(house, sign_in, **form)
    assert manager.post(f"{HERE}/requests", data={"do": "x", "who": "all"}).status_code == 400


def test_whoever_declined_is_asked_again_only_where_ticked(
    *, house: Any, many: dict[str, int], database: Database, sign_in: SignIn
) -> None:
    assert "3 people are asked again." in send(house, sign_in, who="all", do="again")
    assert answers_of(database)["Dee"] == "declined"


def test_each_act_keeps_the_search_and_the_page(
    house: Any, many: dict[str, int], sign_in: SignIn
) -> None:
    manager = sign_in(house.manager)
    page = manager.get(f"{HERE}/requests?q=adam").text
    for act in (f"/requests/{many['Adam']}/again", f"/requests/{many['Adam']}/withdraw"):
        assert f'action="{HERE}{act}?q=adam"' in page
        assert manager.post(f"{HERE}{act}?q=adam&page=2").location == (
            f"{HERE}/requests?q=adam&page=2"
        )


def test_the_list_is_searched_and_its_pages_and_files_keep_the_search(
    house: Any, many: dict[str, int], database: Database, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        riverside = session.scalars(
            sa.select(Organization).where(Organization.slug == "riverside")
        ).one()
        for number in range(51):
            make_request(
                session, riverside, make_user(session), house.manager, name=f"Ida {number:02}"
            )
    manager = sign_in(house.manager)
    page = manager.get(f"{HERE}/requests?q=ida").text
    assert "51 people found." in page
    assert 'value="ida"' in page
    assert f'href="{HERE}/requests?q=ida&amp;page=2"' in page
    assert "Eleonore Typed" not in page
    assert f'href="{HERE}/requests.csv?q=ida"' in page
    rows = manager.get(f"{HERE}/requests.csv?q=eleonore").text.splitlines()[1:]
    assert [one.split(",")[0] for one in rows] == ["Eleonore Typed"]
    assert "0 people found." in manager.get(f"{HERE}/requests?q=nora%20other").text
