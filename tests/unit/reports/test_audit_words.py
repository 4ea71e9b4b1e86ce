"""The audit trail in plain language."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from lms.assignments.audience import Audience
from lms.assignments.terms import Renewal, Terms
from lms.reports.audit_words import (
    ACTIONS,
    OF_THE_SITE,
    Filters,
    Titles,
    action_words,
    actions_offered,
    day_of,
    details_words,
    filters_of,
    moment_words,
)
from tests.pure_modules import ROOT

# However it is passed on: `Act("team.created", …)`, `record(scope, "team.created", …)`.
RECORDED = re.compile(r'(?:\bAct|\b_?record|\b_about)\(\s*(?:[a-z_.()]+,\s*)*"([a-z]+\.[a-z_]+)"')


def test_every_action_that_is_recorded_anywhere_has_words_of_its_own() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "lms").rglob("*.py")]
    recorded = {action for text in texts for action in RECORDED.findall(text)}
    assert len(recorded) > 10
    assert sorted(recorded - set(ACTIONS)) == []


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("obligation.waived", "Obligation waived"),
        ("night_shift.swapped-with", "Night shift: swapped with"),
    ],
)
def test_an_action_is_told_in_words(action: str, words: str) -> None:
    assert action_words(action) == words


def test_an_organization_is_offered_what_can_be_its_own() -> None:
    offered = actions_offered("", is_site=False)
    assert set(ACTIONS) - set(offered) == set(OF_THE_SITE)
    assert "team.joined" in offered
    assert actions_offered("", is_site=True) == ACTIONS
    # An address may ask for anything, which the list then shows as what is asked for.
    assert actions_offered("person.added", is_site=False)["person.added"] == "Account made"
    assert actions_offered("a.b", is_site=True)["a.b"] == "A: b"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("On leave", "On leave"),
        ("2026-03-02", "2\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2026"),
        ("2026-13-02", "2026-13-02"),
        (14, "14"),
        (0, "0"),
        (True, "yes"),
        (False, "no"),
        ([1, None, "2026-03-02"], "1, nothing, 2\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2026"),
        (list(range(12)), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"),
        ({"job_title": ["Nurse", ""], "site": "", "by": {"x": 1}}, "job title: Nurse, nothing; by: x: 1"),
    ],
)  # fmt: skip
def test_a_detail_is_told_in_words(value: Any, words: str) -> None:
    assert details_words({"what_it_was": value}) == [("What it was", words)]


def test_people_are_told_by_name_and_all_of_them_in_a_file() -> None:
    names = [f"Ada {number}" for number in range(12)]
    details = {"to": "Day", "to_id": 7, "members": list(range(40, 52)), "people": names}
    shown = ", ".join(names[:10])
    assert details_words(details) == [("To", "Day"), ("People", f"{shown} and 2 more")]
    assert details_words(details, most=None) == [("To", "Day"), ("People", ", ".join(names))]


def test_namesakes_are_told_apart_by_their_numbers() -> None:
    details = {"members": [8, 9, 7], "people": ["Ada", "Ada", "Ben"]}
    assert details_words(details) == [("People", "Ada (No. 8), Ada (No. 9), Ben")]


@pytest.mark.parametrize(
    ("details", "told"),
    [
        ({"members": [29, 30]}, [("Members", "2 people, by number: 29, 30")]),
        ({"members": 3}, [("Members", "3")]),
        ({"members": [29], "people": 1}, [("Members", "1 person, by number: 29"), ("People", "1")]),
        ({"members": [1, 2], "people": ["Ada"]}, [("Members", "2 people, by number: 1, 2"), ("People", "Ada")]),
    ],
)  # fmt: skip
def test_entries_of_before_that_hold_numbers_alone_are_told_as_such(
    details: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    assert details_words(details) == told


def test_a_roster_tells_who_came_left_and_changed() -> None:
    people = {
        "added": ["Ada (1)", "Ben (2)"],
        "changed": ["Cem (3) [Site: nothing → Main]"],
        "asked_otherwise": ["Dee (4) [Job title: Aide → nothing]"],
    }
    details = {"new_teams": ["Day", "Night"], "unnamed_teams": 1, "unnamed": 2, "people": people}
    assert details_words(details) == [
        ("Teams made", "Day, Night"),
        ("Teams not named here", "1 team, for which there was no room"),
        ("Not named here", "2 people, for whom there was no room: their own pages tell"),
        (
            "People",
            "added: Ada (1), Ben (2); changed: Cem (3) [Site: nothing → Main];"
            " asked otherwise: Dee (4) [Job title: Aide → nothing]",
        ),
    ]


def test_changes_tell_what_was_before_and_what_is_now() -> None:
    changes = {"job_title": ["Nurse", "Lead nurse"], "hired_on": ["2026-03-02", ""]}
    words = "job title: Nurse → Lead nurse; hired on: 2 March 2026 → nothing"
    [(label, told)] = details_words({"changes": changes})
    assert (label, told.replace("\N{NO-BREAK SPACE}", " ")) == ("Changes", words)
    assert details_words({"changes": {"people": 3}}) == [("Changes", "people: 3")]
    assert details_words({"changes": "all"}) == [("Changes", "all")]


def test_a_rule_is_told_as_its_page_tells_it() -> None:
    rule = {
        "audience": Audience(team_ids=frozenset({7}), job_titles=frozenset({"Nurse"})).to_json(),
        "terms": Terms(renewal=Renewal.AFTER_EXPIRY, months=12).to_json(),
        "steps": {"Open": 8, "Move": 2, "Swap": 1},
    }
    assert details_words(rule) == [
        ("For whom", "Team No. 7; job title Nurse"),
        (
            "When",
            "Due 30 days after assignment. Again 12 months after each due date, from 30 days before."
            " Earlier completions count",
        ),
        ("Obligations", "8 opened, 2 moved, 1 Swap"),
    ]


def test_teams_of_a_rule_are_told_as_they_were_called() -> None:
    covered = Audience(team_ids=frozenset({7, 9})).to_json() | {"team_names": ["Night", "Day"]}
    assert details_words({"audience": covered}) == [("For whom", "Teams Day, Night")]


@pytest.mark.parametrize("name", ["audience", "terms", "steps"])
@pytest.mark.parametrize("value", ["all", {"days": 3}, [3]])
def test_a_rule_in_another_form_is_told_as_it_is(name: str, value: Any) -> None:
    [(_label, words)] = details_words({name: value})
    assert words in ("all", "days: 3", "3 days", "3")


TITLES = Titles.of(
    {1: 10, 2: 20, 3: 20, 4: 30}, {10: "Hand hygiene", 20: "Privacy"}, {"skills": "Skills check"}
)


@pytest.mark.parametrize(
    ("kind", "number", "name", "words"),
    [
        ("assignment", 1, "hand-hygiene", "Hand hygiene"),
        ("assignment", 3, "", "Privacy (No. 3)"),
        # Of a course that is nowhere published, and of none at all.
        ("assignment", 4, "gone", "gone"),
        ("assignment", None, "lost", "lost"),
        ("team", 1, "Night shift", "Night shift"),
    ],
)
def test_an_assignment_is_called_as_its_course(
    kind: str, number: int | None, name: str, words: str
) -> None:
    assert TITLES.subject(kind, number, name) == words


def test_assignments_are_found_by_title_in_whatever_case() -> None:
    assert TITLES.assignments_with("PRIV") == [2, 3]
    assert TITLES.assignments_with("gone") == []


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"assignment": 2}, ("Assignment", "Privacy (No. 2)")),
        ({"assignment": 9}, ("Assignment", "No. 9")),
        ({"assignment": "nine"}, ("Assignment", "nine")),
        ({"quiz": "skills"}, ("Quiz", "Skills check")),
        ({"quiz": "every quiz"}, ("Quiz", "every quiz")),
        ({"quiz": ["skills"]}, ("Quiz", "skills")),
        ({"people": 1}, ("People", "1")),
    ],
)
def test_a_detail_that_names_something_tells_its_title(
    details: dict[str, Any], words: tuple[str, str]
) -> None:
    assert details_words(details, TITLES) == [words]


@pytest.mark.parametrize("value", ["", None, {}, []])
def test_an_empty_detail_is_left_out(value: Any) -> None:
    assert details_words({"reason": value}) == []


def test_a_moment_is_told_by_the_clocks_of_the_organization() -> None:
    moment = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
    words = "1\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2026, 21:30\N{NO-BREAK SPACE}EST"
    assert moment_words(moment, "America/New_York") == words


def test_the_filters_of_an_address_make_the_same_address() -> None:
    address = {
        "action": "team.created", "by": "Grace", "about": "Mia",
        "since": "2026-03-01", "until": "2026-03-02",
    }  # fmt: skip
    filters = filters_of(address)
    assert filters == Filters("team.created", "Grace", "Mia", date(2026, 3, 1), date(2026, 3, 2))
    assert filters.chosen() == address


def test_what_makes_no_sense_in_an_address_is_as_if_it_were_not_there() -> None:
    filters = filters_of({"by": "  ", "since": "yesterday", "until": "0001-01-01", "other": "x"})
    assert filters == Filters()
    assert filters.chosen() == {}


def test_a_day_is_read_as_a_field_for_days_sends_it() -> None:
    assert day_of(" 2026-03-02 ") == date(2026, 3, 2)
    assert day_of("2026-02-30") is None
    assert day_of("9999-12-31") is None
