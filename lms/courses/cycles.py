"""Having many people take a course at once, for the first time or again.

A cycle is one time of taking the course. Whoever has not finished it yet goes on with what they have
begun; for anybody else a new cycle begins, and what they did before stays as it was.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    cast,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from lms.foundation.database import batches, insert_missing

from . import catalogue
from .due import Deadline
from .models import CourseCompletion, Enrolment, LessonCompletion, ModulePass
from .progress import NOTHING, progress_in
from .service import ALWAYS, complete_courses


@dataclass(frozen=True, slots=True)
class Begun:
    """The enrolment of each person by their id, and the people for whom one was made."""

    enrolments: Mapping[int, int]
    new: frozenset[int]


def begin_cycles(
    session: Session,
    course: catalogue.Course,
    due: Mapping[int, Deadline],
    *,
    enrolled_by_id: int | None,
    now: datetime,
) -> Begun:
    """Have each person take the course, due when `due` says for their id.

    An enrolment that is not complete is taken up as it is, its due date included. Work from before
    counts as it does for `service.enrol`: in the first cycle alone, where the course lets it.
    """
    found: dict[int, int] = {}
    new: set[int] = set()
    for some in batches(sorted(due)):
        latest = _latest(session, course.id, some)
        rows = [
            {
                "user_id": user_id,
                "course_id": course.id,
                "cycle": cycle + 1,
                "enrolled_at": now,
                "counts_from": ALWAYS if course.earlier_work_counts and not cycle else now,
                "due_on": due[user_id].on,
                "due_at": due[user_id].at,
                "enrolled_by_id": enrolled_by_id,
            }
            for user_id in some
            for cycle, _id, is_complete in [latest.get(user_id, (0, 0, True))]
            if is_complete
        ]
        if rows:
            insert_missing(session, Enrolment, rows)
            latest = _latest(session, course.id, some)
        new.update(row["user_id"] for row in rows)
        found.update((user_id, id_) for user_id, (_cycle, id_, _is_complete) in latest.items())
    return Begun(found, frozenset(new))


def _latest(
    session: Session, course_id: int, user_ids: Sequence[int]
) -> dict[int, tuple[int, int, bool]]:
    """Cycle, id and completeness of each person's latest enrolment; nothing where there is none."""
    last = (
        select(Enrolment.user_id, func.max(Enrolment.cycle).label("cycle"))
        .where(Enrolment.course_id == course_id, Enrolment.user_id.in_(user_ids))
        .group_by(Enrolment.user_id)
        .subquery()
    )
    rows = session.execute(
        select(Enrolment.user_id, Enrolment.cycle, Enrolment.id, CourseCompletion.id)
        .join(last, (last.c.user_id == Enrolment.user_id) & (last.c.cycle == Enrolment.cycle))
        .outerjoin(CourseCompletion, CourseCompletion.enrolment_id == Enrolment.id)
        .where(Enrolment.course_id == course_id)
    )
    return {user_id: (cycle, id_, done is not None) for user_id, cycle, id_, done in rows}


def complete_what_is_done(
    session: Session, course: catalogue.Course, user_ids: Collection[int], *, now: datetime
) -> None:
    """Complete the course for those of whom earlier work meets its rule already."""
    if not course.earlier_work_counts:
        return
    modules = [module.id for module in course.modules]
    for some in batches(sorted(user_ids)):
        worked: set[int] = set()
        for table in (LessonCompletion, ModulePass):
            statement = select(table.user_id).where(
                table.user_id.in_(some), table.module_id.in_(modules)
            )
            worked.update(session.scalars(statement.distinct()))
        for user_id in sorted(worked):
            complete_courses(session, user_id=user_id, courses=[course], now=now)


def done_by_beginning(course: catalogue.Course, people: Select[int]) -> Select[int]:
    """Those of the people, told by their ids, who complete the course by beginning it.

    So it is for whoever never began it and of whom earlier work meets its rule: for them
    `complete_what_is_done` does something.
    """
    required = progress_in(course, NOTHING).required
    if not required or not course.earlier_work_counts or course.attestation:
        return people.where(false())
    quizzes = [step.module.id for step in required if step.lesson is None]
    lessons: dict[int, list[str]] = {}
    for step in required:
        if step.lesson is not None:
            lessons.setdefault(step.module.id, []).append(step.lesson.slug)
    began = select(Enrolment.user_id).where(Enrolment.course_id == course.id)
    person = people.selected_columns[0]
    found = people.where(person.not_in(began.where(Enrolment.user_id.in_(people))))
    # Counted once for everybody: PostgreSQL takes several times as long to ask of each.
    if quizzes:
        modules = func.count(ModulePass.module_id.distinct())
        passed = select(ModulePass.user_id).where(ModulePass.module_id.in_(quizzes))
        found = found.where(person.in_(_who_has(passed, people, modules, len(quizzes))))
    if lessons:
        # A lesson that was finished again, in another course or cycle, is finished once.
        lesson = cast(LessonCompletion.module_id, String) + "/" + LessonCompletion.lesson_slug
        of_rule = [
            (LessonCompletion.module_id == module_id) & LessonCompletion.lesson_slug.in_(slugs)
            for module_id, slugs in lessons.items()
        ]
        finished = select(LessonCompletion.user_id).where(or_(*of_rule))
        count = sum(map(len, lessons.values()))
        found = found.where(
            person.in_(_who_has(finished, people, func.count(lesson.distinct()), count))
        )
    return found


def _who_has(
    rows: Select[int], people: Select[int], counted: ColumnElement[int], count: int
) -> Select[int]:
    """Those of the people of whom so many are counted among their rows, whose first column tells whose."""
    person = rows.selected_columns[0]
    return rows.where(person.in_(people)).group_by(person).having(counted == count)


def set_due(session: Session, due: Mapping[int, Deadline | None]) -> None:
    """Give enrolments, by their ids, other due dates; None for no date."""
    rows: list[dict[str, Any]] = [
        {"enrolment": id_, "on": one and one.on, "at": one and one.at} for id_, one in due.items()
    ]
    if rows:
        table: Any = Enrolment.__table__
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("enrolment"))
            .values(due_on=bindparam("on"), due_at=bindparam("at")),
            rows,
        )
