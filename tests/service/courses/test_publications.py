"""Publishing: what changed becomes a new revision, what did not is left alone."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.courses import publications
from lms.courses.catalogue import Catalogue
from lms.courses.models import (
    Course,
    CourseRevision,
    Figure,
    Module,
    ModuleRevision,
    Publication,
)
from lms.courses.publications import CatalogueShelf, Published
from lms.foundation.database import Database
from tests.factories import BEGINNING, make_user, publish_files, publish_sample
from tests.sample_content import (
    COURSE,
    FILES,
    LESSON,
    OTHER_MODULE,
    PICTURE,
    changed,
)
from tests.threads import at_once, beside

TABLES = (Publication, Module, ModuleRevision, Course, CourseRevision, Figure)
LATER = BEGINNING + timedelta(days=1)
LESSON_FILE = "modules/privacy/lessons/01-right-amount.md"
NEW_LESSON = {LESSON_FILE: LESSON.replace("everything", "every page")}


def counts(session: Session) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def publish(session: Session, changes: Mapping[str, str | None]) -> Published:
    return publish_files(session, changed(changes))


def revisions(session: Session, slug: str) -> list[ModuleRevision]:
    return list(
        session.scalars(
            select(ModuleRevision)
            .join(Module, Module.id == ModuleRevision.module_id)
            .where(Module.slug == slug)
            .order_by(ModuleRevision.number)
        )
    )


def last_number(session: Session) -> int | None:
    return session.scalar(select(publications.catalogue_number()))


# What a publication changes


def test_the_first_publication_has_everything(session: Session) -> None:
    published = publish_files(session, FILES)
    assert published.number == last_number(session)
    assert published.modules == {"handover": 1, "privacy": 1}
    assert published.courses == {"onboarding": 1, "refresher": 1, "yearly": 1}
    assert counts(session) == [1, 2, 2, 3, 3, 1]
    (privacy,) = revisions(session, "privacy")
    assert privacy.source["quiz.md"] == FILES["modules/privacy/quiz.md"].decode()
    assert privacy.figures == {"figures/chart.svg": sha256(PICTURE).hexdigest()}
    assert privacy.rendered["lessons"][0]["title"] == "The right amount"
    assert not privacy.is_material


def test_publishing_twice_changes_nothing(session: Session) -> None:
    publish_files(session, FILES)
    before = counts(session)
    number = last_number(session)
    assert publish_files(session, FILES, now=LATER) == Published(None, {}, {})
    assert counts(session) == before
    assert last_number(session) == number


def test_nothing_is_published_of_nothing(session: Session) -> None:
    assert publish_files(session, {}) == Published(None, {}, {})
    assert counts(session) == [0] * len(TABLES)


def test_a_changed_lesson_is_one_new_revision(session: Session) -> None:
    publish_files(session, FILES)
    published = publish(session, NEW_LESSON)
    assert published.modules == {"privacy": 2}
    assert published.courses == {}
    assert counts(session) == [2, 2, 3, 3, 3, 1]
    first, second = revisions(session, "privacy")
    assert "everything" in first.source["lessons/01-right-amount.md"]
    assert "every page" in second.source["lessons/01-right-amount.md"]
    assert second.publication_id == published.number
    assert [row.number for row in revisions(session, "handover")] == [1]


def test_going_back_is_a_third_revision(session: Session) -> None:
    publish_files(session, FILES)
    publish(session, NEW_LESSON)
    assert publish_files(session, FILES).modules == {"privacy": 3}
    first, second, third = revisions(session, "privacy")
    assert first.digest == third.digest != second.digest
    assert first.source == third.source
    assert first.rendered == third.rendered


def test_a_changed_course_is_one_new_revision(session: Session) -> None:
    publish_files(session, FILES)
    published = publish(session, {"courses/onboarding.md": COURSE.replace("2.5", "3")})
    assert (published.modules, published.courses) == ({}, {"onboarding": 2})


def test_another_picture_is_kept_beside_the_first(session: Session) -> None:
    publish_files(session, FILES)
    path = "modules/privacy/figures/chart.svg"
    published = publish_files(session, dict(FILES) | {path: PICTURE + b"\n"})
    assert published.modules == {"privacy": 2}
    assert publish_files(session, FILES).modules == {"privacy": 3}
    kept = {row.digest: row.body for row in session.scalars(select(Figure))}
    assert kept == {sha256(body).hexdigest(): body for body in (PICTURE, PICTURE + b"\n")}


def test_what_is_left_out_of_a_folder_stays_published(session: Session) -> None:
    publish_files(session, FILES)
    handover = {path: body for path, body in FILES.items() if "handover" in path}
    assert publish_files(session, handover) == Published(None, {}, {})
    shelf = publications.load_catalogue(session, 1)
    assert set(shelf.courses) == {"onboarding", "refresher", "yearly"}


def test_who_published_what_and_why_is_kept(session: Session) -> None:
    publisher = make_user(session)
    publish_files(session, FILES, is_material=True, now=LATER, by_id=publisher.id, note="New law")
    publication = session.scalars(select(Publication)).one()
    assert publication.published_at == LATER
    assert publication.published_by_id == publisher.id
    assert publication.note == "New law"
    assert all(row.is_material for row in session.scalars(select(ModuleRevision)))
    assert all(row.is_material for row in session.scalars(select(CourseRevision)))


# The catalogue in force


def test_the_catalogue_is_what_was_published(session: Session) -> None:
    shelf = publish_sample(session)
    assert shelf.number == last_number(session)
    assert [course.title for course in shelf.courses.values()] == [
        "Onboarding",
        "Privacy refresher",
        "Yearly review",
    ]
    onboarding, refresher = shelf.courses["onboarding"], shelf.courses["refresher"]
    assert [module.slug for module in onboarding.modules] == ["privacy", "handover"]
    assert onboarding.modules[0] is refresher.modules[0]
    assert [lesson.slug for lesson in onboarding.modules[0].lessons] == [
        "right-amount",
        "desk-without-names",
    ]


def test_the_catalogue_has_the_current_revisions(session: Session) -> None:
    publish_files(session, FILES)
    shelf = publish_sample(session, NEW_LESSON)
    privacy = shelf.courses["onboarding"].modules[0]
    newest = revisions(session, "privacy")[-1]
    assert (privacy.revision, privacy.revision_id) == (2, newest.id)
    assert "every page" in privacy.lessons[0].html
    assert shelf.courses["onboarding"].modules[1].revision == 1


def test_an_empty_catalogue(session: Session) -> None:
    assert last_number(session) is None
    assert publications.load_catalogue(session, None) == Catalogue(None, {})
    assert CatalogueShelf().get(session, None).courses == {}


def test_a_process_loads_each_catalogue_once(database: Database) -> None:
    with database.transaction() as session:
        number = publish_sample(session).number
    shelf = CatalogueShelf()

    def look() -> Catalogue:
        with database.reading_session() as session:
            return shelf.get(session, number)

    first, *others = at_once([look] * 8)
    assert all(other is first for other in others)
    with database.transaction() as session:
        later = publish_sample(session, NEW_LESSON).number
        again = shelf.get(session, later)
        assert again is not first
        assert again.courses["onboarding"].modules[0].revision == 2
        assert shelf.get(session, later) is again


# Two at the same time


def test_the_same_published_twice_at_once_is_one_revision(database: Database) -> None:
    def publish_all() -> Published:
        with database.transaction() as session:
            return publish_files(session, FILES)

    published = at_once([publish_all] * 4)
    assert sorted(len(one.modules) for one in published) == [0, 0, 0, 2]
    with database.transaction() as session:
        assert counts(session) == [1, 2, 2, 3, 3, 1]


def test_no_process_misses_the_slower_of_two_publications(database: Database) -> None:
    """The one that began first ends last: under its number, a process has seen the catalogue by then."""
    shelf = CatalogueShelf()
    title = {"modules/handover/module.md": OTHER_MODULE.replace("Handing over", "Passing on")}
    other = {path: body for path, body in changed(title).items() if "handover" in path}

    def look() -> Catalogue:
        with database.reading_session() as session:
            return shelf.get(session, last_number(session))

    def publish_the_other() -> None:
        with database.transaction() as session:
            publish_files(session, other)

    with database.transaction() as session:
        publish_files(session, FILES)
    with database.writing_session() as session:
        publish(session, NEW_LESSON)
        with beside(database, publish_the_other):
            look()
            session.commit()
    modules = look().courses["onboarding"].modules
    assert [(module.slug, module.revision) for module in modules] == [
        ("privacy", 2),
        ("handover", 2),
    ]
    assert "every page" in modules[0].lessons[0].html
    assert modules[1].title == "Passing on"
