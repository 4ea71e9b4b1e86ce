"""A page asks the database a fixed number of times, however much there is to show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from tests.factories import (
    complete_course,
    enrol,
    give_answers,
    make_user,
    publish_sample,
    start_attempt,
    take_quiz,
)
from tests.sample_content import COURSE, PLEDGE, PLEDGE_FILE, WRONG, quiz_with

MOST = 6
FURTHER_COURSES = {
    f"courses/course-{number}.md": COURSE.replace("Onboarding", f"Course {number}")
    for number in range(8)
}
# How often each page asks: once for the person with the catalogue's number, then for what it shows.
PAGES = {
    "/": 2,
    "/courses": 2,
    "/courses/onboarding": 2,
    "/courses/onboarding/privacy/lessons/right-amount": 2,
    "/courses/pledge/statement": 2,
    "/courses/onboarding/privacy/quiz": 3,
    "/attempts/{open}": 3,
    "/attempts/{submitted}/result": 5,
    "/content": 4,
    "/reports/quizzes/privacy": 3,
    "/certificates": 2,
    "/account": 3,
}


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement that passes through the database in the block."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in database.engines:
            event.remove(engine, "before_cursor_execute", note)


class Reader:
    """A person, and the addresses of their attempts: one open, one submitted."""

    def __init__(
        self, database: Database, sign_in: Callable[[int], FlaskClient], shelf: Catalogue, work: int
    ) -> None:
        with database.transaction() as session:
            user = make_user(session, role="instructor")
            row = enrol(session, user.id, shelf.courses["onboarding"])
            enrol(session, user.id, shelf.courses["pledge"])
            submitted = [take_quiz(session, row, shelf, answers=WRONG) for _ in range(work)]
            if work > 1:
                complete_course(session, row, shelf)
                for course in shelf.courses.values():
                    enrol(session, user.id, course)
            attempt = start_attempt(session, row, shelf)
            for _ in range(work):
                give_answers(session, attempt)
        self.client = sign_in(user.id)
        self.attempts = {"open": attempt.id, "submitted": submitted[-1].id}

    def asked(self, database: Database, page: str) -> list[str]:
        """What the page asks when the process has its catalogue and its quizzes at hand."""
        address = page.format(**self.attempts)
        assert self.client.get(address).status_code == 200
        with statements(database) as seen:
            self.client.get(address)
        return seen


@pytest.fixture
def shelf(database: Database) -> Catalogue:
    with database.transaction() as session:
        changes = quiz_with("attempts: 3", "attempts: 99") | FURTHER_COURSES | {PLEDGE_FILE: PLEDGE}
        return publish_sample(session, changes)


def test_every_page_asks_as_often_for_much_as_for_little(
    database: Database, sign_in: Callable[[int], FlaskClient], shelf: Catalogue
) -> None:
    little = Reader(database, sign_in, shelf, work=1)
    much = Reader(database, sign_in, shelf, work=12)
    for page, number in PAGES.items():
        few, many = little.asked(database, page), much.asked(database, page)
        assert few == many, page
        assert len(few) == number, (page, *few)
        assert len(few) <= MOST


def test_a_visitors_page_asks_nothing(database: Database, client: FlaskClient) -> None:
    with statements(database) as seen:
        assert client.get("/sign-in").status_code == 200
        assert client.get("/courses").status_code == 302
    assert seen == []
