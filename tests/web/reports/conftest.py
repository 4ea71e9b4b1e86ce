"""An organization whose people owe courses, another one, and who may look at them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.courses.catalogue import Catalogue
from lms.courses.models import CourseCompletion
from lms.foundation.database import Database
from tests.factories import (
    complete_course,
    enrol,
    make_member,
    make_organization,
    make_team,
    make_team_member,
    make_user,
)
from tests.obligation_rows import closed, make_assignment, make_obligation

TODAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Ward:
    """`riverside` is Grace's. Tess manages its night shift: Ada, and nobody else. Hugo has `hillside`."""

    manager: FlaskClient
    team_manager: FlaskClient
    stranger: FlaskClient
    ada: int
    ben: int
    nora: int
    team_id: int


@pytest.fixture
def ward(database: Database, sample: Catalogue, sign_in: Callable[[int], FlaskClient]) -> Ward:
    with database.transaction() as session:
        riverside = make_organization(session, slug="riverside", name="Riverside Clinic")
        hillside = make_organization(session, slug="hillside", name="Hillside Hospice")
        grace, tess, hugo = (make_user(session, name=name) for name in ("Grace", "Tess", "Hugo"))
        ada, ben, nora = (
            make_user(session, name=name) for name in ("Ada Okafor", "=Ben Blank", "Nora Other")
        )
        make_member(session, riverside, grace, "manager")
        make_member(session, hillside, hugo, "manager")
        team = make_team(session, riverside)
        make_team_member(session, team, make_member(session, riverside, tess), "manager")
        members = [make_member(session, riverside, one) for one in (ada, ben)]
        make_team_member(session, team, members[0])
        other = make_member(session, hillside, nora)
        first, second = (sample.courses[slug] for slug in ("onboarding", "refresher"))
        onboarding = make_assignment(session, riverside.id, first.id)
        refresher = make_assignment(session, riverside.id, second.id)
        elsewhere = make_assignment(session, hillside.id, first.id)
        row = enrol(session, ada.id, first)
        complete_course(session, row, sample)
        completion = session.scalars(select(CourseCompletion)).one()
        done = closed("met", completion.completed_at.date()) | {"completion_id": completion.id}
        late = TODAY - timedelta(days=3)
        make_obligation(session, onboarding, members[0], late, **done)
        make_obligation(session, onboarding, members[1], late)
        make_obligation(session, elsewhere, other, late)
        waived = closed("waived", TODAY, grace.id, "She taught this course for years.")
        make_obligation(session, refresher, members[0], TODAY, **waived)
        grace_id, tess_id, hugo_id = grace.id, tess.id, hugo.id
        ada_id, ben_id, nora_id = members[0].id, members[1].id, other.id
        team_id = team.id
    return Ward(
        manager=sign_in(grace_id),
        team_manager=sign_in(tess_id),
        stranger=sign_in(hugo_id),
        ada=ada_id,
        ben=ben_id,
        nora=nora_id,
        team_id=team_id,
    )
