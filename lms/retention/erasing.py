"""Erasing a person's data: at once what no law wants kept, the rest when its time is over.

Rows stay, so that the figures and histories of others stay right: what names a person, tells of their
health, or is in their own words, goes. The audit trail alone keeps what it says, for a changed entry
would break its chain.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, delete, func, select, true, union, update
from sqlalchemy.orm import Session

from lms.accounts.models import AccountLink, Erasure, SignInSession, User
from lms.accounts.person import Role
from lms.assignments.audience import exempt_in_words
from lms.assignments.models import Exemption, Obligation, ObligationMove
from lms.certificates.models import Certificate
from lms.courses.models import Attestation, CourseCompletion, Enrolment, LessonCompletion
from lms.foundation import audit
from lms.foundation.clock import in_zone
from lms.organizations.models import (
    LeaveOfAbsence,
    Membership,
    MembershipRequest,
    Organization,
    Position,
    RosterImport,
)
from lms.organizations.roster import Mapped
from lms.quizzes.grading.attestation import signature
from lms.quizzes.model import AttestationQuestion, Question, ReflectionQuestion
from lms.quizzes.models import Accommodation, Attempt, Response
from lms.quizzes.shelf import QuizShelf

from .errors import NotErasable
from .models import Hold
from .terms import ERASED, Outlook, Standing, is_over, kept_until, obstacles
from .unaffiliated import belongs_nowhere

CLOCK = audit.Actor("Rounds")
ROSTER_EMPTIED = (
    "The data of somebody who had left was erased, and what was in this file with it. Hand the roster in"
    " again, without those who have left."
)
# By its days go those who belong to no organization.
ZONE = "UTC"


def outlook(
    session: Session,
    user_id: int,
    *,
    by_id: int,
    zone: str,
    now: datetime,
    left_at: datetime | None = None,
) -> Outlook:
    """What keeps a person's data from being erased, and until when their record would stay.

    Days are those of `zone`, an organization's. With `left_at` it is as an organization sees it that they
    left then: what they did later, as for another one, moves no day.
    """
    user = session.get_one(User, user_id)
    erasure = session.scalar(select(Erasure).where(Erasure.user_id == user_id))
    belongs_to = session.scalars(
        select(Organization.name)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Organization.name)
    )
    standing = Standing(
        is_oneself=user_id == by_id,
        has_site_role=user.role != Role.LEARNER.value,
        belongs_to=tuple(belongs_to),
        holds=session.scalar(_holds_in_force(user_id)) or 0,
        erased_on=erasure and in_zone(erasure.erased_at, zone).date(),
    )
    keeps = tuple(obstacles(standing))
    if erasure is not None:
        is_finished = erasure.finished_at is not None
        return Outlook(keeps, standing.erased_on, erasure.keeps_until, is_finished)
    last = _last_fact(session, user_id, left_at)
    left = left_at or session.scalar(
        select(func.max(Membership.ended_at)).where(Membership.user_id == user_id)
    )
    until = kept_until(last and in_zone(max(last, left or last), zone).date())
    return Outlook(keeps, None, until, is_over(until, in_zone(now, zone).date()))


def erase(
    session: Session,
    shelf: QuizShelf,
    user_id: int,
    *,
    basis: str,
    reason: str,
    by_id: int,
    zone: str,
    now: datetime,
) -> Erasure:
    """Erase a person's data as far as no law wants it kept. Raises NotErasable.

    It takes turns at the account with whoever places a hold.
    """
    # In the order in which whoever applies a roster takes both, so that neither waits for the other for ever.
    session.execute(select(RosterImport.id).where(_may_name(user_id)).with_for_update())
    # And as whoever asks them, or is answered, holds a request before the account.
    asked = select(MembershipRequest.id).where(MembershipRequest.user_id == user_id)
    session.execute(asked.order_by(MembershipRequest.id).with_for_update())
    user = session.get_one(User, user_id, with_for_update=True)
    found = outlook(session, user_id, by_id=by_id, zone=zone, now=now)
    if found.obstacles:
        raise NotErasable(found.obstacles)
    for statement in _private(user_id, now):
        session.execute(statement)
    for response, question in _answers(session, shelf, user_id):
        if isinstance(question, ReflectionQuestion):
            response.value = ERASED
    erasure = Erasure(
        user_id=user.id,
        legal_basis=basis,
        reason=reason,
        erased_by_id=by_id,
        erased_at=now,
        keeps_until=found.keeps_until,
    )
    session.add(erasure)
    if found.is_over:
        _erase_record(session, shelf, erasure, now)
    session.flush()
    session.refresh(user)
    return erasure


def finish_due(
    session: Session, shelf: QuizShelf, organization_id: int | None, now: datetime
) -> None:
    """Erase the records of those former members whose time is over, unless a hold is in force.

    With None for the organization, of those who never belonged to one. It takes turns at each account
    with whoever places a hold.
    """
    zone = ZONE
    theirs = belongs_nowhere(Erasure.user_id)
    if organization_id is not None:
        zone = session.get_one(Organization, organization_id).time_zone
        members = select(Membership.user_id).where(Membership.organization_id == organization_id)
        theirs = Erasure.user_id.in_(members)
    due = session.scalars(
        select(Erasure)
        .where(
            theirs,
            Erasure.finished_at.is_(None),
            Erasure.keeps_until < in_zone(now, zone).date(),
            ~select(Hold.id)
            .where(Hold.user_id == Erasure.user_id, Hold.lifted_at.is_(None))
            .correlate(Erasure)
            .exists(),
        )
        .order_by(Erasure.id)
        .with_for_update(of=Erasure)
    ).all()
    for erasure in due:
        session.get_one(User, erasure.user_id, with_for_update=True)
        if session.scalar(_holds_in_force(erasure.user_id)):
            continue
        _erase_record(session, shelf, erasure, now)
        act = audit.Act(
            "person.record_erased",
            "person",
            erasure.user_id,
            nameless(erasure.user_id),
            organization_id,
            {"kept_until": str(erasure.keeps_until)},
        )
        audit.record(session, CLOCK, act, now)


def nameless(user_id: int) -> str:
    """What a person is called whose name was erased."""
    return f"Erased person {user_id}"


def _holds_in_force(user_id: int) -> Select[Any]:
    in_force = (Hold.user_id == user_id) & Hold.lifted_at.is_(None)
    return select(func.count()).select_from(Hold).where(in_force)


def _last_fact(session: Session, user_id: int, until: datetime | None) -> datetime | None:
    """The moment of the last thing that a person's training record tells; None where it is empty.

    With `until` of what it told then.
    """
    completed = (
        select(func.max(CourseCompletion.completed_at))
        .join(Enrolment, Enrolment.id == CourseCompletion.enrolment_id)
        .where(
            Enrolment.user_id == user_id,
            true() if until is None else CourseCompletion.completed_at <= until,
        )
    )
    others = (
        (Enrolment, Enrolment.enrolled_at),
        (LessonCompletion, LessonCompletion.completed_at),
        (Attempt, Attempt.started_at),
        (Obligation, Obligation.opened_at),
        (Obligation, Obligation.closed_at),
    )
    latest = [
        select(func.max(at)).where(
            table.user_id == user_id, true() if until is None else at <= until
        )
        for table, at in others
    ]
    row = session.execute(select(*(one.scalar_subquery() for one in (completed, *latest)))).one()
    return max(filter(None, row), default=None)


def _private(user_id: int, now: datetime) -> Iterator[Executable]:
    """Erase what lets a person in, how they are reached, when they were away and what they needed."""
    mine = _memberships(user_id)
    yield (
        update(User)
        .where(User.id == user_id)
        .values(
            email=None,
            user_name=f"erased-{user_id}",
            password_hash=None,
            time_zone="UTC",
            deactivated_at=func.coalesce(User.deactivated_at, User.left_at, now),
            left_at=None,
        )
    )
    yield _rosters_emptied(user_id)
    yield delete(SignInSession).where(SignInSession.user_id == user_id)
    yield delete(AccountLink).where(AccountLink.user_id == user_id)
    # That they were asked, and by whom, tells whose rosters may hold the name again as it goes.
    yield (
        update(MembershipRequest)
        .where(MembershipRequest.user_id == user_id)
        .values(
            name=ERASED,
            email=None,
            job_title="",
            department="",
            site="",
            employee_number=None,
            hired_on=None,
            manager_number=None,
            teams=None,
            answer="withdrawn",
            answered_at=func.coalesce(MembershipRequest.answered_at, now),
        )
    )
    yield delete(LeaveOfAbsence).where(LeaveOfAbsence.membership_id.in_(mine))
    yield update(Accommodation).where(Accommodation.user_id == user_id).values(reason=ERASED)
    # Free for whoever comes back under a new account; the history keeps which number they had.
    yield update(Membership).where(Membership.user_id == user_id).values(employee_number=None)


def _rosters_emptied(user_id: int) -> Executable:
    """Delete what stands in files of organizations that the person was in or was asked to join, as long as
    they are not applied.

    Whether somebody stands in a file is not certain before it is read as it is meant: all of them go.
    """
    told = {"row": 0, "column": "", "message": ROSTER_EMPTIED}
    return (
        update(RosterImport)
        .where(_may_name(user_id))
        .values(state="failed", body=None, mapping=Mapped().to_json(), outcome={}, problems=[told])
    )


def _may_name(user_id: int) -> ColumnElement[bool]:
    organizations = union(
        *(
            select(table.organization_id).where(table.user_id == user_id)
            for table in (Membership, MembershipRequest)
        )
    )
    return (
        RosterImport.organization_id.in_(organizations)
        & (RosterImport.state != "applied")
        & RosterImport.body.is_not(None)
    )


def _record(user_id: int) -> Iterator[Executable]:
    """Erase who the person was to whom a training record belongs, and what was said about them."""
    mine = _memberships(user_id)
    enrolments = select(Enrolment.id).where(Enrolment.user_id == user_id)
    obligations = select(Obligation.id).where(Obligation.user_id == user_id)
    placed = {
        "job_title": "",
        "department": "",
        "site": "",
        "employee_number": None,
        "hired_on": None,
        "manager_id": None,
    }
    yield update(User).where(User.id == user_id).values(name=nameless(user_id))
    # One that was handed in since may hold the name again.
    yield _rosters_emptied(user_id)
    yield delete(MembershipRequest).where(MembershipRequest.user_id == user_id)
    yield update(Membership).where(Membership.user_id == user_id).values(**placed)
    yield update(Position).where(Position.membership_id.in_(mine)).values(**placed)
    yield (
        update(Attestation)
        .where(Attestation.enrolment_id.in_(enrolments))
        .values(signed_name=ERASED)
    )
    yield update(Certificate).where(Certificate.user_id == user_id).values(learner_name=ERASED)
    # What a rule ended or moved has its own sentence, which tells nothing of anybody.
    by_rule = (Obligation.user_id == user_id) & Obligation.closed_by_id.is_(None)
    yield (
        update(Obligation)
        .where(Obligation.user_id == user_id, Obligation.closed_by_id.is_not(None))
        .values(reason=ERASED)
    )
    yield (
        update(Obligation)
        .where(by_rule, Obligation.reason.startswith(exempt_in_words(""), autoescape=True))
        .values(reason=exempt_in_words(ERASED))
    )
    yield (
        update(ObligationMove)
        .where(
            ObligationMove.obligation_id.in_(obligations), ObligationMove.moved_by_id.is_not(None)
        )
        .values(reason=ERASED)
    )
    yield update(Exemption).where(Exemption.membership_id.in_(mine)).values(reason=ERASED)


def _erase_record(session: Session, shelf: QuizShelf, erasure: Erasure, now: datetime) -> None:
    for statement in _record(erasure.user_id):
        session.execute(statement)
    for response, question in _answers(session, shelf, erasure.user_id):
        if isinstance(question, AttestationQuestion):
            response.value = {"accepted": signature(response.value)[0], "name": ERASED}
    erasure.finished_at = now
    session.flush()


def _memberships(user_id: int) -> Select[Any]:
    return select(Membership.id).where(Membership.user_id == user_id)


def _answers(
    session: Session, shelf: QuizShelf, user_id: int
) -> Iterator[tuple[Response, Question]]:
    """Every answer that the person ever saved, with the question that it was given to."""
    rows = session.execute(
        select(Response, Attempt.module_revision_id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.user_id == user_id)
        .order_by(Response.id)
    ).all()
    for response, revision_id in rows:
        yield response, shelf.get(session, revision_id).by_id[response.question_id]
