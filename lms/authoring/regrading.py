"""A regrade as it is decided on: what it would change, down to the certificates it touches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.courses.catalogue import Module
from lms.quizzes.regrade_plan import Plan, PlannedAttempt, Scope, plan
from lms.quizzes.regrades import changed_questions
from lms.quizzes.regrading import Policy
from lms.quizzes.shelf import QuizShelf

POLICIES: Mapping[Policy, str] = {
    Policy.NEW_KEY: "The new key counts, and no other",
    Policy.EITHER_KEY: "The old key and the new one both count",
    Policy.FULL_CREDIT: "Everybody who was put the question has all its points",
    Policy.ORIGINAL_KEY: "The original key counts: undo an earlier regrade",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan, and the certificates of the learners whose grade of record it changes."""

    plan: Plan
    certificates: Sequence[Certificate]

    @property
    def gained(self) -> int:
        """How many learners pass by it who did not."""
        return sum(one.gains_pass for one in self.plan.outcomes)

    @property
    def lost(self) -> int:
        """How many learners would not pass any more; what they earned stays."""
        return sum(one.loses_pass for one in self.plan.outcomes)

    @property
    def attempts(self) -> Sequence[PlannedAttempt]:
        """The attempts of the plan, first those whose grade changes."""
        return sorted(self.plan.attempts, key=lambda one: not one.changes)

    @property
    def not_compared(self) -> Sequence[PlannedAttempt]:
        """The attempts in which something could not be compared, and keeps its mark."""
        return [one for one in self.plan.attempts if one.after.not_compared]


def preview(session: Session, scope: Scope, module: Module, quizzes: QuizShelf) -> Preview:
    """What a regrade would do."""
    made = plan(session, scope, quizzes)
    touched = {one.user_id for one in made.outcomes if one.before != one.after}
    return Preview(made, certificates.issued_with(session, touched, module.slug))


def questions_to_choose(session: Session, module: Module, quizzes: QuizShelf) -> dict[str, int]:
    """Every question that can be graded again, with how many attempts were put another wording.

    Those come first.
    """
    quiz = quizzes.get(session, module.revision_id)
    changed = changed_questions(session, module.id, quiz, quizzes)
    return changed | {id_: 0 for id_ in quiz.by_id if id_ not in changed}
