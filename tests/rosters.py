"""An organization to which rosters are handed in, for tests of what becomes of its people."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from lms.accounts.models import User
from lms.foundation.base import Base
from lms.foundation.database import Database
from lms.organizations import imports, roster_jobs
from lms.organizations.imports import APPLY_JOB, CHECK_JOB
from lms.organizations.models import (
    Membership,
    Organization,
    Position,
    RosterImport,
    Team,
    TeamMembership,
)
from lms.organizations.roster import guessed
from lms.organizations.roster_changes import Kind
from lms.organizations.roster_file import beginning_of
from tests.factories import make_member, make_organization, make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
HEADER = "Employee number,Name,E-mail,Job title,Teams,Hire date,Manager"
FIRST = (
    "1,Ada Okafor,ada@example.org,Nurse,Night;Ward 3,2026-01-15,3",
    "2,Bea Brown,,Aide,Night,2/28/2026,3",
    "3,Cem Demir,cem@example.org,Lead,,,",
)
Outcome = dict[str, Any]


class Office:
    """An organization, and whoever hands rosters in there."""

    def __init__(self, database: Database, slug: str = "riverside") -> None:
        self.database = database
        with database.transaction() as session:
            self.organization_id = make_organization(session, slug=slug).id
            boss = make_user(session, name="Boss")
            organization = session.get_one(Organization, self.organization_id)
            make_member(session, organization, boss, "manager")
            self.boss_id = boss.id

    def hand_in(self, *rows: str, complete: bool = False, now: datetime = NOW) -> int:
        body = "\n".join([HEADER, *rows]).encode()
        found = beginning_of(body, 1000)
        mapped = guessed(found.header, found.samples)
        with self.database.transaction() as session:
            import_id = imports.start(
                session,
                self.organization_id,
                file_name="roster.csv",
                body=body,
                mapped=mapped,
                row_count=found.row_count,
                by_id=self.boss_id,
                now=now,
            )
            assert imports.begin_check(
                session, import_id, mapped=mapped, is_complete=complete, now=now
            )
        self.do(CHECK_JOB, import_id, now)
        return import_id

    def do(self, kind: str, import_id: int, now: datetime = NOW) -> None:
        payload = {"import_id": import_id, "actor_id": self.boss_id, "actor_name": "Boss"}
        roster_jobs.HANDLERS[kind](self.database, payload, now)

    def apply(self, *rows: str, now: datetime = NOW, **terms: bool) -> RosterImport:
        """Check and apply rows; what was foretold is what was done."""
        import_id = self.hand_in(*rows, now=now, **terms)
        foretold = self.find(import_id)
        assert (foretold.state, foretold.problems) == ("checked", [])
        assert self.begin_apply(import_id)
        self.do(APPLY_JOB, import_id, now)
        done = self.find(import_id)
        assert done.state == "applied"
        assert counts(done) == counts(foretold)
        return done

    def begin_apply(self, import_id: int, now: datetime = NOW) -> bool:
        """Ask for what the last check has found."""
        seen = self.find(import_id).outcome.get("digest", "")
        with self.database.transaction() as session:
            return imports.begin_apply(session, import_id, seen=seen, now=now)

    def put_away(self, now: datetime) -> None:
        """Do what is done every night."""
        with self.database.transaction() as session:
            imports.put_away(session, self.organization_id, now)

    def find(self, import_id: int) -> RosterImport:
        with self.database.reading_session() as session:
            return session.get_one(RosterImport, import_id)

    def rows(self, *tables: type[Base]) -> dict[str, list[str]]:
        with self.database.reading_session() as session:
            return {
                table.__tablename__: sorted(map(repr, session.execute(sa.select(table.__table__))))
                for table in tables
            }

    def people(self) -> dict[str, tuple[Any, ...]]:
        """Name, title, hire date, manager's number, teams and end, by employee number."""
        manager = aliased(Membership)
        with self.database.reading_session() as session:
            found = session.execute(
                sa.select(
                    Membership.id,
                    Membership.employee_number,
                    User.name,
                    Membership.job_title,
                    Membership.hired_on,
                    manager.employee_number,
                    Membership.ended_at,
                )
                .join(User, User.id == Membership.user_id)
                .outerjoin(manager, manager.id == Membership.manager_id)
                .where(Membership.employee_number.is_not(None))
            ).all()
            teams: dict[int, set[str]] = {}
            for key, name in session.execute(
                sa.select(TeamMembership.membership_id, Team.name)
                .join(Team)
                .where(TeamMembership.ended_at.is_(None))
            ):
                teams.setdefault(key, set()).add(name)
        return {
            number: (name, title, hired, manages, teams.get(key, set()), ended)
            for key, number, name, title, hired, manages, ended in found
            if number
        }


def counts(one: RosterImport) -> dict[str, int]:
    return {kind: count for kind, count in one.outcome.items() if kind in tuple(Kind) and count}


def positions_of(office: Office, *numbers: str) -> list[tuple[datetime, str, str | None]]:
    """Beginning, title and manager's number of each position that these people ever had."""
    manager = aliased(Membership)
    with office.database.reading_session() as session:
        told = session.execute(
            sa.select(Position.starts_at, Position.job_title, manager.employee_number)
            .join(Membership, Membership.id == Position.membership_id)
            .outerjoin(manager, manager.id == Position.manager_id)
            .where(Membership.employee_number.in_(numbers))
            .order_by(Position.id)
        ).all()
    return [(starts_at, title, number) for starts_at, title, number in told]
