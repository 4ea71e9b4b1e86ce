"""Pages of the roster: handed in, read, applied; a long one by a worker; nobody else's file."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.foundation import web
from lms.foundation.database import Database
from lms.foundation.jobs import Job
from lms.organizations import imports, roster_jobs, roster_routes
from lms.organizations.models import Membership, MembershipRequest, RosterImport
from lms.organizations.signals import roster_changed
from lms.work import make_worker
from tests.conftest import StandingClock

SignIn = Callable[[int], FlaskClient]
ROSTER = "/organizations/riverside/roster"
FILE = b"Employee ID;Name;Job title;Hired\n1;Ada Okafor;Nurse;2026-01-15\n2;Bea Brown;Aide;\n"
COLUMNS = {"column-employee_number": "0", "column-name": "1", "column-job_title": "2", "dates": ""}


def hand_in(client: FlaskClient, body: bytes = FILE, address: str = ROSTER) -> TestResponse:
    # Written by hand: the client would leave open the file that it keeps a long one in.
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\n'
    data = head + body + b"\r\n--x--\r\n"
    return client.post(address, data=data, content_type="multipart/form-data; boundary=x")


def apply(client: FlaskClient, page: str) -> TestResponse:
    """Press the button of the page as it is now."""
    return client.post(f"{page}/apply", data={"seen": seen_on(client, page)})


def seen_on(client: FlaskClient, page: str) -> str:
    """What the button that applies says of the changes that the page shows."""
    found = re.search(r'name="seen" value="(\w+)"', client.get(page).text)
    return found[1] if found else ""


def count(database: Database, table: type) -> int:
    with database.reading_session() as session:
        return session.scalars(sa.select(sa.func.count()).select_from(table)).one()


def test_a_short_roster_is_checked_and_applied_while_one_waits(
    house: Any, database: Database, sign_in: SignIn
) -> None:
    client, before = sign_in(house.manager), count(database, Membership)
    page = hand_in(client).location
    form = client.get(page).text
    assert '<option value="0" selected>Employee ID (such as 1)</option>' in form
    assert client.post(f"{page}/check", data=COLUMNS).location == page
    checked = client.get(page).text
    assert "Apply all of it" in checked
    assert "Ada Okafor" in checked
    assert count(database, Membership) == before
    assert apply(client, page).location == page
    done = client.get(page)
    assert "Applied on" in done.text
    assert "Refresh" not in done.headers
    assert count(database, Membership) == before + 2
    assert "Ada Okafor" in client.get("/organizations/riverside/people").text
    assert "people.csv" in client.get(ROSTER).text


class ServerEnded(BaseException):
    """The process is ended: nothing catches it, and nothing is done any more."""


def test_a_short_roster_whose_server_is_ended_is_done_by_a_worker(
    house: Any, app: Flask, database: Database, sign_in: SignIn, clock: StandingClock
) -> None:
    client, before = sign_in(house.manager), count(database, Membership)
    page = checked(client, FILE)

    def end(_sender: object, **_told: object) -> None:
        raise ServerEnded

    with roster_changed.connected_to(end), pytest.raises(ServerEnded):
        apply(client, page)
    services: web.Services = app.extensions["rounds"]
    worker = make_worker(services.settings, database, clock, services.mailer)
    assert worker.do_all()
    # Not while the page might still do it.
    assert "The changes are being made" in client.get(page).text
    clock.advance(minutes=4)
    assert worker.do_all()
    assert "Applied on" in client.get(page).text
    assert count(database, Membership) == before + 2


def test_a_worker_leaves_a_short_roster_that_is_done_alone(
    house: Any, app: Flask, database: Database, sign_in: SignIn, clock: StandingClock
) -> None:
    client = sign_in(house.manager)
    page = checked(client, FILE)
    apply(client, page)
    done, people = client.get(page).text, count(database, Membership)
    clock.advance(minutes=4)
    services: web.Services = app.extensions["rounds"]
    assert make_worker(services.settings, database, clock, services.mailer).do_all()
    assert client.get(page).text == done
    assert count(database, Membership) == people


def test_everything_that_a_roster_would_change_is_a_file(
    house: Any, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    hired = COLUMNS | {"column-hired_on": "3"}
    first = hand_in(client).location
    assert list(changes_of(client, first)) == []
    client.post(f"{first}/check", data=hired)
    assert f'href="{first}/changes.csv"' in client.get(first).text
    assert list(changes_of(client, first)) == [
        ["New", "1", "Ada Okafor", "Job title", "", "Nurse"],
        ["New", "1", "Ada Okafor", "Hire date", "", "2026-01-15"],
        ["New", "2", "Bea Brown", "Job title", "", "Aide"],
    ]
    assert "Job title: Nurse · Hire date: 2026-01-15" in client.get(first).text
    apply(client, first)
    assert list(changes_of(client, first)) == []
    # More than are kept as examples: every one of them is in the file.
    many = b"".join(b"%d;Cara %d;Aide;\n" % (number, number) for number in range(10, 160))
    later = b"Employee ID;Name;Job title;Hired\n1;Ada Moss;=Nurse;2026-02-01\n" + many
    page = hand_in(client, later).location
    client.post(f"{page}/check", data=hired | {"complete": "1"})
    changes = list(changes_of(client, page))
    assert changes[:3] == [
        ["Changed", "1", "Ada Moss", "Full name", "Ada Okafor", "Ada Moss"],
        ["Changed", "1", "Ada Moss", "Job title", "Nurse", "'=Nurse"],
        ["Changed", "1", "Ada Moss", "Hire date", "2026-01-15", "2026-02-01"],
    ]
    assert [row[0] for row in changes[3:]] == ["New"] * 150 + ["Left"]
    assert changes[-1][1:3] == ["2", "Bea Brown"]
    # What cannot be applied would change nothing.
    wrong = hand_in(client, FILE + b"3;;Nurse;\n").location
    client.post(f"{wrong}/check", data=COLUMNS)
    assert "changes.csv" not in client.get(wrong).text
    assert list(changes_of(client, wrong)) == []
    other = page.replace("riverside", "hillside")
    assert sign_in(house.other_manager).get(f"{other}/changes.csv").status_code == 404


def test_more_who_leave_than_stay_are_warned_of(house: Any, sign_in: SignIn) -> None:
    client, warning = sign_in(house.manager), "More of your members would leave than stay."
    many = b"Employee ID;Name;Job title;Hired\n" + b"".join(b"%d;Ada;Aide;\n" % n for n in range(3))
    apply(client, checked(client, many))
    head, *rows = many.splitlines(keepends=True)
    for kept, is_warned in ((2, False), (1, True)):
        page = checked(client, head + b"".join(rows[:kept]), complete="1")
        assert (warning in client.get(page).text) == is_warned
    assert warning not in client.get(checked(client, head + rows[0])).text


def test_who_has_an_account_already_is_told_and_nothing_of_the_account(
    house: Any, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    rows = (
        b"Employee ID;Name;Job title;Mail;Reports to\n8;Nora Else;Nurse;nora@example.org;\n"
        b"9;Eve New;Aide;;8\n"
    )
    columns = {"column-email": "3", "column-manager": "4"}
    page = checked(client, rows, **columns)
    shown = " ".join(client.get(page).text.split())
    assert "One person has an account already: that one is asked by a letter" in shown
    assert "One person reports to somebody who has not accepted yet" in shown
    assert list(changes_of(client, page)) == [
        ["Asked to join", "8", "Nora Else", "E-mail", "", "nora@example.org"],
        ["Asked to join", "8", "Nora Else", "Job title", "", "Nurse"],
        ["New", "9", "Eve New", "Job title", "", "Aide"],
        ["New", "9", "Eve New", "Manager's employee number", "", "8"],
    ]
    apply(client, page)
    assert "1 new, 1 asked," in client.get("/organizations/riverside/roster").text
    people = client.get("/organizations/riverside/people").text
    assert "Asked to join (1)" in people
    listed = client.get("/organizations/riverside/requests").text
    for page_shown in (shown, people, listed):
        for secret in ("Nora Other", "Hillside"):
            assert secret not in page_shown
    assert "Nora Else" in listed
    with database.transaction() as session:
        one = session.scalars(sa.select(MembershipRequest)).one()
        request_id, one.employee_number = one.id, None
    # Whom the file does not name, and was asked by hand, waits on: it has no number to tell by.
    told = "One person was asked to join without an employee number"
    for terms, is_told in (({}, False), ({"complete": "1"}, True)):
        assert (told in client.get(checked(client, FILE, **terms)).text) is is_told
    sign_in(house.other_member).post(f"/requests/{request_id}/decline")
    shown = client.get(checked(client, rows, **columns)).text
    assert "One person of the file has declined to join." in shown
    assert 'href="/organizations/riverside/requests">Asked to join</a>' in shown


def changes_of(client: FlaskClient, page: str) -> list[list[str]]:
    """The rows of the file of changes, without its head."""
    answer = client.get(f"{page}/changes.csv")
    head, *rows = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert head == ["What", "Employee number", "Name", "Field", "Before", "After"]
    return rows


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The file is empty"),
        (b"a,b\n", "no row below"),
        (b"PK\x03\x04", "cannot be read as a spreadsheet"),
        (
            FILE + b'3;"Cy Three;Aide\n4;Dee Four;Aide\n',
            "Row 4 cannot be read. Look for a quotation",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_not_kept(
    house: Any, database: Database, sign_in: SignIn, body: bytes, words: str
) -> None:
    answer = hand_in(sign_in(house.manager), body)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Choose a file." in sign_in(house.manager).post(ROSTER).text
    assert count(database, RosterImport) == 0


def test_columns_must_be_chosen_once_each(house: Any, database: Database, sign_in: SignIn) -> None:
    client = sign_in(house.manager)
    page = hand_in(client).location
    for change, words in (
        ({"column-name": ""}, "Choose a column for: Full name"),
        ({"column-site": "2"}, "“Job title” is chosen twice."),
    ):
        answer = client.post(f"{page}/check", data=COLUMNS | change)
        assert answer.status_code == 422
        assert words in answer.text
        assert '<option value="0" selected>' in answer.text
    with database.reading_session() as session:
        assert session.scalars(sa.select(RosterImport.state)).all() == ["uploaded"]


def test_what_is_wrong_is_shown_with_its_place_and_cannot_be_applied(
    house: Any, database: Database, sign_in: SignIn
) -> None:
    client, before = sign_in(house.manager), count(database, Membership)
    page = hand_in(client, FILE + b"3;;Nurse;1/2/2026\n").location
    client.post(f"{page}/check", data=COLUMNS | {"column-hired_on": "3"})
    shown = client.get(page).text
    assert "Something is wrong in 2 places." in shown
    assert '<th scope="row">4</th><td>Hire date</td>' in shown
    assert "Apply all of it" not in shown
    client.post(f"{page}/apply")
    assert count(database, Membership) == before
    # Read another way, the date is no problem; the name still is.
    client.post(f"{page}/check", data=COLUMNS | {"column-hired_on": "3", "dates": "month"})
    assert "Something is wrong in 1 place." in client.get(page).text
    assert client.post(f"{page}/discard").location == ROSTER
    assert client.get(page).status_code == 404
    # What is left of it is that it was here, and who forgot it.
    for words, action in (("Roster handed in", "handed_in"), ("Roster forgotten", "forgotten")):
        trail = client.get(f"/organizations/riverside/audit?action=roster.{action}&about=people.c")
        assert trail.text.count(f">{words}: people.csv<") == 1


def test_what_others_change_meanwhile_is_shown_before_a_roster_is_applied(
    house: Any, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    apply(client, checked(client, FILE, complete="1"))
    page = checked(client, FILE, complete="1")
    assert "<dt>Left</dt><dd>0</dd>" in client.get(page).text
    seen = seen_on(client, page)
    apply(client, checked(client, FILE + b"3;Cem Demir;Lead;\n"))
    # Pressed twice: the second time must not apply what the first has only just shown.
    for _ in range(2):
        assert client.post(f"{page}/apply", data={"seen": seen}).location == page
    shown = client.get(page).text
    assert "People were changed since you looked" in shown
    assert "It was read again since you looked. Nothing was applied" in shown
    assert "<dt>Left</dt><dd>1</dd>" in shown
    assert "Cem Demir" in client.get("/organizations/riverside/people").text
    apply(client, page)
    assert "Applied on" in client.get(page).text
    assert "Cem Demir" not in client.get("/organizations/riverside/people").text


def checked(client: FlaskClient, body: bytes, **terms: str) -> str:
    """The page of a roster that was handed in and checked."""
    page = hand_in(client, body).location
    client.post(f"{page}/check", data=COLUMNS | terms)
    return page


def test_a_long_roster_waits_for_a_worker_and_the_page_looks_again(
    *, house: Any, app: Flask, database: Database, sign_in: SignIn, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(roster_routes, "AT_ONCE", 1)
    client, before = sign_in(house.manager), count(database, Membership)
    page = hand_in(client).location
    for action, kind in (("check", "roster.check"), ("apply", "roster.apply")):
        asked = COLUMNS | {"seen": seen_on(client, page)}
        client.post(f"{page}/{action}", data=asked)
        waiting = client.get(page)
        assert waiting.headers["Refresh"] == "4"
        assert "This page looks again every few seconds" in waiting.text
        # Pressed twice, it is asked for once.
        client.post(f"{page}/{action}", data=asked)
        assert client.post(f"{page}/discard").location == page
        with database.transaction() as session:
            job = session.scalars(sa.select(Job)).one()
            assert job.run_at == clock()
            session.delete(job)
        assert (job.kind, job.payload["actor_id"]) == (kind, house.manager)
        roster_jobs.HANDLERS[job.kind](database, job.payload, clock())
    assert "Applied on" in client.get(page).text
    assert count(database, Membership) == before + 2


def test_a_roster_that_was_put_away_says_so_and_is_not_done(
    *, house: Any, database: Database, sign_in: SignIn, clock: Any
) -> None:
    client, before = sign_in(house.manager), count(database, Membership)
    page = checked(client, FILE)
    seen = seen_on(client, page)
    with database.transaction() as session:
        one = session.scalars(sa.select(RosterImport)).one()
        imports.put_away(session, one.organization_id, clock() + timedelta(days=15))
    told = "put away after 14 days on which nobody did anything with it"
    assert told in client.get(page).text
    # What an older tab still offers leads there.
    for action, data in (("apply", {"seen": seen}), ("check", COLUMNS), ("discard", {})):
        answer = client.post(f"{page}/{action}", data=data, follow_redirects=True)
        assert told in answer.text
        assert "Apply all of it" not in answer.text
    assert count(database, Membership) == before
    for file in ("changes", "problems"):
        text = client.get(f"{page}/{file}.csv").get_data(as_text=True)
        assert len(text.splitlines()) == 1
    assert "Put away" in client.get(ROSTER).text
    rosters = client.get(f"{ROSTER}/files.csv").get_data(as_text=True)
    assert "people.csv,2026-03-02 09:00,Put away,,," in rosters


def test_a_roster_may_be_larger_than_other_requests(
    house: Any, database: Database, client: FlaskClient, sign_in: SignIn
) -> None:
    line = b"9;" + b"x" * 100 + b"\n"
    large = FILE + line * 20_000
    manager = sign_in(house.manager)
    assert hand_in(manager, large).status_code == 303
    assert manager.post("/account/time-zone", data={"time_zone": "x" * 2**21}).status_code == 413
    # A visitor's is not read at all.
    assert hand_in(client, large).status_code == 413
    monstrous = FILE + line * 206_000
    answer = hand_in(manager, monstrous)
    assert answer.status_code == 422
    assert "larger than 20 MB" in answer.text


def test_nobody_reaches_the_roster_of_another_organization(
    house: Any, database: Database, sign_in: SignIn
) -> None:
    page = hand_in(sign_in(house.manager)).location
    key = page.rsplit("/", 1)[1]
    stranger = sign_in(house.other_manager)
    for address in (page, f"/organizations/hillside/roster/{key}"):
        assert stranger.get(address).status_code == 404
        for action in ("check", "apply", "discard"):
            assert stranger.post(f"{address}/{action}", data=COLUMNS).status_code == 404
    assert hand_in(stranger).status_code == 404
    assert stranger.get(ROSTER).status_code == 404
    with database.reading_session() as session:
        assert session.scalars(sa.select(RosterImport.state)).all() == ["uploaded"]
