"""Signing in, as every page that signs people in does it."""

from flask import request
from flask import session as cookie
from flask_login import login_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from lms.foundation import web

from . import passwords, service, throttle
from .access import find_person
from .models import User
from .throttle import Subject

# One sentence for every reason: it must not tell which accounts exist.
NOT_MATCHED = "The name and the password do not match an account. Check both and try again."


def apart() -> Session:
    """A session to read with, while this request holds no transaction of its own.

    Hashing a password takes about 0.2 s. On SQLite a transaction that may write would keep everyone
    else waiting as long, even if it began with no more than the look at who is asking.
    """
    web.session().rollback()
    return web.services().database.reading_session()


def refuse_haste(session: Session, subjects: tuple[Subject, Subject]) -> None:
    """Answer 429 when there were too many tries of late."""
    wait = service.waiting_time(session, subjects, now=web.now())
    if wait:
        raise TooManyRequests(throttle.sentence(wait), retry_after=throttle.seconds(wait))


def proves(account: User | None, password: str, subjects: tuple[Subject, Subject]) -> bool:
    """Whether `password` is that of an active account; if not, the try is counted, to be committed.

    The second look at the limit decides, when nobody else can count at the same time; the first spares
    the work of hashing.
    """
    with apart() as reading:
        refuse_haste(reading, subjects)
    seen_hash = account.password_hash if account else None
    verdict = passwords.check(seen_hash, password)
    session = web.session()
    service.take_turn(session, subjects)
    refuse_haste(session, subjects)
    if (
        account
        and seen_hash
        and verdict.is_right
        and service.accept_password(
            session, account.id, seen_hash=seen_hash, fresh_hash=verdict.fresh_hash
        )
    ):
        service.forget_failures(session, account, subjects[0])
        return True
    service.record_try(session, subjects, now=web.now())
    return False


def enter(user_id: int, *, keep: bool) -> None:
    """Sign this browser in, with nothing left of what its cookie held before."""
    session, former = web.session(), cookie.get("_user_id")
    if former:
        service.end_session_of(session, former, now=web.now())
    token = service.open_session(
        session, user_id, user_agent=request.user_agent.string, keep=keep, now=web.now()
    )
    cookie.clear()
    cookie.permanent = keep
    login_user(find_person(token))
