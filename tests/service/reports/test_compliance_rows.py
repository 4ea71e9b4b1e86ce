"""The list of who has done what they must: the same rows and figures by page, by count and as a whole."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assignments.models import Assignment, Obligation
from lms.assignments.month_ends import month_ends
from lms.assignments.planning import Closed, State, standing_of, state_of
from lms.assignments.standings import standing_column, state_column
from lms.assignments.terms import Due
from lms.foundation.paging import last_page
from lms.organizations.models import Membership
from lms.organizations.scopes import Scope
from lms.reports import compliance, pasts
from lms.reports.compliance import Selection
from lms.reports.standing import Filter, Row, filter_of
from tests.factories import (
    make_member,
    make_organization,
    make_team,
    make_team_member,
    make_user,
)
from tests.obligation_rows import closed, make_assignment, make_course, make_obligation

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class World:
    """Two organizations with the same course, the first with people in every state."""

    scope: Scope
    team_id: int
    session: Session

    def selection(
        self, values: dict[str, str] | None = None, *, scope: Scope | None = None
    ) -> Selection:
        scope = scope or self.scope
        told = {key: value.format(team=self.team_id) for key, value in (values or {}).items()}
        courses = compliance.assigned_courses(self.session, scope, {})
        return Selection(scope, filter_of(told), TODAY, courses)


@pytest.fixture
def world(session: Session) -> World:
    organization, other = make_organization(session), make_organization(session)
    team = make_team(session, organization, "Night shift")
    further = make_team(session, organization, "Float pool")
    manager = make_user(session, name="Manager")
    hands, lifting, elsewhere = (
        make_course(session, slug) for slug in ("hand-hygiene", "lifting", "elsewhere")
    )
    assignments = [make_assignment(session, organization.id, one.id) for one in (hands, lifting)]
    others = make_assignment(session, other.id, hands.id)
    ended = make_assignment(session, organization.id, elsewhere.id)
    ended.ended_at, ended.ended_by_id = ended.created_at, manager.id
    lives = [
        (State.OVERDUE, TODAY - DAY, {}),
        (State.DUE, TODAY, {}),
        (State.OPEN, TODAY + 31 * DAY, {}),
        (State.MET, TODAY, closed("met", TODAY - DAY, manager.id, "Seen on the ward.")),
        (State.WAIVED, TODAY, closed("waived", TODAY - DAY, manager.id, "On secondment.")),
        (State.EXPIRED, TODAY - DAY, closed("expired", TODAY, None, "Left the audience.")),
    ]
    for number in range(60):
        _state, due_on, values = lives[number % len(lives)]
        person = make_user(session, name=f"Person {number % 7} {number}")
        member = make_member(session, organization, person)
        if number % 2:
            member.job_title, member.site = "Nurse", "North"
        member.employee_number = f"E{number}"
        for assignment in assignments:
            make_obligation(session, assignment, member, due_on, **values)
        if number % 3 == 0:
            make_team_member(session, team, member)
        if number % 12 == 0:
            make_team_member(session, further, member)
        make_obligation(session, ended, member, TODAY - DAY)
        if number < len(lives):
            stranger = make_member(session, other, make_user(session, name=f"Stranger {number}"))
            make_obligation(session, others, stranger, due_on, **values)
    # Somebody who has left.
    leaver = make_member(session, organization, make_user(session, name="Leaver"))
    leaver.ended_at = leaver.joined_at
    make_obligation(session, assignments[0], leaver, TODAY - DAY)
    session.commit()
    scope = Scope(organization.id, organization.slug, organization.name, "UTC")
    return World(scope, team.id, session)


def all_rows(world: World, selection: Selection) -> list[Row]:
    return list(compliance.every_row(world.session, selection))


def count_of(world: World, selection: Selection) -> int:
    groups = compliance.figures_by_course(world.session, selection)
    return sum(
        group.figures.of.get(state, 0) for group in groups for state in selection.filter.states
    )


# The rule


def test_the_database_says_of_every_date_what_the_rule_says(world: World) -> None:
    session = world.session
    first = session.scalars(select(Obligation).order_by(Obligation.id)).first()
    assert first is not None
    assignment = session.get_one(Assignment, first.assignment_id)
    member = session.get_one(Membership, first.membership_id)
    make_obligation(session, assignment, member, TODAY + 31 * DAY, after_waiver=True)
    obligations = session.scalars(select(Obligation)).all()
    days = [TODAY + offset * DAY for offset in (-40, -31, -30, -29, -1, 0, 1, 29, 30, 31, 32, 60)]
    seen = set()
    for today in days:
        columns = (Obligation.id, state_column(today), standing_column(today))
        told = {id_: values for id_, *values in session.execute(select(*columns))}
        for one in obligations:
            how = Closed(one.closed_how) if one.closed_how else None
            due = Due(one.opens_on, one.due_on, one.day_meant)
            expected = state_of(how, due, today)
            stands = standing_of(how, due, today, after_waiver=one.after_waiver)
            assert told[one.id] == [expected, stands], (one.opens_on, one.due_on, today)
            seen.add(expected)
    assert seen == set(State)


# The list


FILTERS: list[dict[str, str]] = [
    {},
    {"state": "overdue"},
    {"state": "compliant", "sort": "-due"},
    {"state": "waived", "sort": "state"},
    {"state": "expired"},
    {"course": "lifting", "sort": "course"},
    {"course": "elsewhere"},
    {"course": "no-such-course"},
    {"team": "{team}", "sort": "-name"},
    {"title": "Nurse", "site": "North", "sort": "completed"},
    {"q": "person 3", "sort": "-completed"},
    {"q": "E18"},
]


def test_pages_exports_and_counts_are_of_the_same_rows(world: World) -> None:
    for values in FILTERS:
        selection = world.selection(values)
        whole = all_rows(world, selection)
        count = count_of(world, selection)
        assert len(whole) == count, values
        paged: list[Row] = []
        for number in range(1, last_page(count) + 1):
            paged += compliance.rows_page(world.session, selection, number, count).rows
        assert paged == whole, values
        assert {row.state for row in whole} <= set(selection.filter.states)
        is_empty = values.get("course") in ("elsewhere", "no-such-course")
        assert bool(whole) != is_empty, values


def test_a_page_outside_the_list_is_the_nearest_one(world: World) -> None:
    selection = world.selection()
    count = count_of(world, selection)
    assert count == 100
    assert compliance.rows_page(world.session, selection, 99, count).number == 2
    assert compliance.rows_page(world.session, selection, -1, count).number == 1
    assert compliance.rows_page(world.session, world.selection({"q": "nobody"}), 1, 0).rows == []


def test_lists_are_in_the_order_that_was_asked_for(world: World) -> None:
    def rows(sort: str) -> list[Row]:
        return all_rows(world, world.selection({"sort": sort}))

    names = [row.name.lower() for row in rows("name")]
    assert names == sorted(names)
    assert [row.name.lower() for row in rows("-name")] == sorted(names, reverse=True)
    courses = [row.course for row in rows("course")]
    assert courses == sorted(courses)
    due = [row.due_on for row in rows("-due")]
    assert due == sorted(due, reverse=True)
    states = [row.state for row in rows("state")]
    assert states[0] is State.OVERDUE
    assert states[-1] is State.MET
    for sort in ("completed", "-completed"):
        done = [row.completed_on is None for row in rows(sort)]
        assert done == sorted(done)
        assert not done[0]


def test_figures_by_team_and_course_and_whom_to_nudge(world: World) -> None:
    selection = world.selection()
    courses = compliance.figures_by_course(world.session, selection)
    assert [group.key for group in courses] == ["hand-hygiene", "lifting"]
    figures = courses[0].figures
    assert (figures.compliant, figures.waived, figures.due, figures.overdue) == (30, 10, 10, 10)
    teams = compliance.figures_by_team(world.session, selection)
    assert [(group.name, group.figures.total) for group in teams] == [
        ("Float pool", 10),
        ("Night shift", 40),
    ]
    nudges = compliance.longest_overdue(world.session, selection)
    assert len(nudges) == 10
    assert {(nudge.count, nudge.due_on) for nudge in nudges} == {(2, TODAY - DAY)}
    assert "Leaver" not in {nudge.name for nudge in nudges}


def test_a_row_tells_of_the_person_and_their_teams(world: World) -> None:
    row = all_rows(world, world.selection({"q": "E12", "course": "lifting"}))[0]
    assert (row.name, row.employee_number, row.teams) == (
        "Person 5 12",
        "E12",
        "Float pool, Night shift",
    )
    assert (row.course, row.state, row.due_on) == ("lifting", State.OVERDUE, TODAY - DAY)
    assert (row.completed_on, row.score, row.certificate_number) == (None, None, None)


def test_a_teams_manager_sees_the_team_alone(world: World) -> None:
    scope = replace(world.scope, team_ids=frozenset({world.team_id}))
    selection = world.selection(scope=scope)
    rows = all_rows(world, selection)
    assert len(rows) == count_of(world, selection) == 40
    assert all("Night shift" in row.teams for row in rows)
    assert [group.name for group in compliance.figures_by_team(world.session, selection)] == [
        "Night shift"
    ]
    ends = month_ends(TODAY, "UTC")
    assert sum(pasts.overdue_then(world.session, selection, ends)) == 0


def test_what_was_completed_last_shows_while_the_next_cycle_is_unfinished(session: Session) -> None:
    organization = make_organization(session)
    manager = make_user(session)
    assignment = make_assignment(session, organization.id, make_course(session).id)
    member = make_member(session, organization, make_user(session))
    first, second = TODAY - 400 * DAY, TODAY - 35 * DAY
    vouched = closed("met", first, manager.id, "Paper record.")
    make_obligation(session, assignment, member, first, **vouched)
    make_obligation(session, assignment, member, second + 365 * DAY)
    session.commit()
    scope = Scope(organization.id, organization.slug, organization.name, "UTC")
    courses = compliance.assigned_courses(session, scope, {})
    [row] = compliance.every_row(session, Selection(scope, Filter(), TODAY, courses))
    assert (row.state, row.completed_on) == (State.OPEN, first)


# The trend


def test_the_trend_tells_what_was_overdue_at_each_months_end(session: Session) -> None:
    organization = make_organization(session)
    assignment = make_assignment(session, organization.id, make_course(session).id)
    january, february = date(2026, 1, 31), date(2026, 2, 28)
    manager = make_user(session)
    lives = [
        # Due on the very day, and not overdue before the next one.
        (january, {}),
        (january - DAY, {}),
        # Met late: on the last day of January, on the first of February, in time.
        (january - 2 * DAY, closed("met", january, manager.id, "Seen.")),
        (january - 2 * DAY, closed("met", january + DAY, manager.id, "Seen.")),
        (february, closed("met", february, manager.id, "Seen.")),
        # Not asked before March.
        (january - 9 * DAY, {"opened_at": month_ends(TODAY, "UTC")[-1].over_at}),
    ]
    for due_on, values in lives:
        member = make_member(session, organization, make_user(session))
        make_obligation(session, assignment, member, due_on, **values)
        if due_on == january - DAY:
            member.ended_at = member.joined_at
    session.commit()
    scope = Scope(organization.id, organization.slug, organization.name, "UTC")
    courses = compliance.assigned_courses(session, scope, {})
    ends = month_ends(TODAY, "UTC")
    for values in ({}, {"course": courses[assignment.course_id].slug}):
        selection = Selection(scope, filter_of(values), TODAY, courses)
        assert pasts.overdue_then(session, selection, ends)[-3:] == [0, 2, 2]
    for values in ({"course": "other"}, {"q": "nobody"}):
        selection = Selection(scope, filter_of(values), TODAY, courses)
        assert pasts.overdue_then(session, selection, ends) == [0] * 12
    selection = Selection(scope, filter_of({"q": "Ada"}), TODAY, courses)
    assert pasts.overdue_then(session, selection, ends)[-2:] == [2, 2]
