"""What a member was stays on record: joining, being placed, leaving, coming back; and the news of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import SignInSession, User
from lms.organizations import leaves, positions
from lms.organizations.errors import LeaveOverlaps, NumberTaken
from lms.organizations.models import Membership, Organization, Position, TeamMembership
from lms.organizations.placements import Placement
from lms.organizations.signals import roster_changed
from tests.factories import make_member, make_organization, make_team, make_team_member, make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
NURSE = Placement(
    "1001", "Nurse", "Ward 3", "Riverside", hired_on=date(2026, 3, 1), manager_id=None
)
News = Callable[[], list[Any]]


@pytest.fixture
def news() -> Iterator[list[Any]]:
    """Whom the news was about, each time that it was sent."""
    heard: list[Any] = []

    def hear(_sender: object, **told: Any) -> None:
        heard.append(told["membership_ids"])

    roster_changed.connect(hear)
    yield heard
    roster_changed.disconnect(hear)


def joined(session: Session, organization: Organization, **values: Any) -> Membership:
    """Somebody who joined now."""
    user = make_user(session, **values)
    key = positions.add_member(session, organization.id, user.id, role="member", now=NOW)
    return session.get_one(Membership, key)


def history(session: Session, membership: Membership) -> list[tuple[datetime, bool, str]]:
    rows = session.scalars(
        select(Position).where(Position.membership_id == membership.id).order_by(Position.id)
    )
    return [(row.starts_at, row.is_member, row.job_title) for row in rows]


def test_joining_being_placed_leaving_and_coming_back_are_kept(
    session: Session, news: list[Any]
) -> None:
    organization = make_organization(session)
    ada = joined(session, organization)
    assert positions.place(session, ada, NURSE, now=NOW)["job_title"] == ("", "Nurse")
    positions.end_memberships(session, organization.id, [ada.id], now=LATER)
    back = LATER + timedelta(days=400)
    anew = replace(NURSE, hired_on=back.date())
    positions.add_member(
        session, organization.id, ada.user_id, role="member", placement=anew, now=back
    )
    assert history(session, ada) == [
        (NOW, True, ""),
        (NOW, True, "Nurse"),
        (LATER, False, "Nurse"),
        (back, True, "Nurse"),
    ]
    session.refresh(ada)
    assert (ada.ended_at, ada.joined_at, ada.hired_on) == (None, back, back.date())
    assert news == [{ada.id}] * 4


def test_what_does_not_change_leaves_no_trace(session: Session, news: list[Any]) -> None:
    organization = make_organization(session)
    ada = joined(session, organization)
    positions.place(session, ada, NURSE, now=NOW)
    before, heard = history(session, ada), len(news)
    assert positions.place(session, ada, NURSE, now=LATER) == {}
    assert (history(session, ada), len(news)) == (before, heard)


def test_whom_somebody_reports_to_is_kept_and_is_no_news(session: Session, news: list[Any]) -> None:
    organization = make_organization(session)
    ada, boss = joined(session, organization), joined(session, organization)
    positions.place(session, ada, NURSE, now=NOW)
    heard = len(news)
    led = replace(NURSE, manager_id=boss.id)
    assert positions.place(session, ada, led, now=LATER) == {"manager_id": (None, boss.id)}
    # It decides nothing that they owe.
    assert len(news) == heard
    later = LATER + timedelta(days=30)
    positions.place(session, ada, NURSE, now=later)
    told = select(Position.starts_at, Position.job_title, Position.manager_id)
    rows = session.execute(told.where(Position.membership_id == ada.id).order_by(Position.id))
    assert [tuple(row) for row in rows][1:] == [
        (NOW, "Nurse", None),
        (LATER, "Nurse", boss.id),
        (later, "Nurse", None),
    ]


def test_a_number_belongs_to_one_person_of_an_organization_even_when_gone(session: Session) -> None:
    organization = make_organization(session)
    ada, eve = joined(session, organization), joined(session, organization)
    positions.place(session, ada, NURSE, now=NOW)
    positions.end_memberships(session, organization.id, [ada.id], now=NOW)
    with pytest.raises(NumberTaken):
        positions.place(session, eve, NURSE, now=NOW)
    assert positions.placement_of(eve) == Placement()
    stranger = joined(session, make_organization(session))
    assert positions.place(session, stranger, NURSE, now=NOW)


def test_a_leaver_is_out_of_teams_and_cannot_sign_in(session: Session) -> None:
    organization = make_organization(session)
    ada = joined(session, organization)
    make_team_member(session, make_team(session, organization), ada)
    accounts.open_session(session, ada.user_id, user_agent="", keep=True, now=NOW)
    positions.end_memberships(session, organization.id, [ada.id], now=LATER)
    session.expire_all()
    assert (ada.ended_at, ada.user.deactivated_at) == (LATER, LATER)
    assert session.scalars(select(TeamMembership.ended_at)).all() == [LATER]
    assert session.scalars(select(SignInSession.ended_at)).all() == [LATER]


@pytest.mark.parametrize("kind", ["elsewhere", "instructor", "administrator"])
def test_an_account_that_is_of_use_elsewhere_stays_active(session: Session, kind: str) -> None:
    organization = make_organization(session)
    role = "learner" if kind == "elsewhere" else kind
    ada = joined(session, organization, role=role)
    if kind == "elsewhere":
        make_member(session, make_organization(session), ada.user)
    positions.end_memberships(session, organization.id, [ada.id], now=LATER)
    session.expire_all()
    assert (ada.ended_at, ada.user.deactivated_at) == (LATER, None)


def test_nobody_of_another_organization_is_made_to_leave(session: Session) -> None:
    here, there = make_organization(session), make_organization(session)
    stranger = joined(session, there)
    positions.end_memberships(session, here.id, [stranger.id], now=LATER)
    session.expire_all()
    assert stranger.ended_at is None
    assert len(history(session, stranger)) == 1


@pytest.mark.parametrize("kind", ["left", "for another reason"])
def test_whoever_is_hired_again_signs_in_again_if_leaving_was_all_that_kept_them(
    session: Session, kind: str
) -> None:
    former, new = make_organization(session), make_organization(session)
    ada = joined(session, former)
    positions.end_memberships(session, former.id, [ada.id], now=NOW)
    session.expire_all()
    if kind == "for another reason":
        ada.user.deactivated_at = LATER
    session.flush()
    positions.add_member(session, new.id, ada.user_id, role="member", now=LATER)
    session.expire_all()
    is_active = session.get_one(User, ada.user_id).deactivated_at is None
    assert is_active == (kind == "left")


def test_a_leave_is_recorded_once_and_can_be_withdrawn(session: Session, news: list[Any]) -> None:
    ada = joined(session, make_organization(session))
    april = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 4, 30)}
    leave = leaves.record(session, ada, **april, by_id=ada.user_id, now=NOW)
    touching = {"starts_on": date(2026, 4, 30), "ends_on": date(2026, 5, 2)}
    with pytest.raises(LeaveOverlaps):
        leaves.record(session, ada, **touching, by_id=ada.user_id, now=NOW)
    assert leaves.withdraw(session, ada, leave.id, now=LATER) is leave
    assert leaves.withdraw(session, ada, leave.id, now=LATER) is None
    leaves.record(session, ada, **touching, by_id=ada.user_id, now=LATER)
    assert news == [{ada.id}] * 4
