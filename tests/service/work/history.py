"""An employer to whom something happens every day, by chance, through the doors that pages and workers use."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.assignments import assignments, decisions
from lms.assignments.audience import Audience
from lms.assignments.errors import AssignmentError
from lms.assignments.models import Assignment, AssignmentRule, Exemption, Obligation
from lms.assignments.terms import First, Renewal, Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import Actor
from lms.foundation.clock import in_zone
from lms.foundation.database import Database
from lms.foundation.worker import Worker
from lms.organizations import leaves, positions, teams
from lms.organizations.errors import OrganizationError
from lms.organizations.models import LeaveOfAbsence, Membership, Team
from lms.organizations.placements import Placement
from lms.organizations.scopes import Scope
from lms.quizzes.service import NoAttemptLeft
from tests.conftest import StandingClock
from tests.factories import complete_course, enrol, make_organization, make_user

RowT = TypeVar("RowT")

ZONE = "America/New_York"
TITLES = ("Nurse", "Aide", "Clerk")
COURSES = ("onboarding", "refresher")
REASON = "As the ward manager asked"
DAY = timedelta(days=1)
# What people do of which it is said that it cannot be.
REFUSED = (AssignmentError, OrganizationError, NoAttemptLeft)


class Clinic:
    """A clinic in New York with two teams, a worker, and a source of chance."""

    def __init__(
        self,
        database: Database,
        shelf: Catalogue,
        clock: StandingClock,
        worker: Worker,
        chance: Random,
        first: date,
    ) -> None:
        self.database, self.shelf, self.clock = database, shelf, clock
        self.worker, self.chance = worker, chance
        self.at(first, 9)
        with database.transaction() as session:
            clinic = make_organization(session, name="Harbour", time_zone=ZONE)
            grace = make_user(session, name="Grace Manager")
            self.scope = Scope(clinic.id, clinic.slug, clinic.name, ZONE)
            self.by = Actor(grace.name, grace.id)
            self.team_ids = [
                teams.create_team(session, clinic.id, name, now=clock())
                for name in ("Days", "Nights")
            ]
            for _ in range(10):
                self._hire(session)
            for _ in range(2):
                self._assign(session)

    @property
    def today(self) -> date:
        return in_zone(self.clock(), ZONE).date()

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        """Set the clock, by which everybody goes, to an hour of a day in New York."""
        moment = datetime.combine(day, time(hour, minute), ZoneInfo(ZONE))
        self.clock.moment = moment.astimezone(UTC)

    def live_through(self, day: date) -> None:
        """What happens on a day: the worker's night, and what people do."""
        self.at(day, 0, 5)
        assert self.worker.do_all()
        for hour in sorted(self.chance.sample(range(7, 20), self.chance.choice((0, 1, 2, 4)))):
            self.at(day, hour, self.chance.randrange(60))
            self._do(self.chance.choices(_EVENTS, _WEIGHTS)[0])
        self.at(day, 23, 55)

    def _do(self, event: Callable[["Clinic", Session], object]) -> None:
        try:
            with self.database.transaction() as session:
                event(self, session)
        except REFUSED:
            pass

    def _any(self, session: Session, query: Select[RowT]) -> RowT | None:
        found = session.scalars(query).all()
        return self.chance.choice(found) if found else None

    def _member(self, session: Session, *, is_here: bool = True) -> Membership | None:
        ended = Membership.ended_at
        query = select(Membership).where(
            Membership.organization_id == self.scope.organization_id,
            ended.is_(None) if is_here else ended.is_not(None),
        )
        return self._any(session, query.order_by(Membership.id))

    def _assignment(self, session: Session) -> Assignment | None:
        query = select(Assignment).where(Assignment.ended_at.is_(None)).order_by(Assignment.id)
        return self._any(session, query)

    def _owed(self, session: Session) -> Obligation | None:
        query = select(Obligation).where(Obligation.closed_at.is_(None)).order_by(Obligation.id)
        return self._any(session, query)

    def _terms(self) -> Terms:
        chance = self.chance
        first, renewal = chance.choice(list(First)), chance.choice(list(Renewal))
        is_fixed = renewal is Renewal.CALENDAR
        return Terms(
            first=first,
            first_on=self.today + chance.randint(3, 60) * DAY if first is First.ON_DATE else None,
            first_days=chance.choice((0, 5, 20, 40)),
            renewal=renewal,
            months=None if is_fixed else chance.choice((1, 2, 3, 12)),
            month=chance.randint(1, 12) if is_fixed else None,
            day=chance.randint(1, 28) if is_fixed else None,
            window_days=chance.choice((0, 10, 20)),
            minimum_days=chance.choice((0, 20)),
            counts_earlier=chance.random() < 0.6,
        )

    def _audience(self) -> Audience:
        kind = self.chance.random()
        if kind < 0.4:
            return Audience(everyone=True)
        if kind < 0.7:
            return Audience(team_ids=frozenset([self.chance.choice(self.team_ids)]))
        return Audience(job_titles=frozenset([self.chance.choice(TITLES)]))

    # What happens

    def _hire(self, session: Session) -> None:
        user = make_user(session, name="Ada Okafor")
        day = self.today + self.chance.choice((-300, -20, 0, 12)) * DAY
        placement = Placement(job_title=self.chance.choice(TITLES), hired_on=day)
        positions.add_member(
            session,
            self.scope.organization_id,
            user.id,
            role="member",
            now=self.clock(),
            placement=placement,
        )

    def _leave(self, session: Session) -> None:
        if one := self._member(session):
            positions.end_memberships(
                session, self.scope.organization_id, [one.id], now=self.clock()
            )

    def _return(self, session: Session) -> None:
        if one := self._member(session, is_here=False):
            positions.add_member(
                session, self.scope.organization_id, one.user_id, role="member", now=self.clock()
            )

    def _move(self, session: Session) -> None:
        if one := self._member(session):
            team = session.get_one(Team, self.chance.choice(self.team_ids))
            if not teams.join(session, team, [one.id], now=self.clock()):
                teams.leave(session, team, [one.id], now=self.clock())

    def _promote(self, session: Session) -> None:
        if one := self._member(session):
            placed = replace(positions.placement_of(one), job_title=self.chance.choice(TITLES))
            positions.place(session, one, placed, now=self.clock())

    def _go_away(self, session: Session) -> None:
        if one := self._member(session):
            day = self.today + self.chance.randint(-5, 15) * DAY
            away = {"starts_on": day, "ends_on": day + self.chance.randint(0, 30) * DAY}
            leaves.record(session, one, **away, by_id=self.by.id or 0, now=self.clock())

    def _stay_after_all(self, session: Session) -> None:
        query = select(LeaveOfAbsence).where(LeaveOfAbsence.withdrawn_at.is_(None))
        if one := self._any(session, query.order_by(LeaveOfAbsence.id)):
            member = session.get_one(Membership, one.membership_id)
            leaves.withdraw(session, member, one.id, now=self.clock())

    def _complete(self, session: Session) -> None:
        if one := self._member(session):
            course = self.shelf.courses[self.chance.choice(COURSES)]
            row = enrol(session, one.user_id, course, now=self.clock())
            complete_course(session, row, self.shelf, now=self.clock())

    def _waive(self, session: Session) -> None:
        if one := self._owed(session):
            decisions.waive(session, one.id, reason=REASON, by=self.by, now=self.clock())

    def _extend(self, session: Session) -> None:
        if one := self._owed(session):
            day = max(one.due_on, self.today) + self.chance.randint(1, 60) * DAY
            decisions.extend(
                session, one.id, due_on=day, reason=REASON, by=self.by, now=self.clock()
            )

    def _exempt(self, session: Session) -> None:
        one, member = self._assignment(session), self._member(session)
        if one and member:
            decisions.exempt(session, one.id, member, reason=REASON, by=self.by, now=self.clock())

    def _ask_after_all(self, session: Session) -> None:
        query = select(Exemption).where(Exemption.withdrawn_at.is_(None)).order_by(Exemption.id)
        if one := self._any(session, query):
            member = session.get_one(Membership, one.membership_id)
            decisions.withdraw_exemption(
                session, one.assignment_id, member, by=self.by, now=self.clock()
            )

    def _assign(self, session: Session) -> None:
        assignments.create(
            session,
            organization_id=self.scope.organization_id,
            course_id=self.shelf.courses[self.chance.choice(COURSES)].id,
            audience=self._audience(),
            terms=self._terms(),
            by=self.by,
            now=self.clock(),
        )

    def _change(self, session: Session) -> None:
        if one := self._assignment(session):
            numbers = select(func.max(AssignmentRule.number))
            number = session.scalars(numbers.where(AssignmentRule.assignment_id == one.id)).one()
            assignments.change(
                session,
                one.id,
                number=number,
                audience=self._audience(),
                terms=self._terms(),
                by=self.by,
                now=self.clock(),
            )

    def _end(self, session: Session) -> None:
        if one := self._assignment(session):
            assignments.end(session, one.id, by=self.by, now=self.clock())


# How often each happens beside the others.
_OFTEN: dict[Callable[[Clinic, Session], object], float] = {
    Clinic._hire: 2,
    Clinic._leave: 1,
    Clinic._return: 1,
    Clinic._move: 2,
    Clinic._promote: 1,
    Clinic._go_away: 2,
    Clinic._stay_after_all: 1,
    Clinic._complete: 4,
    Clinic._waive: 1,
    Clinic._extend: 1,
    Clinic._exempt: 1,
    Clinic._ask_after_all: 1,
    Clinic._assign: 0.4,
    Clinic._change: 1,
    Clinic._end: 0.1,
}
_EVENTS, _WEIGHTS = list(_OFTEN), list(_OFTEN.values())
