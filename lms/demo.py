"""Demo people: one of every role, in a demo organization, ready to look around as."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import User
from lms.accounts.passwords import choose
from lms.accounts.person import Role
from lms.courses import publications
from lms.courses import service as courses
from lms.organizations.models import Membership, Organization

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
    is_enrolled: bool = False


PEOPLE = (
    DemoPerson(
        "learner", "Maya Torres", "learner@demo.example", Role.LEARNER, "member", is_enrolled=True
    ),
    DemoPerson("manager", "Samuel Osei", "manager@demo.example", Role.LEARNER, "manager"),
    DemoPerson("instructor", "Priya Nair", "instructor@demo.example", Role.INSTRUCTOR, "member"),
    DemoPerson(
        "administrator", "Lena Fischer", "administrator@demo.example", Role.ADMINISTRATOR, "member"
    ),
)


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
    organization = Organization(slug="riverside", name="Riverside Care Partners", created_at=now)
    session.add(organization)
    session.flush()
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
        session.add(
            Membership(
                organization_id=organization.id,
                user_id=user.id,
                role=person.membership,
                joined_at=now,
            )
        )
        session.flush()
        if person.is_enrolled:
            _enrol(session, user.id, now)


def set_passwords(session: Session, hashes: Mapping[str, str], now: datetime) -> None:
    """Give every demo person a new password."""
    for user in session.scalars(select(User).where(User.is_demo)).all():
        if user.email and user.email in hashes:
            accounts.set_password(session, user.id, password_hash=hashes[user.email], now=now)


def _enrol(session: Session, user_id: int, now: datetime) -> None:
    course = publications.load_catalogue(session, None).courses.get(COURSE)
    if course is not None:
        courses.enrol(session, user_id=user_id, course=course, now=now, due_at=now + DUE_IN)
