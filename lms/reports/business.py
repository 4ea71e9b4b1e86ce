"""Which enrolments of its members are an organization's business, for every record that is shown of them."""

from typing import Any

from sqlalchemy import ColumnElement, or_

from lms.courses.models import Enrolment


def is_its_business(assigned: Any) -> ColumnElement[bool]:
    """The condition on an enrolment: it is in one of the courses that are or were `assigned`, or their own.

    `assigned` are the ids of the courses that the organization assigns or has assigned. Whoever took a
    course up on their own may show it everywhere; what another employer has enrolled somebody in is no
    business of this one, though the person belongs to both.
    """
    return or_(Enrolment.course_id.in_(assigned), Enrolment.enrolled_by_id.is_(None))
