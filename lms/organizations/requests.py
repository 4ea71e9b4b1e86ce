"""Asking somebody who has an account whether they want to belong to an organization.

Nobody with an account becomes a member unasked: the organization would see them under their real name,
with the courses that they took up on their own.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from lms.accounts.models import Erasure, User
from lms.foundation.database import batches, insert_if_absent

from .errors import AlreadyAsked, AlreadyMember, WasErased
from .models import Membership, MembershipRequest
from .placements import Placement
from .positions import placement_of, reactivate, rest
from .request_conditions import IS_OF_THEM, has_member, is_last_word

# Within it a second click asks for the same as the first one.
PAUSE = timedelta(minutes=1)
# What the employer says of whoever is asked.
_SAID = (
    "name",
    "email",
    "role",
    "employee_number",
    "job_title",
    "department",
    "site",
    "hired_on",
    "manager_number",
    "teams",
)


# What somebody is asked to be, as their page shows it.
_SHOWN = ("role", "employee_number", "job_title", "department", "site")


def digest_of(one: object) -> str:
    """A text that differs where what whoever is asked is shown differs.

    `one` is a request, or a row of a list that has what is shown of it.
    """
    shown = json.dumps([getattr(one, name) for name in _SHOWN])
    return hashlib.sha256(shown.encode()).hexdigest()


# Asking


def is_to_be_asked(session: Session, organization_id: int, user_id: int) -> bool:
    """Whether the owner of an account has to agree before they belong to an organization.

    Only whoever could not sign in since they left it, is taken back in without being asked. Raises
    AlreadyMember for whoever belongs to it now, and WasErased.
    """
    if session.scalar(select(Erasure.id).where(Erasure.user_id == user_id)) is not None:
        raise WasErased
    found = _membership(session, organization_id, user_id)
    if found is None:
        return True
    if found.ended_at is None:
        raise AlreadyMember
    return must_agree(session.get_one(User, user_id).deactivated_at, found.ended_at)


def must_agree(deactivated_at: datetime | None, ended_at: datetime | None) -> bool:
    """Whether a former member is asked: not if their account went out of use as they left."""
    return deactivated_at is None or deactivated_at != ended_at


def ask(
    session: Session,
    organization_id: int,
    user_id: int,
    *,
    name: str,
    email: str | None,
    role: str,
    by_id: int,
    now: datetime,
    placement: Placement | None = None,
) -> MembershipRequest:
    """Ask a person to become a `member` or a `manager`; the request, whose letter the caller sends.

    Where one waits already, that one now says what was asked last. Without a `placement` a former member
    would be what they were, and anybody else nothing yet. Whoever could not sign in since they left
    another organization can do so again until they have answered. Raises AlreadyAsked where the one that
    waits has said the same for less than a minute.
    """
    placed = None if placement is None else _placed(placement)
    former = _membership(session, organization_id, user_id)
    said = {"name": name, "email": email, "role": role, **(placed or {})}
    asked = {"requested_by_id": by_id, "requested_at": now, "letter_at": now}
    values = {
        **_key(organization_id, user_id),
        **_placed(placement_of(former) if former else Placement()),
        **said,
        **asked,
        "manager_number": None,
        "teams": None,
    }
    request_id = None
    # The one that waits may be answered at this very moment: then there is a new one after all.
    while request_id is None:
        request_id = insert_if_absent(session, MembershipRequest, values) or session.scalar(
            update(MembershipRequest)
            .where(_waits_for(organization_id, user_id), ~_was_said(said, now - PAUSE))
            .values(**said, **asked)
            .returning(MembershipRequest.id)
            .execution_options(synchronize_session=False)
        )
        if request_id is None and is_waiting(session, organization_id, user_id):
            raise AlreadyAsked
    reactivate(session, [user_id], to_answer=True)
    return session.get_one(MembershipRequest, request_id, populate_existing=True)


def ask_again(
    session: Session,
    one: MembershipRequest,
    *,
    by_id: int,
    now: datetime,
    is_letter_sent: bool = True,
) -> MembershipRequest | None:
    """Ask once more what was asked, also somebody who declined; None when that was done already, or they
    came in meanwhile.

    What was declined stays on record beside the new request. The caller sends the letter, or it waits.
    """
    if one.answered_at is None:
        if one.requested_at > now - PAUSE:
            return None
    elif one.answer != "declined" or not _is(
        session, one, is_last_word() & ~has_member(IS_OF_THEM)
    ):
        return None
    values = {name: getattr(one, name) for name in _SAID}
    letter_at = now if is_letter_sent else None
    asked = {"requested_by_id": by_id, "requested_at": now, "letter_at": letter_at}
    if one.answered_at is not None:
        request_id = insert_if_absent(
            session,
            MembershipRequest,
            {**_key(one.organization_id, one.user_id), **values, **asked},
        )
    else:
        request_id = session.scalar(
            update(MembershipRequest)
            .where(MembershipRequest.id == one.id, MembershipRequest.answered_at.is_(None))
            .values(**asked)
            .returning(MembershipRequest.id)
            .execution_options(synchronize_session=False)
        )
    if request_id is None:
        return None
    reactivate(session, [one.user_id], to_answer=True)
    return session.get_one(MembershipRequest, request_id, populate_existing=True)


def answer(
    session: Session, one: MembershipRequest, answered: str, *, now: datetime
) -> MembershipRequest | None:
    """Note that a request was `accepted`, `declined` or `withdrawn`, once; None for whoever comes second.

    An account that the request alone kept in use is out of use again, unless it was accepted.
    """
    request_id = session.scalar(
        update(MembershipRequest)
        .where(MembershipRequest.id == one.id, MembershipRequest.answered_at.is_(None))
        .values(answer=answered, answered_at=now)
        .returning(MembershipRequest.id)
        .execution_options(synchronize_session=False)
    )
    if request_id is None:
        return None
    if answered != "accepted":
        rest(session, [one.user_id], now=now)
    return session.get_one(MembershipRequest, request_id, populate_existing=True)


# Many at once


def ask_all_again(
    session: Session, found: Sequence[MembershipRequest], *, by_id: int, now: datetime
) -> list[str]:
    """Ask once more what each of these was asked; the names of those who are. Their letters wait."""
    again = (
        ask_again(session, one, by_id=by_id, now=now, is_letter_sent=False)
        # In one order, so that of two who do it at once neither waits for the other for ever.
        for one in sorted(found, key=lambda one: one.id)
    )
    return [one.name for one in again if one]


def ask_all(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Ask many people, none of whom is asked already. Their letters wait to be sent."""
    if rows:
        session.execute(insert(MembershipRequest), rows)
        reactivate(session, [row["user_id"] for row in rows], to_answer=True)


def change_all(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Let requests that still wait, each named by its `request_id`, say something else from now on."""
    if rows:
        table = MembershipRequest.__table__
        still_waits = (table.c.id == bindparam("request_id")) & table.c.answered_at.is_(None)
        session.connection().execute(update(MembershipRequest).where(still_waits), rows)


def withdraw_all(session: Session, request_ids: Sequence[int], *, now: datetime) -> list[str]:
    """Take back those of the requests that still wait, as `answer` does one; whose they were, by name."""
    names: list[str] = []
    for some in batches(request_ids):
        withdrawn = session.execute(
            update(MembershipRequest)
            .where(MembershipRequest.id.in_(some), MembershipRequest.answered_at.is_(None))
            .values(answer="withdrawn", answered_at=now)
            .returning(MembershipRequest.user_id, MembershipRequest.name)
            .execution_options(synchronize_session=False)
        ).all()
        rest(session, [user_id for user_id, _ in withdrawn], now=now)
        names += [name for _, name in withdrawn]
    return names


# Reading


def find(session: Session, organization_id: int, request_id: int) -> MembershipRequest | None:
    """The request with that id of that organization."""
    return session.scalar(
        select(MembershipRequest).where(
            MembershipRequest.id == request_id,
            MembershipRequest.organization_id == organization_id,
        )
    )


def find_own(session: Session, user_id: int, request_id: int) -> MembershipRequest | None:
    """The request with that id to that person."""
    return session.scalar(
        select(MembershipRequest).where(
            MembershipRequest.id == request_id, MembershipRequest.user_id == user_id
        )
    )


def is_waiting(session: Session, organization_id: int, user_id: int) -> bool:
    """Whether an organization has asked a person who has not answered."""
    waiting = select(MembershipRequest.id).where(_waits_for(organization_id, user_id))
    return session.scalar(waiting) is not None


def belongs(session: Session, one: MembershipRequest) -> bool:
    """Whether whoever is asked belongs to the organization that asks now."""
    return _is(session, one, has_member(IS_OF_THEM))


def _membership(session: Session, organization_id: int, user_id: int) -> Membership | None:
    return session.scalar(
        select(Membership).where(
            Membership.organization_id == organization_id, Membership.user_id == user_id
        )
    )


def _placed(placement: Placement) -> dict[str, Any]:
    placed = asdict(placement)
    del placed["manager_id"]
    return placed


def _key(organization_id: int, user_id: int) -> dict[str, int]:
    return {"organization_id": organization_id, "user_id": user_id}


def _waits_for(organization_id: int, user_id: int) -> ColumnElement[bool]:
    return and_(
        MembershipRequest.organization_id == organization_id,
        MembershipRequest.user_id == user_id,
        MembershipRequest.answered_at.is_(None),
    )


def _was_said(said: dict[str, Any], since: datetime) -> ColumnElement[bool]:
    """Whether a request says this, and was made after `since`."""
    return and_(
        MembershipRequest.requested_at > since,
        *(getattr(MembershipRequest, name).is_not_distinct_from(said[name]) for name in said),
    )


def _is(session: Session, one: MembershipRequest, which: ColumnElement[bool]) -> bool:
    found = select(MembershipRequest.id).where(MembershipRequest.id == one.id, which)
    return session.scalar(found) is not None
