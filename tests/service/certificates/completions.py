"""Rows that a certificate needs: a published course, an enrolment in it, its completion."""

import itertools
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.certificates import service
from lms.certificates.models import Certificate
from lms.courses.models import (
    Course,
    CourseCompletion,
    CourseRevision,
    Enrolment,
    Publication,
)
from tests.factories import BEGINNING

_numbers = itertools.count(1)


def make_completion(session: Session, user: User) -> CourseCompletion:
    """`user` has completed a course of their own."""
    number = next(_numbers)
    publication = Publication(
        published_at=BEGINNING, published_by_name="Publisher", note="First edition"
    )
    course = Course(slug=f"certified-course-{number}")
    session.add_all([publication, course])
    session.flush()
    revision = CourseRevision(
        course_id=course.id,
        number=1,
        publication_id=publication.id,
        digest=f"{number:064x}",
        source={},
        rendered={},
    )
    enrolment = Enrolment(
        user_id=user.id,
        course_id=course.id,
        enrolled_at=BEGINNING,
        counts_from=BEGINNING,
    )
    session.add_all([revision, enrolment])
    session.flush()
    completion = CourseCompletion(
        enrolment_id=enrolment.id,
        course_revision_id=revision.id,
        module_revisions={"skills": 3},
        score=Fraction(23, 25),
        completed_at=BEGINNING,
    )
    session.add(completion)
    session.flush()
    return completion


def certificate_values(completion: CourseCompletion, user: User, now: datetime) -> dict[str, Any]:
    """What `issue` is told about a completion."""
    return {
        "completion_id": completion.id,
        "user_id": user.id,
        "learner_name": user.name,
        "title": "Patient care coordination",
        "course_revision": 1,
        "modules": [{"title": "Role overview", "revision": 2}, {"title": "Skills", "revision": 3}],
        "score": completion.score,
        "hours": Decimal("2.50"),
        "validity_months": 12,
        "now": now,
    }


def make_certificate(
    session: Session, user: User, *, now: datetime = BEGINNING, **values: Any
) -> Certificate:
    """A certificate of `user`, issued at `now` for a year unless `values` says otherwise."""
    completion = make_completion(session, user)
    return service.issue(session, **(certificate_values(completion, user, now) | values))
