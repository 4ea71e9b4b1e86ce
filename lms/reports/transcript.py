"""A person's record in an organization, course by course, and the words for it (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from lms.assignments.planning import State


@dataclass(frozen=True, slots=True)
class Owed:
    """One time that the person had, or has, to complete the course.

    `ended_by` and `reason` are there where somebody waived it, vouched for it, or it ended unmet.
    The cycles of an assignment count from 1.
    """

    state: State
    cycle: int
    opens_on: date
    due_on: date
    completed_on: date | None
    ended_by: str | None
    reason: str

    @property
    def was_late(self) -> bool:
        """Whether it was completed after its last day."""
        return self.completed_on is not None and self.completed_on > self.due_on


@dataclass(frozen=True, slots=True)
class Completed:
    """A completion: the share of the points, the course's revision, and the certificate issued for it."""

    at: datetime
    score: Fraction | None
    revision: int
    certificate_number: str | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt at one of the course's quizzes. Without a grade it is not submitted yet."""

    quiz: str
    number: int
    started_at: datetime
    submitted_at: datetime | None
    score: Fraction | None
    maximum: Fraction | None
    passed: bool | None

    @property
    def share(self) -> Fraction | None:
        """The share of the points; None before there is a grade, and where none were to be had."""
        if self.score is None or not self.maximum:
            return None
        return self.score / self.maximum


@dataclass(frozen=True, slots=True)
class Exempted:
    """Why an assignment does not cover the person, who said so, and until when if it was withdrawn."""

    reason: str
    by: str
    at: datetime
    withdrawn_at: datetime | None


@dataclass(slots=True)
class CourseRecord:
    """Everything about one course, the latest first.

    `state` is where the person stands with it today: the most urgent of what each of its assignments
    asks of them now. None where nobody asks for it.
    """

    title: str
    owed: list[Owed] = field(default_factory=list)
    completed: list[Completed] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    exempted: list[Exempted] = field(default_factory=list)
    state: State | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.owed or self.completed or self.tried or self.exempted)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an organization knows of one member's training. Leaves are first and last days."""

    organization: str
    time_zone: str
    name: str
    position: str
    employee_number: str | None
    leaves: Sequence[tuple[date, date]]
    courses: Sequence[CourseRecord]
