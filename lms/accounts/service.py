"""Reads and writes of people, their sessions, their links, and of failed tries."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session, contains_eager

from lms.foundation.database import batches, insert_if_absent

from . import names, throttle
from .errors import LinkOver, NameNotUsable, NameTaken, NoSuchPerson
from .models import AccountLink, Erasure, SignInFailure, SignInSession, User
from .person import Role
from .throttle import Subject
from .tokens import digest_of, new_token

SESSION_SPAN = timedelta(hours=12)
KEPT_SESSION_SPAN = timedelta(days=30)

Purpose = Literal["invitation", "reset"]
LINK_SPANS: dict[Purpose, timedelta] = {
    "invitation": timedelta(days=7),
    "reset": timedelta(hours=1),
}


# People


def create_user(
    session: Session,
    *,
    name: str,
    email: str | None = None,
    user_name: str | None = None,
    password_hash: str | None = None,
    now: datetime,
) -> User:
    """A new learner, named by an e-mail address, a user name, or both.

    `password_hash` comes from `passwords.choose`; without it the person needs a link. Raises
    NameNotUsable when a name breaks a rule, NameTaken when one already belongs to an account.
    """
    if not email and not user_name:
        raise NameNotUsable("Give an e-mail address or a user name.")
    values = {
        "name": names.checked_name(name),
        "email": names.checked_email(email) if email else None,
        "user_name": names.checked_user_name(user_name) if user_name else None,
        "password_hash": password_hash,
        "created_at": now,
    }
    user_id = insert_if_absent(session, User, values)
    if user_id is None:
        raise NameTaken
    return session.get_one(User, user_id)


def invite(
    session: Session, *, name: str, email: str | None, user_name: str | None, now: datetime
) -> tuple[User, str]:
    """A new learner without a password, and the token of the link that lets them choose one.

    Raises NameNotUsable and NameTaken as `create_user` does.
    """
    user = create_user(session, name=name, email=email, user_name=user_name, now=now)
    return user, issue_link(session, user.id, "invitation", now=now)


def find_by_name(session: Session, text: str) -> User | None:
    """Whoever has `text` as e-mail address or user name, in whatever case it was typed."""
    try:
        name = names.sign_in_name(text)
    except NameNotUsable:
        return None
    if name.email:
        return session.scalar(select(User).where(User.email == name.email))
    return session.scalar(select(User).where(User.user_name == name.user_name))


def set_role(session: Session, user_id: int, role: Role) -> None:
    """Give a person another role, from their next request on. Raises NoSuchPerson."""
    user = _person(session, user_id)
    user.role = role.value
    if role is not Role.LEARNER:
        # Their account is of use by itself now, and stays so when the role is taken away.
        user.left_at = None
    session.flush()


def set_time_zone(session: Session, user_id: int, zone: str) -> None:
    """Show a person's times in `zone`, an IANA name that `clock.is_zone` knows. Raises NoSuchPerson."""
    _person(session, user_id).time_zone = zone
    session.flush()


def set_password(
    session: Session,
    user_id: int,
    *,
    password_hash: str,
    keep_session_id: int | None = None,
    now: datetime,
) -> None:
    """Replace a password by one that `passwords.choose` hashed, outside of any transaction.

    Ends the person's unused links and sessions, save the one to keep: whoever knew the old password
    is out. Raises NoSuchPerson.
    """
    _person(session, user_id).password_hash = password_hash
    session.flush()
    session.execute(
        update(AccountLink)
        .where(AccountLink.user_id == user_id, AccountLink.used_at.is_(None))
        .values(used_at=now)
    )
    end_sessions(session, user_id, keep_session_id=keep_session_id, now=now)


def accept_password(
    session: Session, user_id: int, *, seen_hash: str, fresh_hash: str | None
) -> bool:
    """Whether the hash that a password was checked against is still that of an active account.

    The check is slow and happens outside the transaction: meanwhile the password may have changed.
    `fresh_hash`, made with the present parameters, takes its place if given.
    """
    found = session.scalar(
        update(User)
        .where(User.id == user_id, User.password_hash == seen_hash, User.deactivated_at.is_(None))
        .values(password_hash=fresh_hash or seen_hash)
        .returning(User.id)
    )
    return found is not None


def deactivate(session: Session, user_ids: Sequence[int], *, now: datetime) -> None:
    """Let nobody sign in to these accounts any more, and sign them out; their record stays.

    What was in use only until something was answered is out of use as of when its owner had left.
    """
    for some in batches(user_ids):
        session.execute(
            update(User)
            .where(User.id.in_(some), User.deactivated_at.is_(None))
            .values(deactivated_at=func.coalesce(User.left_at, now), left_at=None)
        )
        session.execute(
            update(SignInSession)
            .where(SignInSession.user_id.in_(some), SignInSession.ended_at.is_(None))
            .values(ended_at=now)
        )


def activate(session: Session, user_ids: Sequence[int], *, to_answer: bool = False) -> None:
    """Let these accounts be signed in to again; not those whose data was erased.

    With `to_answer` only until their owners have answered what they are asked.
    """
    erased = select(Erasure.user_id)
    for some in batches(user_ids):
        session.execute(
            update(User)
            .where(User.id.in_(some), User.id.not_in(erased))
            .values(deactivated_at=None, left_at=User.deactivated_at if to_answer else None)
        )


def _person(session: Session, user_id: int) -> User:
    """The account, locked until the transaction ends where the database can: changes take turns."""
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NoSuchPerson
    return user


# Sessions


def open_session(
    session: Session, user_id: int, *, user_agent: str, keep: bool, now: datetime
) -> str:
    """Begin a signed-in session and give its token, which only the browser's cookie will hold.

    It ends after 12 hours, which covers a shift, or after 30 days where the person asked to stay.
    """
    token = new_token()
    session.add(
        SignInSession(
            user_id=user_id,
            token_digest=digest_of(token),
            user_agent=user_agent[:200],
            created_at=now,
            expires_at=now + (KEPT_SESSION_SPAN if keep else SESSION_SPAN),
        )
    )
    session.flush()
    return token


def live_sessions(session: Session, user_id: int, *, now: datetime) -> Sequence[SignInSession]:
    """The person's signed-in browsers, the newest first."""
    return session.scalars(
        select(SignInSession)
        .where(SignInSession.user_id == user_id, _is_live(now))
        .order_by(SignInSession.created_at.desc(), SignInSession.id.desc())
    ).all()


def end_session(session: Session, user_id: int, session_id: int, *, now: datetime) -> bool:
    """Sign one of the person's browsers out; False when they have no such live session."""
    ended = session.scalar(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.user_id == user_id, _is_live(now))
        .values(ended_at=now)
        .returning(SignInSession.id)
    )
    return ended is not None


def end_session_of(session: Session, token: str, *, now: datetime) -> None:
    """Sign out the browser that holds `token`, whoever it belongs to; nothing when it is over."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_digest == digest_of(token), SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_sessions(
    session: Session, user_id: int, *, keep_session_id: int | None = None, now: datetime
) -> None:
    """Sign the person out everywhere, save in the session to keep."""
    statement = update(SignInSession).where(
        SignInSession.user_id == user_id, SignInSession.ended_at.is_(None)
    )
    if keep_session_id is not None:
        statement = statement.where(SignInSession.id != keep_session_id)
    session.execute(statement.values(ended_at=now))


def _is_live(now: datetime) -> ColumnElement[bool]:
    return SignInSession.ended_at.is_(None) & (SignInSession.expires_at > now)


# Links


def issue_link(session: Session, user_id: int, purpose: Purpose, *, now: datetime) -> str:
    """The token of a new link: an `invitation` lasts 7 days, a `reset` 1 hour."""
    token = new_token()
    session.add(
        AccountLink(
            user_id=user_id,
            purpose=purpose,
            token_digest=digest_of(token),
            created_at=now,
            expires_at=now + LINK_SPANS[purpose],
        )
    )
    session.flush()
    return token


def issue_invitations(
    session: Session, user_ids: Sequence[int], *, now: datetime
) -> dict[int, str]:
    """The tokens of new invitations by account; earlier ones, which may be lost, end."""
    session.execute(
        update(AccountLink)
        .where(
            AccountLink.user_id.in_(user_ids),
            AccountLink.purpose == "invitation",
            AccountLink.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return {user_id: issue_link(session, user_id, "invitation", now=now) for user_id in user_ids}


def open_link(session: Session, token: str, *, now: datetime) -> AccountLink:
    """The link of `token`, with its person, as long as it can be used. Raises LinkOver."""
    link = session.scalar(
        select(AccountLink)
        .join(AccountLink.user)
        .options(contains_eager(AccountLink.user))
        .where(
            AccountLink.token_digest == digest_of(token),
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > now,
            User.deactivated_at.is_(None),
        )
    )
    if link is None:
        raise LinkOver
    return link


def use_link(session: Session, token: str, *, password_hash: str, now: datetime) -> int:
    """Set the password of the link's person, once; their id.

    Ends all their sessions and other links. Raises LinkOver when the link is unknown, used, too old,
    or its person deactivated; of two uses at the same time, one does.
    """
    user_id = open_link(session, token, now=now).user_id
    # Two links of one person wait here for each other, instead of each for the other's row.
    _person(session, user_id)
    used = session.scalar(
        update(AccountLink)
        .where(
            AccountLink.token_digest == digest_of(token),
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(AccountLink.id)
    )
    if used is None:
        raise LinkOver
    set_password(session, user_id, password_hash=password_hash, now=now)
    return user_id


# Failed tries


def take_turn(session: Session, subjects: Sequence[Subject]) -> None:
    """Let tries at the same account settle one after the other, until this transaction ends.

    Without it, tries sent at the same moment would all be counted too late. On SQLite a transaction
    that writes is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = int(subjects[0].digest[:15], 16)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def waiting_time(session: Session, subjects: Iterable[Subject], *, now: datetime) -> timedelta:
    """How long these subjects must wait until another try; zero when they need not."""
    return max(_wait(session, subject, now=now) for subject in subjects)


def record_try(session: Session, subjects: Iterable[Subject], *, now: datetime) -> None:
    """Count a failed try, or a request for a reset, against each of `subjects`; forget the old ones."""
    session.execute(delete(SignInFailure).where(SignInFailure.failed_at < now - throttle.KEPT))
    session.add_all(SignInFailure(subject=subject.digest, failed_at=now) for subject in subjects)
    session.flush()


def forget_failures(session: Session, user: User, *others: Subject) -> None:
    """Forget the failed tries at this account, under either of its names and at `others`.

    What else the visitor tried stays.
    """
    names = filter(None, (user.email, user.user_name))
    digests = [one.digest for one in (*map(throttle.account_subject, names), *others)]
    session.execute(delete(SignInFailure).where(SignInFailure.subject.in_(digests)))


def _wait(session: Session, subject: Subject, *, now: datetime) -> timedelta:
    failures, oldest = session.execute(
        select(func.count(), func.min(SignInFailure.failed_at)).where(
            SignInFailure.subject == subject.digest,
            SignInFailure.failed_at > now - throttle.WINDOW,
        )
    ).one()
    return throttle.waiting_time(failures=failures, oldest=oldest, limit=subject.limit, now=now)
