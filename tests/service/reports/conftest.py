"""What tests of evidence packets share."""

import itertools
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lms.assignments.audience import Audience
from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from lms.organizations.models import Membership
from lms.organizations.scopes import Scope
from lms.reports import archive, packets
from lms.reports.models import EvidencePacket
from lms.reports.seal import check
from tests.factories import (
    make_member,
    make_organization,
    make_team,
    make_team_member,
    make_user,
    publish_sample,
)

from .packet_house import EVERYONE, NOW, SIGNER, House, at, place


@pytest.fixture
def house(database: Database) -> House:
    """Ada became lead nurse within the period; Ben left in it; Eve came after it; Flo is elsewhere."""
    with database.transaction() as session:
        riverside = make_organization(
            session, slug="riverside", name="Riverside", time_zone="America/New_York"
        )
        hillside = make_organization(session, slug="hillside", name="Hillside")
        grace = make_user(session, name="Grace Manager")
        make_member(session, riverside, grace, "manager")
        people: dict[str, int] = {}
        memberships: dict[str, int] = {}
        for name in ("Ada", "Ben", "Cy", "Dee", "Eve", "Flo"):
            user = make_user(session, name=f"{name} Someone")
            where = hillside if name == "Flo" else riverside
            membership = make_member(session, where, user)
            people[name], memberships[name] = user.id, membership.id
            history: list[tuple[datetime, dict[str, Any]]] = [(at(1, 5), {})]
            if name == "Ada":
                history += [(at(3, 20), {"job_title": "Lead nurse"}), (at(5, 1), {"site": "South"})]
            if name == "Ben":
                history += [(at(3, 15), {"is_member": False})]
                membership.ended_at = at(3, 15)
            if name == "Eve":
                history = [(at(4, 2), {})]
            place(session, membership, *history)
        team = make_team(session, riverside, "Night shift")
        make_team_member(session, team, session.get_one(Membership, memberships["Cy"]))
        scope = Scope(riverside.id, "riverside", "Riverside", "America/New_York")
        return House(riverside.id, grace.id, scope, people, memberships, team.id)


@pytest.fixture
def shelf(database: Database) -> Catalogue:
    with database.transaction() as session:
        return publish_sample(session)


@pytest.fixture
def pack(database: Database, house: House, shelf: Catalogue) -> Callable[..., dict[str, bytes]]:
    """A function that makes a packet for March; its files."""

    # Each is asked for long after the one before: else it would be the same.
    moments = (NOW + timedelta(hours=hours) for hours in itertools.count())

    def made(audience: Audience = EVERYONE, **values: Any) -> dict[str, bytes]:
        told = {
            "course_slug": "onboarding",
            "starts_on": date(2026, 3, 1),
            "ends_on": date(2026, 3, 31),
            "audience": audience,
            "by_id": house.manager_id,
            "now": next(moments),
        }
        with database.transaction() as session:
            wanted = packets.wanted(session, house.scope, **(told | values))
            packet, is_new = packets.ask(session, wanted)
            assert is_new
            packet_id = packet.id
        packets.make(database, packet_id, signer=SIGNER, base_url="https://x.example", now=NOW)
        with database.reading_session() as session:
            packet = session.get_one(EvidencePacket, packet_id)
            assert packet.body is not None
            check(packet.body)
            return archive.read(packet.body)

    return made
