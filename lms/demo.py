"""Demo people: one of every role, in a demo organization, ready to look around as."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import User
from lms.accounts.passwords import choose
from lms.accounts.person import Role
from lms.courses import publications
from lms.courses import service as courses
from lms.organizations import positions, teams
from lms.organizations import service as organizations
from lms.organizations.models import Team
from lms.organizations.placements import Placement

COURSE = "care-coordinator-onboarding"
DUE_IN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Who they are and what a visitor sees as them."""

    role_word: str
    name: str
    email: str
    role: Role
    membership: str
    placement: Placement
    team: str | None = None
    is_enrolled: bool = False


SITE = "Riverside House"
PEOPLE = (
    DemoPerson(
        "learner",
        "Maya Torres",
        "learner@demo.example",
        Role.LEARNER,
        "member",
        Placement("1001", "Care coordinator", "Community care", SITE, date(2026, 11, 2)),
        team="Day team",
        is_enrolled=True,
    ),
    DemoPerson(
        "manager",
        "Samuel Osei",
        "manager@demo.example",
        Role.LEARNER,
        "manager",
        Placement("1002", "Director of nursing", "Management", SITE, date(2021, 4, 1)),
    ),
    DemoPerson(
        "instructor",
        "Priya Nair",
        "instructor@demo.example",
        Role.INSTRUCTOR,
        "member",
        Placement("1003", "Nurse educator", "Education", SITE, date(2022, 9, 5)),
    ),
    DemoPerson(
        "administrator",
        "Lena Fischer",
        "administrator@demo.example",
        Role.ADMINISTRATOR,
        "member",
        Placement("1004", "Systems manager", "Management", SITE, date(2020, 1, 13)),
    ),
)
# Somebody without e-mail, who needs a sign-in slip.
WITHOUT_EMAIL = ("Tomás Rivera", "riverside.1005")
WITHOUT_EMAIL_PLACED = Placement(
    "1005", "Home health aide", "Community care", "Hillside annex", date(2026, 10, 19)
)
TEAMS = ("Day team", "Night team")


def has_demo_people(session: Session) -> bool:
    """Whether anyone in the database is a demo person."""
    return session.scalar(select(User.id).where(User.is_demo).limit(1)) is not None


def new_password() -> str:
    """A random password that can be read aloud and typed: four groups of four letters."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def hashes_of(password: str) -> dict[str, str]:
    """Each demo person's hash of the password, by e-mail; slow, so call it outside a transaction.

    Raises PasswordNotSuitable when the password breaks a rule.
    """
    return {person.email: choose(password, names=(person.email, person.name)) for person in PEOPLE}


def create_people(session: Session, hashes: Mapping[str, str], now: datetime) -> None:
    """Create the demo people in their organization, and give the learner a course with a due date."""
    organization = organizations.create_organization(
        session, "riverside", "Riverside Care Partners", time_zone="America/New_York", now=now
    )
    named = {name: teams.create_team(session, organization.id, name, now=now) for name in TEAMS}
    for person in PEOPLE:
        user = accounts.create_user(
            session,
            name=person.name,
            email=person.email,
            password_hash=hashes[person.email],
            now=now,
        )
        user.role = person.role.value
        user.is_demo = True
        placed = positions.add_member(
            session,
            organization.id,
            user.id,
            role=person.membership,
            placement=person.placement,
            now=now,
        )
        if person.team:
            teams.join(session, session.get_one(Team, named[person.team]), [placed], now=now)
        if person.is_enrolled:
            _enrol(session, user.id, now)
    name, user_name = WITHOUT_EMAIL
    aide = accounts.create_user(session, name=name, user_name=user_name, now=now)
    aide.is_demo = True
    placed = positions.add_member(
        session,
        organization.id,
        aide.id,
        role="member",
        placement=WITHOUT_EMAIL_PLACED,
        now=now,
    )
    teams.join(session, session.get_one(Team, named["Night team"]), [placed], now=now)


def set_passwords(session: Session, hashes: Mapping[str, str], now: datetime) -> None:
    """Give every demo person a new password."""
    for user in session.scalars(select(User).where(User.is_demo)).all():
        if user.email and user.email in hashes:
            accounts.set_password(session, user.id, password_hash=hashes[user.email], now=now)


def _enrol(session: Session, user_id: int, now: datetime) -> None:
    course = publications.load_catalogue(session, None).courses.get(COURSE)
    if course is not None:
        courses.enrol(session, user_id=user_id, course=course, now=now, due_at=now + DUE_IN)
