"""Two organizations and their people, and what tests of the manager's pages do with them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.foundation.database import Database
from lms.organizations.models import Organization
from tests.factories import make_member, make_organization, make_user


@dataclass(frozen=True)
class House:
    """Two organizations, a manager and a member of each, and people who manage nothing."""

    manager: int
    member: int
    other_manager: int
    other_member: int
    administrator: int
    instructor: int
    # The memberships of the two members.
    membership: int
    other_membership: int


@pytest.fixture
def house(database: Database) -> House:
    """`riverside` is Grace's, `hillside` is Hugo's."""
    with database.transaction() as session:
        # They come first, so that nobody's id is also the number of their membership.
        administrator = make_user(session, role="administrator")
        instructor = make_user(session, role="instructor")
        riverside = make_organization(session, slug="riverside", name="Riverside Clinic")
        hillside = make_organization(session, slug="hillside", name="Hillside Hospice")
        grace = make_user(session, name="Grace Manager", password_hash="h")
        mia = make_user(session, name="Mia Member", email="mia@example.org", password_hash="h")
        hugo = make_user(session, name="Hugo Other", password_hash="h")
        nora = make_user(session, name="Nora Other", email="nora@example.org", password_hash="h")
        make_member(session, riverside, grace, "manager")
        membership = make_member(session, riverside, mia)
        make_member(session, hillside, hugo, "manager")
        other_membership = make_member(session, hillside, nora)
        return House(
            manager=grace.id,
            member=mia.id,
            other_manager=hugo.id,
            other_member=nora.id,
            administrator=administrator.id,
            instructor=instructor.id,
            membership=membership.id,
            other_membership=other_membership.id,
        )


@pytest.fixture
def add(database: Database) -> Callable[..., int]:
    """A function that makes a member of the organization with that slug, and gives the id of the membership."""

    def make(slug: str, **values: Any) -> int:
        with database.transaction() as session:
            organization = session.scalars(
                sa.select(Organization).where(Organization.slug == slug)
            ).one()
            user = make_user(session, **values)
            return make_member(session, organization, user).id

    return make


@pytest.fixture
def invite() -> Callable[..., TestResponse]:
    """A function that sends the form to invite somebody."""

    def send(
        client: FlaskClient, sign_in_name: str, slug: str = "riverside", **fields: str
    ) -> TestResponse:
        form = {"name": "Ada Okafor", "sign_in_name": sign_in_name, "role": "member", **fields}
        return client.post(f"/organizations/{slug}/invite", data=form)

    return send


@pytest.fixture
def count(database: Database) -> Callable[[type], int]:
    """A function that counts a table's rows."""

    def rows(table: type) -> int:
        with database.reading_session() as session:
            return session.scalars(sa.select(sa.func.count()).select_from(table)).one()

    return rows
