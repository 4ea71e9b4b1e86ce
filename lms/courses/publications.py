"""Publishing: immutable revisions go in, the catalogue in force comes out."""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, true
from sqlalchemy.orm import Session

from lms.foundation import audit
from lms.foundation.database import insert_if_absent

from . import catalogue
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
    changed = {
        kind: kind.changed(session, given)
        for kind, given in ((_MODULES, modules), (_COURSES, courses))
    }
    if not any(changed.values()):
        return Published(None, {}, {})
    publication = Publication(
        published_at=now, published_by_id=by_id, published_by_name=by_name, note=note
    )
    session.add(publication)
    session.flush()
    _store_pictures(session, changed[_MODULES], pictures)
    numbers = {
        kind: {
            new.slug: kind.store(session, new, publication.id, is_material=is_material)
            for new in news
        }
        for kind, news in changed.items()
    }
    changes = {"modules": numbers[_MODULES], "courses": numbers[_COURSES], "material": is_material}
    act = audit.Act("content.published", "publication", publication.id, note, details=changes)
    audit.record(session, audit.Actor(by_name, by_id), act, now)
    return Published(publication.id, numbers[_MODULES], numbers[_COURSES])


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of content: the table of its identities, and that of its revisions."""

    item: type[Module] | type[Course]
    revision: type[ModuleRevision] | type[CourseRevision]
    item_id: str

    def latest(self) -> Any:
        """The ids of the current revisions: ids grow with numbers, so the greatest is the latest."""
        return select(func.max(self.revision.id)).group_by(getattr(self.revision, self.item_id))

    def changed(self, session: Session, given: Mapping[str, NewRevision]) -> list[NewRevision]:
        """Those of the given that differ from what is current."""
        rows = session.execute(
            select(self.item.slug, self.revision.digest)
            .join(self.revision, getattr(self.revision, self.item_id) == self.item.id)
            .where(self.revision.id.in_(self.latest()))
        )
        digests = {row.slug: row.digest for row in rows}
        return [new for new in given.values() if digests.get(new.slug) != new.digest]

    def store(
        self, session: Session, new: NewRevision, publication_id: int, *, is_material: bool
    ) -> int:
        """Store the next revision of one item, with its identity where it is new; its number."""
        insert_if_absent(session, self.item, {"slug": new.slug})
        item_id = session.scalars(select(self.item.id).where(self.item.slug == new.slug)).one()
        last = session.scalar(
            select(func.max(self.revision.number)).where(
                getattr(self.revision, self.item_id) == item_id
            )
        )
        values: dict[str, Any] = {
            self.item_id: item_id,
            "number": (last or 0) + 1,
            "publication_id": publication_id,
            "digest": new.digest,
            "source": dict(new.source),
            "rendered": dict(new.page),
            "is_material": is_material,
        }
        if self.revision is ModuleRevision:
            values["figures"] = dict(new.figures)
        session.add(self.revision(**values))
        session.flush()
        return values["number"]

    def published(self, session: Session, slugs: Collection[str] | None = None) -> Sequence[Any]:
        """Slug, ids, number and rendered page of the current revisions: of everything, or of some."""
        wanted = true() if slugs is None else self.item.slug.in_(slugs)
        return session.execute(
            select(
                self.item.slug,
                self.item.id,
                self.revision.id.label("revision_id"),
                self.revision.number,
                self.revision.rendered,
            )
            .join(self.revision, getattr(self.revision, self.item_id) == self.item.id)
            .where(self.revision.id.in_(self.latest()), wanted)
        ).all()


_MODULES = _Kind(Module, ModuleRevision, "module_id")
_COURSES = _Kind(Course, CourseRevision, "course_id")


def _take_turn(session: Session) -> None:
    """Wait for a publication that is under way to end; reading goes on meanwhile.

    Publications become visible in the order of their numbers like this. If the lower number came last,
    processes that hold the catalogue of the higher one would never see it. On SQLite a transaction
    that writes is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE publication IN EXCLUSIVE MODE"))


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
    modules = _modules(_MODULES.published(session))
    courses = [_course(row, modules) for row in _COURSES.published(session)]
    courses.sort(key=lambda course: course.title)
    return Catalogue(number, {course.slug: course for course in courses})


def load_course(session: Session, course_id: int) -> catalogue.Course:
    """The course with that id as it is published now, with its modules: for work on one course alone.

    Raises NoResultFound where there is none.
    """
    slug = session.scalars(select(Course.slug).where(Course.id == course_id)).one()
    row = _COURSES.published(session, [slug])[0]
    return _course(row, _modules(_MODULES.published(session, row.rendered["modules"])))


def _modules(rows: Sequence[Any]) -> dict[str, catalogue.Module]:
    return {
        row.slug: module_from(
            id=row.id,
            revision_id=row.revision_id,
            revision=row.number,
            slug=row.slug,
            page=row.rendered,
        )
        for row in rows
    }


def _course(row: Any, modules: Mapping[str, catalogue.Module]) -> catalogue.Course:
    return course_from(
        id=row.id,
        revision_id=row.revision_id,
        revision=row.number,
        slug=row.slug,
        page=row.rendered,
        modules=modules,
    )


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
