"""Fifty learners at one timed quiz, and a server that is killed again and again while they answer."""

import random
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask import session as cookie_session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from pydantic import TypeAdapter
from sqlalchemy import select

from lms.accounts import service as accounts
from lms.app import create_app
from lms.courses import publications
from lms.courses.catalogue import Module
from lms.foundation import migrations
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.foundation.settings import Settings
from lms.quizzes.attempts import answers_of, find_attempt
from lms.quizzes.grading import grade_paper, read_response
from lms.quizzes.models import Attempt, Grade, Mark
from lms.quizzes.shelf import QuizShelf
from tests.factories import enrol, make_user, publish_files
from tests.live_server import LiveServer

LEARNERS = 50
KEY = "a key for this trial, it guards nothing at all"
START = "/courses/trial/trial/quiz/start"
SAVED = TypeAdapter(dict[str, str | bool])

CHOICE = (
    "\n## Which {0}?\n`id: one-{0}` `select: one` `objective: answer`\n\n"
    "- [ ] first\n- [x] second `50%`\n- [x] third\n"
)
SEVERAL = (
    "\n## Which of {0}?\n`id: many-{0}` `scoring: net`\n\n- [x] a\n- [x] b\n- [ ] c\n- [ ] d\n"
)
WORD = "\n## What word {0}?\n`id: word-{0}`\n\n**Answer:** `teach-back` or `back`\n"
AMOUNT = "\n### How many {0}?\n`id: number-{0}` `points: 2`\n\n**Answer:** 2..4 days\n"
GAPS = "\n## Fill {0}\n`id: gaps-{0}` `points: 3`\n\nIn `[[2]]` days they `[[call | ring]]` `[[1 hour]]`.\n"
QUIZ = (
    "---\ntitle: Trial\npass: 60%\nattempts: 3\ntime_limit: 20 min\nshuffle: true\n---\n\n# Trial\n"
    + "".join(CHOICE.format(number) for number in (1, 2, 3))
    + "".join(SEVERAL.format(number) for number in (1, 2))
    + "".join(WORD.format(number) for number in (1, 2))
    + "".join(GAPS.format(number) for number in (1,))
    + "\n## Two of these\n`draw: 2`\n"
    + "".join(AMOUNT.format(number) for number in (1, 2, 3, 4))
)
QUESTIONS = 10
FILES = {
    "modules/trial/module.md": (
        b"---\ntitle: Trial\nsummary: Ten questions.\nobjectives:\n"
        b"  answer: Answer in any weather\n---\n\nGo.\n"
    ),
    "modules/trial/lessons/01-before.md": b"---\ntitle: Before\nminutes: 1\n---\n\nRead.\n",
    "modules/trial/quiz.md": QUIZ.encode(),
    "courses/trial.md": (
        b"---\ntitle: Trial\nsummary: One quiz.\naudience: Everybody\nmodules:\n  - trial\n"
        b"pass_rule: quizzes\nquizzes_open: at-once\nhours: 1\n---\n\nTake the quiz.\n"
    ),
}
# What learners answer, right and wrong, by the first word of the question's id.
ANSWERS: dict[str, Sequence[list[str]]] = {
    "one": (["1"], ["2"], ["3"], []),
    "many": (["1"], ["1", "2"], ["2", "3"], ["1", "2", "4"], ["4"]),
    "word": (["Teach-Back"], ["back"], ["feedback"], [" "]),
    "number": (["2"], ["4 days"], ["4,0"], ["5"], ["three"]),
    "gaps": (["2", "ring", "1 hour"], ["2", "", "1"], ["", "call", "2 hours"]),
}


class Site:
    """The server as the learners see it: there, or gone for a while."""

    def __init__(self, server: LiveServer) -> None:
        self._server = server
        self._is_up = threading.Event()
        self._is_up.set()
        self._news = threading.Condition()
        self._answered = 0
        self._gone_home = 0
        self.cut_off = 0

    def connect(self) -> HTTPConnection:
        """A connection, as soon as the server is there."""
        self._is_up.wait()
        return HTTPConnection("127.0.0.1", self._server.port, timeout=60)

    def tell(self, *, answered: int = 0, cut_off: int = 0, gone_home: int = 0) -> None:
        """Count requests that were answered or cut off, and learners who are done."""
        with self._news:
            self._answered += answered
            self.cut_off += cut_off
            self._gone_home += gone_home
            self._news.notify_all()

    def kill_after(self, answered: int) -> None:
        """Kill the server once so many requests were answered, and start it again."""
        with self._news:
            self._news.wait_for(lambda: self._answered >= answered or self._gone_home == LEARNERS)
        self._server.kill()
        # Whoever finds nobody there need not ask again before the server is back.
        self._is_up.clear()
        try:
            self._server.start()
        finally:
            self._is_up.set()


@dataclass
class Learner:
    """One learner with one page, which saves as `attempt.js` does and knows what was acknowledged."""

    id: int
    cookie: str
    csrf_token: str
    site: Site
    chance: random.Random
    attempt_address: str = ""
    page: str = ""
    sequence: int = 0
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)

    def take_quiz(self) -> None:
        """Start, answer everything, change something now and then, submit, see the result."""
        try:
            status, self.attempt_address, _body = self.ask("POST", START, [])
            assert status == 303
            status, _location, body = self.ask("GET", self.attempt_address)
            assert status == 200
            questions = re.findall(r'data-question="([^"]+)"', body)
            assert len(questions) == QUESTIONS
            self.page = re.findall(r'data-page="([^"]+)"', body)[0]
            self.saved = dict.fromkeys(questions, "null")
            for question in questions:
                self.save(question)
                if self.chance.random() < 0.3:
                    self.save(self.chance.choice(list(self.acknowledged)))
            self.submit()
        finally:
            self.site.tell(gone_home=1)

    def save(self, question: str) -> None:
        """Save an answer; only the server's word makes it an acknowledged one."""
        values = self.chance.choice(ANSWERS[question.split("-", maxsplit=1)[0]])
        given = [("question", question), ("page", self.page), *(("value", one) for one in values)]
        status, _location, body = self.ask("POST", f"{self.attempt_address}/answers", given)
        assert status == 200, body
        said = SAVED.validate_json(body)
        assert said["saved"] is True
        self.acknowledged[question] = values
        self.saved[question] = str(said["value"])

    def submit(self) -> None:
        """Submit the form with what is on it, as the page's button does."""
        form = [("action", "submit-anyway")]
        for question, values in self.acknowledged.items():
            form.append((f"saved-{question}", self.saved[question]))
            form += [(f"answer-{question}", value) for value in values]
        status, location, _body = self.ask("POST", self.attempt_address, form)
        assert (status, location) == (303, f"{self.attempt_address}/result")
        assert self.ask("GET", location)[0] == 200

    def ask(
        self, method: str, path: str, form: list[tuple[str, str]] | None = None
    ) -> tuple[int, str, str]:
        """Ask until there is an answer: its status, its Location, its body."""
        while True:
            try:
                answer = self._ask_once(method, path, form)
            except (OSError, HTTPException):
                self.site.tell(cut_off=1)
                continue
            self.site.tell(answered=1)
            return answer

    def _ask_once(
        self, method: str, path: str, form: list[tuple[str, str]] | None
    ) -> tuple[int, str, str]:
        connection = self.site.connect()
        headers = {"Cookie": f"rounds={self.cookie}", "Accept": "application/json, text/html"}
        body = None
        if form is not None:
            # A save that is sent once more is another one of this page, with a number of its own.
            self.sequence += 1
            form = [*form, ("csrf_token", self.csrf_token), ("sequence", str(self.sequence))]
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read().decode()
        finally:
            connection.close()


@pytest.fixture
def database(empty_address: str) -> Iterator[Database]:
    """A migrated database of each kind, which a real server may use at the same time."""
    database = Database(empty_address)
    migrations.upgrade(database)
    yield database
    database.dispose()


@pytest.fixture
def server(database: Database, empty_address: str, tmp_path: Path) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path, empty_address, workers=2)
    server.environment["LMS_SECRET_KEY"] = KEY
    server.start()
    yield server
    server.stop()


def signed_cookie(app: Flask, token: str) -> tuple[str, str]:
    """What a browser holds after signing in: the cookie, and the form token that goes with it."""
    with app.test_request_context():
        cookie_session["_user_id"] = token
        csrf_token = generate_csrf()
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        return str(signer.dumps(dict(cookie_session))), csrf_token


def make_learners(database: Database, site: Site, folder: Path) -> tuple[Module, list[Learner]]:
    """The trial's module, published, and its learners, enrolled and signed in."""
    address = database.url.render_as_string(hide_password=False)
    settings = Settings(instance_path=folder, database_url=address, secret_key=KEY)
    app = create_app(settings, database=database)
    learners = []
    with database.transaction() as session:
        published = publish_files(session, FILES)
        course = publications.load_catalogue(session, published.number).courses["trial"]
        for number in range(LEARNERS):
            user_id = make_user(session).id
            enrol(session, user_id, course)
            token = accounts.open_session(
                session, user_id, user_agent="trial", keep=True, now=system_clock()
            )
            chance = random.Random(number)  # noqa: S311 - It gives answers, not secrets.
            learners.append(Learner(user_id, *signed_cookie(app, token), site, chance))
    return course.modules[0], learners


def check_record(database: Database, module: Module, learner: Learner) -> None:
    """One attempt, which holds what was acknowledged last, with one grade, for exactly that."""
    with database.reading_session() as session:
        quiz = QuizShelf().get(session, module.revision_id)
        (row,) = session.scalars(select(Attempt).where(Attempt.user_id == learner.id)).all()
        attempt = find_attempt(session, row.id, learner.id)
        assert attempt is not None
        assert attempt.submitted_at is not None
        assert not attempt.timed_out
        assert attempt.closes_at == attempt.started_at + timedelta(minutes=20)
        assert f"/attempts/{attempt.id}" == learner.attempt_address
        paper = [item.question_id for item in attempt.paper.items]
        assert sorted(paper) == sorted(learner.acknowledged)
        given = {
            question: read_response(quiz.by_id[question], values)
            for question, values in learner.acknowledged.items()
        }
        kept = {key: saved.value for key, saved in answers_of(session, attempt.id).items()}
        assert kept == given
        expected = grade_paper(quiz, paper, given)
        (grade,) = session.scalars(select(Grade).where(Grade.attempt_id == attempt.id)).all()
        assert grade.number == 1
        assert (grade.score, grade.maximum) == (expected.score, expected.maximum)
        assert grade.passed is expected.passed
        marks = session.scalars(select(Mark).where(Mark.grade_id == grade.id)).all()
        assert {(mark.question_id, mark.score, mark.maximum) for mark in marks} == {
            (mark.question_id, mark.score, mark.maximum) for mark in expected.marks
        }


def test_no_acknowledged_answer_is_lost_and_nobody_has_two_attempts(
    database: Database, server: LiveServer, tmp_path: Path
) -> None:
    site = Site(server)
    module, learners = make_learners(database, site, tmp_path)
    # Start, page, answers, submission and result of each: the least that will be answered.
    requests = LEARNERS * (QUESTIONS + 4)
    chance = random.Random(database.url.get_backend_name())  # noqa: S311 - It plans kills.
    # While they start, twice while they answer, and while they submit.
    spans = ((0.01, 0.07), (0.2, 0.4), (0.5, 0.7), (0.85, 0.97))
    with ThreadPoolExecutor(LEARNERS) as pool:
        trials = [pool.submit(learner.take_quiz) for learner in learners]
        for span in spans:
            site.kill_after(int(requests * chance.uniform(*span)))
    for trial in trials:
        trial.result()
    assert site.cut_off > 0
    for learner in learners:
        check_record(database, module, learner)
