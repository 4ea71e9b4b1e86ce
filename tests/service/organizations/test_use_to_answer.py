"""An account that is in use only so that its owner can answer is out of use again once nothing is asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import SignInSession, User
from lms.accounts.names import SignInName
from lms.accounts.person import Role
from lms.foundation.database import Database
from lms.organizations import answers, positions, requests, service
from lms.organizations.models import Membership, MembershipRequest, Organization
from tests.factories import make_member, make_organization, make_request, make_user
from tests.rosters import FIRST, Office, counts
from tests.threads import at_once

LEFT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ASKED = LEFT + timedelta(days=30)
ANSWERED = ASKED + timedelta(days=1)
EMAIL = "ada@example.org"


def leave(session: Session, organization: Organization, user: User) -> None:
    membership_id = session.scalars(
        select(Membership.id).where(
            Membership.organization_id == organization.id, Membership.user_id == user.id
        )
    ).one()
    positions.end_memberships(session, organization.id, [membership_id], now=LEFT)
    session.expire_all()


def ask(session: Session, organization: Organization, by: User) -> MembershipRequest:
    found = service.invite(
        session, organization.id, name="Ada", sign_in_name=SignInName(email=EMAIL), role="member",
        by_id=by.id, now=ASKED,
    )  # fmt: skip
    assert isinstance(found, MembershipRequest)
    session.expire_all()
    return found


End = Callable[[Session, MembershipRequest], object]
ENDS: dict[str, End] = {
    "declined": lambda session, one: answers.decline(session, one, now=ANSWERED),
    "withdrawn": lambda session, one: requests.answer(session, one, "withdrawn", now=ANSWERED),
    "withdrawn with others": lambda session, one: requests.withdraw_all(
        session, [one.id], now=ANSWERED
    ),
}


@pytest.mark.parametrize("is_left_first", [True, False])
@pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
def test_an_account_ends_as_it_was_before_it_was_asked(
    session: Session, end: End, is_left_first: bool
) -> None:
    clinic, other = make_organization(session), make_organization(session)
    grace, ada = make_user(session), make_user(session, email=EMAIL, password_hash="h")
    make_member(session, other, ada)
    if is_left_first:
        leave(session, other, ada)
    one = ask(session, clinic, grace)
    if not is_left_first:
        leave(session, other, ada)
    assert ada.deactivated_at is None
    accounts.open_session(session, ada.id, user_agent="", keep=False, now=ASKED)
    end(session, one)
    session.expire_all()
    assert (ada.deactivated_at, ada.left_at) == (LEFT, None)
    assert session.scalars(select(SignInSession.ended_at)).all() == [ANSWERED]
    # The employer that they left may take them back without asking, as before.
    assert not requests.is_to_be_asked(session, other.id, ada.id)


@pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
def test_it_stays_in_use_as_long_as_anybody_asks(session: Session, end: End) -> None:
    clinic, hospice, other = (make_organization(session) for _ in range(3))
    grace, ada = make_user(session), make_user(session, email=EMAIL)
    make_member(session, other, ada)
    leave(session, other, ada)
    first, second = ask(session, clinic, grace), ask(session, hospice, grace)
    end(session, second)
    session.expire_all()
    assert ada.deactivated_at is None
    end(session, first)
    session.expire_all()
    assert ada.deactivated_at == LEFT


def accept_another(session: Session, ada: User, grace: User) -> None:
    one = make_request(session, make_organization(session), ada, grace.id)
    assert answers.accept(session, one, seen=requests.digest_of(one), now=ASKED)


def be_made_manager(session: Session, ada: User, _grace: User) -> None:
    service.make_manager(session, make_organization(session).id, ada.id, now=ASKED)


def teach_for_a_time(session: Session, ada: User, _grace: User) -> None:
    accounts.set_role(session, ada.id, Role.INSTRUCTOR)
    accounts.set_role(session, ada.id, Role.LEARNER)


@pytest.mark.parametrize("become", [accept_another, be_made_manager, teach_for_a_time])
@pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
def test_what_is_of_use_by_now_stays_in_use(
    session: Session, end: End, become: Callable[[Session, User, User], None]
) -> None:
    clinic, other = make_organization(session), make_organization(session)
    grace, ada = make_user(session), make_user(session, email=EMAIL)
    make_member(session, other, ada)
    leave(session, other, ada)
    one = ask(session, clinic, grace)
    become(session, ada, grace)
    end(session, one)
    session.expire_all()
    assert (ada.deactivated_at, ada.left_at) == (None, None)


@pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
def test_what_was_in_use_before_stays_in_use(session: Session, end: End) -> None:
    clinic, grace = make_organization(session), make_user(session)
    ada = make_user(session, email=EMAIL)
    end(session, ask(session, clinic, grace))
    session.expire_all()
    assert ada.deactivated_at is None


def test_a_complete_roster_that_withdraws_puts_the_account_out_of_use(database: Database) -> None:
    office = Office(database)
    with database.transaction() as session:
        other, ada = make_organization(session), make_user(session, email=EMAIL)
        make_member(session, other, ada)
        leave(session, other, ada)
        ada_id = ada.id
    office.apply(*FIRST)
    done = office.apply(*FIRST[1:], complete=True)
    assert counts(done)["withdrawn"] == 1
    with database.reading_session() as session:
        assert session.get_one(User, ada_id).deactivated_at == LEFT


def test_whoever_is_asked_as_they_decline_elsewhere_can_answer(database: Database) -> None:
    with database.transaction() as session:
        clinic, hospice, other = (make_organization(session) for _ in range(3))
        grace, ada = make_user(session), make_user(session, email=EMAIL)
        make_member(session, other, ada)
        leave(session, other, ada)
        first_id = ask(session, clinic, grace).id
        ada_id, hospice_id, grace_id = ada.id, hospice.id, grace.id

    def decline() -> None:
        with database.transaction() as session:
            answers.decline(session, session.get_one(MembershipRequest, first_id), now=ANSWERED)

    def ask_too() -> None:
        with database.transaction() as session:
            ask(session, session.get_one(Organization, hospice_id), session.get_one(User, grace_id))

    at_once([decline, ask_too])
    with database.reading_session() as session:
        user = session.get_one(User, ada_id)
        assert (user.deactivated_at, user.left_at) == (None, LEFT)
