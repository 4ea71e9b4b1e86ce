"""A learner's quizzes as those see them who look after the learner."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.accounts.models import User
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.organizations.models import Organization
from lms.quizzes.models import Accommodation
from tests.conftest import Learner, StandingClock
from tests.csv_rows import csv_rows
from tests.factories import (
    make_assignment,
    make_member,
    make_organization,
    make_user,
    publish_sample,
)
from tests.sample_content import WRONG, quiz_with
from tests.web.forms import words_of
from tests.web.quizzes.quiz_pages import QUIZ_PAGE, finish_lessons, start, take

SignIn = Callable[[int], FlaskClient]
EVERYTHING = {"quiz": "privacy", "extra_time": "50", "extra_attempts": "2", "reason": "A cast"}


@pytest.fixture
def sample(database: Database) -> Catalogue:
    """The sample with a quiz that has a time limit and a pause."""
    with database.transaction() as session:
        terms = "attempts: 1\ntime_limit: 20 min\ncooldown: 1 h"
        return publish_sample(session, quiz_with("attempts: 3", terms))


@pytest.fixture
def manager(database: Database, learner: Learner, sign_in: SignIn) -> FlaskClient:
    """The learner's manager."""
    with database.transaction() as session:
        clinic = make_organization(session)
        boss = make_user(session, name="Mo Lind")
        make_member(session, clinic, boss, "manager")
        make_member(session, clinic, session.get_one(type(boss), learner.id))
    return sign_in(boss.id)


@pytest.fixture
def page(learner: Learner) -> str:
    return f"/people/{learner.id}/quizzes"


def grants(database: Database) -> list[Accommodation]:
    with database.reading_session() as session:
        return list(session.scalars(select(Accommodation).order_by(Accommodation.id)))


def test_who_may_look(
    database: Database, client: FlaskClient, learner: Learner, sign_in: SignIn, page: str
) -> None:
    assert client.get(page).location == f"/sign-in?next={page}"
    assert learner.client.get(page).status_code == 403
    with database.transaction() as session:
        instructor = make_user(session, role="instructor").id
        # A manager, but of people elsewhere.
        stranger = make_user(session)
        make_member(session, make_organization(session), stranger, "manager")
    assert sign_in(instructor).get(page).status_code == 200
    assert sign_in(stranger.id).get(page).status_code == 404
    assert sign_in(stranger.id).post(page, data=EVERYTHING).status_code == 404
    assert sign_in(instructor).get("/people/999999/quizzes").status_code == 404
    assert grants(database) == []


def test_nobody_grants_to_themself(database: Database, sign_in: SignIn, sample: Catalogue) -> None:
    with database.transaction() as session:
        administrator = make_user(session, role="administrator").id
    own = f"/people/{administrator}/quizzes"
    assert sign_in(administrator).get(own).status_code == 404
    assert sign_in(administrator).post(own, data=EVERYTHING).status_code == 404


def test_where_the_learner_stands(
    manager: FlaskClient, learner: Learner, page: str, clock: StandingClock
) -> None:
    assert "Not taken yet" in words_of(manager.get(page))
    finish_lessons(learner.client)
    take(learner.client, WRONG)
    seen = words_of(manager.get(page))
    assert "1 attempt so far, 0 of 1 left, 20 min each." in seen
    assert "Attempt 1 2 March 2026, 09:00 UTC 0%, 0 of 5 points" in seen
    assert "Not passed" in seen


def test_one_more_attempt_at_once(
    manager: FlaskClient, learner: Learner, page: str, clock: StandingClock
) -> None:
    finish_lessons(learner.client)
    take(learner.client, WRONG)
    assert learner.client.post(f"{QUIZ_PAGE}/start").location == QUIZ_PAGE
    unlock = EVERYTHING | {"extra_time": "0", "extra_attempts": "1"}
    answer = manager.post(page, data=unlock, follow_redirects=True)
    assert "Granted to Ada Okafor, from the next attempt on." in words_of(answer)
    assert "1 extra attempt at Privacy at work A cast Granted by Mo Lind" in words_of(answer)
    assert "Attempts 1 of 2 left" in words_of(learner.client.get(QUIZ_PAGE))
    assert start(learner.client)


def test_the_quizzes_and_what_was_granted_are_files(
    *,
    database: Database,
    manager: FlaskClient,
    elsewhere: FlaskClient,
    learner: Learner,
    page: str,
    clock: StandingClock,
) -> None:
    assert csv_rows(manager, f"{page}.csv")[1:] == [
        ["Onboarding", "Privacy at work", "", "", "", "", "Not taken yet", "", "", ""]
    ]
    assert f"{page}/accommodations.csv" not in manager.get(page).text
    manager.post(page, data=EVERYTHING)
    manager.post(page, data=EVERYTHING | {"quiz": "", "extra_attempts": "0", "reason": "=Ill"})
    withdrawn = grants(database)[0].id
    manager.post(f"/people/{learner.id}/accommodations/{withdrawn}/withdraw")
    finish_lessons(learner.client)
    take(learner.client, WRONG)
    clock.advance(minutes=90)
    manager.post(page, data=EVERYTHING | {"extra_time": "0"})
    start(learner.client)
    shown = manager.get(page).text
    assert f'href="{page}.csv"' in shown
    assert f'href="{page}/accommodations.csv"' in shown
    titles = ["Onboarding", "Privacy at work"]
    then, now = "2026-03-02 09:00", "2026-03-02 10:30"
    assert csv_rows(manager, f"{page}.csv") == [
        ["Course", "Quiz", "Attempt", "Started (UTC)", "Submitted (UTC)", "Time ran out",
         "Outcome", "Score", "Points", "Of"],
        [*titles, "2", now, "", "", "Not submitted", "", "", ""],
        [*titles, "1", then, then, "no", "Not passed", "0%", "0", "5"],
    ]  # fmt: skip
    head, *found = csv_rows(manager, f"{page}/accommodations.csv")
    assert head == [
        "Quiz", "More time in percent", "Extra attempts", "Reason", "Granted by", "Granted (UTC)",
        "Withdrawn by", "Withdrawn (UTC)",
    ]  # fmt: skip
    assert sorted(found) == [
        ["Every quiz", "50", "0", "'=Ill", "Mo Lind", then, "", ""],
        ["Privacy at work", "0", "2", "A cast", "Mo Lind", now, "", ""],
        ["Privacy at work", "50", "2", "A cast", "Mo Lind", then, "Mo Lind", then],
    ]
    # What another employer granted is told there without why and by whom.
    for row in csv_rows(elsewhere, f"{page}/accommodations.csv")[1:]:
        assert (row[3], row[4], row[6]) == ("", "", "")
    for file in (f"{page}.xlsx", f"{page}/accommodations.xlsx"):
        assert manager.get(file, buffered=True).status_code == 200
        assert learner.client.get(file).status_code == 403


def test_more_time(manager: FlaskClient, learner: Learner, page: str) -> None:
    everywhere = EVERYTHING | {"quiz": "", "extra_attempts": "0"}
    assert "50 % more time at every quiz" in words_of(
        manager.post(page, data=everywhere, follow_redirects=True)
    )
    finish_lessons(learner.client)
    assert "Time limit 30 min with your extra time" in words_of(learner.client.get(QUIZ_PAGE))
    assert 'data-seconds-left="1800"' in learner.client.get(start(learner.client)).text


def test_what_was_granted_is_withdrawn(
    database: Database, manager: FlaskClient, learner: Learner, page: str, sign_in: SignIn
) -> None:
    manager.post(page, data=EVERYTHING)
    (row,) = grants(database)
    address = f"/people/{learner.id}/accommodations/{row.id}/withdraw"
    assert learner.client.post(address).status_code == 403
    withdrawn = manager.post(address, follow_redirects=True)
    assert "withdrawn by Mo Lind" in words_of(withdrawn)
    again = manager.post(address, follow_redirects=True)
    assert again.status_code == 200
    assert "It no longer holds" not in words_of(again)
    (row,) = grants(database)
    assert row.withdrawn_at is not None
    assert row.reason == "A cast"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": ""}, "Write why."),
        ({"reason": "  "}, "Write why."),
        ({"reason": "x" * 501}, "Write at most 500 characters."),
        ({"extra_time": "-5"}, "Type a number from 0 to 300."),
        ({"extra_time": "301"}, "Type a number from 0 to 300."),
        ({"extra_time": "much"}, "Not a valid integer value."),
        ({"extra_attempts": "21"}, "Type a number from 0 to 20."),
        ({"extra_time": "0", "extra_attempts": "0"}, "Grant extra time, extra attempts, or both."),
        ({"quiz": ""}, "Choose the quiz that the attempts are for."),
        ({"quiz": "handover"}, "Not a valid choice."),
    ],
)
def test_what_cannot_be_granted(
    database: Database, manager: FlaskClient, page: str, change: dict[str, str], message: str
) -> None:
    answer = manager.post(page, data=EVERYTHING | change)
    assert answer.status_code == 422
    assert message in words_of(answer)
    if "reason" not in change:
        assert 'value="A cast"' in answer.text
    assert grants(database) == []


def test_somebody_without_courses(
    manager: FlaskClient, database: Database, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        instructor = make_user(session, role="instructor").id
        person = make_user(session, name="Nia Brook").id
    page = words_of(sign_in(instructor).get(f"/people/{person}/quizzes"))
    assert "Nia Brook takes no course with a quiz yet." in page


def test_what_is_granted_and_withdrawn_is_in_the_audit_trail_without_the_reason(
    database: Database, learner: Learner, manager: FlaskClient, page: str
) -> None:
    manager.post(page, data=EVERYTHING)
    granted = grants(database)[0].id
    withdraw = f"/people/{learner.id}/accommodations/{granted}/withdraw"
    manager.post(withdraw)
    manager.post(withdraw)
    with database.reading_session() as session:
        trail = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
        clinic, slug = session.execute(select(Organization.id, Organization.slug)).one()
    told = [
        (one.action, one.actor_name, one.subject_name, one.organization_id, one.details)
        for one in trail
        if one.action.startswith("accommodation")
    ]
    given = {"quiz": "privacy", "extra_time": 50, "extra_attempts": 2}
    assert told == [
        ("accommodation.granted", "Mo Lind", "Ada Okafor", clinic, given),
        ("accommodation.withdrawn", "Mo Lind", "Ada Okafor", clinic, given),
    ]
    page = manager.get(f"/organizations/{slug}/audit?action=accommodation.withdrawn").text
    assert "<dt>More time in percent</dt><dd>50</dd>" in page


def test_of_somebody_in_two_organizations_an_instructors_act_is_told_to_neither(
    database: Database, learner: Learner, sign_in: SignIn, page: str
) -> None:
    def told() -> int | None:
        sign_in(instructor).post(page, data=EVERYTHING)
        with database.reading_session() as session:
            last = select(AuditEntry.organization_id).order_by(AuditEntry.number.desc())
            return session.scalar(last.limit(1))

    with database.transaction() as session:
        instructor = make_user(session, role="instructor").id
        first = make_organization(session)
        make_member(session, first, session.get_one(User, learner.id))
        first_id = first.id
    assert told() == first_id
    with database.transaction() as session:
        make_member(session, make_organization(session), session.get_one(User, learner.id))
    assert told() is None


@pytest.fixture
def elsewhere(database: Database, learner: Learner, sign_in: SignIn) -> FlaskClient:
    """A manager of another employer of the learner's."""
    with database.transaction() as session:
        other = make_organization(session)
        boss = make_user(session, name="Bea Other")
        make_member(session, other, boss, "manager")
        make_member(session, other, session.get_one(User, learner.id))
    return sign_in(boss.id)


def test_what_another_employer_granted_is_told_without_the_reason(
    database: Database, learner: Learner, manager: FlaskClient, elsewhere: FlaskClient, page: str
) -> None:
    manager.post(page, data=EVERYTHING)
    found = words_of(elsewhere.get(page))
    assert "50 % more time and 2 extra attempts" in found
    assert "Granted elsewhere" in found
    assert "A cast" not in found
    assert "Mo Lind" not in found
    (row,) = grants(database)
    withdraw = f"/people/{learner.id}/accommodations/{row.id}/withdraw"
    assert withdraw not in elsewhere.get(page).text
    assert elsewhere.post(withdraw).status_code == 404
    assert grants(database)[0].withdrawn_at is None
    assert "A cast" in words_of(manager.get(page))
    assert manager.post(withdraw).status_code == 303
    assert "withdrawn on" in words_of(elsewhere.get(page))


def test_a_course_of_another_employers_is_not_seen(
    database: Database,
    sample: Catalogue,
    manager: FlaskClient,
    elsewhere: FlaskClient,
    sign_in: SignIn,
    page: str,
    learner: Learner,
) -> None:
    with database.transaction() as session:
        clinic = session.scalars(select(Organization).order_by(Organization.id)).first()
        person = make_user(session, name="Nia Brook")
        other = session.scalars(select(Organization).order_by(Organization.id.desc())).first()
        assert clinic
        assert other
        make_member(session, clinic, person)
        make_member(session, other, person)
        boss = session.scalars(select(User.id).where(User.name == "Mo Lind")).one()
        make_assignment(session, clinic, sample.courses["onboarding"], boss)
        instructor = make_user(session, role="instructor").id
        theirs = f"/people/{person.id}/quizzes"
    assert "Privacy" in words_of(manager.get(theirs))
    assert "Privacy" in words_of(sign_in(instructor).get(theirs))
    assert "takes no course with a quiz yet" in words_of(elsewhere.get(theirs))
    # What a person took up themself, and what this employer assigns too, is seen.
    assert "Privacy" in words_of(elsewhere.get(page))
    with database.transaction() as session:
        found = session.scalars(select(Organization).order_by(Organization.id.desc())).first()
        bea = session.scalars(select(User.id).where(User.name == "Bea Other")).one()
        assert found
        make_assignment(session, found, sample.courses["onboarding"], bea)
    assert "Privacy" in words_of(elsewhere.get(theirs))
