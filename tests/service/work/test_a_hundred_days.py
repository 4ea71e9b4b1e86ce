"""A hundred days of an employer: what was told of a day is told so ever after, whatever happens later."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assignments.audience import Audience
from lms.assignments.models import Assignment, Obligation
from lms.assignments.month_ends import month_ends
from lms.courses.catalogue import Catalogue
from lms.foundation import audit
from lms.foundation.database import Database
from lms.foundation.mail import FolderMailer
from lms.foundation.settings import Settings
from lms.organizations.models import Membership
from lms.reports import compliance, packets, pasts
from lms.reports.compliance import Selection
from lms.reports.models import EvidencePacket
from lms.reports.overview import overview
from lms.reports.standing import Filter
from lms.work import make_worker
from tests.conftest import StandingClock

from .history import COURSES, DAY, ZONE, Clinic

FIRST, LAST = date(2026, 1, 21), date(2026, 5, 1)
# What these tables of a packet say of its last day depends on nothing that comes after it.
TABLES = ("roster.csv", "owed.csv", "completions.csv", "attempts.csv", "attestations.csv")
Ended = dict[int, tuple[Any, ...]]


def selection_of(session: Session, clinic: Clinic) -> Selection:
    courses = compliance.assigned_courses(session, clinic.scope, {})
    return Selection(clinic.scope, Filter(), clinic.today, courses)


def overdue_now(clinic: Clinic) -> int:
    """What compliance says, which counting says too."""
    with clinic.database.reading_session() as session:
        selection = selection_of(session, clinic)
        told = overview(session, selection, month_ends(clinic.today, ZONE), most_teams=1).courses
        counted = compliance.figures_by_course(session, selection)
        figures = {one.key: +Counter(one.figures.of) for one in told}
        assert {key: of for key, of in figures.items() if of} == {
            one.key: +Counter(one.figures.of) for one in counted
        }
        return sum(one.figures.overdue for one in counted)


def trend(clinic: Clinic) -> dict[date, int]:
    """What was overdue at the ends of twelve months: kept and counted are the same."""
    with clinic.database.reading_session() as session:
        selection, ends = selection_of(session, clinic), month_ends(clinic.today, ZONE)
        counted = pasts.overdue_then(session, selection, ends)
        assert list(overview(session, selection, ends, most_teams=1).past) == counted
        return {end.day: count for end, count in zip(ends, counted, strict=True)}


def ended_by_now(clinic: Clinic) -> Ended:
    """What has ended; of an assignment nobody has two unfinished times, and who has left has none."""
    with clinic.database.reading_session() as session:
        rows = session.scalars(select(Obligation).order_by(Obligation.cycle)).all()
        by_person: defaultdict[tuple[int, int], list[Obligation]] = defaultdict(list)
        for one in rows:
            by_person[one.assignment_id, one.membership_id].append(one)
        for times in by_person.values():
            assert [one.cycle for one in times] == list(range(1, len(times) + 1))
            assert [one.is_current for one in times] == [*[False] * (len(times) - 1), True]
            assert all(one.closed_at for one in times[:-1])
        of_nobody = (
            select(Obligation.id)
            .join(Membership, Membership.id == Obligation.membership_id)
            .join(Assignment, Assignment.id == Obligation.assignment_id)
            .where(
                Obligation.closed_at.is_(None),
                Membership.ended_at.is_not(None) | Assignment.ended_at.is_not(None),
            )
        )
        assert session.scalars(of_nobody).all() == []
        return {
            one.id: (one.opens_on, one.due_on, one.closed_how, one.closed_at, one.completed_on)
            for one in rows
            if one.closed_at
        }


@dataclass(frozen=True)
class Told:
    """What a packet of a month says of its last day."""

    rows: Mapping[tuple[str, str], Sequence[tuple[Any, ...]]]

    @property
    def overdue(self) -> int:
        return sum(
            "Overdue" in row
            for (_, name), rows in self.rows.items()
            if name == "owed.csv"
            for row in rows
        )


def packets_of(clinic: Clinic, last: date) -> Told:
    """Of the month that ended on that day, for every course."""
    rows: dict[tuple[str, str], Sequence[tuple[Any, ...]]] = {}
    for course in COURSES:
        with clinic.database.reading_session() as session:
            packet = EvidencePacket(
                organization_id=clinic.scope.organization_id,
                course_id=clinic.shelf.courses[course].id,
                starts_on=last.replace(day=1),
                ends_on=last,
                audience=Audience(everyone=True).to_json(),
                asked_by_id=clinic.by.id,
                asked_at=clinic.clock(),
                state="asked",
            )
            made = packets.gather(
                session, packet, base_url="https://rounds.example", now=clinic.clock()
            )
        for name in TABLES:
            # When a time ended may be a later day, which the packet tells too.
            told = [row[:-1] if name == "owed.csv" else row for row in made.tables[name]]
            rows[course, name] = sorted(map(tuple, told), key=repr)
    return Told(rows)


def test_what_was_told_of_a_day_is_told_so_ever_after(
    database: Database, sample: Catalogue, settings: Settings, clock: StandingClock
) -> None:
    mailer = FolderMailer(settings.instance_path / "mail", settings.mail_from)
    worker = make_worker(settings, database, clock, mailer)
    chance = Random(20)  # noqa: S311 - Any numbers will do, as long as they stay the same.
    clinic = Clinic(database, sample, clock, worker, chance, FIRST)
    ended: Ended = {}
    said: dict[date, int] = {}
    proved: dict[date, Told] = {}
    for number in range((LAST - FIRST).days):
        day = FIRST + number * DAY
        clinic.live_through(day)
        now_ended = ended_by_now(clinic)
        assert now_ended | ended == now_ended
        ended = now_ended
        if (day + DAY).day == 1:
            said[day] = overdue_now(clinic)
            clinic.at(day + DAY, 0, 30)
            proved[day] = packets_of(clinic, day)
            assert proved[day].overdue == said[day]
    clinic.at(LAST, 9)
    assert worker.do_all()
    now_told = trend(clinic)
    assert {day: now_told[day] for day in said} == said
    for day, told in proved.items():
        assert packets_of(clinic, day) == told
    # It was no quiet time: else this would show nothing.
    assert len([count for count in said.values() if count > 5]) >= 2
    assert {values[2] for values in ended.values()} == {"met", "waived", "expired"}
    with database.reading_session() as session:
        assert list(audit.verify(session)) == []
