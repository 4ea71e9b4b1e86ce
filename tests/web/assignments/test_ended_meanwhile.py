"""What is sent while somebody else ends the assignment, within the same moment, is answered in a sentence."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from lms.assignments import assignments
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from tests.conftest import StandingClock
from tests.threads import beside
from tests.web.assignments.conftest import House
from tests.web.assignments.test_assignment_pages import FORM, PREVIEW, press, text_of

Send = Callable[[House], TestResponse]


def change(house: House) -> Send:
    """Save another rule, after its preview."""
    address = f"{house.address}/{house.assignment}/change"
    form = {name: value for name, value in FORM.items() if name != "course"}
    shown = house.client.get(address, query_string=form | PREVIEW)
    return lambda house: press(house.client, shown, form)


def ask_again(house: House) -> Send:
    """Ask those again who completed an earlier revision."""
    address = f"{house.address}/{house.assignment}/again"
    return lambda house: house.client.post(address, data={"days": "30", "reason": "New law"})


@pytest.mark.parametrize("prepare", [change, ask_again])
def test_what_comes_while_the_assignment_ends_changes_nothing_and_says_so(
    riverside: House,
    database: Database,
    clock: StandingClock,
    kept: Callable[[], list[Any]],
    prepare: Callable[[House], Send],
) -> None:
    send = prepare(riverside)
    answers: list[TestResponse] = []
    with database.writing_session() as session:
        by = Actor("Grace Manager", riverside.manager)
        assignments.end(session, riverside.assignment, by=by, now=clock())
        # On PostgreSQL it has seen an assignment that goes on; on SQLite it waits before it looks.
        with beside(database, lambda: answers.append(send(riverside))):
            session.commit()
            ended = kept()
    (answer,) = answers
    if database.is_sqlite:
        assert answer.status_code == 404
        assert "This assignment has ended: nothing about it can be changed" in text_of(answer)
    else:
        assert answer.status_code == 303
        page = text_of(riverside.client.get(answer.location))
        assert "This assignment has ended meanwhile. Nothing was changed." in page
    assert kept() == ended
