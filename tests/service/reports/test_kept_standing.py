"""Kept figures are always what counting says, whatever happened since they were kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments import habits, keeping, owing
from lms.assignments.audience import Audience
from lms.assignments.counts import counts_of, counts_of_all
from lms.assignments.demands import all_demands_of
from lms.assignments.lists import every_person
from lms.assignments.models import Assignment, KeptFigures, Obligation, ObligationMove, StandingMark
from lms.assignments.month_ends import month_ends
from lms.assignments.terms import Terms
from lms.foundation.database import Database
from lms.organizations.filters import Filters
from lms.organizations.models import Membership, Organization, TeamMembership
from lms.organizations.scopes import Scope
from lms.reports import compliance, pasts
from lms.reports.behind import by_share, first_of
from lms.reports.compliance import Assigned, Group, Selection
from lms.reports.overview import figures_by_course, figures_by_team, figures_of, overview
from lms.reports.standing import Filter, total_of
from lms.work import KeepStandings
from tests.conftest import StandingClock
from tests.factories import (
    make_member,
    make_organization,
    make_team,
    make_team_member,
    make_user,
)
from tests.obligation_rows import closed, make_assignment, make_course, make_obligation, make_rule
from tests.threads import at_once, beside
from tests.web.test_query_counts import statements

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


class Employer:
    """An organization in which two courses are assigned to twelve people in two teams."""

    def __init__(self, database: Database, clock: StandingClock) -> None:
        self.database, self.clock, self.zone = database, clock, "UTC"
        with database.transaction() as session:
            organization = make_organization(session)
            self.id, self.slug = organization.id, organization.slug
            self.manager_id = make_user(session, name="Manager").id
            teams = [make_team(session, organization, name) for name in ("Days", "Nights")]
            self.team_ids = [team.id for team in teams]
            courses = [make_course(session) for _ in range(2)]
            assignments = [make_assignment(session, organization.id, one.id) for one in courses]
            for one in assignments:
                make_rule(session, one, Audience(everyone=True), Terms())
            self.courses = {
                one.id: course.slug for one, course in zip(assignments, courses, strict=True)
            }
            self.assignment_ids = [one.id for one in assignments]
            lives: list[tuple[date, dict[str, Any]]] = [
                (TODAY - 40 * DAY, {}),
                (TODAY, {}),
                (TODAY + 31 * DAY, {}),
                (TODAY, closed("met", TODAY - DAY, self.manager_id, "Seen.")),
                (TODAY, closed("waived", TODAY - DAY, self.manager_id, "Away.")),
                (TODAY - 70 * DAY, closed("expired", TODAY, None, "Left.")),
            ]
            self.member_ids: list[int] = []
            for number in range(12):
                member = make_member(session, organization, make_user(session, name=f"P{number}"))
                member.job_title, member.site = (
                    ("Porter", "Nurse", "porter", "Nurse")[number % 4],
                    "North",
                )
                self.member_ids.append(member.id)
                for place, assignment in enumerate(assignments):
                    due_on, values = lives[(number + place) % len(lives)]
                    if due_on > TODAY and number > 6:
                        values = {"cycle": 2, "after_waiver": True}
                    make_obligation(session, assignment, member, due_on, **values)
                if number % 3:
                    make_team_member(session, teams[number % 2], member)

    @property
    def today(self) -> date:
        return self.clock.moment.date()

    def keep(self) -> None:
        """What a worker does until nothing is left to do."""
        keep = KeepStandings(self.database, self.clock)
        while keep():
            pass

    def selections(self, session: Session) -> list[Selection]:
        """Everybody, what some filters leave, and what a manager of one team sees."""
        scope = Scope(self.id, self.slug, "Employer", self.zone)
        courses = compliance.assigned_courses(session, scope, {})
        people = [
            Filters(),
            Filters(team_id=self.team_ids[0]),
            Filters(job_title="PORTER", site="north"),
            Filters(search="p1"),
        ]
        found = [Selection(scope, Filter(people=one), self.today, courses) for one in people]
        part = replace(scope, team_ids=frozenset(self.team_ids[:1]))
        further = [replace(one, scope=part) for one in (found[0], found[2])]
        return [*found, *further, replace(found[0], filter=Filter(course=_slugs(courses)[0]))]

    def check(self) -> list[str]:
        """That what is told is what counting says; the statements that the kept way takes."""
        with self.database.reading_session() as session:
            ends = month_ends(self.today, self.zone)
            for selection in self.selections(session):
                told = overview(session, selection, ends, most_teams=1)
                courses = _plain(compliance.figures_by_course(session, selection))
                assert _plain(figures_by_course(session, selection)) == courses
                assert _plain(told.courses) == courses
                total = total_of(group.figures for group in told.courses)
                assert +Counter(figures_of(session, selection).of) == +Counter(total.of)
                teams = compliance.figures_by_team(session, selection)
                assert _plain(figures_by_team(session, selection)) == _plain(teams)
                assert told.team_count == len(teams)
                assert _plain(told.teams) == _plain(first_of(teams, 1))
                every = overview(session, selection, ends, most_teams=9).teams
                assert _plain(every) == _plain(sorted(teams, key=by_share))
                assert list(told.nudges) == compliance.longest_overdue(session, selection)
                assert list(told.past) == pasts.overdue_then(session, selection, ends)
                assert any(told.past) or selection.is_narrow
            everybody = self.selections(session)[0]
            self._check_assignments(session, compliance.figures_by_course(session, everybody))
        with self.database.reading_session() as session, statements(self.database) as seen:
            scope = Scope(self.id, self.slug, "Employer", self.zone)
            selection = Selection(scope, Filter(), self.today, {})
            figures_by_course(session, selection)
        return seen

    def _check_assignments(self, session: Session, courses: Sequence[Group]) -> None:
        """That lists of assignments and their pages say of each state what compliance says."""
        scope = Scope(self.id, self.slug, "Employer", self.zone)
        listed = counts_of_all(session, scope, self.today)
        demands = {
            one.assignment_id: one
            for one in all_demands_of(session, self.id)
            if one.assignment_id is not None
        }
        assert set(demands) == set(self.assignment_ids)
        assert set(listed) <= set(demands)
        by_course = {one.key: +Counter(one.figures.of) for one in courses}
        for id_, demand in demands.items():
            rows = Counter(row.state for row in every_person(session, demand, None, self.today))
            assert rows == +Counter(counts_of(session, demand, self.today))
            assert +Counter(listed.get(id_, {})) == (Counter() if demand.has_ended else rows)
            assert demand.has_ended or by_course[self.courses[id_]] == rows


def _slugs(courses: Mapping[int, Assigned]) -> list[str]:
    return [course.slug for course in courses.values() if course.assignment_ids]


def _plain(groups: Any) -> list[Any]:
    return [
        (one.key, one.name, {state: count for state, count in one.figures.of.items() if count})
        for one in groups
    ]


@pytest.fixture
def employer(database: Database, clock: StandingClock) -> Employer:
    return Employer(database, clock)


def _close(session: Session, employer: Employer) -> None:
    values = closed("met", TODAY, employer.manager_id, "Seen.")
    session.execute(
        update(Obligation)
        .where(Obligation.membership_id == employer.member_ids[0], Obligation.closed_at.is_(None))
        .values(**values)
    )


def _move(session: Session, employer: Employer) -> None:
    session.execute(
        update(Obligation)
        .where(Obligation.membership_id == employer.member_ids[1], Obligation.closed_at.is_(None))
        .values(due_on=TODAY - 5 * DAY, opens_on=TODAY - 9 * DAY)
    )


def _postpone(session: Session, employer: Employer) -> None:
    """As a rule does to many at once: some of them were moved before, in one of the months looked back on."""
    for owed in session.scalars(
        select(Obligation).where(Obligation.closed_at.is_(None), Obligation.due_on < TODAY)
    ).all():
        moments = [datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)]
        for moved_at in reversed(moments[: owed.id % 3]):
            session.add(
                ObligationMove(
                    obligation_id=owed.id,
                    opens_on=owed.opens_on,
                    due_on=owed.due_on,
                    moved_at=moved_at,
                    reason="Rule",
                )
            )
            owed.due_on += 40 * DAY
            session.flush()


def _open(session: Session, employer: Employer) -> None:
    assignment = session.get_one(Assignment, employer.assignment_ids[0])
    member = session.get_one(Membership, employer.member_ids[3])
    make_obligation(session, assignment, member, TODAY - 3 * DAY)


def _hire(session: Session, employer: Employer) -> None:
    organization = session.get_one(Organization, employer.id)
    member = make_member(session, organization, make_user(session, name="Newcomer"))
    assignment = session.get_one(Assignment, employer.assignment_ids[1])
    make_obligation(session, assignment, member, TODAY - 50 * DAY)


def _leave(session: Session, employer: Employer) -> None:
    session.execute(
        update(Membership)
        .where(Membership.id.in_(employer.member_ids[:6]))
        .values(ended_at=datetime(2026, 3, 1, tzinfo=UTC))
    )


def _change_team(session: Session, employer: Employer) -> None:
    session.execute(
        update(TeamMembership)
        .where(TeamMembership.membership_id == employer.member_ids[1])
        .values(team_id=employer.team_ids[0])
    )


def _leave_team(session: Session, employer: Employer) -> None:
    session.execute(
        update(TeamMembership)
        .where(TeamMembership.team_id == employer.team_ids[0])
        .values(ended_at=datetime(2026, 3, 1, tzinfo=UTC))
    )


def _end_assignment(session: Session, employer: Employer) -> None:
    session.execute(
        update(Assignment)
        .where(Assignment.id == employer.assignment_ids[0])
        .values(ended_at=datetime(2026, 3, 1, tzinfo=UTC), ended_by_id=employer.manager_id)
    )


def _erase(session: Session, employer: Employer) -> None:
    session.execute(delete(Obligation).where(Obligation.membership_id == employer.member_ids[6]))


CHANGES = (
    _close,
    _move,
    _open,
    _hire,
    _leave,
    _change_team,
    _leave_team,
    _end_assignment,
    _erase,
    _postpone,
)


def test_whatever_changes_the_figures_are_what_counting_says(employer: Employer) -> None:
    employer.check()
    employer.keep()
    for change in CHANGES:
        with employer.database.transaction() as session:
            change(session, employer)
        # Corrected by who is marked, and then counted anew.
        employer.check()
        assert _marks(employer.database), change.__name__
        employer.keep()
        employer.check()
        assert not _marks(employer.database), change.__name__


def _marks(database: Database) -> int:
    with database.reading_session() as session:
        return session.scalar(select(func.count()).select_from(StandingMark)) or 0


def test_a_list_of_assignments_counts_nothing_that_is_kept(employer: Employer) -> None:
    scope = Scope(employer.id, employer.slug, "Employer", "UTC")
    employer.keep()
    with employer.database.reading_session() as session, statements(employer.database) as seen:
        assert counts_of_all(session, scope, employer.today)
    assert len(seen) == 2
    assert all("obligation." not in statement for statement in seen)


def test_what_is_kept_holds_for_its_day_alone(employer: Employer) -> None:
    employer.keep()
    kept = employer.check()
    assert len(kept) == 2
    assert all("obligation." not in statement for statement in kept)
    employer.clock.advance(days=33)
    counted = employer.check()
    assert any("obligation." in statement for statement in counted)
    employer.keep()
    assert employer.check() == kept


def test_two_workers_and_a_change_between_them_end_with_right_figures(employer: Employer) -> None:
    employer.keep()
    with employer.database.transaction() as session:
        for change in (_close, _move, _hire):
            change(session, employer)

    def leave() -> None:
        with employer.database.transaction() as session:
            _leave(session, employer)

    with employer.database.writing_session() as session:
        keeping.count_some(session, employer.id)
        # Another worker waits; those who leave meanwhile were counted just now, as if they stayed.
        with beside(employer.database, lambda: at_once((employer.keep, leave))):
            session.commit()
    employer.check()
    employer.keep()
    assert not _marks(employer.database)
    employer.check()


def test_in_another_time_zone_months_end_at_another_moment(employer: Employer) -> None:
    """Also where the day is the same there, and a worker counts while the zone is changed."""
    with employer.database.transaction() as session:
        late = session.scalars(
            select(Obligation).where(Obligation.due_on == TODAY - 40 * DAY).limit(1)
        ).one()
        # Before February ended in Honolulu, and after it ended in UTC.
        late.closed_at = datetime(2026, 3, 1, 3, tzinfo=UTC)
        late.closed_how, late.completed_on, late.reason = "met", TODAY - DAY, "Seen."
        late.closed_by_id = employer.manager_id
    employer.clock.moment = datetime(2026, 3, 2, 20, tzinfo=UTC)
    employer.keep()
    employer.check()
    with employer.database.transaction() as session:
        session.add(StandingMark(organization_id=employer.id, membership_id=late.membership_id))
    with employer.database.writing_session() as session:
        reminds = owing.find_employer(session, employer.id)
        wanted = replace(reminds.habits, time_zone="Pacific/Honolulu")
        habits.change(session, reminds, wanted, employer.clock())
        with beside(employer.database, employer.keep):
            session.commit()
    employer.zone = "Pacific/Honolulu"
    employer.check()
    employer.keep()
    assert not _marks(employer.database)
    employer.check()


def test_where_many_are_marked_everything_is_counted(
    employer: Employer, monkeypatch: pytest.MonkeyPatch
) -> None:
    employer.keep()
    with employer.database.transaction() as session:
        _leave(session, employer)
    assert not any("GROUP BY" in statement for statement in employer.check())
    monkeypatch.setattr(keeping, "TOGETHER", 5)
    assert any("GROUP BY" in statement for statement in employer.check())


def test_a_worker_that_has_nothing_to_do_writes_nothing(employer: Employer) -> None:
    employer.keep()
    with statements(employer.database) as seen:
        employer.keep()
    assert len(seen) == 1
    with employer.database.reading_session() as session:
        assert session.scalar(select(func.count()).select_from(KeptFigures))


def test_lists_follow_a_name_that_is_changed(employer: Employer) -> None:
    with employer.database.transaction() as session:
        member = session.get_one(Membership, employer.member_ids[0])
        session.execute(update(User).where(User.id == member.user_id).values(name="Zoë LAST"))
    with employer.database.reading_session() as session:
        member = session.get_one(Membership, employer.member_ids[0])
        assert member.sort_name == "zoë last"
