"""Signing the statement of a course."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.names import is_same_name
from lms.foundation.database import insert_if_absent

from . import catalogue
from .models import Attestation
from .service import complete_courses, lock_learner, record_of


class NameDiffers(Exception):
    """The typed name is not the account's; the text says which that is."""

    def __init__(self, name: str) -> None:
        super().__init__(f"This differs from the name in your account, which is {name}.")


def sign(
    session: Session, *, user_id: int, course: catalogue.Course, typed_name: str, now: datetime
) -> bool:
    """Sign the course's statement and so complete the course; whether there was anything to sign.

    Nothing is signed before all else is done, after the course was completed, or a second time.
    Raises NameDiffers unless `typed_name` is the person's own name, apart from case and spacing.
    """
    name = lock_learner(session, user_id)
    record = record_of(session, user_id)
    row = record.enrolment_in(course)
    if row is None or row.completed_at or not record.progress_in(course, row).waits_for_signature:
        return False
    if not is_same_name(typed_name, name):
        raise NameDiffers(name)
    insert_if_absent(
        session,
        Attestation,
        {
            "enrolment_id": row.id,
            "course_revision_id": course.revision_id,
            "statement": course.attestation,
            "signed_name": " ".join(typed_name.split()),
            "signed_at": now,
        },
    )
    complete_courses(session, user_id=user_id, courses=[course], now=now)
    return True


def signed_for(session: Session, enrolment_id: int) -> Attestation | None:
    """What was signed for an enrolment, if anything was."""
    return session.scalar(select(Attestation).where(Attestation.enrolment_id == enrolment_id))
