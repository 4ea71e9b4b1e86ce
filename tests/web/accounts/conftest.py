"""A person with a password, and ways to reach the pages as them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.accounts import passwords, service, throttle
from lms.foundation.database import Database
from tests.factories import make_user

PASSWORD = "a kettle on the ward"
_HASH = passwords.choose(PASSWORD, names=())


@dataclass(frozen=True)
class Account:
    """What tests need to know of a person."""

    id: int
    email: str
    user_name: str
    password: str


@pytest.fixture
def ada(database: Database) -> Account:
    """Ada Okafor, who has an e-mail address, a user name and a password."""
    with database.transaction() as session:
        user = make_user(session, email="ada@example.org", user_name="ada.o", password_hash=_HASH)
        return Account(user.id, "ada@example.org", "ada.o", PASSWORD)


@pytest.fixture
def fail(database: Database, clock: Callable[[], datetime]) -> Callable[..., None]:
    """A function that counts failed tries to sign in, without the work of hashing."""

    def record(name: str, times: int) -> None:
        subjects = throttle.sign_in_subjects(name, "127.0.0.1")
        with database.transaction() as session:
            for _ in range(times):
                service.record_try(session, subjects, now=clock())

    return record


@pytest.fixture
def enter(client: FlaskClient) -> Callable[..., TestResponse]:
    """A function that sends the form to sign in."""

    def send(
        name: str, password: str, via: FlaskClient | None = None, **fields: str
    ) -> TestResponse:
        form = {"name": name, "password": password, **fields}
        return (via or client).post("/sign-in", data=form)

    return send
