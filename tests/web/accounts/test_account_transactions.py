"""Hashing a password is slow: no transaction may be open meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from lms.accounts import service
from lms.foundation.database import Database

NEW = "four words for the door"


@contextmanager
def open_at_once(database: Database) -> Iterator[list[int]]:
    """How many transactions were open whenever one began or ended, itself counted."""
    counts = [0]

    def begin(_connection: Any) -> None:
        counts.append(counts[-1] + 1)

    def end(_connection: Any) -> None:
        counts.append(counts[-1] - 1)

    hooks = (("begin", begin), ("commit", end), ("rollback", end))
    for engine in database.engines:
        for name, hook in hooks:
            event.listen(engine, name, hook)
    yield counts
    for engine in database.engines:
        for name, hook in hooks:
            event.remove(engine, name, hook)


@pytest.mark.parametrize("password", ["a kettle on the ward", "not the kettle"])
def test_the_check_at_sign_in_stands_between_transactions(
    ada: Any, database: Database, enter: Callable[..., TestResponse], password: str
) -> None:
    with open_at_once(database) as counts:
        enter(ada.email, password)
    # Finding the account, looking at the limit, and writing what came of it.
    assert counts == [0, 1, 0, 1, 0, 1, 0]


def test_a_change_of_password_lets_go_before_it_hashes(
    ada: Any, database: Database, sign_in: Callable[[int], FlaskClient]
) -> None:
    client = sign_in(ada.id)
    form = {"current": ada.password, "new": NEW, "repeat": NEW}
    with open_at_once(database) as counts:
        assert client.post("/account/password", data=form).status_code == 303
    # The look at who asks comes first, in a transaction that could write.
    assert counts == [0, 1, 0, 1, 0, 1, 0, 1, 0]


def test_a_choice_of_password_lets_go_before_it_hashes(
    ada: Any, client: FlaskClient, database: Database, clock: Callable[[], Any]
) -> None:
    with database.transaction() as session:
        token = service.issue_link(session, ada.id, "reset", now=clock())
    client.get(f"/reset/{token}")
    with open_at_once(database) as counts:
        answer = client.post("/choose-password", data={"new": NEW, "repeat": NEW})
    assert answer.status_code == 303
    assert counts == [0, 1, 0, 1, 0]
