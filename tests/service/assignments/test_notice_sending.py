"""Sending notices: one letter for what belongs together, what is true when it leaves, never twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments import sending
from lms.assignments.models import Notice, Obligation, ObligationMove
from lms.assignments.notices import make_notices
from lms.assignments.sending import Sender
from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from lms.foundation.mail import (
    FolderMailer,
    Letter,
    LetterDelayed,
    LetterRefused,
    Mailer,
)
from lms.organizations.models import Membership, Organization
from tests.conftest import StandingClock
from tests.factories import make_team, make_team_member
from tests.obligation_rows import make_assignment, make_obligation
from tests.obligations import make_clinic, make_leave, make_person, owe, waive
from tests.threads import at_once

NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)
TODAY = NOON.date()
DAY = timedelta(days=1)
BEGAN = date(2026, 1, 5)


class Office:
    """A mailer that keeps letters, or answers with an error."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.answer: Exception | None = None
        self.before: Callable[[], object] = lambda: None

    def send(self, letter: Letter) -> None:
        self.before()
        self.letters.append(letter)
        if self.answer is not None:
            raise self.answer


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(NOON)


class Clinic:
    """An organization with one person, Ada, whose notices are made and sent."""

    def __init__(self, database: Database, sample: Catalogue, clock: StandingClock) -> None:
        self.database, self.clock = database, clock
        self.course_ids = {slug: course.id for slug, course in sample.courses.items()}
        with database.transaction() as session:
            clinic, manager = make_clinic(session)
            ada = make_person(session, clinic, name="Ada Okafor", email="ada@example.org")
            self.id, self.ada_id, self.manager_id = clinic.id, ada.id, manager.id
            # So that digests do not get in between: those have tests of their own.
            session.get_one(User, manager.user_id).email = None
            session.get_one(User, manager.user_id).user_name = "max"

    @contextmanager
    def changed(self) -> Iterator[Session]:
        with self.database.transaction() as session:
            yield session

    def owe(self, course: str = "onboarding", due_in: int = 0, **values: object) -> int:
        with self.database.transaction() as session:
            ada = session.get_one(Membership, self.ada_id)
            day = TODAY + due_in * DAY
            given = {"opens_on": BEGAN, "due_on": day} | values
            return owe(session, ada, self.course_ids[course], **given).id  # pyright: ignore[reportArgumentType]

    def make(self) -> None:
        make_notices(self.database, self.id, self.clock())

    def sender(self, mailer: Mailer) -> Sender:
        return Sender(self.database, self.clock, mailer, "https://learn.example.org")

    def send_all(self, mailer: Mailer) -> None:
        sender = self.sender(mailer)
        while sender():
            pass

    def notices(self) -> list[tuple[str, str, str]]:
        with self.database.reading_session() as session:
            rows = session.scalars(sa.select(Notice).order_by(Notice.id))
            return [(row.kind, row.state, row.fault) for row in rows]


@pytest.fixture
def clinic(database: Database, sample: Catalogue, clock: StandingClock) -> Clinic:
    return Clinic(database, sample, clock)


# Letters


def test_what_was_assigned_at_once_is_one_letter_with_a_calendar(
    clinic: Clinic, office: Office
) -> None:
    obligation_id = clinic.owe("onboarding", 30, opens_on=TODAY)
    clinic.owe("refresher", 20, opens_on=TODAY)
    with clinic.changed() as session:
        for _ in range(2):
            session.add(
                ObligationMove(
                    obligation_id=obligation_id,
                    opens_on=TODAY,
                    due_on=TODAY,
                    moved_at=NOON,
                    reason="Away",
                )
            )
    clinic.make()
    clinic.send_all(office)
    (letter,) = office.letters
    assert letter.to == "ada@example.org"
    assert letter.subject == "2 courses assigned to you"
    assert letter.text.index("Privacy refresher") < letter.text.index("Onboarding")
    assert "https://learn.example.org/courses/onboarding\n" in letter.text
    (file,) = letter.attachments
    assert (file.name, file.media_type) == ("due.ics", sending.CALENDAR_TYPE)
    assert f"UID:obligation-{obligation_id}@learn.example.org\r\nSEQUENCE:2".encode() in file.body
    assert clinic.notices() == [("assigned", "sent", "")] * 2
    with clinic.changed() as session:
        (subject,) = session.scalars(sa.select(Notice.subject).distinct())
    assert subject == letter.subject


def test_kinds_are_letters_of_their_own_and_the_folder_takes_them(
    clinic: Clinic, tmp_path: Path
) -> None:
    for course, due_in in (("onboarding", -1), ("refresher", 3)):
        clinic.owe(course, due_in)
    clinic.make()
    clinic.send_all(FolderMailer(tmp_path, "Rounds <rounds@example.org>"))
    texts = sorted(file.read_text() for file in (tmp_path / "new").iterdir())
    assert len(texts) == 2
    assert sum("Subject: Overdue: Onboarding" in text for text in texts) == 1
    assert sum('filename="due.ics"' in text for text in texts) == 1


def test_several_workers_send_each_notice_once(
    clinic: Clinic, office: Office, database: Database
) -> None:
    with clinic.changed() as session:
        organization = session.get_one(Organization, clinic.id)
        for number in range(12):
            person = make_person(session, organization, email=f"p{number}@example.org")
            owe(session, person, clinic.course_ids["onboarding"], opens_on=BEGAN, due_on=TODAY)
    clinic.make()
    at_once([lambda: clinic.send_all(office)] * 4)
    assert sorted(letter.to for letter in office.letters) == sorted(
        f"p{number}@example.org" for number in range(12)
    )


# What is true when it leaves


def end(session: Session, clinic: Clinic, obligation_id: int) -> None:
    waive(session, session.get_one(Obligation, obligation_id), NOON)


def move(session: Session, clinic: Clinic, obligation_id: int) -> None:
    session.get_one(Obligation, obligation_id).due_on = TODAY + 40 * DAY


def leave(session: Session, clinic: Clinic, obligation_id: int) -> None:
    session.get_one(Membership, clinic.ada_id).ended_at = NOON


def go_away(session: Session, clinic: Clinic, obligation_id: int) -> None:
    make_leave(session, session.get_one(Membership, clinic.ada_id), TODAY, TODAY + DAY)


def lose_address(session: Session, clinic: Clinic, obligation_id: int) -> None:
    ada = session.get_one(Membership, clinic.ada_id)
    session.get_one(User, ada.user_id).user_name = "ada"
    session.get_one(User, ada.user_id).email = None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (end, sending.ENDED),
        (move, sending.OUTDATED),
        (go_away, sending.OUTDATED),
        (leave, sending.GONE),
        (lose_address, sending.GONE),
    ],
)
def test_what_is_no_longer_true_is_dropped_and_says_why(
    clinic: Clinic,
    office: Office,
    change: Callable[[Session, Clinic, int], None],
    why: str,
) -> None:
    obligation_id = clinic.owe()
    clinic.make()
    with clinic.changed() as session:
        change(session, clinic, obligation_id)
    clinic.send_all(office)
    assert office.letters == []
    assert clinic.notices() == [("due-today", "dropped", why)]


def test_of_several_the_rest_is_sent(clinic: Clinic, office: Office) -> None:
    obligation_id = clinic.owe("onboarding")
    clinic.owe("refresher")
    clinic.make()
    with clinic.changed() as session:
        end(session, clinic, obligation_id)
    clinic.send_all(office)
    assert [letter.subject for letter in office.letters] == ["Due today: Privacy refresher"]
    assert sorted(state for _, state, _ in clinic.notices()) == ["dropped", "sent"]


def test_yesterdays_letter_that_nobody_sent_is_not_sent_today(
    clinic: Clinic, office: Office
) -> None:
    clinic.owe()
    clinic.make()
    clinic.clock.advance(days=1)
    clinic.make()
    clinic.send_all(office)
    assert [letter.subject for letter in office.letters] == ["Overdue: Onboarding"]
    assert [state for _, state, _ in clinic.notices()] == ["dropped", "sent"]


def test_in_quiet_hours_it_waits_for_their_end(clinic: Clinic, office: Office) -> None:
    clinic.owe("onboarding", 3)
    clinic.make()
    clinic.clock.advance(hours=9)
    clinic.send_all(office)
    assert clinic.notices() == [("before-due", "waiting", "")]
    clinic.clock.moment = datetime(2026, 3, 18, 7, 59, tzinfo=UTC)
    clinic.send_all(office)
    assert office.letters == []
    clinic.clock.advance(minutes=1)
    clinic.send_all(office)
    assert [letter.subject for letter in office.letters] == ["Due in 2 days: Onboarding"]


# When something goes wrong


def test_a_letter_that_is_refused_has_failed(
    clinic: Clinic, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    clinic.owe()
    clinic.make()
    office.answer = LetterRefused("The mail server did not take it: 550 no ada@example.org")
    clinic.send_all(office)
    assert clinic.notices() == [("due-today", "failed", str(office.answer))]
    assert "Due today: Onboarding" in caplog.text
    assert "ada@" not in caplog.text


def test_a_connection_that_broke_leaves_open_whether_it_arrived(
    clinic: Clinic, office: Office
) -> None:
    clinic.owe()
    clinic.make()
    office.answer = OSError("Connection unexpectedly closed")
    clinic.send_all(office)
    clinic.clock.advance(hours=1)
    clinic.send_all(office)
    assert len(office.letters) == 1
    ((_, state, fault),) = clinic.notices()
    assert state == "failed"
    assert fault == "Connection unexpectedly closed: it may or may not have arrived."


def test_without_a_mail_server_letters_wait_and_leave_when_it_is_back(
    clinic: Clinic, office: Office
) -> None:
    clinic.owe("onboarding")
    clinic.owe("refresher", -1)
    clinic.make()
    office.answer = LetterDelayed("The mail server cannot be used: refused")
    sender = clinic.sender(office)
    assert not sender()
    assert not sender()
    assert len(office.letters) == 1
    clinic.clock.advance(seconds=sending.PAUSE_WITHOUT_SERVER.total_seconds())
    office.answer = None
    while sender():
        pass
    clinic.clock.advance(seconds=sending.PAUSE_OF_LETTER.total_seconds())
    while sender():
        pass
    assert sorted(letter.subject for letter in office.letters[1:]) == [
        "Due today: Onboarding",
        "Overdue: Privacy refresher",
    ]
    assert [state for _, state, _ in clinic.notices()] == ["sent", "sent"]


def test_what_a_dead_worker_was_sending_is_never_sent_again(clinic: Clinic, office: Office) -> None:
    clinic.owe()
    clinic.make()

    def die() -> None:
        raise KeyboardInterrupt

    office.before = die
    with pytest.raises(KeyboardInterrupt):
        clinic.send_all(office)
    office.before = lambda: None
    clinic.clock.advance(minutes=4, seconds=59)
    clinic.send_all(office)
    assert clinic.notices() == [("due-today", "sending", "")]
    clinic.clock.advance(seconds=1)
    clinic.send_all(office)
    clinic.make()
    clinic.send_all(office)
    assert clinic.notices() == [("due-today", "failed", sending.UNKNOWN)]
    assert office.letters == []


def test_what_cannot_be_written_keeps_no_other_letter_waiting(
    clinic: Clinic, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    clinic.owe()
    with clinic.changed() as session:
        # Only a database that somebody worked on by hand says so.
        session.get_one(Organization, clinic.id).remind_days = ["soon"]
        session.add(
            Notice(
                key="due-today:1",
                kind="due-today",
                organization_id=clinic.id,
                user_id=session.get_one(Membership, clinic.ada_id).user_id,
                obligation_id=session.scalar(sa.select(Obligation.id)),
                created_at=NOON,
                send_after=NOON,
            )
        )
        session.flush()
        session.execute(sa.update(Obligation).values(due_on=TODAY + DAY))
    clinic.send_all(office)
    assert clinic.notices() == [("due-today", "failed", sending.CANNOT_BE_WRITTEN)]
    assert "cannot be written" in caplog.text


# Digests


def digest_of(clinic: Clinic, office: Office, user_id: int) -> Letter | None:
    with clinic.changed() as session:
        session.get_one(User, user_id).email = "max@example.org"
    clinic.make()
    clinic.send_all(office)
    return next((one for one in office.letters if one.to == "max@example.org"), None)


def test_a_manager_hears_of_everybody_who_is_late_or_has_no_email(
    clinic: Clinic, office: Office
) -> None:
    clinic.owe("onboarding", -3)
    clinic.owe("refresher", 5)
    with clinic.changed() as session:
        organization = session.get_one(Organization, clinic.id)
        silent = make_person(session, organization, name="Bo Lind", email=None, user_name="bo")
        late = make_person(session, organization, name="Cy Marsh")
        for person, due_on in ((silent, TODAY + 14 * DAY), (late, TODAY - 9 * DAY)):
            owe(session, person, clinic.course_ids["onboarding"], opens_on=BEGAN, due_on=due_on)
        manager = session.get_one(Membership, clinic.manager_id).user_id
    letter = digest_of(clinic, office, manager)
    assert letter is not None
    assert letter.subject == "Riverside Clinic: 2 people are late"
    assert "- Onboarding: 2 overdue, 1 due within 14 days" in letter.text
    assert "- Privacy refresher: 0 overdue, 1 due within 14 days" in letter.text
    assert letter.text.index("- Cy Marsh: Onboarding (due 8 March 2026)") < letter.text.index(
        "- Ada Okafor: Onboarding (due 14 March 2026)\n"
    )
    assert letter.text.count("Bo Lind") == 1
    assert letter.text.index("Please tell them yourself") < letter.text.index("- Bo Lind")


def test_a_manager_of_a_team_hears_of_that_team_alone(clinic: Clinic, office: Office) -> None:
    clinic.owe("onboarding", -3)
    with clinic.changed() as session:
        organization = session.get_one(Organization, clinic.id)
        leader, inside, other = (
            make_person(session, organization, name=name) for name in ("Lee", "Ines", "Olav")
        )
        team = make_team(session, organization, "Night shift")
        make_team_member(session, team, leader, "manager")
        make_team_member(session, team, inside)
        for person in (inside, other):
            owe(session, person, clinic.course_ids["refresher"], opens_on=BEGAN, due_on=TODAY - DAY)
        user_id = leader.user_id
    letter = digest_of(clinic, office, user_id)
    assert letter is not None
    assert "this is where Night shift stands" in letter.text
    assert "Ines" in letter.text
    assert "Olav" not in letter.text
    assert "Ada" not in letter.text


def test_who_owes_a_course_twice_is_told_of_once_by_the_first_date(
    clinic: Clinic, office: Office
) -> None:
    clinic.owe("onboarding", -3)
    clinic.owe("refresher", 2)
    with clinic.changed() as session:
        organization = session.get_one(Organization, clinic.id)
        ada = session.get_one(Membership, clinic.ada_id)
        silent = make_person(session, organization, name="Bo Lind", email=None, user_name="bo")
        onboarding, refresher = (clinic.course_ids[one] for one in ("onboarding", "refresher"))
        for course_id, person, due_in in (
            (onboarding, ada, -1),
            (refresher, ada, 9),
            (refresher, silent, 5),
            (refresher, silent, 7),
        ):
            second = make_assignment(session, organization.id, course_id)
            make_obligation(session, second, person, TODAY + due_in * DAY)
        manager = session.get_one(Membership, clinic.manager_id).user_id
    letter = digest_of(clinic, office, manager)
    assert letter is not None
    assert letter.subject == "Riverside Clinic: 1 person is late"
    assert "- Onboarding: 1 overdue, 0 due within 14 days\n" in letter.text
    assert "- Privacy refresher: 0 overdue, 2 due within 14 days\n" in letter.text
    assert "- Ada Okafor: Onboarding (due 14 March 2026)\n" in letter.text
    assert "- Bo Lind: Privacy refresher (due 22 March 2026)\n" in letter.text


def test_a_digest_that_waited_for_a_week_leaves_the_next_one_to_be_sent(
    clinic: Clinic, office: Office
) -> None:
    clinic.owe("onboarding", -3)
    with clinic.changed() as session:
        manager = session.get_one(Membership, clinic.manager_id)
        session.get_one(User, manager.user_id).email = "max@example.org"
    office.answer = LetterDelayed("The mail server cannot be used: refused")
    clinic.make()
    sender = clinic.sender(office)
    sender()
    # The mail server is away until the next Monday.
    clinic.clock.advance(days=6)
    clinic.make()
    office.letters.clear()
    office.answer = None
    while sender():
        pass
    assert [one.subject for one in office.letters if one.to == "max@example.org"] == [
        "Riverside Clinic: 1 person is late"
    ]
    assert [one for one in clinic.notices() if one[0] == "digest"] == [
        ("digest", "dropped", sending.OUTDATED),
        ("digest", "sent", ""),
    ]


@pytest.mark.parametrize("reason", ["nothing to tell", "manages nothing", "left", "last week"])
def test_a_digest_that_says_nothing_or_reaches_nobody_is_dropped(
    clinic: Clinic, office: Office, reason: str
) -> None:
    clinic.owe("onboarding", 20 if reason == "nothing to tell" else -3)
    with clinic.changed() as session:
        manager = session.get_one(Membership, clinic.manager_id)
        session.get_one(User, manager.user_id).email = "max@example.org"
    clinic.make()
    with clinic.changed() as session:
        manager = session.get_one(Membership, clinic.manager_id)
        if reason == "manages nothing":
            manager.role = "member"
        if reason == "left":
            manager.ended_at = NOON
    if reason == "last week":
        clinic.clock.advance(days=7)
    clinic.send_all(office)
    assert [letter.to for letter in office.letters if letter.to == "max@example.org"] == []
    expected = {"nothing to tell": sending.NOTHING_TO_TELL, "last week": sending.OUTDATED}
    assert clinic.notices()[0] == ("digest", "dropped", expected.get(reason, sending.GONE))


def test_a_digest_waits_for_the_end_of_quiet_hours(clinic: Clinic, office: Office) -> None:
    clinic.owe("onboarding", -3)
    with clinic.changed() as session:
        manager = session.get_one(Membership, clinic.manager_id)
        session.get_one(User, manager.user_id).email = "max@example.org"
    clinic.make()
    clinic.clock.advance(hours=9)
    clinic.send_all(office)
    assert {state for _, state, _ in clinic.notices()} == {"waiting"}
