"""Publishing: immutable revisions go in, the catalogue in force comes out."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lms.foundation.database import insert_if_absent

from .catalogue import Catalogue, course_from, module_from
from .models import Course, CourseRevision, Figure, Module, ModuleRevision, Publication
from .revision import NewRevision, Picture


@dataclass(frozen=True, slots=True)
class Published:
    """What one publication changed: its number (None where nothing changed) and `slug: revision` pairs."""

    number: int | None
    modules: Mapping[str, int]
    courses: Mapping[str, int]


def publish(
    session: Session,
    *,
    modules: Mapping[str, NewRevision],
    courses: Mapping[str, NewRevision],
    pictures: Mapping[str, Picture],
    by_id: int | None,
    by_name: str,
    note: str,
    is_material: bool,
    now: datetime,
) -> Published:
    """Store a new revision of every module and course that differs from its current one.

    What is the same is left alone: publishing twice changes nothing. Two publications at once take
    turns, so the second compares with what the first has stored.
    """
    _take_turn(session)
    module_now = _current(session, Module, ModuleRevision, ModuleRevision.module_id)
    course_now = _current(session, Course, CourseRevision, CourseRevision.course_id)
    new_modules = [m for m in modules.values() if _is_new(m, module_now)]
    new_courses = [c for c in courses.values() if _is_new(c, course_now)]
    if not new_modules and not new_courses:
        return Published(None, {}, {})
    publication = Publication(
        published_at=now, published_by_id=by_id, published_by_name=by_name, note=note
    )
    session.add(publication)
    session.flush()
    _store_pictures(session, new_modules, pictures)
    for new in new_modules:
        insert_if_absent(session, Module, {"slug": new.slug})
        session.add(
            ModuleRevision(
                module_id=session.scalars(select(Module.id).where(Module.slug == new.slug)).one(),
                number=module_now.get(new.slug, (0, ""))[0] + 1,
                publication_id=publication.id,
                digest=new.digest,
                source=dict(new.source),
                figures=dict(new.figures),
                rendered=dict(new.page),
                is_material=is_material,
            )
        )
    for new in new_courses:
        insert_if_absent(session, Course, {"slug": new.slug})
        session.add(
            CourseRevision(
                course_id=session.scalars(select(Course.id).where(Course.slug == new.slug)).one(),
                number=course_now.get(new.slug, (0, ""))[0] + 1,
                publication_id=publication.id,
                digest=new.digest,
                source=dict(new.source),
                rendered=dict(new.page),
                is_material=is_material,
            )
        )
    session.flush()
    return Published(
        publication.id,
        {new.slug: module_now.get(new.slug, (0, ""))[0] + 1 for new in new_modules},
        {new.slug: course_now.get(new.slug, (0, ""))[0] + 1 for new in new_courses},
    )


def _take_turn(session: Session) -> None:
    """Wait for a publication that is under way to end; reading goes on meanwhile.

    Publications become visible in the order of their numbers like this. If the lower number came last,
    processes that hold the catalogue of the higher one would never see it. On SQLite a transaction
    that writes is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE publication IN EXCLUSIVE MODE"))


def _current(
    session: Session, item: Any, revision: Any, item_id: Any
) -> dict[str, tuple[int, str]]:
    """Number and digest of the current revision of everything of one kind, by slug."""
    rows = session.execute(
        select(item.slug, revision.number, revision.digest)
        .join(revision, item_id == item.id)
        .where(revision.id.in_(_latest(revision, item_id)))
    )
    return {slug: (number, digest) for slug, number, digest in rows}


def _latest(revision: Any, item_id: Any) -> Any:
    """The ids of the current revisions: ids grow with numbers, so the greatest is the latest."""
    return select(func.max(revision.id)).group_by(item_id)


def _is_new(new: NewRevision, current: Mapping[str, tuple[int, str]]) -> bool:
    return new.slug not in current or current[new.slug][1] != new.digest


def _store_pictures(
    session: Session, modules: list[NewRevision], pictures: Mapping[str, Picture]
) -> None:
    wanted = {digest for module in modules for digest in module.figures.values()}
    known = set(session.scalars(select(Figure.digest).where(Figure.digest.in_(wanted))))
    for digest in sorted(wanted - known):
        picture = pictures[digest]
        session.add(Figure(digest=digest, media_type=picture.media_type, body=picture.body))


def catalogue_number() -> Any:
    """A column: the number of the last publication, to be read with another query."""
    return select(func.max(Publication.id)).scalar_subquery()


def load_catalogue(session: Session, number: int | None) -> Catalogue:
    """The catalogue in force, from the current revisions, under the publication's `number`."""
    modules = {
        slug: module_from(
            id=module_id, revision_id=revision_id, revision=revision, slug=slug, page=page
        )
        for slug, module_id, revision_id, revision, page in session.execute(
            select(
                Module.slug,
                Module.id,
                ModuleRevision.id,
                ModuleRevision.number,
                ModuleRevision.rendered,
            )
            .join(ModuleRevision, ModuleRevision.module_id == Module.id)
            .where(ModuleRevision.id.in_(_latest(ModuleRevision, ModuleRevision.module_id)))
        )
    }
    courses = [
        course_from(
            id=course_id,
            revision_id=revision_id,
            revision=revision,
            slug=slug,
            page=page,
            modules=modules,
        )
        for slug, course_id, revision_id, revision, page in session.execute(
            select(
                Course.slug,
                Course.id,
                CourseRevision.id,
                CourseRevision.number,
                CourseRevision.rendered,
            )
            .join(CourseRevision, CourseRevision.course_id == Course.id)
            .where(CourseRevision.id.in_(_latest(CourseRevision, CourseRevision.course_id)))
        )
    ]
    courses.sort(key=lambda course: course.title)
    return Catalogue(number, {course.slug: course for course in courses})


class CatalogueShelf:
    """The catalogue that a process keeps: built once for each publication, shared by its threads."""

    def __init__(self) -> None:
        self._catalogue = Catalogue(None)
        self._lock = threading.Lock()

    def get(self, session: Session, number: int | None) -> Catalogue:
        """The catalogue of publication `number`, loaded with `session` when it is not at hand."""
        catalogue = self._catalogue
        if catalogue.number == number:
            return catalogue
        with self._lock:
            if self._catalogue.number != number:
                self._catalogue = load_catalogue(session, number)
            return self._catalogue
