"""An evidence packet tells what was so then, agrees with itself, and tells nothing of another employer."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.assignments import decisions
from lms.assignments.models import Obligation, ObligationMove
from lms.courses.catalogue import Catalogue
from lms.courses.models import Attestation
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from lms.organizations.models import Membership
from tests.factories import (
    complete_course,
    enrol,
    finish_lessons,
    make_member,
    make_organization,
    make_user,
    publish_sample,
    take_quiz,
)
from tests.sample_content import LESSON, PLEDGE, PLEDGE_FILE, RIGHT, quiz_with

from .packet_house import END, SIGNED, START, House, at, of, owe, place, table

Pack = Callable[..., dict[str, bytes]]
LEARNT = ("completions.csv", "attempts.csv", "attestations.csv", "lessons.csv")


def vouch(session: Session, house: House, owed: Obligation, day: date, **values: Any) -> None:
    decisions.vouch(
        session,
        owed.id,
        completed_on=day,
        reason="Saw the paper",
        by=Actor("Grace Manager", house.manager_id),
        **{"now": at(6, 1), **values},
    )


def extend(session: Session, house: House, owed: Obligation, day: date, **values: Any) -> None:
    decisions.extend(
        session,
        owed.id,
        due_on=day,
        by=Actor("Grace Manager", house.manager_id),
        **{"reason": "Was ill", "now": at(4, 5), **values},
    )


# Of this organization and of no other


@pytest.fixture
def pledged(database: Database, house: House) -> str:
    """Ada belongs to Parkside too, which had her complete and sign a course; her certificate's number."""
    quiz = quiz_with("## How long does it last?", SIGNED + "## How long does it last?")
    with database.transaction() as session:
        shelf = publish_sample(session, quiz | {PLEDGE_FILE: PLEDGE}, now=at(1, 20))
        parkside = make_organization(session, slug="parkside", name="Parkside")
        hugo = make_user(session, name="Hugo Other")
        make_member(session, parkside, hugo, "manager")
        ada = Membership(
            organization_id=parkside.id, user_id=house.people["Ada"], joined_at=at(1, 5)
        )
        session.add(ada)
        course = shelf.courses["pledge"]
        row = enrol(session, house.people["Ada"], course, now=at(3, 1), enrolled_by_id=hugo.id)
        finish_lessons(session, row, shelf, now=at(3, 2))
        take_quiz(
            session, row, shelf, answers={"promise": ["accepted", "Ada Parkside"]}, now=at(3, 3)
        )
        session.add(
            Attestation(
                enrolment_id=row.id,
                course_revision_id=course.revision_id,
                statement="I keep to Parkside's rules.",
                signed_name="Ada Parkside",
                signed_at=at(3, 4),
            )
        )
        shorter = shelf.courses["refresher"]
        row = enrol(session, house.people["Ada"], shorter, now=at(3, 5), enrolled_by_id=hugo.id)
        answers = {**RIGHT, "promise": ["accepted", "Ada Parkside"]}
        take_quiz(session, row, shelf, answers=answers, now=at(3, 5))
        return "Ada Parkside"


@pytest.mark.parametrize("course", ["pledge", "refresher", "onboarding"])
def test_what_another_employer_has_had_somebody_do_is_in_no_packet(
    pack: Pack, pledged: str, course: str
) -> None:
    files = pack(course_slug=course)
    for name in LEARNT:
        assert table(files, name) == [], name
    assert {row["last completed at"] for row in table(files, "roster.csv")} == {""}
    assert not [name for name in files if name.startswith("certificates/")]
    assert not [name for name, body in files.items() if pledged.encode() in body]


def test_it_is_there_for_the_employer_who_has_had_them_do_it_and_where_both_assign_it(
    database: Database, house: House, shelf: Catalogue, pack: Pack, pledged: str
) -> None:
    with database.transaction() as session:
        owe(session, house, shelf, "Cy", course="refresher", closed_at=at(1, 6),
            closed_how="expired", reason="")  # fmt: skip
    files = pack(course_slug="refresher")
    assert of(table(files, "completions.csv"), "name", "completed at") == [
        ("Ada Someone", "2026-03-05T12:00:00Z")
    ]
    assert len([name for name in files if name.startswith("certificates/")]) == 1
    assert of(table(files, "attempts.csv"), "name", "submitted at") == [
        ("Ada Someone", "2026-03-05T12:00:00Z")
    ]
    assert of(table(files, "lessons.csv"), "lesson", "finished at")[0] == (
        "right-amount",
        "2026-03-02T12:00:00Z",
    )


# What is vouched for is of the day on which it was completed


def test_what_is_vouched_for_later_was_done_on_its_day_in_every_table(
    database: Database, house: House, shelf: Catalogue, pack: Pack
) -> None:
    with database.transaction() as session:
        vouch(session, house, owe(session, house, shelf, "Ada"), date(2026, 3, 12))
        vouch(session, house, owe(session, house, shelf, "Cy"), date(2026, 4, 3))
        dee = session.get_one(Membership, house.memberships["Dee"])
        # Who moves on at midnight is on the day before what they were.
        place(
            session,
            dee,
            (at(3, 13, 4), {"job_title": "Cook"}),
            (at(6, 1), {"job_title": "Lead nurse"}),
        )
        vouch(session, house, owe(session, house, shelf, "Dee"), date(2026, 3, 12))
    files = pack()
    rows = table(files, "completions.csv")
    assert of(rows, "name", "job title", "completed at", "vouched for at") == [
        ("Ada Someone", "Aide", "2026-03-12", "2026-06-01T12:00:00Z"),
        ("Dee Someone", "Aide", "2026-03-12", "2026-06-01T12:00:00Z"),
    ]
    assert of(table(files, "overdue.csv"), "name", "days late", "how it ended", "ended on") == [
        ("Cy Someone", "21", "completed later", "2026-04-03"),
    ]
    assert of(table(files, "roster.csv"), "name", "last completed at") == [
        ("Ada Someone", "2026-03-12"),
        ("Ben Someone", ""),
        ("Cy Someone", ""),
        ("Dee Someone", "2026-03-12"),
    ]
    assert of(table(files, "owed.csv"), "name", "state", "ended on") == [
        ("Ada Someone", "Completed", "2026-03-12"),
        ("Cy Someone", "Overdue", "2026-04-03"),
        ("Dee Someone", "Completed", "2026-03-12"),
    ]


@pytest.mark.parametrize(
    ("day", "last"),
    [(date(2026, 3, 9), "2026-03-10T12:00:00Z"), (date(2026, 3, 11), "2026-03-11")],
)
def test_the_roster_has_the_later_of_a_completion_here_and_one_elsewhere(
    database: Database, house: House, shelf: Catalogue, pack: Pack, day: date, last: str
) -> None:
    with database.transaction() as session:
        row = enrol(session, house.people["Cy"], shelf.courses["onboarding"])
        complete_course(session, row, shelf, now=at(3, 10))
        owed = owe(session, house, shelf, "Cy")
        owed.closed_how, owed.closed_at, owed.completed_on = "met", at(4, 2), day
        owed.closed_by_id, owed.reason = house.manager_id, "Saw the paper"
    found = {row["name"]: row["last completed at"] for row in table(pack(), "roster.csv")}
    assert found["Cy Someone"] == last


# Due dates as they were in force


def test_who_is_due_on_the_last_day_is_not_overdue_on_it(
    database: Database, house: House, shelf: Catalogue, pack: Pack
) -> None:
    with database.transaction() as session:
        owe(session, house, shelf, "Ada", due_on=date(2026, 3, 31))
        owe(session, house, shelf, "Cy", due_on=date(2026, 3, 30))
        owe(session, house, shelf, "Ben", due_on=date(2026, 3, 15), closed_at=at(3, 15),
            closed_how="expired", reason="")  # fmt: skip
    files = pack()
    assert of(table(files, "overdue.csv"), "name", "days late") == [("Cy Someone", "1")]
    assert of(table(files, "owed.csv"), "name", "state") == [
        ("Ben Someone", "No longer required"),
        ("Cy Someone", "Overdue"),
        ("Ada Someone", "Due"),
    ]


def test_a_due_date_that_was_moved_later_does_not_undo_that_somebody_was_late(
    database: Database, house: House, shelf: Catalogue, pack: Pack
) -> None:
    with database.transaction() as session:
        for name in ("Ada", "Cy"):
            owed = owe(session, house, shelf, name)
            extend(session, house, owed, date(2026, 5, 9))
            extend(session, house, owed, date(2026, 6, 9), now=at(5, 5), reason="=Still ill")
            if name == "Cy":
                decisions.waive(
                    session,
                    owed.id,
                    reason="Retires",
                    by=Actor("Grace Manager", house.manager_id),
                    now=at(5, 6),
                )
        moved_before = owe(session, house, shelf, "Dee", due_on=date(2026, 3, 5))
        extend(session, house, moved_before, date(2026, 4, 9), now=at(3, 4), reason="Was away")
    files = pack()
    assert of(table(files, "overdue.csv"), "name", "due on", "days late", "how it ended") == [
        ("Ada Someone", "2026-03-10", "21", ""),
        ("Cy Someone", "2026-03-10", "21", "waived later"),
    ]
    assert of(table(files, "owed.csv"), "name", "due on", "state") == [
        ("Ada Someone", "2026-03-10", "Overdue"),
        ("Cy Someone", "2026-03-10", "Overdue"),
        ("Dee Someone", "2026-04-09", "Due"),
    ]
    assert of(table(files, "waivers.csv"), "name", "due on") == [("Cy Someone", "2026-03-10")]
    told = ("name", "cycle", "due before", "due after", "moved at", "moved by", "reason")
    assert of(table(files, "moves.csv"), *told) == [
        (f"{name} Someone", "1", before, after, moment, "Grace Manager", reason)
        for name, before, after, moment, reason in (
            ("Dee", "2026-03-05", "2026-04-09", "2026-03-04T12:00:00Z", "Was away"),
            ("Ada", "2026-03-10", "2026-05-09", "2026-04-05T12:00:00Z", "Was ill"),
            ("Cy", "2026-03-10", "2026-05-09", "2026-04-05T12:00:00Z", "Was ill"),
            ("Ada", "2026-05-09", "2026-06-09", "2026-05-05T12:00:00Z", "'=Still ill"),
            ("Cy", "2026-05-09", "2026-06-09", "2026-05-05T12:00:00Z", "'=Still ill"),
        )
    ]
    # By the days after the move, they are due on the new one.
    later = table(pack(starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 30)), "owed.csv")
    assert of(later, "name", "due on", "state") == [
        ("Dee Someone", "2026-04-09", "Overdue"),
        ("Ada Someone", "2026-05-09", "Due"),
        ("Cy Someone", "2026-05-09", "Due"),
    ]


def test_what_the_rule_moved_has_no_name_and_a_window_alone_is_no_due_date(
    database: Database, house: House, shelf: Catalogue, pack: Pack
) -> None:
    with database.transaction() as session:
        owed = owe(session, house, shelf, "Ada", due_on=date(2026, 4, 20))
        for opens_on, due_on, moment in (
            (date(2026, 1, 5), date(2026, 4, 10), at(3, 9)),
            (date(2026, 1, 4), date(2026, 4, 20), at(3, 10)),
        ):
            session.add(
                ObligationMove(
                    obligation_id=owed.id,
                    opens_on=opens_on,
                    due_on=due_on,
                    moved_at=moment,
                    reason="Rule",
                )
            )
    rows = table(pack(), "moves.csv")
    assert of(rows, "due before", "due after", "moved by") == [("2026-04-10", "2026-04-20", "")]


# Who had to complete it


def test_what_was_owed_in_the_period_is_there_with_where_it_stood_at_its_end(
    database: Database, house: House, shelf: Catalogue, pack: Pack
) -> None:
    manager = {"closed_by_id": house.manager_id, "reason": "x"}
    with database.transaction() as session:
        owe(session, house, shelf, "Ada", due_on=date(2027, 3, 9), opens_on=date(2026, 12, 9),
            cycle=2, opened_at=at(3, 30))  # fmt: skip
        owe(session, house, shelf, "Ben", closed_at=at(3, 15), closed_how="expired", reason="")
        owe(session, house, shelf, "Cy", closed_at=at(3, 9), closed_how="waived", **manager)
        owe(session, house, shelf, "Dee", opened_at=START, closed_at=END, closed_how="met",
            completed_on=date(2026, 4, 1), **manager)  # fmt: skip
        # What ended before the period, what was opened after it, and who came after it.
        owe(session, house, shelf, "Ada", closed_at=at(2, 15), closed_how="waived", **manager)
        owe(session, house, shelf, "Cy", closed_at=at(3, 15), closed_how="met",
            completed_on=date(2026, 2, 15), **manager)  # fmt: skip
        owe(session, house, shelf, "Cy", opened_at=END, due_on=date(2026, 4, 9))
        owe(session, house, shelf, "Eve", opened_at=at(3, 1))
        owe(session, house, shelf, "Ada", course="refresher")
        # One that was opened in the period and that earlier work met was owed in it.
        owe(session, house, shelf, "Dee", opened_at=at(3, 20), closed_at=at(3, 20),
            due_on=date(2026, 3, 11), closed_how="met", completed_on=date(2026, 2, 1), **manager)  # fmt: skip
    rows = table(pack(), "owed.csv")
    told = ("name", "job title", "cycle", "opened at", "to do from", "due on", "state", "ended on")
    assert of(rows, *told) == [
        ("Ben Someone", "Aide", "1", "2026-01-05T12:00:00Z", "2026-01-05", "2026-03-10",
         "No longer required", "2026-03-15"),
        ("Cy Someone", "Aide", "1", "2026-01-05T12:00:00Z", "2026-01-05", "2026-03-10",
         "Waived", "2026-03-09"),
        ("Dee Someone", "Aide", "1", "2026-03-01T05:00:00Z", "2026-01-05", "2026-03-10",
         "Overdue", "2026-04-01"),
        ("Dee Someone", "Aide", "1", "2026-03-20T12:00:00Z", "2026-01-05", "2026-03-11",
         "Completed", "2026-02-01"),
        ("Ada Someone", "Lead nurse", "2", "2026-03-30T12:00:00Z", "2026-12-09", "2027-03-09",
         "Not due yet", ""),
    ]  # fmt: skip
    assert all(row["employee number"].startswith("E-") for row in rows)


def test_two_assignments_of_the_course_are_told_apart(
    database: Database, house: House, shelf: Catalogue, pack: Pack
) -> None:
    with database.transaction() as session:
        owed = [owe(session, house, shelf, "Ada", cycle=2) for _ in range(2)]
        extend(session, house, owed[0], date(2026, 3, 11), now=at(3, 9))
        numbers = [str(one.assignment_id) for one in owed]
    files = pack()
    by_name = [(numbers[1], "2", "2026-03-10"), (numbers[0], "2", "2026-03-11")]
    for name in ("owed.csv", "overdue.csv"):
        assert of(table(files, name), "assignment", "cycle", "due on") == by_name
    assert of(table(files, "moves.csv"), "assignment", "cycle") == [(numbers[0], "2")]


# Which lessons


def test_the_lessons_that_somebody_was_shown_are_there_by_the_revision_they_finished(
    database: Database, house: House, shelf: Catalogue, pack: Pack
) -> None:
    newer = {"modules/privacy/lessons/01-right-amount.md": LESSON + "\nA newer sentence.\n"}
    with database.transaction() as session:
        for name in ("Ada", "Cy"):
            row = enrol(session, house.people[name], shelf.courses["onboarding"], now=at(1, 6))
            finish_lessons(session, row, shelf, now=at(2, 1))
        second = publish_sample(session, newer, now=at(2, 10))
        row = enrol(session, house.people["Ada"], second.courses["onboarding"])
        take_quiz(session, row, second, now=at(3, 10))
        dee = enrol(session, house.people["Dee"], second.courses["onboarding"], now=at(1, 6))
        finish_lessons(session, dee, second, modules=["handover"], now=END)
        finish_lessons(session, dee, second, modules=["privacy"], now=at(3, 31))
    files = pack()
    [completion] = table(files, "completions.csv")
    assert completion["module revisions"] == "handover 1; privacy 2"
    place_of = "lessons/privacy/revision-{}/lessons/01-right-amount.md"
    assert files[place_of.format(1)] == LESSON.encode()
    assert b"A newer sentence." in files[place_of.format(2)]
    # What Cy finished before the period counts for no completion in it.
    assert of(table(files, "lessons.csv"), "name", "module", "module revision", "lesson",
              "finished at") == [
        ("Ada Someone", "privacy", "1", "right-amount", "2026-02-01T12:00:00Z"),
        ("Ada Someone", "privacy", "1", "desk-without-names", "2026-02-01T12:00:00Z"),
        ("Ada Someone", "handover", "1", "before-you-leave", "2026-02-01T12:00:00Z"),
        ("Dee Someone", "privacy", "2", "right-amount", "2026-03-31T12:00:00Z"),
        ("Dee Someone", "privacy", "2", "desk-without-names", "2026-03-31T12:00:00Z"),
    ]  # fmt: skip


def test_a_lesson_counts_from_when_its_course_does(
    database: Database, house: House, shelf: Catalogue, pack: Pack
) -> None:
    with database.transaction() as session:
        first = enrol(session, house.people["Ada"], shelf.courses["onboarding"], now=at(3, 1))
        finish_lessons(session, first, shelf, modules=["privacy"], now=at(3, 2))
        yearly = enrol(session, house.people["Ada"], shelf.courses["yearly"], now=at(3, 5))
        finish_lessons(session, yearly, shelf, modules=["handover"], now=at(3, 6))
    rows = table(pack(course_slug="yearly"), "lessons.csv")
    assert of(rows, "lesson", "finished at") == [("before-you-leave", "2026-03-06T12:00:00Z")]
