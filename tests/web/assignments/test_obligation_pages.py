"""A person's page under an assignment: what is decided there, and what of others cannot be reached."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from lms.assignments import assignments, decisions
from lms.assignments.audience import Audience
from lms.assignments.models import Obligation
from lms.assignments.terms import Renewal, Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from lms.organizations.models import Membership
from tests.conftest import StandingClock
from tests.csv_rows import csv_rows
from tests.factories import BEGINNING, complete_course, enrol, make_user
from tests.web.assignments.conftest import House

REASON = "Shown to us on paper"


def text_of(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).replace("\xa0", " ").split())


@pytest.mark.parametrize(
    ("what", "fields", "told", "act"),
    [
        ("waive", {}, "Waived", "Obligation waived"),
        (
            "vouch",
            {"completed_on": "2026-02-20"},
            "Completed 20 February 2026",
            "Completion elsewhere vouched for",
        ),
        ("extend", {"due_on": "2026-06-30"}, "Due 30 June 2026", "Due date moved"),
    ],
)
def test_a_decision_is_made_with_a_reason_and_shown_with_a_name(
    riverside: House, what: str, fields: dict[str, str], told: str, act: str
) -> None:
    address = f"{riverside.person}/obligations/{riverside.obligation}/{what}"
    named = {f"{what}-{name}": value for name, value in fields.items()}
    refused = riverside.client.post(address, data=named)
    assert refused.status_code == 422
    assert "Say why: a surveyor will ask." in text_of(refused)
    answer = riverside.client.post(address, data=named | {f"{what}-reason": REASON})
    assert answer.status_code == 303
    page = text_of(riverside.client.get(answer.location))
    assert told in page
    assert REASON in page
    assert "Grace Manager" in page
    # The audit trail calls it by the words under which its filter finds it.
    trail = riverside.address.replace("/assignments", "/audit")
    offered = re.search(rf'<option value="([^"]*)">{act}<', riverside.client.get(trail).text)
    assert offered
    found = text_of(riverside.client.get(f"{trail}?action={offered[1]}"))
    assert found.count(f">{act}: ") == 1


def test_who_was_let_off_is_waived_on_the_assignments_page_with_the_next_date(
    riverside: House, database: Database, sample: Catalogue, clock: StandingClock
) -> None:
    with database.transaction() as session:
        assignment = assignments.create(
            session,
            organization_id=session.get_one(Membership, riverside.membership).organization_id,
            course_id=sample.courses["refresher"].id,
            audience=Audience(membership_ids=frozenset({riverside.membership})),
            terms=Terms(renewal=Renewal.AFTER_EXPIRY, months=12),
            by=Actor("Grace Manager", riverside.manager),
            now=clock(),
        )
        owed = session.scalars(
            select(Obligation.id).where(Obligation.assignment_id == assignment)
        ).one()
    address = f"{riverside.address}/{assignment}"
    person = f"{address}/people/{riverside.membership}"
    decided = riverside.client.post(
        f"{person}/obligations/{owed}/waive", data={"waive-reason": REASON}
    )
    assert decided.status_code == 303
    for query in ("", "?state=waived"):
        page = text_of(riverside.client.get(address + query))
        assert "Waived 1" in re.sub("<[^>]*>", "", page)
        assert "due 1 April 2027" in re.sub("<[^>]*>", "", page)
    # What follows ends with the assignment.
    ending = text_of(riverside.client.get(f"{address}/end"))
    assert "What 1 person has not finished ends today." in ending


def test_what_was_decided_meanwhile_is_not_decided_twice(riverside: House) -> None:
    address = f"{riverside.person}/obligations/{riverside.obligation}/waive"
    assert riverside.client.post(address, data={"waive-reason": REASON}).status_code == 303
    again = riverside.client.post(address, data={"waive-reason": REASON})
    assert again.status_code == 303
    page = text_of(riverside.client.get(riverside.person))
    assert "This has ended meanwhile. Nothing was changed." in page
    assert page.count(REASON) == 1


@pytest.mark.parametrize(
    ("what", "field", "value", "sentence"),
    [
        ("extend", "due_on", "2026-02-01", "or a later day."),
        ("vouch", "completed_on", "2026-12-01", "a day still to come"),
        ("vouch", "completed_on", "", "Give the day."),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    riverside: House, what: str, field: str, value: str, sentence: str
) -> None:
    answer = riverside.client.post(
        f"{riverside.person}/obligations/{riverside.obligation}/{what}",
        data={f"{what}-{field}": value, f"{what}-reason": REASON},
    )
    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    assert REASON in page


def test_the_cycles_are_files(riverside: House, houses: tuple[House, House]) -> None:
    obligation = f"{riverside.person}/obligations/{riverside.obligation}"
    before = csv_rows(riverside.client, f"{riverside.person}/cycles.csv")
    extended = {"extend-due_on": "2026-06-30", "extend-reason": "=Ill"}
    riverside.client.post(f"{obligation}/extend", data=extended)
    vouched = {"vouch-completed_on": "2026-02-20", "vouch-reason": REASON}
    riverside.client.post(f"{obligation}/vouch", data=vouched)
    page = riverside.client.get(riverside.person).text
    assert f'href="{riverside.person}/cycles.csv"' in page
    head, *found = csv_rows(riverside.client, f"{riverside.person}/cycles.csv")
    assert head == before[0]
    cells = [dict(zip(head, row, strict=True)) for row in found]
    # What is not said of a row stays empty.
    told = [{name: cell for name, cell in row.items() if cell} for row in cells]
    due_before = before[1][head.index("Due")]
    on = "2026-03-02"
    decided = {"Ended or moved on": on, "Decided by": "Grace Manager", "Decided on": on}
    opens = before[1][head.index("Opens")]
    assert told[-2:] == [
        {"Cycle": "1", "What": "Owed", "State": "Completed", "Opens": opens, "Due": "2026-06-30",
         "Set by hand": "yes", "Completed": "2026-02-20", **decided, "Reason": REASON},
        {"Cycle": "1", "What": "Moved", "Due before": due_before, **decided, "Reason": "'=Ill"},
    ]  # fmt: skip
    answer = riverside.client.get(f"{riverside.person}/cycles.xlsx", buffered=True)
    assert answer.status_code == 200
    assert houses[1].client.get(f"{riverside.person}/cycles.csv").status_code == 404


def test_what_nobody_decided_has_no_day_of_a_decision_in_the_file(
    riverside: House, database: Database, sample: Catalogue, clock: StandingClock
) -> None:
    with database.transaction() as session:
        member = session.get_one(Membership, riverside.membership)
        row = enrol(session, member.user_id, sample.courses["onboarding"], now=clock())
        complete_course(session, row, sample, now=clock())
    head, met = csv_rows(riverside.client, f"{riverside.person}/cycles.csv")
    told = dict(zip(head, met, strict=True))
    assert (told["State"], told["Completed"]) == ("Completed", "2026-03-02")
    assert told["Ended or moved on"] == "2026-03-02"
    assert (told["Decided by"], told["Decided on"]) == ("", "")


def test_a_completion_that_puts_nothing_off_is_refused_at_its_day(
    riverside: House, database: Database, sample: Catalogue, clock: StandingClock
) -> None:
    with database.transaction() as session:
        assignment = assignments.create(
            session,
            organization_id=session.get_one(Membership, riverside.membership).organization_id,
            course_id=sample.courses["refresher"].id,
            audience=Audience(membership_ids=frozenset({riverside.membership})),
            terms=Terms(renewal=Renewal.CALENDAR, month=1, day=31),
            by=Actor("Grace Manager", riverside.manager),
            now=clock(),
        )
    person = f"{riverside.address}/{assignment}/people/{riverside.membership}"

    def vouch() -> Any:
        with database.reading_session() as session:
            mine = (Obligation.assignment_id == assignment) & Obligation.is_current
            owed = session.scalars(select(Obligation.id).where(mine)).one()
        data = {"vouch-completed_on": "2026-03-02", "vouch-reason": REASON}
        return riverside.client.post(f"{person}/obligations/{owed}/vouch", data=data)

    assert vouch().status_code == 303
    # The same day does not count for the January to come.
    refused = vouch()
    assert refused.status_code == 422
    page = text_of(refused)
    told = "This time is due on 31 January 2027. A completion counts for it from 1 January 2027 on."
    assert re.search(f'id="vouch-completed_on-error"[^>]*>.*?{re.escape(told)}', page)
    assert 'value="2026-03-02"' in page
    assert f'value="{REASON}"' in page


def test_nobody_decides_about_their_own_training(
    riverside: House, database: Database, kept: Callable[[], list[Any]]
) -> None:
    with database.reading_session() as session:
        mine = Obligation.user_id == riverside.manager
        owed = session.scalars(select(Obligation).where(mine)).one()
    person = f"{riverside.address}/{riverside.assignment}/people/{owed.membership_id}"
    told = "Somebody else has to decide about your own training."
    page = text_of(riverside.client.get(person))
    assert told in page
    assert f'action="{person}' not in page
    before = kept()
    data = {
        **{f"{what}-reason": REASON for what in ("waive", "vouch", "extend", "exempt")},
        "vouch-completed_on": "2026-02-20",
        "extend-due_on": "2026-06-30",
    }
    decided = f"{person}/obligations/{owed.id}"
    for address in (
        *(f"{decided}/{what}" for what in ("waive", "vouch", "extend")),
        f"{person}/exempt",
        f"{person}/withdraw",
    ):
        answer = riverside.client.post(address, data=data)
        assert answer.location == person, address
        # As a message, and where the decisions would be.
        assert text_of(riverside.client.get(person)).count(told) == 2
    assert kept() == before


def test_an_exemption_of_ones_own_is_withdrawn_by_somebody_else(
    riverside: House, database: Database
) -> None:
    with database.transaction() as session:
        mine = Membership.user_id == riverside.manager
        membership = session.scalars(select(Membership).where(mine)).one()
        decisions.exempt(
            session,
            riverside.assignment,
            membership,
            reason=REASON,
            by=Actor("Hugo Other", make_user(session, name="Hugo Other").id),
            now=BEGINNING,
        )
        person = f"{riverside.address}/{riverside.assignment}/people/{membership.id}"
    page = text_of(riverside.client.get(person))
    assert "Somebody else has to decide about your own training." in page
    assert "Withdraw the exemption" not in page
    assert riverside.client.post(f"{person}/withdraw").location == person
    assert "They are exempt" in text_of(riverside.client.get(person))


def test_an_exemption_that_never_was_cannot_be_withdrawn(riverside: House) -> None:
    assert riverside.client.post(f"{riverside.person}/withdraw").status_code == 404


def test_an_exemption_is_granted_and_withdrawn(riverside: House) -> None:
    answer = riverside.client.post(f"{riverside.person}/exempt", data={"exempt-reason": REASON})
    assert answer.status_code == 303
    page = text_of(riverside.client.get(riverside.person))
    assert "Withdraw the exemption" in page
    assert f"They are exempt: {REASON}" in page
    assert riverside.client.post(f"{riverside.person}/withdraw").status_code == 303
    assert "Cycle 2" in text_of(riverside.client.get(riverside.person))
    # Clicked twice, it leads to the same page.
    assert riverside.client.post(f"{riverside.person}/withdraw").location == riverside.person
    assert "That was done already." in text_of(riverside.client.get(riverside.person))


def addresses_of(house: House, other: House) -> list[str]:
    """Every address of `house` with one of the ids of `other` in it, and those of `other` itself."""
    own, foreign = house.address, other.address
    found = []
    for assignment, membership, obligation in [
        (other.assignment, house.membership, house.obligation),
        (house.assignment, other.membership, house.obligation),
        (house.assignment, house.membership, other.obligation),
        (other.assignment, other.membership, other.obligation),
    ]:
        person = f"{own}/{assignment}/people/{membership}"
        if obligation == house.obligation:
            found += [person, f"{person}/exempt", f"{person}/withdraw"]
        found += [
            f"{person}/obligations/{obligation}/{what}" for what in ("waive", "vouch", "extend")
        ]
    parts = ("", "/change", "/end", "/again", "/again.csv")
    found += [f"{own}/{other.assignment}{part}" for part in parts]
    found += [f"{foreign}/{other.assignment}{part}" for part in parts]
    return [*found, foreign, f"{foreign}/new", other.person, f"{other.person}/exempt"]


def test_a_manager_who_changes_ids_reaches_nothing_of_anothers(
    houses: tuple[House, House], kept: Callable[[], list[Any]]
) -> None:
    riverside, hillside = houses
    before = kept()
    data = {
        "course": "refresher",
        "covers": "everyone",
        "first": "after-hire",
        "renewal": "none",
        "earlier": "yes",
        "days": "9",
        "reason": REASON,
        **{f"{what}-reason": REASON for what in ("waive", "vouch", "extend", "exempt")},
        "vouch-completed_on": "2026-02-20",
        "extend-due_on": "2026-06-30",
    }
    for address in addresses_of(riverside, hillside):
        answers = [riverside.client.get(address), riverside.client.post(address, data=data)]
        assert {answer.status_code for answer in answers} <= {404, 405}, address
        assert not any("Hillside" in text_of(answer) for answer in answers), address
    assert kept() == before
