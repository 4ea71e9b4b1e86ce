"""People come into an organization, and get a new link where nobody else's account is at risk."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.errors import NameNotUsable, NameTaken
from lms.accounts.models import AccountLink, User
from lms.accounts.names import SignInName
from lms.organizations import service
from lms.organizations.errors import AlreadyMember, LinkNotAllowed
from lms.organizations.models import Membership, MembershipRequest
from tests.factories import make_member, make_organization, make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def invite(
    session: Session, organization_id: int, name: SignInName, role: str = "member"
) -> service.Entry | MembershipRequest:
    return service.invite(
        session,
        organization_id,
        name="Ada Okafor",
        sign_in_name=name,
        role=role,
        by_id=make_user(session, name="Grace").id,
        now=NOW,
    )


@pytest.mark.parametrize(
    "name", [SignInName(email="ada@example.org"), SignInName(user_name="ada.o")]
)
def test_somebody_new_gets_an_account_a_membership_and_a_link(
    session: Session, name: SignInName
) -> None:
    organization = make_organization(session)
    entry = invite(session, organization.id, name, "manager")
    assert isinstance(entry, service.Entry)
    assert (entry.user.email, entry.user.user_name) == (name.email, name.user_name)
    assert entry.token is not None
    link = accounts.open_link(session, entry.token, now=NOW)
    assert (link.user_id, link.purpose) == (entry.user.id, "invitation")
    row = session.scalars(select(Membership)).one()
    assert (row.organization_id, row.user_id, row.role) == (
        organization.id,
        entry.user.id,
        "manager",
    )


def test_whoever_has_an_account_is_asked_and_belongs_nowhere_until_they_accept(
    session: Session,
) -> None:
    ada = make_user(session, name="Ada the First", email="ada@example.org", password_hash="h")
    asked = invite(session, make_organization(session).id, SignInName(email="ada@example.org"))
    assert isinstance(asked, MembershipRequest)
    assert (asked.user_id, asked.name, asked.answered_at) == (ada.id, "Ada Okafor", None)
    session.expire_all()
    assert (ada.name, ada.password_hash) == ("Ada the First", "h")
    assert session.scalars(select(AccountLink)).all() == []
    assert session.scalars(select(Membership)).all() == []


def test_an_account_with_that_user_name_stays_out(session: Session) -> None:
    make_user(session, user_name="ada.o")
    with pytest.raises(NameTaken):
        invite(session, make_organization(session).id, SignInName(user_name="ada.o"))
    assert session.scalars(select(Membership)).all() == []


def test_a_member_is_not_invited_again(session: Session) -> None:
    organization = make_organization(session)
    ada = make_user(session, email="ada@example.org")
    make_member(session, organization, ada, "manager")
    with pytest.raises(AlreadyMember):
        invite(session, organization.id, SignInName(email="ada@example.org"))
    assert session.scalars(select(Membership.role)).all() == ["manager"]


def test_a_name_that_cannot_be_used_brings_nobody_in(session: Session) -> None:
    organization = make_organization(session)
    with pytest.raises(NameNotUsable):
        service.invite(
            session,
            organization.id,
            name=" ",
            sign_in_name=SignInName(email="ada@example.org"),
            role="member",
            by_id=make_user(session, email="grace@example.org").id,
            now=NOW,
        )
    assert session.scalars(select(User.email)).all() == ["grace@example.org"]


@pytest.mark.parametrize(("password_hash", "purpose"), [(None, "invitation"), ("h", "reset")])
def test_a_new_link_fits_what_the_person_lacks(
    session: Session, password_hash: str | None, purpose: str
) -> None:
    organization = make_organization(session)
    ada = make_user(session, password_hash=password_hash)
    membership = make_member(session, organization, ada)
    link = service.new_link(session, organization.id, membership.id, now=NOW)
    assert link is not None
    assert (link.user, link.purpose) == (ada, purpose)
    assert accounts.open_link(session, link.token, now=NOW).purpose == purpose


def test_nobody_but_a_member_gets_a_new_link(session: Session) -> None:
    organization = make_organization(session)
    stranger, former = make_user(session), make_user(session)
    elsewhere = make_member(session, make_organization(session), stranger)
    ended = make_member(session, organization, former)
    ended.ended_at = NOW
    session.flush()
    for membership_id in (elsewhere.id, ended.id, 4711):
        assert service.new_link(session, organization.id, membership_id, now=NOW) is None
    assert session.scalars(select(AccountLink)).all() == []


@pytest.mark.parametrize(
    "values", [{"role": "administrator"}, {"role": "instructor"}, {"deactivated_at": NOW}]
)
def test_an_account_with_other_rights_gets_no_link(
    session: Session, values: dict[str, object]
) -> None:
    organization = make_organization(session)
    user = make_user(session, **values)
    membership = make_member(session, organization, user)
    with pytest.raises(LinkNotAllowed):
        service.new_link(session, organization.id, membership.id, now=NOW)
    assert session.scalars(select(AccountLink)).all() == []


def test_an_account_of_two_organizations_gets_no_link_from_either(session: Session) -> None:
    here, there = make_organization(session), make_organization(session)
    ada = make_user(session)
    at_home, elsewhere = make_member(session, here, ada), make_member(session, there, ada)
    for membership in (at_home, elsewhere):
        with pytest.raises(LinkNotAllowed):
            service.new_link(session, membership.organization_id, membership.id, now=NOW)
    elsewhere.ended_at = NOW
    session.flush()
    assert service.new_link(session, here.id, at_home.id, now=NOW) is not None
