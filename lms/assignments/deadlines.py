"""The moments until which enrolments are due: each serves obligations that fall due on their days."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.courses import cycles
from lms.courses.due import Deadline
from lms.courses.models import Enrolment
from lms.foundation.database import batches
from lms.organizations.models import Organization

from .models import Obligation


def refresh_due(session: Session, enrolment_ids: Collection[int]) -> None:
    """Let enrolments be due when the first unfinished obligation is that they serve; else never."""
    for some in batches(sorted(enrolment_ids)):
        due: dict[int, Deadline | None] = dict.fromkeys(some)
        # Found by their person and course, of which there is an index.
        rows = session.execute(
            select(Enrolment.id, Obligation.due_on, Organization.time_zone)
            .join(
                Obligation,
                (Obligation.user_id == Enrolment.user_id)
                & (Obligation.course_id == Enrolment.course_id)
                & (Obligation.enrolment_id == Enrolment.id),
            )
            .join(Organization, Organization.id == Obligation.organization_id)
            .where(Enrolment.id.in_(some), Obligation.closed_at.is_(None))
        )
        for enrolment_id, due_on, zone in rows:
            one, known = Deadline.in_zone(due_on, zone), due[enrolment_id]
            if known is None or one.at < known.at:
                due[enrolment_id] = one
        cycles.set_due(session, due)
