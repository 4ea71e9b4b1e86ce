"""Signed-in sessions begin, last and end."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service
from lms.accounts.models import SignInSession
from lms.accounts.tokens import digest_of
from tests.factories import make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def opened(session: Session, user_id: int, *, now: datetime = NOW, keep: bool = False) -> int:
    token = service.open_session(session, user_id, user_agent="tests", keep=keep, now=now)
    statement = select(SignInSession.id).where(SignInSession.token_digest == digest_of(token))
    return session.scalars(statement).one()


def live(session: Session, user_id: int, now: datetime = NOW) -> list[int]:
    return [row.id for row in service.live_sessions(session, user_id, now=now)]


@pytest.mark.parametrize(
    ("keep", "span"), [(False, timedelta(hours=12)), (True, timedelta(days=30))]
)
def test_a_session_lasts_a_shift_or_a_month(session: Session, keep: bool, span: timedelta) -> None:
    ada = make_user(session)
    number = opened(session, ada.id, keep=keep)
    assert live(session, ada.id, NOW + span - timedelta(seconds=1)) == [number]
    assert live(session, ada.id, NOW + span) == []


def test_a_long_browser_name_is_cut(session: Session) -> None:
    ada = make_user(session)
    service.open_session(session, ada.id, user_agent="x" * 5000, keep=False, now=NOW)
    assert session.scalars(select(SignInSession.user_agent)).one() == "x" * 200


def test_the_newest_session_comes_first(session: Session) -> None:
    ada = make_user(session)
    first = opened(session, ada.id)
    third = opened(session, ada.id, now=NOW + timedelta(hours=2))
    second = opened(session, ada.id, now=NOW + timedelta(hours=1))
    assert live(session, ada.id, NOW + timedelta(hours=2)) == [third, second, first]


def test_a_session_is_ended_by_its_owner_once(session: Session) -> None:
    ada, eve = make_user(session), make_user(session)
    number, other = opened(session, ada.id), opened(session, ada.id)
    assert not service.end_session(session, eve.id, number, now=NOW)
    assert live(session, ada.id) == [other, number]
    assert service.end_session(session, ada.id, number, now=NOW)
    assert live(session, ada.id) == [other]
    assert not service.end_session(session, ada.id, number, now=NOW)
    assert not service.end_session(session, ada.id, other, now=NOW + timedelta(hours=12))


def test_a_session_is_ended_by_its_token(session: Session) -> None:
    ada = make_user(session)
    token = service.open_session(session, ada.id, user_agent="tests", keep=False, now=NOW)
    other = opened(session, ada.id)
    service.end_session_of(session, "no such token", now=NOW)
    service.end_session_of(session, token, now=NOW)
    assert live(session, ada.id) == [other]


def test_everywhere_is_everywhere_but_with_nobody_else(session: Session) -> None:
    ada, eve = make_user(session), make_user(session)
    opened(session, ada.id)
    opened(session, ada.id, keep=True)
    eves = opened(session, eve.id)
    service.end_sessions(session, ada.id, now=NOW)
    assert live(session, ada.id) == []
    assert live(session, eve.id) == [eves]


def test_an_ended_session_keeps_the_time_it_ended_at(session: Session) -> None:
    ada = make_user(session)
    number = opened(session, ada.id)
    service.end_session(session, ada.id, number, now=NOW)
    service.end_sessions(session, ada.id, now=NOW + timedelta(hours=1))
    session.expire_all()
    assert session.get_one(SignInSession, number).ended_at == NOW
