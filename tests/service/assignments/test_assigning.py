"""Assigning: who owes what at once, and what the record says when people and rules change."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assignments import assignments
from lms.assignments.audience import Audience
from lms.assignments.errors import AssignmentOver, AudienceEmpty, RuleChanged
from lms.assignments.models import AssignmentRule, ObligationMove
from lms.assignments.reconcile import reconcile
from lms.assignments.terms import First, Renewal, Terms
from lms.courses.models import Enrolment
from lms.foundation.audit import AuditEntry, verify
from lms.organizations import leaves
from lms.organizations.models import Membership
from tests.factories import enrol, finish_lessons, make_member, make_organization, make_user
from tests.service.assignments.conftest import MONDAY, SUNDAY, Employer
from tests.threads import at_once

YEARLY = Terms(renewal=Renewal.AFTER_COMPLETION, months=12)
DUE = date(2026, 3, 31)


def enrolments(employer: Employer) -> list[tuple[int, str | None]]:
    """Cycle and due moment of every enrolment; the day is that of the organization."""
    with employer.database.reading_session() as session:
        return [
            (row.cycle, row.due_at and row.due_at.isoformat())
            for row in session.scalars(select(Enrolment).order_by(Enrolment.id))
        ]


def test_everyone_is_enrolled_at_once_until_the_end_of_the_due_day_there(
    employer: Employer,
) -> None:
    for _ in range(2):
        employer.hire()
    employer.assign()
    assert employer.owed() == [(1, SUNDAY, DUE, None, True)] * 2
    # Midnight in New York, by summer time.
    assert enrolments(employer) == [(1, "2026-04-01T03:59:59+00:00")] * 2


def test_asking_again_changes_nothing(employer: Employer) -> None:
    ada = employer.hire()
    assignment = employer.assign(YEARLY)
    employer.complete(ada, MONDAY)
    before = employer.owed()
    for now in (MONDAY, MONDAY + timedelta(days=1)):
        assert not employer.write(
            lambda session, now=now: reconcile(session, assignment, None, now)
        )
    assert employer.owed() == before


def test_who_is_hired_is_covered_and_who_leaves_is_not(employer: Employer) -> None:
    employer.assign()
    ada = employer.hire()
    assert employer.owed(ada) == [(1, SUNDAY, DUE, None, True)]
    employer.place(ada, MONDAY, ended_at=MONDAY)
    assert employer.owed(ada) == [(1, SUNDAY, DUE, "expired", True)]
    assert enrolments(employer) == [(1, None)]
    assert employer.obligation(ada).reason == "They left the organization."
    employer.place(ada, MONDAY + timedelta(days=10), ended_at=None)
    assert employer.owed(ada)[1:] == [(2, date(2026, 3, 11), date(2026, 4, 10), None, True)]
    assert enrolments(employer) == [(1, "2026-04-11T03:59:59+00:00")]


def test_a_first_day_still_to_come_is_waited_for(employer: Employer) -> None:
    ada = employer.hire(hired_on=date(2026, 3, 10))
    employer.assign(Terms(first=First.AFTER_HIRE, first_days=14))
    assert employer.owed(ada) == []
    employer.new_day(MONDAY + timedelta(days=9))
    assert employer.owed(ada) == [(1, date(2026, 3, 10), date(2026, 3, 24), None, True)]


def test_days_after_hire_count_from_the_hire_where_they_are_not_over(employer: Employer) -> None:
    hired = [date(2026, 1, 1), date(2026, 2, 10), date(2026, 2, 23), SUNDAY, None]
    people = [employer.hire(hired_on=day) for day in hired]
    employer.assign(Terms(First.AFTER_HIRE))
    due = [date(2026, 3, 31), date(2026, 3, 12), date(2026, 3, 25), DUE, DUE]
    assert [employer.owed(one) for one in people] == [[(1, SUNDAY, day, None, True)] for day in due]
    # Whoever is entered later has what is left of the days.
    later = employer.hire(hired_on=SUNDAY, now=MONDAY + timedelta(days=10))
    assert employer.obligation(later).due_on == DUE
    employer.new_day(MONDAY + timedelta(days=12))
    assert [employer.obligation(one).due_on for one in people] == due


def test_what_was_completed_for_another_rule_meanwhile_counts_on_coming_back(
    employer: Employer,
) -> None:
    ada = employer.hire(job_title="Nurse")
    employer.assign(YEARLY, Audience(job_titles=frozenset({"Nurse"})))
    employer.complete(ada, MONDAY)
    employer.place(ada, MONDAY + timedelta(days=30), job_title="Cook")
    cooks = Audience(job_titles=frozenset({"Cook"}))
    employer.assign(Terms(counts_earlier=False), cooks, now=MONDAY + timedelta(days=100))
    employer.complete(ada, MONDAY + timedelta(days=110))
    employer.place(ada, MONDAY + timedelta(days=200), job_title="Nurse")
    assert [row[:1] + row[2:4] for row in employer.owed(ada)][2:] == [
        (2, date(2027, 3, 1), "expired"),
        (3, date(2027, 3, 1), "met"),
        (4, date(2027, 6, 19), None),
    ]


def test_a_due_date_that_a_leave_puts_off_says_so(employer: Employer) -> None:
    ada = employer.hire()
    employer.assign()
    away = {"starts_on": date(2026, 3, 20), "ends_on": date(2026, 4, 10)}

    def goes(session: Session) -> None:
        member = session.get_one(Membership, ada)
        leaves.record(session, member, **away, by_id=employer.by.id or 0, now=MONDAY)

    employer.write(goes)
    assert employer.obligation(ada).due_on == date(2026, 4, 24)
    with employer.database.reading_session() as session:
        assert session.scalars(select(ObligationMove.reason)).all() == [
            "The rule, what it counts from, or a leave of absence has changed."
        ]


def test_an_audience_of_groups_follows_transfers(employer: Employer) -> None:
    nurse = employer.hire(job_title="Nurse")
    medic = employer.hire(job_title="Medic", site="Pier 4")
    clerk = employer.hire(job_title="Clerk")
    team = employer.team(clerk)
    audience = Audience(
        team_ids=frozenset({team}), job_titles=frozenset({"nurse"}), sites=frozenset({"Pier 4"})
    )
    other = employer.hire(job_title="Porter")
    employer.assign(audience=audience)
    assert [len(employer.owed(one)) for one in (nurse, medic, clerk, other)] == [1, 1, 1, 0]
    employer.place(nurse, MONDAY, job_title="Porter")
    employer.place(other, MONDAY, job_title="NURSE")
    assert employer.obligation(nurse).closed_how == "expired"
    assert employer.obligation(other).closed_how is None


def test_nobody_of_another_organization_is_covered(employer: Employer) -> None:
    ada = employer.hire()
    with employer.database.transaction() as session:
        make_member(session, make_organization(session, name="Elsewhere"), make_user(session))
    employer.assign()
    assert len(employer.owed()) == len(employer.owed(ada)) == 1


def test_completing_meets_it_and_opens_the_next(employer: Employer) -> None:
    ada = employer.hire()
    employer.assign(YEARLY)
    employer.complete(ada, MONDAY + timedelta(days=5))
    assert employer.owed(ada) == [
        (1, SUNDAY, DUE, "met", False),
        (2, date(2027, 2, 4), date(2027, 3, 6), None, True),
    ]
    # Nothing can be done about the second yet.
    assert enrolments(employer) == [(1, "2026-04-01T03:59:59+00:00")]


def test_the_window_opens_a_new_enrolment_and_the_old_one_stays(employer: Employer) -> None:
    ada = employer.hire()
    employer.assign(YEARLY)
    employer.complete(ada, MONDAY)
    next_year = MONDAY + timedelta(days=350)
    employer.new_day(next_year)
    assert enrolments(employer) == [
        (1, "2026-04-01T03:59:59+00:00"),
        (2, "2027-03-02T04:59:59+00:00"),
    ]
    employer.complete(ada, next_year + timedelta(days=1))
    assert [row[3] for row in employer.owed(ada)] == ["met", "met", None]
    assert employer.owed(ada)[2][2] == date(2028, 3, 1)


def test_what_was_begun_before_is_taken_up(employer: Employer) -> None:
    ada = employer.hire()
    with employer.database.transaction() as session:
        user_id = session.get_one(Membership, ada).user_id
        row = enrol(session, user_id, employer.shelf.courses["onboarding"], now=MONDAY)
        finish_lessons(session, row, employer.shelf, modules=["privacy"], now=MONDAY)
    employer.assign()
    assert enrolments(employer) == [(1, "2026-04-01T03:59:59+00:00")]
    assert employer.obligation(ada).enrolment_id == row.id


def test_credit_for_an_earlier_completion_is_a_choice(employer: Employer) -> None:
    ada = employer.hire()
    employer.complete(ada, MONDAY - timedelta(days=60))
    employer.assign(YEARLY)
    employer.assign(Terms(counts_earlier=False))
    assert [(cycle, how) for cycle, _opens, _due, how, _is in employer.owed(ada)] == [
        (1, "met"),
        (1, None),
        (2, None),
    ]
    # The second assignment has them take the course again.
    assert [cycle for cycle, _due in enrolments(employer)] == [1, 2]


def test_two_assignments_of_a_course_share_the_enrolment_and_the_first_date_counts(
    employer: Employer,
) -> None:
    ada = employer.hire()
    employer.assign(Terms(first_days=30))
    later = employer.assign(Terms(first_days=10))
    assert enrolments(employer) == [(1, "2026-03-12T03:59:59+00:00")]
    employer.write(lambda session: assignments.end(session, later, by=employer.by, now=MONDAY))
    assert enrolments(employer) == [(1, "2026-04-01T03:59:59+00:00")]
    employer.complete(ada, MONDAY)
    assert sorted(row[3] for row in employer.owed(ada)) == ["expired", "met"]


def test_work_done_for_another_course_can_complete_it_at_once(employer: Employer) -> None:
    ada = employer.hire()
    employer.complete(ada, MONDAY - timedelta(days=1))
    employer.assign(course="refresher")
    assert [row[3] for row in employer.owed(ada)] == ["met"]


def test_a_changed_rule_moves_what_is_unfinished_and_keeps_what_was(employer: Employer) -> None:
    ada, ben = employer.hire(), employer.hire()
    assignment = employer.assign()
    employer.complete(ben, MONDAY)
    employer.write(
        lambda session: assignments.change(
            session,
            assignment,
            number=1,
            audience=Audience(everyone=True),
            terms=Terms(first_days=7),
            by=employer.by,
            now=MONDAY + timedelta(days=1),
        )
    )
    assert employer.owed(ada) == [(1, SUNDAY, date(2026, 3, 8), None, True)]
    assert employer.owed(ben) == [(1, SUNDAY, DUE, "met", True)]
    assert enrolments(employer)[0] == (1, "2026-03-09T03:59:59+00:00")
    with employer.database.reading_session() as session:
        (move,) = session.scalars(select(ObligationMove)).all()
        assert (move.due_on, move.moved_by_id) == (DUE, None)
        rules = session.scalars(select(AssignmentRule.number).order_by(AssignmentRule.number))
        assert rules.all() == [1, 2]


def test_of_two_who_change_one_rule_at_once_the_second_is_told(employer: Employer) -> None:
    assignment = employer.assign()
    outcomes: list[str] = []

    def change(days: int) -> None:
        try:
            is_changed = employer.write(
                lambda session: assignments.change(
                    session,
                    assignment,
                    number=1,
                    audience=Audience(everyone=True),
                    terms=Terms(first_days=days),
                    by=employer.by,
                    now=MONDAY,
                )
            )
            outcomes.append("changed" if is_changed else "as before")
        except RuleChanged:
            outcomes.append("refused")

    at_once([lambda: change(7), lambda: change(9)])
    assert sorted(outcomes) == ["changed", "refused"]
    with employer.database.reading_session() as session:
        in_force = session.scalars(select(AssignmentRule).order_by(AssignmentRule.number)).all()[-1]
    # What is in force already is written no second time, whichever rule was seen.
    change(in_force.terms["first_days"])
    assert (outcomes[-1], in_force.number) == ("as before", 2)
    with employer.database.reading_session() as session:
        assert session.scalar(select(func.count()).select_from(AssignmentRule)) == 2
        about = AuditEntry.action.startswith("assignment.")
        actions = session.scalars(select(AuditEntry.action).where(about)).all()
    assert sorted(actions) == ["assignment.changed", "assignment.created"]


def test_an_ended_assignment_asks_for_nothing_and_is_not_changed_any_more(
    employer: Employer,
) -> None:
    ada = employer.hire()
    assignment = employer.assign()
    employer.write(lambda session: assignments.end(session, assignment, by=employer.by, now=MONDAY))
    employer.hire()
    assert employer.owed() == employer.owed(ada) == [(1, SUNDAY, DUE, "expired", True)]
    with pytest.raises(AssignmentOver):
        employer.write(
            lambda session: assignments.end(session, assignment, by=employer.by, now=MONDAY)
        )


def test_an_assignment_to_nobody_is_refused(employer: Employer) -> None:
    with pytest.raises(AudienceEmpty):
        employer.assign(audience=Audience())


def test_two_at_once_give_everybody_one_obligation(employer: Employer) -> None:
    for _ in range(3):
        employer.hire()
    assignment = employer.assign(audience=Audience(membership_ids=frozenset({999_999})))

    def cover() -> None:
        employer.write(
            lambda session: assignments.change(
                session,
                assignment,
                number=1,
                audience=Audience(everyone=True),
                terms=Terms(),
                by=employer.by,
                now=MONDAY,
            )
        )

    at_once([cover] * 4)
    assert employer.owed() == [(1, SUNDAY, DUE, None, True)] * 3
    with employer.database.reading_session() as session:
        assert session.scalar(select(func.count()).select_from(Enrolment)) == 3


def test_a_completion_beside_a_changed_rule_is_kept(employer: Employer) -> None:
    people = [employer.hire() for _ in range(3)]
    assignment = employer.assign(YEARLY)

    def change() -> None:
        employer.write(
            lambda session: assignments.change(
                session,
                assignment,
                number=1,
                audience=Audience(everyone=True),
                terms=Terms(first_days=9, renewal=Renewal.AFTER_COMPLETION, months=12),
                by=employer.by,
                now=MONDAY,
            )
        )

    at_once([change, *(lambda one=one: employer.complete(one, MONDAY) for one in people)])
    employer.new_day(MONDAY)
    for one in people:
        assert [(row[0], row[3], row[4]) for row in employer.owed(one)] == [
            (1, "met", False),
            (2, None, True),
        ]


def test_what_was_decided_is_on_the_trail(employer: Employer) -> None:
    employer.hire()
    assignment = employer.assign()
    employer.write(lambda session: assignments.end(session, assignment, by=employer.by, now=MONDAY))
    with employer.database.reading_session() as session:
        of_assignments = select(AuditEntry).where(AuditEntry.subject_kind == "assignment")
        entries = session.scalars(of_assignments.order_by(AuditEntry.number)).all()
        assert [one.action for one in entries] == ["assignment.created", "assignment.ended"]
        assert {one.actor_name for one in entries} == {"Grace Manager"}
        assert entries[0].details["steps"] == {"Open": 1, "Begin": 1}
        assert list(verify(session)) == []
