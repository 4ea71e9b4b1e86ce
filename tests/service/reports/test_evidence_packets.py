"""What an evidence packet holds: what was true in the period, of these people and of nobody else."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from lms.accounts.models import User
from lms.assignments.audience import Audience
from lms.assignments.models import Exemption
from lms.courses.catalogue import Catalogue
from lms.courses.models import Attestation
from lms.foundation import audit
from lms.foundation.audit import Act, Actor
from lms.foundation.database import Database
from lms.organizations.models import Membership, Organization, Team
from lms.reports import packets
from tests.factories import (
    complete_course,
    enrol,
    make_team_member,
    publish_sample,
    take_quiz,
)
from tests.sample_content import QUIZ_FILE, WRONG, quiz_with

from .packet_house import END, NOW, SIGNED, SIGNER, START, House, at, of, owe, place, table

# Who


def test_the_roster_is_who_was_there_in_the_period_as_they_were_on_its_last_day(
    pack: Callable[..., dict[str, bytes]],
) -> None:
    rows = table(pack(), "roster.csv")
    assert of(rows, "name", "job title", "site", "left on") == [
        ("Ada Someone", "Lead nurse", "North", ""),
        ("Ben Someone", "Aide", "North", "2026-03-15"),
        ("Cy Someone", "Aide", "North", ""),
        ("Dee Someone", "Aide", "North", ""),
    ]
    assert rows[0]["employee number"].startswith("E-")
    assert of(rows, "hired on", "member since")[0] == ("2026-01-05", "2026-01-05")


def test_whom_somebody_reported_to_is_told_as_it_was_then(
    database: Database, house: House, shelf: Catalogue, pack: Callable[..., dict[str, bytes]]
) -> None:
    cy, dee = house.memberships["Cy"], house.memberships["Dee"]
    with database.transaction() as session:
        ada = session.get_one(Membership, house.memberships["Ada"])
        lead = {"job_title": "Lead nurse"}
        place(session, ada, (at(3, 5), {"manager_id": dee}), (at(3, 21), lead | {"manager_id": cy}))
        place(session, ada, (at(4, 2), lead | {"manager_id": dee}))
        # Dee and Cy got their numbers in the middle of it, and Cy another one after the period.
        place(session, session.get_one(Membership, dee), (at(3, 8), {"employee_number": "D-2"}))
        place(session, session.get_one(Membership, cy), (at(3, 25), {"employee_number": "C-2"}))
        place(session, session.get_one(Membership, cy), (END, {"employee_number": "C-3"}))
        ben = session.get_one(Membership, house.memberships["Ben"])
        # Grace has no history: she left before any was kept.
        grace = session.scalars(select(Membership.id).where(Membership.role == "manager")).one()
        place(session, ben, (at(3, 2), {"manager_id": grace}))
        row = enrol(session, house.people["Ada"], shelf.courses["onboarding"], now=at(1, 6))
        complete_course(session, row, shelf, now=at(3, 10))
    files = pack()
    led = ("name", "reports to", "manager's employee number")
    assert of(table(files, "roster.csv"), *led) == [
        ("Ada Someone", "Cy Someone", "C-2"),
        ("Ben Someone", "Grace Manager", ""),
        ("Cy Someone", "", ""),
        ("Dee Someone", "", ""),
    ]
    assert of(table(files, "completions.csv"), *led) == [("Ada Someone", "Dee Someone", "D-2")]


@pytest.mark.parametrize(
    ("audience", "names"),
    [
        (Audience(job_titles=frozenset({" lead  NURSE"})), ["Ada"]),
        (Audience(departments=frozenset({"Ward 3"})), ["Ada", "Ben", "Cy", "Dee"]),
        (Audience(sites=frozenset({"South"})), []),
        (Audience(job_titles=frozenset({"Surgeon"})), []),
    ],
)
def test_an_audience_is_judged_by_what_people_were_then(
    pack: Callable[..., dict[str, bytes]], audience: Audience, names: list[str]
) -> None:
    rows = table(pack(audience), "roster.csv")
    assert of(rows, "name") == [(f"{name} Someone",) for name in names]


def test_a_team_is_who_was_in_it_on_the_last_day(
    database: Database, house: House, pack: Callable[..., dict[str, bytes]]
) -> None:
    with database.transaction() as session:
        team = session.get_one(Team, house.team_id)
        for name, joined, ended in (("Ada", at(2, 1), at(3, 10)), ("Dee", at(4, 5), None)):
            membership = session.get_one(Membership, house.memberships[name])
            row = make_team_member(session, team, membership)
            row.joined_at, row.ended_at = joined, ended
        ben = make_team_member(session, team, session.get_one(Membership, house.memberships["Ben"]))
        ben.joined_at, ben.ended_at = at(2, 1), at(3, 15)
    files = pack(Audience(team_ids=frozenset({house.team_id})))
    assert of(table(files, "roster.csv"), "name") == [("Ben Someone",), ("Cy Someone",)]
    manifest = json.loads(files["manifest.json"])
    assert manifest["audience"] == "Teams: Night shift"


# What they did


def test_completions_tell_what_people_were_when_they_completed(
    database: Database, house: House, shelf: Catalogue, pack: Callable[..., dict[str, bytes]]
) -> None:
    with database.transaction() as session:
        for name, moment in (
            ("Ada", at(3, 10)),
            ("Ben", START),
            ("Cy", END),
            ("Dee", datetime(2026, 3, 1, 4, 59, tzinfo=UTC)),
            ("Flo", at(3, 10)),
        ):
            row = enrol(session, house.people[name], shelf.courses["onboarding"], now=at(1, 6))
            complete_course(session, row, shelf, now=moment)
    files = pack()
    rows = table(files, "completions.csv")
    assert of(rows, "name", "job title", "completed at", "score in percent") == [
        ("Ben Someone", "Aide", "2026-03-01T05:00:00Z", "100.00"),
        ("Ada Someone", "Aide", "2026-03-10T12:00:00Z", "100.00"),
    ]
    assert rows[0]["module revisions"] == "handover 1; privacy 1"
    numbers = {row["certificate number"] for row in rows}
    assert {name for name in files if name.startswith("certificates/")} == {
        f"certificates/{number}.pdf" for number in numbers
    }
    assert files[f"certificates/{numbers.pop()}.pdf"].startswith(b"%PDF-")
    roster = table(files, "roster.csv")
    last = {row["name"]: row["last completed at"] for row in roster}
    assert last == {
        "Ada Someone": "2026-03-10T12:00:00Z",
        "Ben Someone": "2026-03-01T05:00:00Z",
        "Cy Someone": "",
        "Dee Someone": "2026-03-01T04:59:00Z",
    }
    # The attempt before the period counts for no completion in it.
    assert of(table(files, "attempts.csv"), "name", "passed") == [
        ("Ben Someone", "yes"),
        ("Ada Someone", "yes"),
    ]


def test_earlier_attempts_are_there_as_far_as_they_count_for_a_completion(
    database: Database, house: House, shelf: Catalogue, pack: Callable[..., dict[str, bytes]]
) -> None:
    with database.transaction() as session:
        for name in ("Ada", "Cy"):
            row = enrol(session, house.people[name], shelf.courses["onboarding"], now=at(1, 6))
            take_quiz(session, row, shelf, answers=WRONG, now=at(2, 1))
        row = enrol(session, house.people["Ada"], shelf.courses["onboarding"])
        complete_course(session, row, shelf, now=at(3, 10))
    rows = table(pack(), "attempts.csv")
    assert of(rows, "name", "module", "module revision", "attempt", "points", "of", "passed") == [
        ("Ada Someone", "privacy", "1", "1", "0", "5", "no"),
        ("Ada Someone", "privacy", "1", "2", "5", "5", "yes"),
    ]


def test_what_was_signed_is_there_as_it_was_worded(
    database: Database, house: House, pack: Callable[..., dict[str, bytes]]
) -> None:
    with database.transaction() as session:
        quiz = quiz_with("## How long does it last?", SIGNED + "## How long does it last?")
        shelf = publish_sample(session, quiz, now=at(2, 1))
        row = enrol(session, house.people["Ada"], shelf.courses["onboarding"])
        take_quiz(session, row, shelf, answers={"promise": ["accepted", "Ada S."]}, now=at(3, 10))
        take_quiz(session, row, shelf, answers={"promise": ["Ada S."]}, now=at(3, 11))
        other = enrol(session, house.people["Cy"], shelf.courses["onboarding"])
        session.add(
            Attestation(
                enrolment_id=other.id,
                course_revision_id=shelf.courses["onboarding"].revision_id,
                statement="=I understood",
                signed_name="Cy",
                signed_at=at(3, 12),
            )
        )
    rows = table(pack(), "attestations.csv")
    assert of(rows, "name", "signed as", "statement", "where") == [
        ("Cy Someone", "Cy", "'=I understood", "course"),
        ("Ada Someone", "Ada S.", "I keep to the rules.", "quiz of privacy, revision 2, attempt 1"),
    ]


# What they owed


def test_waivers_and_exemptions_have_their_reasons_and_who_decided(
    database: Database, house: House, shelf: Catalogue, pack: Callable[..., dict[str, bytes]]
) -> None:
    with database.transaction() as session:
        closed = {"closed_how": "waived", "closed_by_id": house.manager_id}
        owe(session, house, shelf, "Dee", closed_at=at(2, 20), reason="Covered elsewhere", **closed)
        owe(session, house, shelf, "Cy", closed_at=at(1, 9), reason="Long ago",
            due_on=date(2026, 1, 31), **closed)  # fmt: skip
        assignment = owe(session, house, shelf, "Ada").assignment_id
        for name, granted, withdrawn in (("Ada", at(1, 9), at(3, 5)), ("Cy", at(1, 9), at(2, 5))):
            session.add(
                Exemption(
                    assignment_id=assignment,
                    membership_id=house.memberships[name],
                    reason="@Agency",
                    granted_by_id=house.manager_id,
                    granted_at=granted,
                    withdrawn_at=withdrawn,
                    withdrawn_by_id=house.manager_id,
                )
            )
    rows = table(pack(), "waivers.csv")
    assert of(rows, "name", "what", "due on", "decided by", "reason", "withdrawn at") == [
        ("Dee Someone", "waiver", "2026-03-10", "Grace Manager", "Covered elsewhere", ""),
        ("Ada Someone", "exemption", "", "Grace Manager", "'@Agency", "2026-03-05T12:00:00Z"),
    ]


def test_a_completion_elsewhere_has_who_vouches_for_it(
    database: Database, house: House, shelf: Catalogue, pack: Callable[..., dict[str, bytes]]
) -> None:
    with database.transaction() as session:
        owe(session, house, shelf, "Dee", closed_at=at(4, 20), closed_how="met",
            completed_on=date(2026, 3, 3), closed_by_id=house.manager_id, reason="Saw the paper")  # fmt: skip
    rows = table(pack(), "completions.csv")
    assert of(rows, "name", "completed at", "vouched for by", "reason") == [
        ("Dee Someone", "2026-03-03", "Grace Manager", "Saw the paper"),
    ]


def test_overdue_is_what_was_not_done_at_the_end_of_the_last_day(
    database: Database, house: House, shelf: Catalogue, pack: Callable[..., dict[str, bytes]]
) -> None:
    manager = {"closed_by_id": house.manager_id, "reason": "x"}
    with database.transaction() as session:
        owe(session, house, shelf, "Ada")
        owe(session, house, shelf, "Ada", due_on=date(2026, 3, 31))
        owe(session, house, shelf, "Ada", due_on=date(2026, 4, 1))
        owe(session, house, shelf, "Cy", closed_at=END, closed_how="met",
            completed_on=date(2026, 4, 1), **manager)  # fmt: skip
        owe(session, house, shelf, "Dee", closed_at=at(3, 31), closed_how="met",
            completed_on=date(2026, 3, 31), **manager)  # fmt: skip
        owe(session, house, shelf, "Ben", closed_at=at(3, 15), closed_how="expired", reason="")
    rows = table(pack(), "overdue.csv")
    assert of(rows, "name", "due on", "days late", "how it ended", "ended on") == [
        ("Ada Someone", "2026-03-10", "21", "", ""),
        ("Cy Someone", "2026-03-10", "21", "completed later", "2026-04-01"),
        ("Ben Someone", "2026-03-10", "5", "ended undone", "2026-03-15"),
    ]


# What was shown, and the seal


def test_lessons_and_questions_are_there_exactly_as_they_were_published(
    database: Database, house: House, shelf: Catalogue, pack: Callable[..., dict[str, bytes]]
) -> None:
    with database.transaction() as session:
        row = enrol(session, house.people["Ada"], shelf.courses["onboarding"])
        complete_course(session, row, shelf, now=at(1, 20))
        for day, words in ((at(2, 10), "February"), (at(3, 10), "March"), (at(4, 10), "April")):
            publish_sample(session, quiz_with("Five questions.", f"Questions of {words}."), now=day)
    files = pack()
    quizzes = {name: body for name, body in files.items() if name.endswith("quiz.md")}
    place = "lessons/privacy/revision-{}/quiz.md"
    assert set(quizzes) == {place.format(2), place.format(3)}
    expected = quiz_with("Five questions.", "Questions of March.")[QUIZ_FILE]
    assert expected is not None
    assert quizzes[place.format(3)] == expected.encode()
    assert "lessons/privacy/revision-3/lessons/01-right-amount.md" in files
    assert files["lessons/privacy/revision-3/figures/chart.svg"].startswith(b"<svg")
    assert "course/onboarding/revision-1/course.md" in files
    assert "lessons/handover/revision-1/module.md" in files


def test_the_manifest_says_what_the_packet_is_and_where_the_audit_trail_stood(
    database: Database, pack: Callable[..., dict[str, bytes]]
) -> None:
    with database.transaction() as session:
        audit.record(session, Actor("Ada"), Act("team.ended", "team"), at(6, 1))
        number, digest = audit.head_of(session)
    files = pack()
    manifest = json.loads(files["manifest.json"])
    del manifest["files"]
    assert manifest == {
        "format": "rounds-evidence-1",
        "organization": {"name": "Riverside", "code": "riverside"},
        "course": {"title": "Onboarding", "slug": "onboarding"},
        "period": {
            "first_day": "2026-03-01",
            "last_day": "2026-03-31",
            "time_zone": "America/New_York",
        },
        "audience": "Everyone",
        "made_by": "Grace Manager",
        "made_at": "2026-07-01T09:00:00+00:00",
        "audit_trail": {"number": number, "digest": digest},
    }
    assert "1 March 2026 to 31 March 2026" in files["README.txt"].decode()


def test_the_same_record_makes_the_same_packet(pack: Callable[..., dict[str, bytes]]) -> None:
    assert pack() == pack()


def test_a_packet_once_made_stays_as_it_was(
    database: Database, house: House, pack: Callable[..., dict[str, bytes]]
) -> None:
    pack()
    with database.reading_session() as session:
        [row] = packets.packets_page(session, house.organization_id).rows
    with database.transaction() as session:
        session.get_one(User, house.people["Ada"]).name = "Somebody else"
        session.get_one(Organization, house.organization_id).name = "Another"
        packets.give_up(session, row.id, "Too late", NOW)
    packets.make(database, row.id, signer=SIGNER, base_url="", now=at(8, 1))
    with database.reading_session() as session:
        [again] = packets.packets_page(session, house.organization_id).rows
        assert (again.state, again.digest, again.fault) == ("ready", row.digest, "")


def test_more_certificates_than_a_packet_should_hold_are_left_out(
    database: Database, house: House, shelf: Catalogue, pack: Callable[..., dict[str, bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with database.transaction() as session:
        row = enrol(session, house.people["Ada"], shelf.courses["onboarding"])
        complete_course(session, row, shelf, now=at(3, 10))
    monkeypatch.setattr(packets, "MAX_CERTIFICATES", 0)
    files = pack()
    assert not [name for name in files if name.startswith("certificates/")]
    assert "Left out" in files["README.txt"].decode()
    assert table(files, "completions.csv")[0]["certificate number"]
