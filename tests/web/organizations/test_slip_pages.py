"""Slips and invitations for those without a password: whose, once, on record, and in no cache."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from lms.accounts.models import AccountLink
from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.organizations.models import Membership

SignIn = Callable[[int], FlaskClient]
Add = Callable[..., int]
SLIPS = "/organizations/riverside/slips"


def text_of(answer: TestResponse) -> str:
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def link_in(text: str) -> str:
    found = re.search(r"/invitation/[\w-]{43}", text.replace(" ", ""))
    assert found
    return found[0]


@pytest.fixture
def ivy(add: Add) -> int:
    """The membership of Ivy, who has no password and no e-mail."""
    return add("riverside", name="Ivy Invited", email=None, user_name="riverside.7")


def test_a_slip_lets_its_person_in_once(
    *, house: Any, ivy: int, database: Database, client: FlaskClient, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        session.get_one(Membership, ivy).employee_number = "7"
    manager = sign_in(house.manager)
    page = f"/organizations/riverside/people/{ivy}"
    assert f'action="{page}/slip"' in manager.get(page).text
    first = link_in(text_of(manager.post(f"{page}/slip")))
    answer = manager.post(f"{page}/slip")
    assert answer.headers["Cache-Control"] == "no-store"
    text = text_of(answer)
    assert "Ivy Invited" in text
    assert "Employee number 7" in text
    # From 2 March on, for seven days.
    assert "until 9 March 2026, 09:00" in text.replace("\xa0", " ")
    # A new slip makes the one that was lost void.
    client.get(first)
    assert client.get("/choose-password").status_code == 410
    client.get(link_in(text))
    chosen = {"new": "four words for the door", "repeat": "four words for the door"}
    assert client.post("/choose-password", data=chosen).status_code == 303
    # Whoever has a password gets no slip.
    assert manager.post(f"{page}/slip").status_code == 404
    with database.reading_session() as session:
        told = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [entry.action for entry in told] == ["slips.printed", "slips.printed"]
    assert told[0].details == {"members": [ivy], "people": ["Ivy Invited"]}


def test_slips_are_printed_for_those_ticked_or_for_the_whole_list(
    house: Any, ivy: int, sign_in: SignIn, add: Add
) -> None:
    others = [add("riverside", name=name) for name in ("Bea", "Cem")]
    manager = sign_in(house.manager)
    page = manager.get(SLIPS).text
    assert "3 people have not signed in yet." in page
    assert "Mia Member" not in page
    ticked = {"membership": [str(ivy), str(others[0])], "do": "print"}
    text = text_of(manager.post(SLIPS, data=ticked))
    assert ("Ivy" in text, "Bea" in text, "Cem" in text) == (True, True, False)
    text = text_of(manager.post(SLIPS, data={"who": "all", "q": "cem", "do": "print"}))
    assert ("Ivy" in text, "Cem" in text) == (False, True)
    nobody = manager.post(SLIPS, data={"do": "print"})
    assert nobody.location == SLIPS
    assert "Nobody of them can be given a link" in manager.get(SLIPS).text


def test_invitations_go_to_those_who_have_an_address(
    *, house: Any, ivy: int, sign_in: SignIn, add: Add, letters: Callable[[], list[str]]
) -> None:
    add("riverside", name="Bea", email="bea@example.org")
    manager = sign_in(house.manager)
    answer = manager.post(SLIPS, data={"who": "all", "do": "mail"})
    assert answer.location == SLIPS
    assert "1 invitation on the way." in manager.get(SLIPS).text
    (letter,) = letters()
    assert "bea@example.org" in letter
    assert "/invitation/" in letter


def test_no_slip_for_an_account_that_reaches_further_or_of_another_organization(
    house: Any, database: Database, sign_in: SignIn, add: Add
) -> None:
    strangers = [
        add("riverside", name="Ivo Instructor", role="instructor"),
        add("hillside", name="Hal Hillside"),
    ]
    manager = sign_in(house.manager)
    assert "Hal" not in manager.get(SLIPS).text
    data = {"membership": list(map(str, strangers)), "do": "print"}
    assert manager.post(SLIPS, data=data).location == SLIPS
    for key in strangers:
        assert manager.post(f"/organizations/riverside/people/{key}/slip").status_code == 404
    for address in (SLIPS.replace("riverside", "hillside"), SLIPS.replace("riverside", "nowhere")):
        assert manager.get(address).status_code == 404
        assert manager.post(address, data=data).status_code == 404
    with database.reading_session() as session:
        assert session.scalars(sa.select(AccountLink)).all() == []
