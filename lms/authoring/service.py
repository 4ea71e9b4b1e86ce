"""What was published, when, and by whom: read for the instructors' page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.courses.models import Course, CourseRevision, Module, ModuleRevision, Publication

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A module or course that a publication brought to a new revision."""

    slug: str
    number: int
    is_material: bool


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One publication and what it changed."""

    id: int
    published_at: datetime
    published_by_name: str
    note: str
    courses: tuple[Change, ...]
    modules: tuple[Change, ...]


def publications(session: Session) -> list[PublicationRow]:
    """The latest publications, newest first: three queries, however many there are."""
    rows = session.scalars(select(Publication).order_by(Publication.id.desc()).limit(SHOWN)).all()
    ids = [row.id for row in rows]
    modules: dict[int, list[Change]] = {}
    courses: dict[int, list[Change]] = {}
    of_modules = (
        select(
            ModuleRevision.publication_id,
            Module.slug,
            ModuleRevision.number,
            ModuleRevision.is_material,
        )
        .join(Module, Module.id == ModuleRevision.module_id)
        .where(ModuleRevision.publication_id.in_(ids))
        .order_by(Module.slug)
    )
    of_courses = (
        select(
            CourseRevision.publication_id,
            Course.slug,
            CourseRevision.number,
            CourseRevision.is_material,
        )
        .join(Course, Course.id == CourseRevision.course_id)
        .where(CourseRevision.publication_id.in_(ids))
        .order_by(Course.slug)
    )
    for statement, changes in ((of_modules, modules), (of_courses, courses)):
        for publication_id, slug, number, is_material in session.execute(statement):
            changes.setdefault(publication_id, []).append(Change(slug, number, is_material))
    return [
        PublicationRow(
            id=row.id,
            published_at=row.published_at,
            published_by_name=row.published_by_name,
            note=row.note,
            courses=tuple(courses.get(row.id, ())),
            modules=tuple(modules.get(row.id, ())),
        )
        for row in rows
    ]
