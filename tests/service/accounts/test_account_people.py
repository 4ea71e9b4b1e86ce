"""Accounts are made, found and changed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service
from lms.accounts.errors import NameNotUsable, NameTaken, NoSuchPerson
from lms.accounts.models import AccountLink, SignInSession, User
from lms.accounts.person import Role
from lms.accounts.tokens import digest_of
from lms.foundation.database import Database
from tests.factories import make_user
from tests.threads import at_once

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_new_account_is_a_learners_without_a_password(session: Session) -> None:
    user = service.create_user(session, name=" Ada  Okafor ", email="Ada@Example.org", now=NOW)
    assert (user.name, user.email, user.user_name) == ("Ada Okafor", "ada@example.org", None)
    assert (user.role, user.password_hash, user.created_at) == ("learner", None, NOW)
    assert (user.time_zone, user.is_demo, user.deactivated_at) == ("UTC", False, None)


def test_a_new_account_may_have_both_names_and_a_password(session: Session) -> None:
    user = service.create_user(
        session, name="Ada", email="ada@example.org", user_name="Ada.O", password_hash="h", now=NOW
    )
    assert (user.email, user.user_name, user.password_hash) == ("ada@example.org", "ada.o", "h")


@pytest.mark.parametrize(
    "names",
    [
        {"name": "Ada"},
        {"name": "Ada", "email": "", "user_name": ""},
        {"name": "", "email": "ada@example.org"},
        {"name": "Ada", "email": "ada"},
        {"name": "Ada", "user_name": "a"},
    ],
)
def test_an_account_needs_names_that_can_be_used(session: Session, names: dict[str, str]) -> None:
    with pytest.raises(NameNotUsable):
        service.create_user(session, **names, now=NOW)
    assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    "names",
    [
        {"email": "ADA@example.org"},
        {"user_name": "Ada"},
        {"email": "new@example.org", "user_name": "ada"},
    ],
)
def test_a_name_belongs_to_one_account(session: Session, names: dict[str, str]) -> None:
    make_user(session, email="ada@example.org", user_name="ada")
    with pytest.raises(NameTaken):
        service.create_user(session, name="Another Ada", **names, now=NOW)
    # The transaction goes on: what was refused leaves nothing behind.
    assert len(session.scalars(select(User)).all()) == 1


def test_of_two_accounts_made_at_once_one_exists(database: Database) -> None:
    def create() -> str:
        try:
            with database.transaction() as session:
                service.create_user(session, name="Ada", email="ada@example.org", now=NOW)
        except NameTaken:
            return "taken"
        return "made"

    outcomes = at_once([create, create])
    assert sorted(outcomes) == ["made", "taken"]


def test_an_invited_person_gets_a_link_for_seven_days(session: Session) -> None:
    user, token = service.invite(
        session, name="Ada", email="ada@example.org", user_name=None, now=NOW
    )
    link = session.scalars(select(AccountLink)).one()
    assert (link.user_id, link.purpose) == (user.id, "invitation")
    assert link.token_digest == digest_of(token)
    assert (link.expires_at - NOW).days == 7


@pytest.mark.parametrize("typed", ["ada@example.org", " ADA@Example.org ", "ada.o", "Ada.O"])
def test_a_person_is_found_by_either_name_in_any_case(session: Session, typed: str) -> None:
    make_user(session)
    ada = make_user(session, email="ada@example.org", user_name="ada.o")
    assert service.find_by_name(session, typed) is ada


@pytest.mark.parametrize("typed", ["", "eve@example.org", "ada@", "ada%", "ada.o\x00", "n" * 5000])
def test_nobody_is_found_by_another_name(session: Session, typed: str) -> None:
    make_user(session, email="ada@example.org", user_name="ada.o")
    assert service.find_by_name(session, typed) is None


def test_role_and_time_zone_are_changed(session: Session) -> None:
    ada, eve = make_user(session), make_user(session)
    service.set_role(session, ada.id, Role.INSTRUCTOR)
    service.set_time_zone(session, ada.id, "Europe/London")
    session.expire_all()
    assert (ada.role, ada.time_zone) == ("instructor", "Europe/London")
    assert (eve.role, eve.time_zone) == ("learner", "UTC")


def test_a_new_password_ends_sessions_and_links_of_that_person_alone(session: Session) -> None:
    ada, eve = make_user(session), make_user(session)
    for user in (ada, ada, eve):
        service.open_session(session, user.id, user_agent="tests", keep=False, now=NOW)
        service.issue_link(session, user.id, "reset", now=NOW)
    kept = session.scalars(select(SignInSession).where(SignInSession.user_id == ada.id)).first()
    assert kept
    service.set_password(session, ada.id, password_hash="new", keep_session_id=kept.id, now=NOW)
    session.expire_all()
    assert (ada.password_hash, eve.password_hash) == ("new", None)
    assert [row.id for row in service.live_sessions(session, ada.id, now=NOW)] == [kept.id]
    assert len(service.live_sessions(session, eve.id, now=NOW)) == 1
    unused = session.scalars(select(AccountLink.user_id).where(AccountLink.used_at.is_(None)))
    assert unused.all() == [eve.id]


def test_changes_to_nobody_are_refused(session: Session) -> None:
    with pytest.raises(NoSuchPerson):
        service.set_role(session, 4711, Role.ADMINISTRATOR)
    with pytest.raises(NoSuchPerson):
        service.set_time_zone(session, 4711, "UTC")
    with pytest.raises(NoSuchPerson):
        service.set_password(session, 4711, password_hash="new", now=NOW)


def test_a_checked_password_is_accepted_while_it_is_still_the_accounts(session: Session) -> None:
    ada = make_user(session, password_hash="seen")
    assert service.accept_password(session, ada.id, seen_hash="seen", fresh_hash=None)
    session.expire_all()
    assert ada.password_hash == "seen"
    assert service.accept_password(session, ada.id, seen_hash="seen", fresh_hash="fresh")
    session.expire_all()
    assert ada.password_hash == "fresh"
    assert not service.accept_password(session, ada.id, seen_hash="seen", fresh_hash=None)
    assert not service.accept_password(session, 4711, seen_hash="fresh", fresh_hash=None)
    ada.deactivated_at = NOW
    assert not service.accept_password(session, ada.id, seen_hash="fresh", fresh_hash=None)
