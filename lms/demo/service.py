"""Making the demo's people, and giving those who can be signed in as another password."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import User
from lms.accounts.passwords import choose

from .people import PEOPLE
from .riverside import Riverside

# Under no address: what the colleagues have who signed in before, a password that nobody knows.
UNKNOWN = ""


def has_demo_people(session: Session) -> bool:
    """Whether anyone in the database is a demo person."""
    return session.scalar(select(User.id).where(User.is_demo).limit(1)) is not None


def new_password() -> str:
    """A random password that can be read aloud and typed: four groups of four letters."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def hashes_of(password: str) -> dict[str, str]:
    """The hashes that the demo people get, by e-mail; slow, so call it outside a transaction.

    Raises PasswordNotSuitable when the password breaks a rule.
    """
    hashes = {
        person.email: choose(password, names=(person.email, person.name))
        for person in PEOPLE
        if person.email
    }
    return hashes | {UNKNOWN: choose(new_password(), names=())}


def create_people(session: Session, hashes: Mapping[str, str], now: datetime) -> None:
    """Create the demo's employer with its people, and what came about there until now."""
    Riverside(session, hashes, hashes[UNKNOWN], now).live()


def set_passwords(session: Session, hashes: Mapping[str, str], now: datetime) -> None:
    """Give every demo person who can be signed in as a new password."""
    for user in session.scalars(select(User).where(User.is_demo)).all():
        if user.email and user.email in hashes:
            accounts.set_password(session, user.id, password_hash=hashes[user.email], now=now)
