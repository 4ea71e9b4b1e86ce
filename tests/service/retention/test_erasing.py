"""Erasing a person's data: what goes at once, what the law keeps, and what goes when its time is over."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import lms.app  # noqa: F401 - the application wires who hears of a completion.
from lms.accounts import service as accounts
from lms.accounts.models import AccountLink, Erasure, SignInSession, User
from lms.certificates.models import Certificate
from lms.courses import publications
from lms.courses.models import LessonCompletion
from lms.foundation.audit import AuditEntry, verify
from lms.foundation.base import metadata
from lms.foundation.database import Database
from lms.organizations import leaves, positions
from lms.organizations.errors import WasErased
from lms.organizations.models import LeaveOfAbsence, Position
from lms.quizzes.models import Accommodation, Grade
from lms.quizzes.shelf import QuizShelf
from lms.retention import erasing, holds
from lms.retention.errors import HeldAlready, NotErasable
from tests import types_content
from tests.factories import (
    complete_course,
    enrol,
    make_assignment,
    make_member,
    make_organization,
    make_user,
    publish_files,
    publish_sample,
    take_quiz,
)
from tests.threads import at_once, beside

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW_YORK = "America/New_York"
NAMES = ("Ada Okafor", "ada@example.org", "4711")
OWN_WORDS = ("Migraine since May", "Call earlier.")


@dataclass
class Leaver:
    """Ada, who trained at a clinic in New York and left it on Monday; an administrator erases."""

    membership_id: int
    user_id: int
    organization_id: int
    administrator: int

    def erase(self, session: Session, basis: str = "request", now: datetime = MONDAY) -> Erasure:
        return erasing.erase(
            session,
            QuizShelf(),
            self.user_id,
            basis=basis,
            reason="Her letter of 1 March",
            by_id=self.administrator,
            zone=NEW_YORK,
            now=now,
        )


@pytest.fixture
def leaver(session: Session) -> Leaver:
    clinic = make_organization(session, time_zone=NEW_YORK)
    manager = make_user(session, name="Grace Manager")
    leads = make_member(session, clinic, manager, "manager")
    ada = make_user(session, email="ada@example.org", password_hash="h")
    membership = make_member(session, clinic, ada)
    placed = {"employee_number": "4711", "job_title": "Nurse", "hired_on": date(2026, 1, 5),
              "manager_id": leads.id}  # fmt: skip
    for name, value in placed.items():
        setattr(membership, name, value)
    session.flush()
    positions.append(session, [membership.id], MONDAY)
    sample = publish_sample(session)
    make_assignment(session, clinic, sample.courses["refresher"], manager.id)
    complete_course(session, enrol(session, ada.id, sample.courses["onboarding"]), sample)
    publish_files(session, types_content.FILES)
    shelf = publications.load_catalogue(session, None)
    row = enrol(session, ada.id, shelf.courses["types"])
    take_quiz(session, row, shelf, answers=types_content.RIGHT, module="types")
    april = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 4, 30)}
    leaves.record(session, membership, **april, by_id=manager.id, now=MONDAY)
    session.add(
        Accommodation(
            user_id=ada.id,
            extra_time=50,
            extra_attempts=0,
            reason="Migraine since May",
            granted_by_id=manager.id,
            granted_at=MONDAY,
        )
    )
    accounts.open_session(session, ada.id, user_agent="Phone", keep=True, now=MONDAY)
    accounts.issue_link(session, ada.id, "reset", now=MONDAY)
    positions.end_memberships(session, clinic.id, [membership.id], now=MONDAY)
    session.flush()
    administrator = make_user(session, name="Lena Admin", role="administrator")
    return Leaver(membership.id, ada.id, clinic.id, administrator.id)


def said(session: Session) -> str:
    """Everything in every table but the audit trail, as text."""
    session.expire_all()
    return "\n".join(
        repr(row)
        for table in metadata.sorted_tables
        if table.name != AuditEntry.__tablename__
        for row in session.execute(select(table))
    )


def test_what_no_law_wants_goes_at_once_and_the_training_record_stays(
    session: Session, leaver: Leaver
) -> None:
    assert all(words in said(session) for words in (*NAMES, *OWN_WORDS))
    scores = select(Grade.score).order_by(Grade.id)
    grades = session.scalars(scores).all()
    erasure = leaver.erase(session)
    left = said(session)
    for gone in ("ada@example.org", *OWN_WORDS):
        assert gone not in left
    user = session.get_one(User, leaver.user_id)
    assert (user.name, user.email, user.password_hash) == ("Ada Okafor", None, None)
    for table in (SignInSession, AccountLink, LeaveOfAbsence):
        assert session.scalars(select(table)).all() == []
    # Six years from the day on which she left, by the clinic's clock.
    assert (erasure.keeps_until, erasure.finished_at) == (date(2032, 3, 2), None)
    certificate = session.scalars(select(Certificate)).first()
    assert certificate
    assert certificate.learner_name == "Ada Okafor"
    positioned = session.scalars(select(Position).order_by(Position.id)).first()
    assert positioned
    assert (positioned.job_title, positioned.employee_number) == ("Nurse", "4711")
    assert session.scalars(scores).all() == grades
    assert session.scalars(select(LessonCompletion)).all() != []


def test_the_rest_goes_the_day_after_it_may_and_only_then(session: Session, leaver: Leaver) -> None:
    leaver.erase(session)
    last_day = datetime(2032, 3, 2, 12, tzinfo=UTC)
    erasing.finish_due(session, QuizShelf(), leaver.organization_id, last_day)
    assert "Ada Okafor" in said(session)
    day_after = datetime(2032, 3, 3, 12, tzinfo=UTC)
    other = make_organization(session)
    erasing.finish_due(session, QuizShelf(), other.id, day_after)
    assert "Ada Okafor" in said(session)
    erasing.finish_due(session, QuizShelf(), leaver.organization_id, day_after)
    left = said(session)
    assert not any(words in left for words in (*NAMES, *OWN_WORDS, "Nurse"))
    assert session.get_one(User, leaver.user_id).name == f"Erased person {leaver.user_id}"
    assert set(session.scalars(select(Position.manager_id))) == {None}
    # What is done is done once, and the trail tells of it.
    erasing.finish_due(session, QuizShelf(), leaver.organization_id, day_after)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
    assert actions.count("person.record_erased") == 1
    assert list(verify(session)) == []


def test_a_hold_keeps_everything_from_going_now_and_later(session: Session, leaver: Leaver) -> None:
    held = {"reason": "Lawsuit", "by_id": leaver.administrator, "now": MONDAY}
    place = (session, leaver.organization_id, leaver.user_id)
    first = holds.place(*place, **held)
    with pytest.raises(NotErasable, match="1 hold is in force"):
        leaver.erase(session)
    assert "ada@example.org" in said(session)
    lifting = {"by_id": leaver.administrator, "now": MONDAY}
    assert holds.lift(*place, first.id, **lifting) == "Lawsuit"
    assert holds.lift(*place, first.id, **lifting) is None
    leaver.erase(session)
    second = holds.place(*place, **held)
    later = datetime(2040, 1, 1, tzinfo=UTC)
    erasing.finish_due(session, QuizShelf(), leaver.organization_id, later)
    assert "Ada Okafor" in said(session)
    assert holds.lift(*place, second.id, **lifting)
    erasing.finish_due(session, QuizShelf(), leaver.organization_id, later)
    assert "Ada Okafor" not in said(session)
    told = holds.holds_of(session, leaver.organization_id, leaver.user_id)
    assert [(one.reason, one.placed_by, one.lifted_by) for one in told] == [
        ("Lawsuit", "Lena Admin", "Lena Admin")
    ] * 2


def test_a_hold_of_another_organization_counts_and_cannot_be_lifted_here(
    session: Session, leaver: Leaver
) -> None:
    other = make_organization(session)
    by = {"by_id": leaver.administrator, "now": MONDAY}
    hold = holds.place(session, other.id, leaver.user_id, reason="Audit", **by)
    assert holds.lift(session, leaver.organization_id, leaver.user_id, hold.id, **by) is None
    assert holds.holds_of(session, leaver.organization_id, leaver.user_id) == []
    with pytest.raises(NotErasable):
        leaver.erase(session)


def test_whoever_still_belongs_somewhere_or_has_a_role_is_not_erased(
    session: Session, leaver: Leaver
) -> None:
    other = make_organization(session, name="Hillside")
    positions.add_member(session, other.id, leaver.user_id, role="member", now=MONDAY)
    session.get_one(User, leaver.user_id).role = "instructor"
    session.flush()
    with pytest.raises(NotErasable) as caught:
        leaver.erase(session)
    assert [one.split(".")[0] for one in caught.value.obstacles] == [
        "They have a role on the site",
        "They still belong to Hillside",
    ]


def test_after_six_years_all_of_it_goes_at_once(session: Session, leaver: Leaver) -> None:
    erasure = leaver.erase(session, "period-over", datetime(2032, 3, 4, tzinfo=UTC))
    assert erasure.finished_at
    left = said(session)
    assert not any(words in left for words in (*NAMES, *OWN_WORDS, "Nurse"))


def test_an_account_without_a_training_record_keeps_no_name(session: Session) -> None:
    clinic = make_organization(session)
    twice = make_member(session, clinic, make_user(session, name="Ada Twice"))
    positions.end_memberships(session, clinic.id, [twice.id], now=MONDAY)
    administrator = make_user(session, name="Lena Admin", role="administrator").id
    leaver = Leaver(twice.id, twice.user_id, clinic.id, administrator)
    erasure = leaver.erase(session, "mistake")
    assert (erasure.keeps_until, erasure.finished_at) == (None, MONDAY)
    assert "Ada Twice" not in said(session)


def test_the_record_of_somebody_in_no_organization_goes_when_its_time_is_over(
    session: Session, leaver: Leaver
) -> None:
    ben = make_user(session, name="Ben Alone", email="ben@example.org")
    enrol(session, ben.id, publish_sample(session).courses["onboarding"], now=MONDAY)
    leaver.erase(session)
    loner = Leaver(0, ben.id, 0, leaver.administrator)
    assert loner.erase(session).keeps_until == date(2032, 3, 2)
    assert "ben@example.org" not in said(session)
    erasing.finish_due(session, QuizShelf(), None, datetime(2032, 3, 2, 23, tzinfo=UTC))
    assert "Ben Alone" in said(session)
    day_after = datetime(2032, 3, 3, 0, tzinfo=UTC)
    erasing.finish_due(session, QuizShelf(), leaver.organization_id, day_after)
    assert "Ben Alone" in said(session)
    erasing.finish_due(session, QuizShelf(), None, day_after)
    assert "Ben Alone" not in said(session)
    # By the days of her clinic, hers is not over yet.
    assert "Ada Okafor" in said(session)
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert last is not None
    assert (last.action, last.organization_id) == ("person.record_erased", None)


def test_erased_is_erased_once_and_nobody_is_taken_back_in(
    session: Session, leaver: Leaver
) -> None:
    leaver.erase(session)
    with pytest.raises(NotErasable, match="was erased on 2"):
        leaver.erase(session)
    with pytest.raises(WasErased):
        positions.add_member(
            session, leaver.organization_id, leaver.user_id, role="member", now=MONDAY
        )


def place_hold(session: Session, leaver: Leaver) -> None:
    """A hold by the organization that the leaver left."""
    holds.place(
        session,
        leaver.organization_id,
        leaver.user_id,
        reason="Lawsuit",
        by_id=leaver.administrator,
        now=MONDAY,
    )


def test_the_same_hold_at_once_is_placed_once(database: Database) -> None:
    with database.transaction() as session:
        clinic = make_organization(session)
        member = make_member(session, clinic, make_user(session))
        administrator = make_user(session, name="Lena Admin", role="administrator").id
        leaver = Leaver(member.id, member.user_id, clinic.id, administrator)

    def again() -> None:
        with pytest.raises(HeldAlready), database.transaction() as session:
            place_hold(session, leaver)

    with database.writing_session() as session:
        place_hold(session, leaver)
        with beside(database, again):
            session.commit()
    with database.reading_session() as session:
        assert len(holds.holds_of(session, clinic.id, leaver.user_id)) == 1


def test_a_hold_and_an_erasure_at_once_take_turns(database: Database) -> None:
    with database.transaction() as session:
        clinic = make_organization(session)
        gone = make_member(session, clinic, make_user(session))
        positions.end_memberships(session, clinic.id, [gone.id], now=MONDAY)
        administrator = make_user(session, name="Lena Admin", role="administrator").id
        leaver = Leaver(gone.id, gone.user_id, clinic.id, administrator)

    def place() -> None:
        with database.transaction() as session:
            place_hold(session, leaver)

    def erase() -> str:
        try:
            with database.transaction() as session:
                leaver.erase(session)
        except NotErasable:
            return "held"
        return "erased"

    _, outcome = at_once([place, erase])
    with database.reading_session() as session:
        is_erased = session.scalar(select(Erasure.id)) is not None
        name = session.get_one(User, leaver.user_id).name
    assert is_erased == (outcome == "erased")
    assert name.startswith("Erased" if is_erased else "Ada")


def test_a_hold_that_is_placed_while_the_rest_goes_is_honoured(database: Database) -> None:
    with database.transaction() as session:
        clinic = make_organization(session)
        gone = make_member(session, clinic, make_user(session))
        enrol(session, gone.user_id, publish_sample(session).courses["onboarding"])
        positions.end_memberships(session, clinic.id, [gone.id], now=MONDAY)
        administrator = make_user(session, name="Lena Admin", role="administrator").id
        leaver = Leaver(gone.id, gone.user_id, clinic.id, administrator)
        leaver.erase(session)

    def finish() -> None:
        with database.transaction() as session:
            day_after = datetime(2032, 3, 3, 12, tzinfo=UTC)
            erasing.finish_due(session, QuizShelf(), leaver.organization_id, day_after)

    with database.writing_session() as session:
        place_hold(session, leaver)
        with beside(database, finish):
            session.commit()
    with database.reading_session() as session:
        assert session.scalars(select(Erasure.finished_at)).one() is None
        assert session.get_one(User, leaver.user_id).name == "Ada Okafor"
