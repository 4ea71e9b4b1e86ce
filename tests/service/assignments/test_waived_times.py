"""A waiver covers the time that it was given for: until the next window opens, every page says waived."""

from datetime import UTC, date, datetime, time

import pytest

from lms.assignments import decisions, keeping
from lms.assignments.counts import counts_of, unfinished_of
from lms.assignments.demands import demand_of
from lms.assignments.lists import every_person, people_page
from lms.assignments.planning import State
from lms.assignments.terms import Renewal, Terms
from lms.organizations.scopes import Scope
from lms.reports import compliance, overview
from lms.reports.compliance import Selection
from lms.reports.standing import Filter
from lms.reports.transcripts import read_transcript
from lms.work import KeepStandings
from tests.service.assignments.conftest import MONDAY, Employer

YEARLY = Terms(renewal=Renewal.AFTER_EXPIRY, months=12)
ZONE = "America/New_York"
# The waived time is due on 31 March 2026; the next one from 1 to 31 March 2027.
OPENS, LAST = date(2027, 3, 1), date(2027, 3, 31)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(17), UTC)


def waive(employer: Employer, membership_id: int, now: datetime = MONDAY) -> None:
    owed = employer.obligation(membership_id).id
    employer.write(
        lambda session: decisions.waive(
            session, owed, reason="On secondment", by=employer.by, now=now
        )
    )


def standings(employer: Employer, assignment_id: int, today: date) -> list[State]:
    """Where everybody stands by the list of compliance; every other page and what is kept must agree."""
    with employer.database.reading_session() as session:
        scope = Scope(employer.organization_id, "harbour", "Harbour", ZONE)
        courses = compliance.assigned_courses(session, scope, {})
        selection = Selection(scope, Filter(), today, courses)
        rows = list(compliance.every_row(session, selection))
        found = {row.membership_id: row.state for row in rows}
        demand = demand_of(session, assignment_id)
        assert demand is not None
        told = {row.membership_id: row.state for row in every_person(session, demand, None, today)}
        assert told == found
        counted = dict.fromkeys(State, 0) | dict(counts_of(session, demand, today))
        group = overview.figures_by_course(session, selection)[0]
        for state in State:
            number = list(found.values()).count(state)
            assert counted[state] == group.figures.of.get(state, 0) == number
            only = Selection(scope, Filter(state=state.value), today, courses)
            assert len(list(compliance.every_row(session, only))) == number
            page = people_page(session, demand, state, count=number, page=1, today=today)
            assert len(page.rows) == number
        for membership_id, state in found.items():
            record = read_transcript(session, scope, membership_id, courses, today)
            assert record is not None
            assert record.courses[0].state is state
        return [found[key] for key in sorted(found)]


def kept_standings(employer: Employer, assignment_id: int, today: date) -> list[State]:
    """The same, counted and then from what a worker has kept for the day."""
    counted = standings(employer, assignment_id, today)
    keep = KeepStandings(employer.database, lambda: noon(today))
    while keep():
        pass
    with employer.database.reading_session() as session:
        assert keeping.kept_counts(session, employer.organization_id, ZONE, today) is not None
    assert standings(employer, assignment_id, today) == counted
    return counted


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 3, 1), State.WAIVED),
        # The day after the waived time was due, and the last one before the next can be worked on.
        (date(2026, 4, 1), State.WAIVED),
        (date(2027, 2, 28), State.WAIVED),
        (OPENS, State.DUE),
        (LAST, State.DUE),
        (date(2027, 4, 1), State.OVERDUE),
    ],
)
def test_who_was_let_off_is_waived_until_the_next_window_opens(
    employer: Employer, today: date, state: State
) -> None:
    ada = employer.hire()
    assignment = employer.assign(YEARLY)
    waive(employer, ada)
    assert employer.owed(ada)[1][:4] == (2, OPENS, LAST, None)
    assert kept_standings(employer, assignment, today) == [state]


def test_the_record_tells_each_time_by_itself(employer: Employer) -> None:
    ada = employer.hire()
    employer.assign(YEARLY)
    waive(employer, ada)
    with employer.database.reading_session() as session:
        scope = Scope(employer.organization_id, "harbour", "Harbour", ZONE)
        courses = compliance.assigned_courses(session, scope, {})
        record = read_transcript(session, scope, ada, courses, date(2026, 4, 1))
        assert record is not None
        course = record.courses[0]
    assert course.state is State.WAIVED
    assert [(one.cycle, one.state, one.ended_by, one.reason) for one in course.owed] == [
        (2, State.OPEN, None, ""),
        (1, State.WAIVED, employer.by.name, "On secondment"),
    ]


def test_whoever_completes_what_follows_is_not_waived_any_more(employer: Employer) -> None:
    ada = employer.hire()
    assignment = employer.assign(YEARLY)
    waive(employer, ada)
    employer.new_day(noon(OPENS))
    employer.complete(ada, noon(OPENS))
    assert kept_standings(employer, assignment, date(2027, 3, 2)) == [State.OPEN]


def test_what_does_not_renew_stays_waived(employer: Employer) -> None:
    ada = employer.hire()
    assignment = employer.assign(Terms())
    waive(employer, ada)
    assert kept_standings(employer, assignment, date(2028, 1, 1)) == [State.WAIVED]


def test_the_waiver_covers_whoever_comes_back_before_the_next_window(employer: Employer) -> None:
    ada = employer.hire()
    assignment = employer.assign(YEARLY)
    waive(employer, ada)
    employer.place(ada, noon(date(2026, 5, 1)), ended_at=noon(date(2026, 5, 1)))
    employer.place(ada, noon(date(2026, 6, 1)), ended_at=None)
    assert [row[3] for row in employer.owed(ada)] == ["waived", "expired", None]
    assert kept_standings(employer, assignment, date(2026, 6, 2)) == [State.WAIVED]


def test_who_was_waived_counts_beside_those_who_have_completed(employer: Employer) -> None:
    """Of whom an ending assignment lets go, they are: the time that follows is unfinished."""
    ada, ben, _cy = (employer.hire(name) for name in ("Ada", "Ben", "Cy"))
    assignment = employer.assign(YEARLY)
    waive(employer, ada)
    employer.complete(ben, MONDAY)
    stand = kept_standings(employer, assignment, date(2026, 3, 2))
    assert stand == [State.WAIVED, State.OPEN, State.DUE]
    with employer.database.reading_session() as session:
        demand = demand_of(session, assignment)
        assert demand is not None
        assert unfinished_of(session, demand) == len(stand)
