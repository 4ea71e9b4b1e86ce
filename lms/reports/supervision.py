"""What a manager or an instructor may see of a learner who may belong to several employers."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.person import Person
from lms.assignments.models import Assignment
from lms.courses.models import Enrolment
from lms.organizations.scopes import Between, organizations_between
from lms.organizations.service import find_supervised
from lms.quizzes.accommodations import AccommodationRow

from .business import is_its_business


@dataclass(frozen=True, slots=True)
class Supervised:
    """A learner, and how far somebody looks after them: an instructor does so everywhere."""

    learner: User
    between: Between
    everywhere: bool

    def may_read(self, row: AccommodationRow) -> bool:
        """Whether it was granted where they look after the learner: then they are told why, by whom.

        Reasons may be about somebody's health.
        """
        return self.everywhere or row.organization_id in self.between.managed


def find(session: Session, user_id: int, who: Person) -> Supervised | None:
    """The learner with that id if `who` looks after them anywhere, else None."""
    learner = find_supervised(session, user_id, by_id=who.id, sees_everybody=who.is_instructor)
    if learner is None:
        return None
    between = organizations_between(session, learner.id, who.id)
    return Supervised(learner, between, who.is_instructor)


def enrolments_seen(session: Session, supervised: Supervised) -> set[int]:
    """The ids of the learner's enrolments that may be seen: of an employer, those that are its business."""
    seen = select(Enrolment.id).where(Enrolment.user_id == supervised.learner.id)
    if not supervised.everywhere:
        assigned = select(Assignment.course_id).where(
            Assignment.organization_id.in_(supervised.between.managed)
        )
        seen = seen.where(is_its_business(assigned))
    return set(session.scalars(seen))
