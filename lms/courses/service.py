"""Reads and writes of enrolments and of what learners finish."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    String,
    bindparam,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.base import ExactFraction, Identifier, UtcDateTime
from lms.foundation.database import fetch, insert_if_absent, part_of_union

from . import catalogue, signals
from .due import Deadline
from .models import (
    Attestation,
    CourseCompletion,
    Enrolment,
    LessonCompletion,
    ModulePass,
    ModuleRevision,
)
from .progress import CourseProgress, History, LessonFact, PassFact, course_score, progress_in

# Where earlier work counts, it counts from here: before anything was ever finished.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """An enrolment as pages need it.

    `completed_at` is None while the course is not complete, `signed_at` while no statement is signed.
    """

    id: int
    user_id: int
    course_id: int
    counts_from: datetime
    due: Deadline | None
    completed_at: datetime | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """Everything that one person is enrolled in and has finished; of each course the latest cycle."""

    enrolments: tuple[EnrolmentRow, ...]
    history: History

    def enrolment_in(self, course: catalogue.Course) -> EnrolmentRow | None:
        """The enrolment in `course`, if there is one."""
        return next((row for row in self.enrolments if row.course_id == course.id), None)

    def progress_in(self, course: catalogue.Course, enrolment: EnrolmentRow) -> CourseProgress:
        """How far the enrolment is in its course."""
        work = self.history.since(enrolment.counts_from)
        return progress_in(course, work, is_signed=enrolment.signed_at is not None)


_COLUMNS: dict[str, Any] = {
    "id": Identifier,
    # The course of an enrolment, the module of a lesson or a pass.
    "item_id": Identifier,
    "lesson_slug": String(100),
    "revision": Identifier,
    "score": ExactFraction(),
    "cycle": Identifier,
    "counts_from": UtcDateTime(),
    "due_on": Date(),
    "due_at": UtcDateTime(),
    "completed_at": UtcDateTime(),
    "signed_at": UtcDateTime(),
    "replaces_earlier": Boolean(),
}
_PERSON = bindparam("user_id", type_=Identifier)
# One statement, because every page needs all of it and three would be three journeys to the database.
_RECORD = union_all(
    part_of_union(
        _COLUMNS,
        "enrolment",
        id=Enrolment.id,
        item_id=Enrolment.course_id,
        cycle=Enrolment.cycle,
        counts_from=Enrolment.counts_from,
        due_on=Enrolment.due_on,
        due_at=Enrolment.due_at,
        completed_at=CourseCompletion.completed_at,
        signed_at=Attestation.signed_at,
    )
    .outerjoin_from(Enrolment, CourseCompletion, CourseCompletion.enrolment_id == Enrolment.id)
    .outerjoin(Attestation, Attestation.enrolment_id == Enrolment.id)
    .where(Enrolment.user_id == _PERSON),
    part_of_union(
        _COLUMNS,
        "lesson",
        item_id=LessonCompletion.module_id,
        lesson_slug=LessonCompletion.lesson_slug,
        completed_at=LessonCompletion.completed_at,
    ).where(LessonCompletion.user_id == _PERSON),
    part_of_union(
        _COLUMNS,
        "pass",
        id=ModulePass.id,
        item_id=ModulePass.module_id,
        revision=ModuleRevision.number,
        score=ModulePass.score,
        replaces_earlier=ModulePass.replaces_earlier,
        completed_at=ModulePass.passed_at,
    )
    .join_from(ModulePass, ModuleRevision, ModuleRevision.id == ModulePass.module_revision_id)
    .where(ModulePass.user_id == _PERSON),
)


def record_of(session: Session, user_id: int) -> LearnerRecord:
    """A person's whole record, in one query."""
    enrolments: dict[int, tuple[int, EnrolmentRow]] = {}
    lessons: list[LessonFact] = []
    passes: list[tuple[int, PassFact]] = []
    for row in fetch(session, _RECORD, user_id=user_id):
        (
            kind,
            id_,
            item_id,
            slug,
            revision,
            score,
            cycle,
            since,
            due_on,
            due_at,
            at,
            signed_at,
            replaces,
        ) = row
        if kind == "lesson":
            lessons.append(LessonFact(item_id, slug, at))
        elif kind == "pass":
            passes.append((id_, PassFact(item_id, revision, score, at, replaces)))
        elif item_id not in enrolments or enrolments[item_id][0] < cycle:
            due = None if due_at is None else Deadline(due_on, due_at)
            found = EnrolmentRow(id_, user_id, item_id, since, due, at, signed_at)
            enrolments[item_id] = (cycle, found)
    return LearnerRecord(
        tuple(found for _cycle, found in enrolments.values()),
        History(tuple(lessons), tuple(fact for _id, fact in sorted(passes, key=itemgetter(0)))),
    )


def enrol(
    session: Session,
    *,
    user_id: int,
    course: catalogue.Course,
    now: datetime,
    due: Deadline | None = None,
    enrolled_by_id: int | None = None,
) -> int:
    """Enrol a person in a course, once: the enrolment's id, whether it is new or was there.

    Where the course lets earlier work count, it may be complete at once.
    """
    new_id = insert_if_absent(
        session,
        Enrolment,
        {
            "user_id": user_id,
            "course_id": course.id,
            "cycle": 1,
            "enrolled_at": now,
            "counts_from": ALWAYS if course.earlier_work_counts else now,
            "due_on": due and due.on,
            "due_at": due and due.at,
            "enrolled_by_id": enrolled_by_id,
        },
    )
    if new_id is not None:
        complete_courses(session, user_id=user_id, courses=[course], now=now)
        return new_id
    found = record_of(session, user_id).enrolment_in(course)
    assert found is not None
    return found.id


def finish_lesson(
    session: Session,
    *,
    enrolment: EnrolmentRow,
    module: catalogue.Module,
    lesson_slug: str,
    shelf: catalogue.Catalogue,
    now: datetime,
) -> None:
    """Note that a lesson was finished, once, and complete whatever course that completes."""
    insert_if_absent(
        session,
        LessonCompletion,
        {
            "user_id": enrolment.user_id,
            "module_id": module.id,
            "lesson_slug": lesson_slug,
            "module_revision_id": module.revision_id,
            "counts_from": enrolment.counts_from,
            "completed_at": now,
        },
    )
    complete_courses(
        session, user_id=enrolment.user_id, courses=_courses_with(shelf, module.id), now=now
    )


def record_pass(
    session: Session,
    *,
    user_id: int,
    module_id: int,
    module_revision_id: int,
    score: Fraction,
    replaces_earlier: bool = False,
    passed_at: datetime,
    shelf: catalogue.Catalogue,
    now: datetime,
) -> None:
    """Note that a module's quiz was passed with `score` (0 to 1), and complete what that completes.

    It may have been passed before `now`, when that is only found out. Where it `replaces_earlier`
    passes, its score counts even if it is lower than theirs.
    """
    session.add(
        ModulePass(
            user_id=user_id,
            module_id=module_id,
            module_revision_id=module_revision_id,
            score=score,
            passed_at=passed_at,
            replaces_earlier=replaces_earlier,
        )
    )
    session.flush()
    complete_courses(
        session,
        user_id=user_id,
        courses=_courses_with(shelf, module_id),
        done_at=passed_at,
        now=now,
    )


def complete_courses(
    session: Session,
    *,
    user_id: int,
    courses: Iterable[catalogue.Course],
    done_at: datetime | None = None,
    now: datetime,
) -> None:
    """Complete each of `courses` that the person is enrolled in and whose rule is now met.

    What meets it was done now, or at `done_at` where that is only found out now: the course was then
    completed when the last thing that it asks for was done, and not before the person was enrolled.

    A completion exists once and stays. Two requests that each bring the last missing piece must not
    overlook each other's: both lock the person's row first, so the second sees what the first did.
    """
    wanted = {course.id: course for course in courses}
    learner = lock_learner(session, user_id)
    record = record_of(session, user_id)
    pending = [
        row for row in record.enrolments if row.course_id in wanted and row.completed_at is None
    ]
    for row in pending:
        course = wanted[row.course_id]
        progress = record.progress_in(course, row)
        if not progress.is_complete:
            continue
        work = record.history.since(row.counts_from)
        revisions = {
            module.slug: work.passes[module.id].module_revision
            if module.id in work.passes
            else module.revision
            for module in course.modules
        }
        completion = CourseCompletion(
            enrolment_id=row.id,
            course_revision_id=course.revision_id,
            module_revisions=revisions,
            score=course_score(course, work),
            completed_at=now
            if done_at is None
            else max(done_at, _last_done_at(session, record, row, progress)),
        )
        session.add(completion)
        session.flush()
        signals.course_completed.send(
            course,
            session=session,
            completion=completion,
            user_id=user_id,
            learner_name=learner,
            now=now,
        )


def _last_done_at(
    session: Session, record: LearnerRecord, row: EnrolmentRow, progress: CourseProgress
) -> datetime:
    """When all that a course asks for was done by somebody who was enrolled in it."""
    enrolled_at = session.scalars(select(Enrolment.enrolled_at).where(Enrolment.id == row.id)).one()
    return max(enrolled_at, record.history.done_at(progress.required, row.counts_from))


def lock_learner(session: Session, user_id: int) -> str:
    """Keep the person's row until this transaction ends; their name as it is now."""
    return session.execute(
        select(User.name).where(User.id == user_id).with_for_update(key_share=True)
    ).scalar_one()


def _courses_with(shelf: catalogue.Catalogue, module_id: int) -> list[catalogue.Course]:
    return [
        course
        for course in shelf.courses.values()
        if any(module.id == module_id for module in course.modules)
    ]
