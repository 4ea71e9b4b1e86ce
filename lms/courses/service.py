"""Reads and writes of enrolments and of what learners finish."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.database import insert_if_absent

from . import catalogue, signals
from .models import CourseCompletion, Enrolment, LessonCompletion, ModulePass, ModuleRevision
from .progress import CourseProgress, History, LessonFact, PassFact, course_score, progress_in

# Where earlier work counts, it counts from here: before anything was ever finished.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """An enrolment as pages need it. `completed_at` is None while the course is not complete."""

    id: int
    user_id: int
    course_id: int
    counts_from: datetime
    due_at: datetime | None
    enrolled_at: datetime
    completed_at: datetime | None


def enrolments_of(
    session: Session, user_id: int, course_ids: Iterable[int] | None = None
) -> list[EnrolmentRow]:
    """A person's current enrolments, in all courses or in some: of each course the latest cycle."""
    statement = (
        select(
            Enrolment.id,
            Enrolment.user_id,
            Enrolment.course_id,
            Enrolment.counts_from,
            Enrolment.due_at,
            Enrolment.enrolled_at,
            CourseCompletion.completed_at,
        )
        .outerjoin(CourseCompletion, CourseCompletion.enrolment_id == Enrolment.id)
        .where(Enrolment.user_id == user_id)
        .order_by(Enrolment.cycle)
    )
    if course_ids is not None:
        statement = statement.where(Enrolment.course_id.in_(list(course_ids)))
    latest = {row.course_id: EnrolmentRow(*row) for row in session.execute(statement)}
    return list(latest.values())


def enrolment_in(session: Session, user_id: int, course_id: int) -> EnrolmentRow | None:
    """A person's current enrolment in one course."""
    return next(iter(enrolments_of(session, user_id, [course_id])), None)


def history_of(session: Session, user_id: int, module_ids: Iterable[int] | None = None) -> History:
    """What a person finished: two queries, whatever the number of modules."""
    lessons = select(
        LessonCompletion.module_id, LessonCompletion.lesson_slug, LessonCompletion.completed_at
    ).where(LessonCompletion.user_id == user_id)
    passes = (
        select(ModulePass.module_id, ModuleRevision.number, ModulePass.score, ModulePass.passed_at)
        .join(ModuleRevision, ModuleRevision.id == ModulePass.module_revision_id)
        .where(ModulePass.user_id == user_id)
    )
    if module_ids is not None:
        wanted = list(module_ids)
        lessons = lessons.where(LessonCompletion.module_id.in_(wanted))
        passes = passes.where(ModulePass.module_id.in_(wanted))
    return History(
        tuple(LessonFact(*row) for row in session.execute(lessons)),
        tuple(PassFact(*row) for row in session.execute(passes)),
    )


def progress_of(
    session: Session, enrolment: EnrolmentRow, course: catalogue.Course
) -> CourseProgress:
    """How far an enrolment is."""
    history = history_of(session, enrolment.user_id, [module.id for module in course.modules])
    return progress_in(course, history.since(enrolment.counts_from))


def enrol(
    session: Session,
    *,
    user_id: int,
    course: catalogue.Course,
    now: datetime,
    due_at: datetime | None = None,
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
            "due_at": due_at,
            "enrolled_by_id": enrolled_by_id,
        },
    )
    if new_id is not None:
        complete_courses(session, user_id=user_id, courses=[course], now=now)
        return new_id
    found = enrolment_in(session, user_id, course.id)
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
    shelf: catalogue.Catalogue,
    now: datetime,
) -> None:
    """Note that a module's quiz was passed with `score` (0 to 1), and complete what that completes."""
    session.add(
        ModulePass(
            user_id=user_id,
            module_id=module_id,
            module_revision_id=module_revision_id,
            score=score,
            passed_at=now,
        )
    )
    session.flush()
    complete_courses(session, user_id=user_id, courses=_courses_with(shelf, module_id), now=now)


def complete_courses(
    session: Session, *, user_id: int, courses: Iterable[catalogue.Course], now: datetime
) -> None:
    """Complete each of `courses` that the person is enrolled in and whose rule is now met.

    A completion exists once and stays. Two requests that each bring the last missing piece must not
    overlook each other's: both lock the person's row first, so the second sees what the first did.
    """
    wanted = {course.id: course for course in courses}
    learner = session.execute(
        select(User.name).where(User.id == user_id).with_for_update(key_share=True)
    ).scalar_one()
    pending = [row for row in enrolments_of(session, user_id, wanted) if row.completed_at is None]
    if not pending:
        return
    history = history_of(session, user_id)
    for row in pending:
        course = wanted[row.course_id]
        work = history.since(row.counts_from)
        if not progress_in(course, work).is_complete:
            continue
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
            completed_at=now,
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


def _courses_with(shelf: catalogue.Catalogue, module_id: int) -> list[catalogue.Course]:
    return [
        course
        for course in shelf.courses.values()
        if any(module.id == module_id for module in course.modules)
    ]
