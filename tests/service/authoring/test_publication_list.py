"""The list of publications that instructors see."""

from datetime import timedelta

from sqlalchemy.orm import Session

from lms.authoring import service
from lms.authoring.service import SHOWN, Change, PublicationRow
from tests.factories import BEGINNING, publish_files
from tests.sample_content import COURSE, FILES, LESSON, changed

LESSON_FILE = "modules/privacy/lessons/01-right-amount.md"
COURSE_FILE = "courses/onboarding.md"


def test_nothing_is_published_yet(session: Session) -> None:
    assert service.publications(session) == []


def test_each_publication_says_what_it_changed_the_newest_first(session: Session) -> None:
    first = publish_files(session, FILES)
    second = publish_files(
        session,
        changed(
            {
                COURSE_FILE: COURSE.replace("2.5", "3"),
                LESSON_FILE: LESSON.replace("everything", "every page"),
            }
        ),
        now=BEGINNING + timedelta(days=1),
        by_name="Priya Nair",
        note="The law changed",
        is_material=True,
    )
    assert first.number is not None
    assert second.number is not None
    assert service.publications(session) == [
        PublicationRow(
            id=second.number,
            published_at=BEGINNING + timedelta(days=1),
            published_by_name="Priya Nair",
            note="The law changed",
            courses=(Change("onboarding", 2, True),),
            modules=(Change("privacy", 2, True),),
        ),
        PublicationRow(
            id=first.number,
            published_at=BEGINNING,
            published_by_name="Publisher",
            note="First edition",
            courses=tuple(Change(slug, 1, False) for slug in ("onboarding", "refresher", "yearly")),
            modules=(Change("handover", 1, False), Change("privacy", 1, False)),
        ),
    ]


def test_only_the_latest_are_shown(session: Session) -> None:
    small = {path: body for path, body in FILES.items() if "handover" in path}
    lesson = "modules/handover/lessons/01-before-you-leave.md"
    numbers = [
        publish_files(session, small | {lesson: small[lesson] + b"\n" * number}).number
        for number in range(1, SHOWN + 3)
    ]
    shown = service.publications(session)
    assert [row.id for row in shown] == numbers[::-1][:SHOWN]
    assert all(row.modules for row in shown)
