"""Who manages, who belongs, and how the list of people is read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.paging import Page
from lms.organizations import positions, service
from lms.organizations.errors import AlreadyMember
from lms.organizations.filters import Filters
from lms.organizations.models import Membership, Organization
from lms.organizations.people import Member, members_page
from lms.organizations.scopes import Scope
from tests.factories import BEGINNING, make_member, make_organization, make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def scope_of(organization: Organization) -> Scope:
    return Scope(organization.id, organization.slug, organization.name, organization.time_zone)


def page_of(
    session: Session, organization: Organization, page: int = 1, **filters: Any
) -> Page[Member]:
    return members_page(session, scope_of(organization), Filters(**filters), page)


def names(session: Session, organization: Organization, page: int = 1, **filters: Any) -> list[str]:
    return [member.name for member in page_of(session, organization, page, **filters).rows]


def test_the_column_tells_managers_from_others(session: Session) -> None:
    manager, member, former, nobody = (make_user(session) for _ in range(4))
    organization = make_organization(session)
    make_member(session, organization, manager, "manager")
    make_member(session, organization, member, "member")
    make_member(session, organization, former, "manager").ended_at = NOW
    session.flush()
    rows = session.execute(select(User.id, service.is_manager_column()).order_by(User.id))
    assert [(key, bool(value)) for key, value in rows] == [
        (manager.id, True),
        (member.id, False),
        (former.id, False),
        (nobody.id, False),
    ]


def test_the_list_holds_those_who_belong_now_by_name(session: Session) -> None:
    organization, other = make_organization(session), make_organization(session)
    for name in ("Zoe", "ada", "Mia"):
        make_member(session, organization, make_user(session, name=name))
    make_member(session, organization, make_user(session, name="Gone")).ended_at = NOW
    make_member(session, other, make_user(session, name="Elsewhere"))
    session.flush()
    assert names(session, organization) == ["ada", "Mia", "Zoe"]
    assert page_of(session, organization).count == 3


def test_a_row_says_what_a_manager_may_know(session: Session) -> None:
    organization = make_organization(session)
    with_password = make_user(session, name="A", email=None, user_name="a.one", password_hash="h")
    make_member(session, organization, with_password, "manager")
    make_member(session, organization, make_user(session, name="B", email="b@example.org"))
    make_member(session, organization, make_user(session, name="C", deactivated_at=NOW))
    first, second, third = page_of(session, organization).rows
    assert (first.user_id, first.sign_in_name, first.role) == (with_password.id, "a.one", "manager")
    assert (first.joined_at, first.has_password) == (BEGINNING, True)
    assert (second.sign_in_name, second.has_password) == ("b@example.org", False)
    assert third.is_deactivated


def test_the_list_comes_in_pages_of_fifty(session: Session) -> None:
    organization = make_organization(session)
    for number in range(101):
        make_member(session, organization, make_user(session, name=f"Person {number:03}"))
    first = page_of(session, organization)
    assert (len(first.rows), first.number, first.last, first.count) == (50, 1, 3, 101)
    assert names(session, organization, page=2)[0] == "Person 050"
    assert names(session, organization, page=3) == ["Person 100"]
    # Pages that do not exist lead to the nearest one.
    for number, nearest in ((0, 1), (-7, 1), (4, 3), (10**30, 3)):
        assert page_of(session, organization, page=number).number == nearest


@pytest.mark.parametrize("count", [0, 50])
def test_a_full_page_is_the_only_one(session: Session, count: int) -> None:
    organization = make_organization(session)
    for _ in range(count):
        make_member(session, organization, make_user(session))
    page = page_of(session, organization, page=2)
    assert (page.number, page.last, len(page.rows)) == (1, 1, count)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["Eve Adams", "Zoë Özil"]),
        ("  ", ["Eve Adams", "Zoë Özil"]),
        ("adams", ["Eve Adams"]),
        (" EVE   adams ", ["Eve Adams"]),
        ("özil", ["Zoë Özil"]),
        ("ÖZIL", ["Zoë Özil"]),
        ("@Wards.", ["Eve Adams"]),
        ("zo.oz", ["Zoë Özil"]),
        ("100%", []),
        ("%", []),
        ("_", []),
        ("nobody", []),
        ("x" * 5000, []),
    ],
)
def test_a_search_looks_into_every_name(session: Session, search: str, found: list[str]) -> None:
    organization = make_organization(session)
    eve = make_user(session, name="Eve Adams", email="eve@wards.example")
    make_member(session, organization, eve)
    make_member(
        session, organization, make_user(session, name="Zoë Özil", email=None, user_name="zo.oz")
    )
    make_member(session, make_organization(session), make_user(session, name="Eve Adams"))
    assert names(session, organization, search=search) == found
    assert page_of(session, organization, search=search).count == len(found)


def test_a_member_is_added_once(session: Session) -> None:
    organization, ada = make_organization(session), make_user(session)
    positions.add_member(session, organization.id, ada.id, role="manager", now=NOW)
    with pytest.raises(AlreadyMember):
        positions.add_member(session, organization.id, ada.id, role="member", now=NOW)
    row = session.scalars(select(Membership)).one()
    assert (row.role, row.joined_at, row.ended_at) == ("manager", NOW, None)


def test_who_had_left_is_taken_back_in_with_the_new_role(session: Session) -> None:
    organization, ada = make_organization(session), make_user(session)
    row = make_member(session, organization, ada, "manager")
    row.ended_at = NOW
    session.flush()
    later = NOW + timedelta(days=3)
    positions.add_member(session, organization.id, ada.id, role="member", now=later)
    session.expire_all()
    assert (row.role, row.joined_at, row.ended_at) == ("member", later, None)
