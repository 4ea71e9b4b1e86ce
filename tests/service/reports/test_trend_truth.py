"""The trend says of the end of a month what was so then: kept, counted, and as evidence packets tell it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assignments import assignments, decisions
from lms.assignments.audience import Audience
from lms.assignments.keeping import changed_since
from lms.assignments.models import Obligation, ObligationMove
from lms.assignments.month_ends import month_ends
from lms.assignments.terms import Terms
from lms.courses.catalogue import Catalogue
from lms.courses.models import CourseCompletion
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from lms.organizations.filters import Filters
from lms.reports import compliance, pasts
from lms.reports.compliance import Selection
from lms.reports.overview import overview
from lms.reports.standing import Filter
from lms.work import KeepStandings
from tests.conftest import StandingClock
from tests.factories import complete_course, enrol

from .packet_house import NOW, House, at, of, owe, table

TODAY = NOW.date()
ZONE = "America/New_York"
ENDS = month_ends(TODAY, ZONE)
# The months of which packets are made: everybody here is a member in all of them.
MONTHS = ENDS[-6:]
NAMES = ("Ada", "Cy", "Dee")
FILTERS = (
    Filter(),
    Filter(people=Filters(job_title="Aide")),
    Filter(course="onboarding"),
    Filter(people=Filters(search="ada")),
)


def keep(database: Database, clock: StandingClock) -> None:
    """What a worker does on the day on which the tests look back."""
    clock.moment = NOW
    work = KeepStandings(database, clock)
    while work():
        pass


def trends(database: Database, house: House) -> list[list[int]]:
    """What was overdue at the ends of twelve months, under some filters; kept and counted are the same."""
    with database.reading_session() as session:
        courses = compliance.assigned_courses(session, house.scope, {})
        found: list[list[int]] = []
        for one in FILTERS:
            selection = Selection(house.scope, one, TODAY, courses)
            counted = pasts.overdue_then(session, selection, ENDS)
            assert list(overview(session, selection, ENDS, most_teams=1).past) == counted
            found.append(counted)
        assert found[0] == found[2]
        assert changed_since(session, house.organization_id, ZONE, TODAY) is not None
        return found


def random_moment(random: Random, first: datetime) -> datetime:
    return first + timedelta(minutes=random.randrange(60 * 24 * 175))


def completions_of(session: Session, house: House, shelf: Catalogue) -> dict[str, int]:
    """A completion of each person, by which obligations can be met; their days are told with these."""
    found: dict[str, int] = {}
    for name in NAMES:
        row = enrol(session, house.people[name], shelf.courses["onboarding"])
        complete_course(session, row, shelf)
        found[name] = session.scalars(
            select(CourseCompletion.id).where(CourseCompletion.enrolment_id == row.id)
        ).one()
    return found


def make_random(
    session: Session, house: House, shelf: Catalogue, random: Random, done: dict[str, int]
) -> None:
    """Something that was owed in this half of the year, moved up to three times, and ended or not."""
    first = at(1, 6)
    values: dict[str, Any] = {"opened_at": min(random_moment(random, first) for _ in range(3))}
    how = random.choice([None, None, "met", "waived", "expired"])
    if how is not None:
        values |= {"closed_how": how, "closed_at": random_moment(random, values["opened_at"])}
        values |= {"closed_by_id": house.manager_id, "reason": "Said so"}
    if how == "met":
        # Some completions are heard of later, and some are from before anything was owed.
        heard = timedelta(days=random.choice([0, 0, 1, 20, 60, 120]))
        values["completed_on"] = (values["closed_at"] - heard).date()
    if how == "expired":
        values["closed_by_id"] = None
    due_on = random_moment(random, first).date()
    name = random.choice(NAMES)
    if how == "met" and random.random() < 0.7:
        values |= {"completion_id": done[name], "closed_by_id": None, "reason": ""}
    owed = owe(session, house, shelf, name, due_on=due_on, day_meant=due_on.day, **values)
    for _ in range(random.choice([0, 0, 1, 1, 2, 3])):
        before = random_moment(random, first).date()
        moved_at = random.choice([random_moment(random, first), random.choice(MONTHS).over_at])
        move(session, owed, before, moved_at)


def move(session: Session, owed: Obligation, due_before: date, moved_at: datetime) -> None:
    """A row of a move; the clocks of those who moved it need not agree."""
    session.add(
        ObligationMove(
            obligation_id=owed.id,
            opens_on=date(2026, 1, 5),
            due_on=due_before,
            moved_at=moved_at,
            reason="Rule",
        )
    )
    session.flush()


def test_kept_counted_and_packets_say_the_same_of_every_months_end(
    database: Database,
    clock: StandingClock,
    house: House,
    shelf: Catalogue,
    pack: Callable[..., dict[str, bytes]],
) -> None:
    random = Random(7)  # noqa: S311
    with database.transaction() as session:
        done = completions_of(session, house, shelf)
        for _ in range(150):
            make_random(session, house, shelf, random, done)
    keep(database, clock)
    with database.transaction() as session:
        for _ in range(50):
            make_random(session, house, shelf, random, done)
    # Counted, kept and corrected by whoever is marked.
    told = trends(database, house)[0]
    keep(database, clock)
    assert trends(database, house)[0] == told
    in_packets: list[int] = []
    for end in MONTHS:
        files = pack(starts_on=end.day.replace(day=1), ends_on=end.day)
        rows = of(table(files, "owed.csv"), "state")
        in_packets.append(rows.count(("Overdue",)))
    assert told[-6:] == in_packets
    assert min(in_packets) > 0
    assert len(set(in_packets)) > 3


def test_a_date_that_is_moved_today_leaves_the_past_as_it_was(
    database: Database, clock: StandingClock, house: House, shelf: Catalogue
) -> None:
    with database.transaction() as session:
        owed = [owe(session, house, shelf, name).id for name in ("Ada", "Cy", "Dee")]
    keep(database, clock)
    before = trends(database, house)
    assert before[0][-5:] == [0, 3, 3, 3, 3]
    by = Actor("Grace Manager", house.manager_id)
    for obligation_id, due_on in zip(owed, (8, 20, 31), strict=True):
        with database.transaction() as session:
            day = date(2026, 7, due_on)
            decisions.extend(session, obligation_id, due_on=day, reason="Ill", by=by, now=NOW)
        # Corrected by who is marked, and then counted anew.
        assert trends(database, house) == before
        keep(database, clock)
        assert trends(database, house) == before


def test_a_month_whose_end_comes_after_a_move_goes_by_the_new_date(
    database: Database, clock: StandingClock, house: House, shelf: Catalogue
) -> None:
    may, june = ENDS[-2], ENDS[-1]
    second = timedelta(seconds=1)
    with database.transaction() as session:
        # Put off until July, from the first moment of June and from the last one of May.
        for moved_at in (may.over_at, may.over_at - second):
            owed = owe(session, house, shelf, "Ada", due_on=date(2026, 7, 9), day_meant=9)
            move(session, owed, date(2026, 3, 10), moved_at)
        # Brought forward in June: it was not overdue before.
        owed = owe(session, house, shelf, "Cy", due_on=date(2026, 2, 9), day_meant=9)
        move(session, owed, date(2026, 7, 9), june.over_at - second)
    keep(database, clock)
    assert trends(database, house)[0][-5:] == [0, 2, 2, 1, 1]


def test_what_is_vouched_for_today_was_done_on_its_day(
    database: Database, clock: StandingClock, house: House, shelf: Catalogue
) -> None:
    with database.transaction() as session:
        owed = owe(session, house, shelf, "Ada").id
    keep(database, clock)
    assert trends(database, house)[0][-5:] == [0, 1, 1, 1, 1]
    with database.transaction() as session:
        decisions.vouch(
            session,
            owed,
            completed_on=date(2026, 4, 30),
            reason="Saw the paper",
            by=Actor("Grace Manager", house.manager_id),
            now=NOW,
        )
    assert trends(database, house)[0][-5:] == [0, 1, 0, 0, 0]


def test_a_rule_that_credits_earlier_work_leaves_the_past_as_it_was(
    database: Database,
    clock: StandingClock,
    house: House,
    shelf: Catalogue,
    pack: Callable[..., dict[str, bytes]],
) -> None:
    audience = Audience(membership_ids=frozenset({house.memberships["Ada"]}))
    afresh, by = Terms(counts_earlier=False), Actor("Grace Manager", house.manager_id)
    april = {"starts_on": date(2026, 4, 10), "ends_on": date(2026, 4, 10)}
    with database.transaction() as session:
        row = enrol(session, house.people["Ada"], shelf.courses["onboarding"], now=at(1, 6))
        complete_course(session, row, shelf, now=at(1, 6))
        assignment = assignments.create(
            session,
            organization_id=house.organization_id,
            course_id=shelf.courses["onboarding"].id,
            audience=audience,
            terms=afresh,
            by=by,
            now=at(3, 2),
        )
    keep(database, clock)
    before = trends(database, house)
    told = table(pack(**april), "overdue.csv")
    assert of(told, "name", "due on", "days late") == [("Ada Someone", "2026-04-01", "9")]
    with database.transaction() as session:
        counting = replace(afresh, counts_earlier=True)
        assignments.change(
            session,
            assignment,
            number=1,
            audience=audience,
            terms=counting,
            by=by,
            now=at(5, 20),
        )
    assert trends(database, house)[0][-3:] == [1, 0, 0]
    keep(database, clock)
    assert [month[:-2] for month in trends(database, house)] == [month[:-2] for month in before]
    again = table(pack(**april), "overdue.csv")
    assert of(again, "name", "due on", "days late", "how it ended", "ended on") == [
        ("Ada Someone", "2026-04-01", "9", "completed later", "2026-05-20")
    ]
    # After the credit nothing is owed.
    june = pack(starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 30))
    assert table(june, "owed.csv") == []
