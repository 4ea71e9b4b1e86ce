"""Reads and writes of certificates."""

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from lms.courses.catalogue import Course
from lms.courses.models import CourseCompletion
from lms.foundation.database import batches, insert_if_absent
from lms.organizations.models import Membership

from . import expiry, numbers
from .facts import CertificateFacts, CertificateModule
from .models import Certificate


def issue(
    session: Session,
    *,
    completion_id: int,
    user_id: int,
    learner_name: str,
    title: str,
    course_revision: int,
    modules: Sequence[dict[str, Any]],
    score: Fraction | None,
    hours: Decimal,
    validity_months: int | None,
    now: datetime,
    randbits: Callable[[int], int] = secrets.randbits,
) -> Certificate:
    """The certificate of a course completion: issued now, or the one that it already has.

    `modules` are `{"title": …, "revision": …}` in the course's order, `hours` are hours of
    instruction, and without `validity_months` it never expires. Whoever asks at the same moment gets
    the same certificate. A second call changes nothing, whatever else it is told.
    """
    values = {
        "course_completion_id": completion_id,
        "user_id": user_id,
        "learner_name": learner_name,
        "course_title": title,
        "course_revision": course_revision,
        "modules": list(modules),
        "score": score,
        "hours": hours,
        "issued_at": now,
        "expires_at": expiry.expires_at(now, validity_months),
    }
    of_completion = select(Certificate).where(Certificate.course_completion_id == completion_id)
    while True:
        insert_if_absent(session, Certificate, values | {"number": numbers.new_number(randbits)})
        certificate = session.scalar(of_completion)
        if certificate is not None:
            return certificate
        # Nothing was inserted and the completion has none: another certificate bears that number.


def issue_for_completion(course: Course, **news: Any) -> None:
    """Issue the certificate of a course that was just completed: what hears `course_completed`."""
    completion = news["completion"]
    revisions = completion.module_revisions
    issue(
        news["session"],
        completion_id=completion.id,
        user_id=news["user_id"],
        learner_name=news["learner_name"],
        title=course.title,
        course_revision=course.revision,
        modules=[
            {"title": module.title, "revision": revisions[module.slug]} for module in course.modules
        ],
        score=completion.score,
        hours=course.hours,
        validity_months=course.validity_months,
        # Where a pass is only found out now, the course was completed before.
        now=completion.completed_at,
    )


def issued_with(
    session: Session, user_ids: Collection[int], module_slug: str
) -> Sequence[Certificate]:
    """The certificates of some people that a module was part of, oldest first."""
    found: list[Certificate] = []
    for some in batches(sorted(user_ids)):
        rows = session.execute(
            select(Certificate, CourseCompletion.module_revisions)
            .join(CourseCompletion, CourseCompletion.id == Certificate.course_completion_id)
            .where(Certificate.user_id.in_(some))
        )
        found += [certificate for certificate, revisions in rows if module_slug in revisions]
    return sorted(found, key=lambda certificate: certificate.id)


def find(session: Session, number: str) -> Certificate | None:
    """The certificate with exactly this number, for whoever was shown the number."""
    if not numbers.is_valid(number):
        return None
    return session.scalar(select(Certificate).where(Certificate.number == number))


def list_for(session: Session, user_id: int) -> Sequence[Certificate]:
    """A person's certificates, newest first."""
    return session.scalars(
        select(Certificate)
        .where(Certificate.user_id == user_id)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    ).all()


def find_for_reader(
    session: Session, number: str, *, person_id: int, is_administrator: bool
) -> Certificate | None:
    """The certificate with this number if the person may read all of it, else None.

    Its owner may, an administrator may, and so may a manager of an organization that the owner
    belongs to now: a membership that has ended, on either side, opens nothing.
    """
    if not numbers.is_valid(number):
        return None
    query = select(Certificate).where(Certificate.number == number)
    if not is_administrator:
        owner, manager = aliased(Membership), aliased(Membership)
        manages_owner = exists().where(
            owner.user_id == Certificate.user_id,
            owner.ended_at.is_(None),
            manager.organization_id == owner.organization_id,
            manager.user_id == person_id,
            manager.role == "manager",
            manager.ended_at.is_(None),
        )
        query = query.where(or_(Certificate.user_id == person_id, manages_owner))
    return session.scalar(query)


def facts_of(certificate: Certificate, *, verify_address: str) -> CertificateFacts:
    """What a certificate shows; `verify_address` is where anyone may check its number."""
    return CertificateFacts(
        number=certificate.number,
        learner_name=certificate.learner_name,
        course_title=certificate.course_title,
        course_revision=certificate.course_revision,
        modules=[CertificateModule(m["title"], m["revision"]) for m in certificate.modules],
        score=certificate.score,
        hours=certificate.hours,
        issued_at=certificate.issued_at,
        expires_at=certificate.expires_at,
        verify_address=verify_address,
        signed_at=certificate.signed_at,
    )
