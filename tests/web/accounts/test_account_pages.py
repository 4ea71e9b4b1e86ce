"""One's own account: time zone, devices, password."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from lms.accounts.models import SignInSession, User
from lms.foundation.database import Database
from tests.factories import make_user

Enter = Callable[..., TestResponse]
SignIn = Callable[[int], FlaskClient]
NEW = "four words for the door"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36"


@pytest.fixture
def eve(database: Database) -> int:
    with database.transaction() as session:
        return make_user(session, name="Eve Adams", email="eve@example.org").id


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def session_ids(database: Database, user_id: int) -> list[int]:
    with database.reading_session() as session:
        return list(
            session.scalars(
                sa.select(SignInSession.id)
                .where(SignInSession.user_id == user_id, SignInSession.ended_at.is_(None))
                .order_by(SignInSession.id)
            )
        )


def change(client: FlaskClient, current: str, new: str = NEW, repeat: str = NEW) -> TestResponse:
    form = {"current": current, "new": new, "repeat": repeat}
    return client.post("/account/password", data=form)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/account"),
        ("POST", "/account/time-zone"),
        ("POST", "/account/password"),
        ("POST", "/account/sessions/1/end"),
        ("POST", "/account/sign-out-everywhere"),
        ("POST", "/sign-out"),
    ],
)
def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, method: str, address: str) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_the_page_shows_who_one_is(ada: Any, sign_in: SignIn) -> None:
    page = sign_in(ada.id).get("/account").text
    for shown in ("Ada Okafor", "ada@example.org", "ada.o", "This device"):
        assert shown in page


def test_the_page_takes_a_fixed_number_of_queries(
    ada: Any, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(ada.id)

    def queries() -> int:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        for engine in database.engines:
            event.listen(engine, "before_cursor_execute", note)
        assert client.get("/account").status_code == 200
        for engine in database.engines:
            event.remove(engine, "before_cursor_execute", note)
        return len([statement for statement in seen if statement.startswith("SELECT")])

    before = queries()
    for _ in range(5):
        sign_in(ada.id)
    assert queries() == before == 3


# Time zone


def test_dates_follow_the_chosen_zone(ada: Any, sign_in: SignIn) -> None:
    client = sign_in(ada.id)
    assert "09:00\N{NO-BREAK SPACE}UTC" in client.get("/account").text
    answer = client.post("/account/time-zone", data={"time_zone": "Europe/Paris"})
    assert (answer.status_code, answer.location) == (303, "/account#main")
    page = client.get("/account").text
    assert "10:00\N{NO-BREAK SPACE}CET" in page
    assert '<option value="Europe/Paris" selected>Europe/Paris</option>' in page


def test_a_zone_that_is_not_on_offer_is_kept(ada: Any, sign_in: SignIn) -> None:
    client = sign_in(ada.id)
    assert "Asia/Kathmandu" not in client.get("/account").text
    assert (
        client.post("/account/time-zone", data={"time_zone": "Asia/Kathmandu"}).status_code == 303
    )
    assert '<option value="Asia/Kathmandu" selected>' in client.get("/account").text


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "../etc/passwd"])
def test_what_is_no_zone_is_refused(
    ada: Any, database: Database, sign_in: SignIn, zone: str
) -> None:
    answer = sign_in(ada.id).post("/account/time-zone", data={"time_zone": zone})
    assert answer.status_code == 422
    assert "Choose a time zone from the list." in answer.text
    with database.reading_session() as session:
        assert session.get_one(User, ada.id).time_zone == "UTC"


# Devices


def test_devices_are_named_and_ended_one_by_one(
    ada: Any, app: Flask, database: Database, enter: Enter, sign_in: SignIn
) -> None:
    phone = app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = ANDROID
    enter(ada.email, ada.password, via=phone)
    here = sign_in(ada.id)
    page = here.get("/account").text
    assert "Chrome on Android" in page
    assert page.count("This device") == 1
    phones, heres = session_ids(database, ada.id)
    answer = here.post(f"/account/sessions/{phones}/end")
    assert (answer.status_code, answer.location) == (303, "/account#main")
    assert "Chrome on Android" not in here.get("/account").text
    assert not is_signed_in(phone)
    assert here.post(f"/account/sessions/{phones}/end").status_code == 404
    assert here.post(f"/account/sessions/{heres}/end").location == "/sign-in"
    assert "This device is signed out." in here.get("/sign-in").text
    assert not is_signed_in(here)


def test_the_device_of_someone_else_is_404(
    ada: Any, eve: int, database: Database, sign_in: SignIn
) -> None:
    adas, eves = sign_in(ada.id), sign_in(eve)
    (number,) = session_ids(database, ada.id)
    assert eves.post(f"/account/sessions/{number}/end").status_code == 404
    assert is_signed_in(adas)


@pytest.mark.parametrize(
    "number", ["4711", "9223372036854775807", "9223372036854775808", "-1", "x"]
)
def test_a_device_that_does_not_exist_is_404(ada: Any, sign_in: SignIn, number: str) -> None:
    assert sign_in(ada.id).post(f"/account/sessions/{number}/end").status_code == 404


def test_sign_out_everywhere_reaches_the_other_browser(ada: Any, eve: int, sign_in: SignIn) -> None:
    here, there, eves = sign_in(ada.id), sign_in(ada.id), sign_in(eve)
    answer = here.post("/account/sign-out-everywhere")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "You are signed out on every device." in here.get("/sign-in").text
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    assert is_signed_in(eves)


# Password


def test_a_changed_password_signs_the_other_devices_out(
    ada: Any, client: FlaskClient, enter: Enter, sign_in: SignIn
) -> None:
    here, there = sign_in(ada.id), sign_in(ada.id)
    answer = change(here, ada.password)
    assert (answer.status_code, answer.location) == (303, "/account#main")
    assert "Your password is changed." in here.get("/account").text
    assert not is_signed_in(there)
    assert enter(ada.email, ada.password).status_code == 422
    assert enter(ada.email, NEW).status_code == 303
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("new", "repeat", "message"),
    [
        ("", "", "Choose a password."),
        ("nine char", "nine char", "Use 10 characters or more."),
        ("password1234", "password1234", "guessed first"),
        ("ada@example.org", "ada@example.org", "your own name"),
        (NEW, NEW + "s", "The two new passwords differ."),
        (NEW, "", "Type the new password again."),
    ],
)
def test_a_new_password_that_cannot_be_used_is_refused(
    *, ada: Any, database: Database, sign_in: SignIn, new: str, repeat: str, message: str
) -> None:
    client, there = sign_in(ada.id), sign_in(ada.id)
    with database.reading_session() as session:
        before = session.get_one(User, ada.id).password_hash
    answer = change(client, ada.password, new, repeat)
    assert answer.status_code == 422
    assert message in answer.text
    assert ada.password not in answer.text
    if len(new) > 15:
        assert new not in answer.text
    with database.reading_session() as session:
        assert session.get_one(User, ada.id).password_hash == before
    assert is_signed_in(there)


def test_a_wrong_current_password_counts_like_signing_in(
    *, ada: Any, fail: Callable[..., None], enter: Enter, sign_in: SignIn, clock: Any
) -> None:
    client = sign_in(ada.id)
    fail(ada.email, 4)
    answer = change(client, "not the kettle")
    assert answer.status_code == 422
    assert "This is not your current password." in answer.text
    answer = change(client, ada.password)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert enter(ada.email, ada.password).status_code == 429
    clock.advance(minutes=15)
    assert change(client, ada.password).status_code == 303


def test_a_person_without_a_password_cannot_change_it_here(eve: int, sign_in: SignIn) -> None:
    answer = change(sign_in(eve), "nobody's password")
    assert answer.status_code == 422
    assert "This is not your current password." in answer.text


def test_each_error_is_tied_to_its_field(ada: Any, sign_in: SignIn) -> None:
    page = change(sign_in(ada.id), "", NEW, "x").text
    for field in ("current", "repeat"):
        described = re.search(rf'<input aria-describedby="([^"]+)"[^>]*id="{field}"', page)
        assert described
        for target in described[1].split():
            assert f'id="{target}"' in page
