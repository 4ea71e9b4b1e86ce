"""Who has an account is asked before they belong to an organization, and answers once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.names import SignInName
from lms.foundation.database import Database
from lms.organizations import answers, positions, request_lists, requests, service
from lms.organizations.errors import AlreadyAsked, AlreadyMember, RequestChanged, WasErased
from lms.organizations.models import (
    Membership,
    MembershipRequest,
    Organization,
    Position,
    TeamMembership,
)
from lms.organizations.signals import roster_changed
from lms.quizzes.shelf import QuizShelf
from lms.retention import erasing
from tests.factories import (
    make_member,
    make_organization,
    make_request,
    make_team,
    make_user,
)
from tests.threads import at_once

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
EMAIL = "ada@example.org"
HERE, THERE = "here", "there"


def invite(
    session: Session, organization: Organization, by: User, **values: Any
) -> service.Entry | MembershipRequest:
    wanted = {"name": "Ada typed", "role": "member", "now": LATER} | values
    return service.invite(
        session, organization.id, sign_in_name=SignInName(email=EMAIL), by_id=by.id, **wanted
    )


def leave(session: Session, organization: Organization, user: User, now: datetime = NOW) -> None:
    membership_id = session.scalars(
        select(Membership.id).where(
            Membership.organization_id == organization.id, Membership.user_id == user.id
        )
    ).one()
    positions.end_memberships(session, organization.id, [membership_id], now=now)
    session.expire_all()


@pytest.mark.parametrize(
    ("was_in", "left", "values", "is_asked", "may_sign_in"),
    [
        pytest.param([], [], {}, True, True, id="in use"),
        pytest.param([THERE], [], {}, True, True, id="belongs elsewhere"),
        pytest.param([HERE, THERE], [HERE], {}, True, True, id="left here, belongs elsewhere"),
        pytest.param([HERE], [HERE], {"role": "instructor"}, True, True, id="left, with a role"),
        pytest.param([HERE], [HERE], {}, False, True, id="out of use since they left here"),
        pytest.param([THERE], [THERE], {}, True, True, id="out of use since they left elsewhere"),
        pytest.param([HERE, THERE], [HERE, THERE], {}, True, True, id="left here, then elsewhere"),
        pytest.param([], [], {"deactivated_at": NOW}, True, False, id="deactivated"),
        pytest.param(
            [HERE], [HERE], {"deactivated_at": NOW - timedelta(1)}, True, False,
            id="deactivated before they left here",
        ),
    ],
)  # fmt: skip
def test_whose_account_is_of_use_or_not_ours_is_asked(
    *,
    session: Session,
    was_in: list[str],
    left: list[str],
    values: dict[str, Any],
    is_asked: bool,
    may_sign_in: bool,
) -> None:
    places = {name: make_organization(session) for name in (HERE, THERE)}
    ada, grace = make_user(session, email=EMAIL, **values), make_user(session)
    for name in was_in:
        make_member(session, places[name], ada)
    for days, name in enumerate(left):
        leave(session, places[name], ada, NOW + timedelta(days))
    found = invite(session, places[HERE], grace)
    session.expire_all()
    assert isinstance(found, MembershipRequest) == is_asked
    assert (ada.deactivated_at is None) == may_sign_in
    here = session.scalar(
        select(Membership.id).where(
            Membership.organization_id == places[HERE].id, Membership.ended_at.is_(None)
        )
    )
    assert (here is None) == is_asked


def test_a_member_and_whose_data_was_erased_are_not_asked(session: Session) -> None:
    clinic, grace = make_organization(session), make_user(session)
    member, gone = make_user(session), make_user(session)
    make_member(session, clinic, member)
    make_member(session, clinic, gone)
    leave(session, clinic, gone)
    erasing.erase(
        session, QuizShelf(), gone.id, basis="request", reason="Hers", by_id=grace.id, zone="UTC",
        now=NOW,
    )  # fmt: skip
    for user, error in ((member, AlreadyMember), (gone, WasErased)):
        with pytest.raises(error):
            requests.is_to_be_asked(session, clinic.id, user.id)


def test_asking_again_while_one_waits_says_what_was_typed_last(session: Session) -> None:
    clinic, grace, hugo = make_organization(session), make_user(session), make_user(session)
    make_user(session, email=EMAIL)
    invite(session, clinic, grace)
    again = LATER + timedelta(days=1)
    found = invite(session, clinic, hugo, name="Ada O.", role="manager", now=again)
    assert isinstance(found, MembershipRequest)
    (one,) = session.scalars(select(MembershipRequest)).all()
    assert (one.name, one.role, one.requested_by_id, one.requested_at) == (
        "Ada O.", "manager", hugo.id, again,
    )  # fmt: skip


def test_whoever_accepts_comes_in_as_what_they_were_asked_to_be(session: Session) -> None:
    clinic, grace, ada = make_organization(session), make_user(session), make_user(session)
    boss = make_member(session, clinic, grace, "manager")
    boss.employee_number = "7"
    team = make_team(session, clinic, "Night")
    placed = {"employee_number": "9", "job_title": "Nurse", "hired_on": date(2026, 2, 1)}
    one = make_request(
        session, clinic, ada, grace.id, **placed, manager_number="7", teams=["NIGHT", "Day"]
    )
    heard: list[Any] = []

    def hear(_sender: object, **told: Any) -> None:
        heard.append(told["membership_ids"])

    with roster_changed.connected_to(hear):
        joined = answers.accept(session, one, seen=requests.digest_of(one), now=LATER)
    assert joined is not None
    assert (joined.has_number, joined.left_out) == (True, ("Day",))
    assert joined.membership_id is not None
    member = session.get_one(Membership, joined.membership_id)
    assert (member.user_id, member.role, member.joined_at) == (ada.id, "member", LATER)
    assert {name: getattr(member, name) for name in placed} == placed
    assert member.manager_id == boss.id
    assert [one.job_title for one in session.scalars(select(Position))] == ["Nurse"]
    assert heard == [{member.id}] * 2
    assert (one.answer, one.answered_at) == ("accepted", LATER)
    in_team = select(TeamMembership.membership_id).where(TeamMembership.team_id == team.id)
    assert session.scalars(in_team).all() == [member.id]


@pytest.mark.parametrize(
    "changed", [{"role": "manager"}, {"employee_number": "9"}, {"site": "Annex"}], ids=str
)
def test_nobody_accepts_what_they_were_not_shown(session: Session, changed: dict[str, Any]) -> None:
    clinic, grace, ada = make_organization(session), make_user(session), make_user(session)
    one = make_request(session, clinic, ada, grace.id)
    (shown,) = request_lists.waiting_of(session, ada.id)
    for name, value in changed.items():
        setattr(one, name, value)
    session.flush()
    with pytest.raises(RequestChanged):
        answers.accept(session, one, seen=shown.seen, now=LATER)
    assert one.answered_at is None
    assert session.scalars(select(Membership)).all() == []
    (shown,) = request_lists.waiting_of(session, ada.id)
    assert answers.accept(session, one, seen=shown.seen, now=LATER) is not None


@pytest.mark.parametrize("was_here", [False, True])
def test_a_number_that_is_another_persons_by_now_is_left_out(
    session: Session, was_here: bool
) -> None:
    clinic, ada = make_organization(session), make_user(session, role="instructor")
    other = make_member(session, clinic, make_user(session))
    other.employee_number = "9"
    if was_here:
        make_member(session, clinic, ada)
        leave(session, clinic, ada)
    one = make_request(session, clinic, ada, other.user_id, employee_number="9", job_title="Nurse")
    joined = answers.accept(session, one, seen=requests.digest_of(one), now=LATER)
    assert joined is not None
    assert joined.membership_id is not None
    assert not joined.has_number
    member = session.get_one(Membership, joined.membership_id)
    session.refresh(member)
    assert (member.employee_number, member.job_title, member.ended_at) == (None, "Nurse", None)


def test_whoever_came_in_by_another_way_stays_what_they_are(session: Session) -> None:
    clinic, ada, grace = make_organization(session), make_user(session), make_user(session)
    one = make_request(session, clinic, ada, grace.id)
    service.make_manager(session, clinic.id, ada.id, now=NOW)
    joined = answers.accept(session, one, seen=requests.digest_of(one), now=LATER)
    assert joined is not None
    assert joined.membership_id is None
    assert session.scalars(select(Membership.role)).all() == ["manager"]


def test_a_former_member_is_asked_as_what_they_were(session: Session) -> None:
    clinic, grace = make_organization(session), make_user(session)
    boss = make_member(session, clinic, grace, "manager")
    ada = make_user(session, email=EMAIL, role="instructor")
    member = make_member(session, clinic, ada)
    member.employee_number, member.site, member.manager_id = "9", "Annex", boss.id
    leave(session, clinic, ada)
    one = invite(session, clinic, grace)
    assert isinstance(one, MembershipRequest)
    assert (one.employee_number, one.site) == ("9", "Annex")
    joined = answers.accept(session, one, seen=requests.digest_of(one), now=LATER)
    assert joined is not None
    assert joined.membership_id == member.id
    session.refresh(member)
    assert (member.employee_number, member.site, member.manager_id) == ("9", "Annex", boss.id)


@pytest.mark.parametrize("manager_number", ["7", None])
def test_nobody_comes_in_under_a_manager_who_has_left(
    session: Session, manager_number: str | None
) -> None:
    clinic, grace, ada = make_organization(session), make_user(session), make_user(session)
    boss = make_member(session, clinic, grace, "manager")
    boss.employee_number = "7"
    make_member(session, clinic, ada).manager_id = boss.id
    make_member(session, make_organization(session), ada)
    leave(session, clinic, ada)
    one = make_request(session, clinic, ada, grace.id, manager_number=manager_number)
    leave(session, clinic, grace)
    joined = answers.accept(session, one, seen=requests.digest_of(one), now=LATER)
    assert joined is not None
    session.expire_all()
    assert session.get_one(Membership, joined.membership_id).manager_id is None


@pytest.mark.parametrize(
    ("answer", "may_sign_in"), [(None, True), ("declined", False), ("withdrawn", False)]
)
def test_whoever_is_asked_can_still_answer_after_they_left_elsewhere(
    session: Session, answer: str | None, may_sign_in: bool
) -> None:
    clinic, other = make_organization(session), make_organization(session)
    grace, ada = make_user(session), make_user(session)
    make_member(session, other, ada)
    one = make_request(session, clinic, ada, grace.id)
    if answer:
        requests.answer(session, one, answer, now=NOW)
    leave(session, other, ada, LATER)
    assert (ada.deactivated_at is None) == may_sign_in


def test_what_was_declined_stays_on_record_and_can_be_asked_again_once(session: Session) -> None:
    clinic, grace, ada = make_organization(session), make_user(session), make_user(session)
    one = make_request(session, clinic, ada, grace.id, site="Annex", teams=["Night"])
    declined = answers.decline(session, one, now=NOW)
    assert declined == answers.Declined(one, is_signed_out=False)
    again = requests.ask_again(session, one, by_id=grace.id, now=LATER)
    assert again is not None
    assert (again.site, again.teams, again.answer) == ("Annex", ["Night"], None)
    assert requests.ask_again(session, one, by_id=grace.id, now=LATER) is None
    # Within the minute a second click asks for nothing new; later it is another letter.
    assert requests.ask_again(session, again, by_id=grace.id, now=LATER) is None
    hour = LATER + timedelta(hours=1)
    renewed = requests.ask_again(session, again, by_id=grace.id, now=hour)
    assert renewed is not None
    assert renewed is again
    assert renewed.requested_at == hour
    answered = select(MembershipRequest.answer).order_by(MembershipRequest.id)
    assert session.scalars(answered).all() == ["declined", None]
    requests.answer(session, again, "withdrawn", now=hour)
    assert requests.ask_again(session, again, by_id=grace.id, now=hour) is None


def test_the_list_has_the_last_word_of_each_who_is_not_here(session: Session) -> None:
    clinic, other = make_organization(session), make_organization(session)
    grace = make_user(session, name="Grace")

    def asked(name: str, *answers_: str, where: Organization = clinic) -> User:
        user = make_user(session)
        for answer in answers_ or ("",):
            one = make_request(session, where, user, grace.id, name=name)
            if answer:
                requests.answer(session, one, answer, now=NOW)
        return user

    asked("Zoe")
    asked("adam")
    asked("Dee", "declined")
    make_request(session, clinic, asked("Bea", "declined"), grace.id, name="Bea")
    asked("Will", "withdrawn")
    asked("Accepted", "declined", "accepted")
    asked("Elsewhere", where=other)
    make_member(session, clinic, asked("Member", "declined"))
    page = request_lists.requests_page(session, clinic.id)
    listed = [(one.name, one.answered_at) for one in page.rows]
    assert listed == [("adam", None), ("Bea", None), ("Zoe", None), ("Dee", NOW)]
    assert page.count == request_lists.count_of(session, clinic.id) == 4
    assert list(request_lists.every_request(session, clinic.id)) == page.rows


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("OKA", ["Ada Okafor"]),
        ("ada@ex", ["Ada Okafor"]),
        ("N-7", ["Özil"]),
        (" özil ", ["Özil"]),
        ("100%", []),
        # What the account says is not theirs to find.
        ("Mesut", []),
        ("mesut@", []),
        ("", ["Ada Okafor", "Özil"]),
    ],
)
def test_the_list_is_searched_as_it_was_said(
    session: Session, search: str, found: list[str]
) -> None:
    clinic, grace = make_organization(session), make_user(session)
    make_request(session, clinic, make_user(session, email=EMAIL), grace.id, name="Ada Okafor")
    mesut = make_user(session, name="Mesut", email="mesut@example.org")
    make_request(session, clinic, mesut, grace.id, name="Özil", email=None, employee_number="n-7")
    page = request_lists.requests_page(session, clinic.id, search=search)
    assert [one.name for one in page.rows] == found
    assert page.count == len(found)
    assert list(request_lists.every_request(session, clinic.id, search=search)) == page.rows


Answer = Callable[[Session, MembershipRequest], object]
ANSWERS: dict[str, Answer] = {
    "accepted": lambda session, one: answers.accept(
        session, one, seen=requests.digest_of(one), now=NOW
    ),
    "declined": lambda session, one: answers.decline(session, one, now=NOW),
    "withdrawn": lambda session, one: requests.answer(session, one, "withdrawn", now=NOW),
}


@pytest.mark.parametrize("kinds", [("accepted",) * 3, tuple(ANSWERS)])
def test_of_several_answers_at_once_one_counts(database: Database, kinds: tuple[str, ...]) -> None:
    with database.transaction() as session:
        clinic, grace, ada = make_organization(session), make_user(session), make_user(session)
        request_id = make_request(session, clinic, ada, grace.id).id

    def answer(kind: str) -> str | None:
        with database.transaction() as session:
            one = session.get_one(MembershipRequest, request_id)
            return kind if ANSWERS[kind](session, one) is not None else None

    given = at_once([lambda kind=kind: answer(kind) for kind in kinds])
    (counts,) = [one for one in given if one]
    with database.reading_session() as session:
        assert session.get_one(MembershipRequest, request_id).answer == counts
        assert len(session.scalars(select(Membership)).all()) == (counts == "accepted")


def test_who_is_asked_as_they_leave_elsewhere_can_answer(database: Database) -> None:
    with database.transaction() as session:
        clinic, other = make_organization(session), make_organization(session)
        grace, ada = make_user(session), make_user(session, email=EMAIL)
        make_member(session, other, ada)

    def ask() -> None:
        with database.transaction() as session:
            invite(session, clinic, grace)

    def end() -> None:
        with database.transaction() as session:
            leave(session, other, ada)

    at_once([ask, end])
    with database.reading_session() as session:
        assert session.get_one(User, ada.id).deactivated_at is None


def test_two_who_ask_at_once_ask_once(database: Database) -> None:
    with database.transaction() as session:
        clinic, grace = make_organization(session), make_user(session)
        make_user(session, email=EMAIL)

    def ask() -> bool:
        try:
            with database.transaction() as session:
                invite(session, clinic, grace)
        except AlreadyAsked:
            return False
        return True

    assert sum(at_once([ask] * 3)) == 1
    with database.reading_session() as session:
        assert len(session.scalars(select(MembershipRequest)).all()) == 1


def test_erasing_leaves_nothing_of_a_request(session: Session) -> None:
    clinic, grace, ada = make_organization(session), make_user(session), make_user(session)
    make_request(session, clinic, ada, grace.id)
    erasing.erase(
        session, QuizShelf(), ada.id, basis="request", reason="Hers", by_id=grace.id, zone="UTC",
        now=NOW,
    )  # fmt: skip
    assert session.scalars(select(MembershipRequest)).all() == []
