"""The pages of assignments: list, form with preview, what is saved, ending, asking again."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from lms.assignments.models import AssignmentRule, Obligation
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.organizations.models import Membership, Organization
from tests.conftest import StandingClock
from tests.csv_rows import csv_rows
from tests.factories import complete_course, enrol, make_member, make_user, publish_sample
from tests.sample_content import COURSE, LESSON
from tests.web.assignments.conftest import House

FORM = {
    "course": "refresher",
    "covers": "everyone",
    "first": "after-hire",
    "first_days": "30",
    "renewal": "calendar",
    "day": "31",
    "month": "1",
    "window_days": "60",
    "minimum_days": "90",
    "earlier": "yes",
    "hired_on": "2026-11-15",
    "habit": "14",
}


def text_of(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).replace("\xa0", " ").split())


def save(client: FlaskClient, address: str, form: dict[str, Any]) -> TestResponse:
    """Press the button that saves, below the preview of this change."""
    shown = client.get(address, query_string=form | PREVIEW)
    return press(client, shown, form)


def press(client: FlaskClient, shown: TestResponse, form: dict[str, Any]) -> TestResponse:
    """Press the button that saves on a page, with what the form was made to say on it."""
    page = unescape(shown.get_data(as_text=True))
    (action,) = re.findall(r'formmethod="post" formaction="([^"]*)"', page)
    (number,) = re.findall(r'name="rule" value="(\d+)"', page)
    return client.post(action, data=form | {"rule": number})


def rules(database: Database) -> list[dict[str, Any]]:
    """The audiences of all rules, the oldest first."""
    with database.reading_session() as session:
        return [row.audience for row in session.scalars(select(AssignmentRule).order_by("id"))]


def test_the_list_tells_whom_when_and_how_many(riverside: House) -> None:
    page = text_of(riverside.client.get(riverside.address))
    assert "Onboarding" in page
    assert "Everyone" in page
    assert "Due 30 days after assignment" in page
    assert "<dt>Due</dt><dd>2</dd>" in page


def test_a_preview_tells_what_would_happen_and_saves_nothing(
    riverside: House, kept: Callable[[], list[Any]]
) -> None:
    before = kept()
    page = text_of(riverside.client.get(f"{riverside.address}/new", query_string=FORM | PREVIEW))
    assert "<strong>2 people</strong> are covered." in page
    assert "<strong>2 people</strong> have it to do" in page
    assert "Grace Manager, Mia Riverside" in page
    # The simulator: hired in November, done in December, not asked again in January.
    assert "<td>15 December 2026</td><td>1 December 2026</td>" in page
    assert "<td>31 January 2028</td>" in page
    assert "31 January 2027" not in page
    assert kept() == before


@pytest.mark.parametrize(
    ("hired_on", "due"),
    [
        # Today it is 2 March.
        ("2026-02-10", "12 March 2026"),
        ("2026-01-31", "1 April 2026"),
        ("2026-03-12", "11 April 2026"),
        ("", "1 April 2026"),
    ],
)
def test_the_simulator_counts_from_the_hire_date_that_is_typed(
    riverside: House, hired_on: str, due: str
) -> None:
    asked = FORM | PREVIEW | {"hired_on": hired_on, "habit": "0"}
    page = text_of(riverside.client.get(f"{riverside.address}/new", query_string=asked))
    assert f"<td>{due}</td><td>{due}</td>" in page


PREVIEW = {"do": "preview"}


def test_whom_a_preview_counts_comes_as_a_file(
    riverside: House, database: Database, clock: StandingClock
) -> None:
    address = f"{riverside.address}/new"
    with database.transaction() as session:
        mia = session.get_one(Membership, riverside.membership)
        mia.job_title, mia.employee_number = "=Nurse", "17"
        sample = publish_sample(session)
        finished = enrol(session, mia.user_id, sample.courses["refresher"], now=clock.moment)
        complete_course(session, finished, sample, now=clock.moment)
    page = riverside.client.get(address, query_string=FORM | PREVIEW)
    assert "<strong>1 person</strong> has completed it already" in text_of(page)
    (link,) = re.findall(r'href="([^"]*/new/people\.csv[^"]*)"', page.get_data(as_text=True))
    assert "do=preview" not in link
    file = riverside.client.get(unescape(link), buffered=True)
    assert (file.mimetype, file.headers["Cache-Control"]) == ("text/csv", "private, no-store")
    head, *found = csv.reader(io.StringIO(file.get_data(as_text=True)[1:], newline=""))
    assert head[5:] == [
        "Covered",
        "Has it to do",
        "Has completed it already",
        "Gets other dates",
        "Does not have to do it any more",
        "Overdue at once",
    ]
    assert found == [
        ["Grace Manager", "", "", "", "", "yes", "yes", "no", "no", "no", "no"],
        ["Mia Riverside", "17", "'=Nurse", "Ward 3", "", "yes", "yes", "yes", "no", "no", "no"],
    ]
    # Who is not covered and feels nothing is not in it; what cannot be is told on the page.
    only = FORM | {"covers": "some", "person": str(riverside.membership)}
    some = riverside.client.get(f"{address}/people.csv", query_string=only, buffered=True)
    assert some.get_data(as_text=True).count("\n") == 2
    wrong = riverside.client.get(f"{address}/people.csv", query_string=FORM | {"course": ""})
    assert wrong.status_code == 422
    assert "Choose a course." in text_of(wrong)
    changed = f"{riverside.address}/{riverside.assignment}/change"
    shown = riverside.client.get(changed, query_string=only | PREVIEW).get_data(as_text=True)
    assert f"{changed}/people.xlsx?" in shown
    file = riverside.client.get(f"{changed}/people.csv", query_string=only, buffered=True)
    ended = next(line for line in file.get_data(as_text=True).splitlines() if "Grace" in line)
    assert ended.endswith("no,no,no,no,yes,no")


def test_what_was_previewed_can_be_saved(riverside: House, database: Database) -> None:
    answer = riverside.client.post(f"{riverside.address}/new", data=FORM)
    assert answer.status_code == 303
    page = text_of(riverside.client.get(answer.location))
    assert "Again each 31 January, from 60 days before" in page
    assert "Mia Riverside" in page
    assert rules(database)[-1]["everyone"] is True


def test_an_audience_is_made_of_what_there_is(
    riverside: House, houses: tuple[House, House], database: Database
) -> None:
    hillside = houses[1]
    chosen = FORM | {
        "covers": "some",
        "team": [str(riverside.team), str(hillside.team)],
        "title": "Nurse",
        "person": [str(riverside.membership), str(hillside.membership)],
    }
    page = text_of(riverside.client.get(f"{riverside.address}/new", query_string=chosen | PREVIEW))
    assert "<strong>1 person</strong> is covered." in page
    assert "Mia Hillside" not in page
    assert riverside.client.post(f"{riverside.address}/new", data=chosen).status_code == 303
    # What is another organization's is as if it had not been named.
    assert rules(database)[-1] == {
        "everyone": False,
        "team_ids": [riverside.team],
        "job_titles": ["Nurse"],
        "departments": [],
        "sites": [],
        "membership_ids": [riverside.membership],
    }


def test_people_are_found_by_name(riverside: House) -> None:
    asked = FORM | {"covers": "some", "find": "mia", "do": "find"}
    page = text_of(riverside.client.get(f"{riverside.address}/new", query_string=asked))
    assert "Mia Riverside" in page
    assert "Mia Hillside" not in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"course": ""}, "Choose a course."),
        ({"course": "nowhere"}, "Choose a course."),
        ({"covers": "some"}, "Choose everyone, or at least one group or person."),
        ({"first": "on-date"}, "Give the date on which it is due."),
        ({"first": "whenever"}, "Choose when it is due."),
        ({"first_days": "many"}, "Type a whole number."),
        ({"first_days": ""}, "Type a number of days."),
        ({"minimum_days": ""}, "Type a number of days."),
        ({"month": "13"}, "Choose the month of the fixed date."),
        ({"day": "32"}, "Choose a day that the month has."),
        ({"window_days": "365"}, "one renewal to the next: 364 days at most."),
        ({"renewal": "after-expiry", "months": "6", "window_days": "181"}, "180 days at most."),
        ({"renewal": "after-expiry", "months": ""}, "Give the months between two renewals"),
        ({"hired_on": "soon"}, "Write the date as year-month-day"),
        ({"hired_on": "9999-12-31"}, "Give a day from 1950 to 2100."),
        ({"person": str(2**63)}, "below"),
    ],
)
def test_what_cannot_be_saved_says_why_and_keeps_what_was_typed(
    riverside: House, kept: Callable[[], list[Any]], change: dict[str, str], sentence: str
) -> None:
    before = kept()
    answer = riverside.client.post(f"{riverside.address}/new", data=FORM | change)
    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    if "first_days" not in change:
        assert 'name="first_days" type="text" value="30"' in page or 'value="30"' in page
    asked = FORM | change | PREVIEW
    assert riverside.client.get(f"{riverside.address}/new", query_string=asked).status_code == 422
    assert kept() == before


@pytest.mark.parametrize(
    "change",
    [
        {"first": "after-hire", "first_on": "soon"},
        {"months": "a year"},
        {"renewal": "after-expiry", "months": "6", "day": "the last"},
        {"renewal": "none", "window_days": "x", "minimum_days": "x", "months": "x", "day": "x"},
    ],
)
def test_what_a_choice_hides_keeps_nobody_from_saving(
    riverside: House, change: dict[str, str]
) -> None:
    """Nobody would see what is wrong there; it stays as it was typed."""
    page = riverside.client.get(f"{riverside.address}/new", query_string=FORM | change | PREVIEW)
    assert page.status_code == 200
    assert "If you save this now" in page.text
    assert all(f'value="{text}"' in page.text for text in change.values())
    assert riverside.client.post(f"{riverside.address}/new", data=FORM | change).status_code == 303


def test_what_is_assigned_twice_is_assigned_once(riverside: House, database: Database) -> None:
    first = riverside.client.post(f"{riverside.address}/new", data=FORM)
    count = len(rules(database))
    again = riverside.client.post(f"{riverside.address}/new", data=FORM)
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.location == first.location
    assert "This is assigned already" in text_of(riverside.client.get(again.location))
    assert len(rules(database)) == count
    other = riverside.client.post(f"{riverside.address}/new", data=FORM | {"first_days": "7"})
    assert other.location != first.location


def test_a_changed_rule_is_shown_before_it_is_saved(
    riverside: House, kept: Callable[[], list[Any]], database: Database
) -> None:
    address = f"{riverside.address}/{riverside.assignment}/change"
    form = text_of(riverside.client.get(address))
    assert 'id="covers-everyone" name="covers" value="everyone" checked' in form
    changed = FORM | {"renewal": "none", "first": "after-assignment", "first_days": "7"}
    before = kept()
    page = text_of(riverside.client.get(address, query_string=changed | PREVIEW))
    assert "<strong>2 people</strong> get other dates" in page
    assert kept() == before
    assert save(riverside.client, address, changed).status_code == 303
    with database.reading_session() as session:
        due = session.get_one(Obligation, riverside.obligation).due_on
    assert due.isoformat() == "2026-03-09"


def test_a_rule_is_saved_only_as_it_was_previewed(
    riverside: House, database: Database, kept: Callable[[], list[Any]]
) -> None:
    client, address = riverside.client, f"{riverside.address}/{riverside.assignment}/change"
    assert "Save the rule" not in text_of(client.get(address))
    before = kept()
    changed = FORM | {"renewal": "none", "first": "after-assignment", "first_days": "7"}
    edited = changed | {"first_days": "9"}
    shown = client.get(address, query_string=changed | PREVIEW)
    answer = press(client, shown, edited)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Nothing is saved yet: look first at" in page
    assert "<strong>2 people</strong> get other dates" in page
    assert 'value="9"' in page
    # The files are of what is shown now.
    assert "first_days=9" in page
    assert kept() == before
    assert client.post(address, data=edited | {"rule": "1"}).status_code == 422
    assert press(client, answer, edited).status_code == 303
    assert len(rules(database)) == 3
    # Pressed once more, there is nothing to change.
    again = press(client, answer, edited)
    assert again.status_code == 303
    assert "Nothing was changed." in text_of(client.get(again.location))
    assert len(rules(database)) == 3


def test_a_rule_that_was_changed_meanwhile_is_shown_before_it_is_replaced(
    riverside: House, database: Database, kept: Callable[[], list[Any]]
) -> None:
    client, address = riverside.client, f"{riverside.address}/{riverside.assignment}/change"
    theirs = FORM | {"renewal": "none", "first": "after-assignment", "first_days": "45"}
    mine = theirs | {"first_days": "9"}
    opened = client.get(address, query_string=mine | PREVIEW)
    assert "after you had opened it" not in text_of(opened)
    assert save(client, address, theirs).status_code == 303
    before = kept()
    refused = press(client, opened, mine)
    assert refused.status_code == 409
    page = text_of(refused)
    assert "Grace Manager changed this rule on 2 March 2026" in page
    assert "<li>Due 45 days after assignment</li>" in page
    assert 'value="9"' in page
    assert "If you save this now" in page
    assert kept() == before
    # A preview that comes too late says so as well, and a form that names no rule is no newer one.
    late = client.get(address, query_string=mine | PREVIEW | {"rule": "1"})
    assert "Grace Manager changed this rule" in text_of(late)
    (action,) = re.findall(r'formaction="([^"]*previewed[^"]*)"', late.get_data(as_text=True))
    assert client.post(action, data=mine).status_code == 409
    assert kept() == before
    assert press(client, refused, mine).status_code == 303
    assert "Due 9 days after assignment" in text_of(
        client.get(f"{riverside.address}/{riverside.assignment}")
    )


def test_a_rule_that_cannot_be_leaves_the_old_one_in_force(
    riverside: House, database: Database
) -> None:
    address = f"{riverside.address}/{riverside.assignment}/change"
    answer = riverside.client.post(address, data=FORM | {"day": ""})
    assert answer.status_code == 422
    assert len(rules(database)) == 2


def test_an_assignment_ends_after_a_question(riverside: House, database: Database) -> None:
    address = f"{riverside.address}/{riverside.assignment}/end"
    assert "2 people have not finished ends today" in text_of(riverside.client.get(address))
    assert riverside.client.post(address).status_code == 303
    assert "Ended" in text_of(riverside.client.get(riverside.address))
    for again in ("end", "change", "again"):
        page = riverside.client.get(f"{riverside.address}/{riverside.assignment}/{again}")
        assert page.status_code == 404
    # Clicked twice, it leads to the same page.
    assert riverside.client.post(address).location == riverside.address
    assert "That was done already." in text_of(riverside.client.get(riverside.address))
    with database.reading_session() as session:
        ended = select(AuditEntry.action).where(AuditEntry.action == "assignment.ended")
        assert len(session.scalars(ended).all()) == 1


def test_people_are_shown_by_where_they_stand(
    riverside: House, clock: StandingClock, sign_in: Callable[[int], FlaskClient]
) -> None:
    address = f"{riverside.address}/{riverside.assignment}"
    assert "Mia Riverside" in text_of(riverside.client.get(f"{address}?state=due"))
    assert "Mia Riverside" not in text_of(riverside.client.get(f"{address}?state=overdue"))
    clock.advance(days=31)
    client = sign_in(riverside.manager)
    page = text_of(client.get(f"{address}?state=overdue"))
    assert "Mia Riverside" in page
    assert "due 1 April 2026" in page
    assert client.get(f"{address}?state=nonsense&page=9").status_code == 200


def test_who_has_left_is_neither_counted_nor_listed(riverside: House) -> None:
    left = f"/organizations/{riverside.slug}/people/{riverside.membership}/end"
    assert riverside.client.post(left).status_code == 303
    page = text_of(riverside.client.get(f"{riverside.address}/{riverside.assignment}"))
    assert 'aria-current="page">All <span class="muted">1</span>' in page
    assert "No longer required" not in page
    assert riverside.person not in page
    assert "<dt>Due</dt><dd>1</dd>" in text_of(riverside.client.get(riverside.address))


def test_those_who_completed_an_earlier_revision_can_be_asked_again(
    riverside: House, database: Database, sample: Catalogue, clock: StandingClock
) -> None:
    address = f"{riverside.address}/{riverside.assignment}/again"
    assert "Nobody is concerned" in text_of(riverside.client.get(address))
    assert f"{address}.csv" not in riverside.client.get(address).text
    with database.transaction() as session:
        user_id = session.get_one(Membership, riverside.membership).user_id
        row = enrol(session, user_id, sample.courses["onboarding"], now=clock())
        complete_course(session, row, sample, now=clock())
        publish_sample(
            session,
            {"modules/privacy/lessons/01-right-amount.md": f"{LESSON}\nMore.\n"},
            now=clock() + timedelta(hours=1),
            is_material=True,
        )
    clock.advance(hours=2)
    assert "<strong>1 person</strong>" in text_of(riverside.client.get(address))
    # Who that is stands in the files.
    assert f'href="{address}.csv"' in riverside.client.get(address).text
    assert csv_rows(riverside.client, f"{address}.csv") == [
        ["Name", "Employee number", "Job title", "Department", "Site", "Completed"],
        ["Mia Riverside", "", "Nurse", "Ward 3", "", "2026-03-02"],
    ]
    workbook = riverside.client.get(f"{address}.xlsx", buffered=True)
    assert workbook.status_code == 200
    wrong = riverside.client.post(address, data={"days": "0", "reason": ""})
    assert wrong.status_code == 422
    assert "Say why" in text_of(wrong)
    answer = riverside.client.post(address, data={"days": "10", "reason": "New device"})
    assert answer.status_code == 303
    assert "set by hand" in text_of(riverside.client.get(riverside.person))
    # They are asked now.
    assert len(csv_rows(riverside.client, f"{address}.csv")) == 1


def test_a_page_asks_as_often_for_many_people_as_for_few(
    riverside: House, database: Database
) -> None:
    addresses = {
        riverside.address: 6,
        f"{riverside.address}/{riverside.assignment}": 7,
        f"{riverside.address}/new": 3,
        f"{riverside.address}/new?{'&'.join(f'{k}={v}' for k, v in (FORM | PREVIEW).items())}": 8,
        riverside.person: 6,
    }
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    def asked(address: str) -> int:
        seen.clear()
        assert riverside.client.get(address).status_code == 200
        return len(seen)

    # The process has the catalogue at hand from its first page on.
    riverside.client.get("/courses")
    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    few = {address: asked(address) for address in addresses}
    with database.transaction() as session:
        organization = session.scalars(
            select(Organization).where(Organization.slug == "riverside")
        ).one()
        for _ in range(60):
            make_member(session, organization, make_user(session))
    save(riverside.client, f"{riverside.address}/{riverside.assignment}/change", FORM)
    many = {address: asked(address) for address in addresses}
    for engine in database.engines:
        event.remove(engine, "before_cursor_execute", note)
    assert many == few == addresses


def test_a_withdrawn_course_is_not_assigned_any_more_and_its_assignment_stays(
    riverside: House, database: Database, kept: Callable[[], list[Any]]
) -> None:
    withdrawn = COURSE.replace("hours:", "withdrawn: true\nhours:")
    with database.transaction() as session:
        publish_sample(session, {"courses/onboarding.md": withdrawn})
    before = kept()
    asked = FORM | {"course": "onboarding"}
    answer = riverside.client.post(f"{riverside.address}/new", data=asked)
    assert answer.status_code == 422
    assert "Choose a course." in text_of(answer)
    assert kept() == before
    page = riverside.client.get(f"{riverside.address}/{riverside.assignment}")
    assert page.status_code == 200
    change = f"{riverside.address}/{riverside.assignment}/change"
    assert riverside.client.get(change).status_code == 200


def test_a_job_title_that_is_chosen_in_another_case_is_offered_once(riverside: House) -> None:
    # Mia is a Nurse.
    page = riverside.client.get(f"{riverside.address}/new?covers=some&title=NURSE").text
    assert re.findall(r'name="title"[^>]*value="(nurse)"([^>]*)>', page, re.IGNORECASE) == [
        ("NURSE", " checked")
    ]
