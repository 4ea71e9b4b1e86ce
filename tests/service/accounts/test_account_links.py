"""Links that let a person choose a password, once."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service
from lms.accounts.errors import LinkOver
from lms.accounts.models import AccountLink, User
from lms.foundation.database import Database
from tests.factories import make_user
from tests.threads import at_once

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("purpose", "span"), [("invitation", timedelta(days=7)), ("reset", timedelta(hours=1))]
)
def test_a_link_lasts_as_long_as_its_purpose(
    session: Session, purpose: service.Purpose, span: timedelta
) -> None:
    ada = make_user(session)
    token = service.issue_link(session, ada.id, purpose, now=NOW)
    link = service.open_link(session, token, now=NOW + span - timedelta(seconds=1))
    assert (link.user, link.purpose) == (ada, purpose)
    with pytest.raises(LinkOver):
        service.open_link(session, token, now=NOW + span)
    with pytest.raises(LinkOver):
        service.use_link(session, token, password_hash="new", now=NOW + span)
    assert ada.password_hash is None


@pytest.mark.parametrize("token", ["", "unknown", "\x00", "x" * 10_000])
def test_an_unknown_link_is_over(session: Session, token: str) -> None:
    service.issue_link(session, make_user(session).id, "reset", now=NOW)
    with pytest.raises(LinkOver):
        service.open_link(session, token, now=NOW)
    with pytest.raises(LinkOver):
        service.use_link(session, token, password_hash="new", now=NOW)


def test_looking_at_a_link_does_not_use_it(session: Session) -> None:
    token = service.issue_link(session, make_user(session).id, "reset", now=NOW)
    service.open_link(session, token, now=NOW)
    assert service.open_link(session, token, now=NOW).used_at is None


def test_a_link_sets_one_password_and_ends_everything_older(session: Session) -> None:
    ada, eve = make_user(session), make_user(session)
    for user in (ada, eve):
        service.open_session(session, user.id, user_agent="tests", keep=True, now=NOW)
    token = service.issue_link(session, ada.id, "invitation", now=NOW)
    others = [
        service.issue_link(session, ada.id, "reset", now=NOW),
        service.issue_link(session, ada.id, "invitation", now=NOW),
    ]
    eves = service.issue_link(session, eve.id, "reset", now=NOW)
    assert service.use_link(session, token, password_hash="first", now=NOW) == ada.id
    for spent in (token, *others):
        with pytest.raises(LinkOver):
            service.use_link(session, spent, password_hash="second", now=NOW)
    session.expire_all()
    assert (ada.password_hash, eve.password_hash) == ("first", None)
    assert list(service.live_sessions(session, ada.id, now=NOW)) == []
    assert len(service.live_sessions(session, eve.id, now=NOW)) == 1
    assert service.open_link(session, eves, now=NOW).user is eve


def test_a_deactivated_persons_link_is_over(session: Session) -> None:
    ada = make_user(session, deactivated_at=NOW)
    token = service.issue_link(session, ada.id, "reset", now=NOW)
    with pytest.raises(LinkOver):
        service.open_link(session, token, now=NOW)
    with pytest.raises(LinkOver):
        service.use_link(session, token, password_hash="new", now=NOW)


@pytest.mark.parametrize("of_one_link", [True, False])
def test_uses_at_the_same_moment_set_one_password(database: Database, of_one_link: bool) -> None:
    with database.transaction() as session:
        user_id = make_user(session).id
        tokens = [service.issue_link(session, user_id, "reset", now=NOW) for _ in range(4)]

    def use(number: int, token: str) -> str:
        try:
            with database.transaction() as session:
                service.use_link(session, token, password_hash=f"hash {number}", now=NOW)
        except LinkOver:
            return "over"
        return f"hash {number}"

    used = tokens[:1] * 4 if of_one_link else tokens
    outcomes = at_once([partial(use, number, token) for number, token in enumerate(used)])
    won = [outcome for outcome in outcomes if outcome != "over"]
    assert (len(outcomes), len(won)) == (4, 1)
    with database.reading_session() as session:
        assert session.get_one(User, user_id).password_hash == won[0]
        assert session.scalars(select(AccountLink).where(AccountLink.used_at.is_(None))).all() == []
