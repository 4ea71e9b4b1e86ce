"""Nothing of one organization is visible or changeable in another: every address, every form, every filter.

`ours` and `theirs` have the same of everything. The manager of `ours` writes ids of `theirs` into
addresses and forms. A new route fails here until it is added to `FIELDS`, deliberately.

Sam belongs to both: what theirs has had him do is theirs alone.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote_plus

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.accounts.models import User
from lms.assignments.notices import make_notices
from lms.foundation.base import metadata
from lms.foundation.database import Database
from tests.factories import (
    BEGINNING,
    publish_sample,
)
from tests.sample_content import PLEDGE, PLEDGE_FILE
from tests.sides import Side, belong_to_both

# What every name and text of theirs holds, and nothing of ours.
MARK = "Zanzibar"
SEARCH = MARK[:4]
THEIR_IDS = 70_000_000
# What leads to something of an organization or of a person in it.
IDS = {
    "accommodation_id",
    "assignment_id",
    "attempt_id",
    "hold_id",
    "import_id",
    "leave_id",
    "membership_id",
    "number",
    "obligation_id",
    "packet_id",
    "request_id",
    "slug",
    "team_id",
    "user_id",
}
# Parts of addresses that are the same to everybody, or a secret of one person.
OTHERS = {
    "course_slug",
    "day",
    "digest",
    "filename",
    "kind",
    "lesson_slug",
    "module_slug",
    "name",
    "session_id",
    "token",
}
# Anybody may ask whether a certificate is true.
FOR_ALL = {"certificates.verify"}
# Asked of one's own these come last: they end or remove what the others are about.
LAST = (
    "obligations.exempt",
    "obligations.withdraw",
    "requests.withdraw",
    "accommodations.withdraw",
    "organizations.withdraw_leave",
    "retention.lift_hold",
    "assignments.end",
    "teams.end",
    "rosters.discard",
    "organizations.end_member",
    "organizations.rehire",
)

Fields = Mapping[str, Any]

# What these would do if the ids were one's own.
OWN_FORMS: dict[str, Fields] = {
    "obligations.exempt": {"exempt-reason": "On the board"},
    "obligations.waive": {"waive-reason": "Retires soon"},
    "obligations.vouch": {"vouch-reason": "Seen", "vouch-completed_on": "2026-02-01"},
    "obligations.extend": {"extend-reason": "Was ill", "extend-due_on": "2026-12-01"},
    "accommodations.grant": {"quiz": "every", "extra_time": "50", "reason": "A note"},
    "assignments.reassign": {"days": "30"},
    "organizations.add_leave": {"starts_on": "2026-03-05", "ends_on": "2026-03-09"},
    "organizations.change_member": {"role": "manager", "job_title": "Lead"},
    "organizations.rehire": {"hired_on": "2026-03-01"},
    "teams.rename": {"name": "Another name"},
}
# No manager's, wherever: refused before anything is looked for.
REFUSED = {"retention.account", "retention.erase", "retention.erase_account"}
# An attempt belongs to its learner alone, a request to whoever is asked; of ours no letter goes out on
# the day that is tried.
ABSENT = {
    "quizzes.attempt",
    "quizzes.result",
    "quizzes.save_answer",
    "quizzes.save_or_submit",
    "reminders.letter",
    "requests.accept",
    "requests.decline",
}


class World:
    """Both sides, and the manager of ours at the keyboard."""

    def __init__(
        self, app: Flask, database: Database, sign_in: Callable[[int], FlaskClient]
    ) -> None:
        self.app, self.database = app, database
        with database.transaction() as session:
            sample = publish_sample(session, {PLEDGE_FILE: PLEDGE})
            self.ours = Side(session, sample, "ours", "Riverside", 1_000)
            self.theirs = Side(session, sample, "theirs", MARK, THEIR_IDS)
            belong_to_both(session, sample, self.ours, self.theirs)
        for side in (self.ours, self.theirs):
            make_notices(database, side.organization_id, BEGINNING)
        self.client = sign_in(self.ours.manager_id)

    def rules(self) -> Iterator[tuple[Rule, str]]:
        """Every rule that names something of an organization, with each of its methods."""
        for rule in self.app.url_map.iter_rules():
            if rule.arguments & IDS and rule.endpoint not in FOR_ALL:
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    yield rule, method

    def address(self, rule: Rule, values: Mapping[str, Any]) -> str:
        usual = {"day": "2026-03-09", "kind": "csv"}
        fixed = {name: usual[name] for name in rule.arguments & usual.keys()}
        named = {name: values[name] for name in rule.arguments - fixed.keys()} | fixed
        return self.app.url_map.bind("localhost").build(rule.endpoint, named)

    def mixed(self, rule: Rule) -> Iterator[str]:
        """The rule's address with each choice of ids of which at least one is theirs."""
        names = sorted(rule.arguments & IDS)
        for sides in itertools.product((self.ours, self.theirs), repeat=len(names)):
            if self.theirs in sides:
                chosen = {name: side.values[name] for name, side in zip(names, sides, strict=True)}
                yield self.address(rule, chosen)

    def rows(self) -> dict[str, set[str]]:
        """Every row of every table, as text."""
        with self.database.reading_session() as session:
            return {
                table.name: set(map(repr, session.execute(sa.select(table))))
                for table in metadata.sorted_tables
            }


@pytest.fixture
def world(app: Flask, database: Database, sign_in: Callable[[int], FlaskClient]) -> World:
    return World(app, database, sign_in)


# Addresses


def test_every_part_of_an_address_is_known(app: Flask) -> None:
    parts = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    assert parts == IDS | OTHERS


def test_an_address_with_an_id_of_another_organization_does_not_exist(world: World) -> None:
    before, count = world.rows(), 0
    for rule, method in world.rules():
        for address in world.mixed(rule):
            data = OWN_FORMS.get(rule.endpoint) if method == "POST" else None
            answer = world.client.open(address, method=method, data=data, buffered=True)
            expected = 403 if rule.endpoint in REFUSED else 404
            assert answer.status_code == expected, (method, address)
            assert MARK not in answer.get_data(as_text=True), address
            count += 1
    assert count > 150
    assert world.rows() == before


def test_the_same_addresses_with_ones_own_ids_exist(world: World) -> None:
    """Else the test above would prove nothing."""
    order = sorted(
        world.rules(),
        key=lambda one: (
            one[1],
            LAST.index(one[0].endpoint) if one[0].endpoint in LAST else -1,
        ),
    )
    for rule, method in order:
        address = world.address(rule, world.ours.values)
        data = OWN_FORMS.get(rule.endpoint) if method == "POST" else None
        answer = world.client.open(address, method=method, data=data, buffered=True)
        assert (answer.status_code == 404) == (rule.endpoint in ABSENT), (method, address)


# Forms and filters


def fields(world: World) -> dict[str, list[Fields]]:
    """What each page of an organization can be asked with, of all that names something of theirs."""
    their = world.theirs.values
    team, member = their["team_id"], their["membership_id"]
    listed: list[Fields] = [
        {"q": SEARCH},
        {"team": team},
        {"title": f"{MARK} nurse"},
        {"department": f"{MARK} ward"},
        {"site": f"{MARK} house"},
    ]
    ruled: Fields = {
        "do": "preview",
        "course": "refresher",
        "covers": "some",
        "team": [team],
        "person": [member],
        "find": SEARCH,
    }
    named = f"{MARK}-2\nnora.{MARK}@example.org"
    return {
        "assignments.again": [],
        "assignments.assignments_file": [],
        "assignments.end": [],
        "assignments.ending": [],
        "assignments.outdated_file": [],
        "assignments.overview": [],
        "assignments.people_file": [{"state": "open"}],
        "assignments.reassign": [],
        "assignments.show": [{"q": SEARCH}, {"state": "open"}],
        "audit.file": [{"about": SEARCH}, {"by": SEARCH}],
        "audit.overview": [{"about": SEARCH}, {"by": SEARCH}],
        "compliance.courses_file": listed,
        "compliance.months_file": listed,
        "compliance.nudges_file": listed,
        "compliance.overview": listed,
        "compliance.people": listed,
        "compliance.people_file": listed,
        "compliance.record": [],
        "compliance.record_file": [],
        "compliance.teams_file": listed,
        "compliance.transcript": [],
        "evidence.ask": [
            {
                "course": "onboarding",
                "starts_on": "2026-01-01",
                "ends_on": "2026-02-01",
                "who": "some",
                "teams": [team],
                "job_titles": [f"{MARK} nurse"],
            }
        ],
        "evidence.download": [],
        "evidence.overview": [],
        "evidence.packets_file": [],
        "obligations.cycles_file": [],
        "obligations.exempt": [],
        "obligations.extend": [],
        "obligations.person": [],
        "obligations.vouch": [],
        "obligations.waive": [],
        "obligations.withdraw": [],
        "organizations.add_leave": [],
        "organizations.change_member": [
            {"role": "member", "manager": f"{MARK}-1"},
            {"role": "member", "manager": f"Hugo.{MARK}@example.org"},
        ],
        "organizations.end_member": [],
        "organizations.invite": [],
        "organizations.make_link": [],
        "organizations.member": [],
        "organizations.people": [*listed, {"left": "1"}, {"waiting": "1"}],
        "organizations.people_file": [*listed, {"left": "1"}, {"waiting": "1"}],
        "organizations.positions_file": [],
        "organizations.rehire": [],
        "organizations.send_invitation": [],
        "organizations.withdraw_leave": [],
        "reminders.letter": [],
        "reminders.log": [{"q": SEARCH}, {"state": "waiting"}],
        "reminders.log_file": [{"q": SEARCH}, {"state": "waiting"}],
        "reminders.outlook_file": [{}, {"day": "2026-03-09"}],
        "reminders.overview": [{"day": "2026-03-09"}],
        "reminders.save_settings": [],
        "reminders.settings": [],
        "requests.ask_again": [],
        "requests.change_several": [
            {"who": "ticked", "request": [world.theirs.values["request_id"]], "do": "again"},
            {"who": "ticked", "request": [world.theirs.values["request_id"]], "do": "withdraw"},
            {"who": "all", "do": "again"},
        ],
        "requests.overview": [{"q": SEARCH}],
        "requests.requests_file": [{"q": SEARCH}],
        "requests.withdraw": [],
        "retention.erase": [],
        "retention.holds_file": [],
        "retention.lift_hold": [],
        "retention.overview": [],
        "retention.place_hold": [],
        "rosters.apply": [],
        "rosters.check": [],
        "rosters.discard": [],
        "rosters.imports_file": [],
        "rosters.overview": [],
        "rosters.changes_file": [],
        "rosters.problems_file": [],
        "rosters.show": [],
        "rosters.upload": [],
        "rules.change": [ruled],
        "rules.change_people_file": [ruled],
        "rules.create": [ruled],
        "rules.new": [ruled],
        "rules.new_people_file": [ruled],
        "rules.save": [ruled],
        "slips.make": [
            {"who": "ticked", "membership": [member], "do": "print"},
            {"who": "ticked", "membership": [member], "do": "mail"},
            {"who": "all", "team": team, "do": "print"},
        ],
        "slips.overview": listed,
        "slips.print_one": [],
        "slips.waiting_file": listed,
        "teams.change_members": [
            {"do": "transfer", "to": team, "membership": [world.ours.values["membership_id"]]},
            {"do": "leave", "membership": [member]},
            {"do": "manager", "membership": [member]},
        ],
        "teams.create": [],
        "teams.end": [],
        "teams.join": [{"membership": [member]}, {"names": named}],
        "teams.overview": [{"q": SEARCH}],
        "teams.rename": [],
        "teams.team_file": [{"q": SEARCH}],
        "teams.teams_file": [{"q": SEARCH}],
        "teams.team": [{"q": SEARCH}, {"find": SEARCH}],
    }


def says_mark(answer: TestResponse, asked: Fields) -> bool:
    """Whether an answer tells anything of theirs besides what was typed."""
    told = answer.get_data(as_text=True) if "text" in (answer.mimetype or "") else ""
    for value in asked.values():
        for typed in value if isinstance(value, list) else str(value).splitlines():
            if MARK.lower() in str(typed).lower():
                told = told.replace(escape(typed), "").replace(quote_plus(typed), "")
    return MARK.lower() in told.lower()


def test_every_route_of_an_organization_says_what_it_can_be_asked_with(world: World) -> None:
    there = {rule.endpoint for rule, _method in world.rules() if "slug" in rule.arguments}
    assert set(fields(world)) == there


def test_a_filter_or_form_that_names_something_of_theirs_reaches_nothing(world: World) -> None:
    asked = fields(world)
    theirs = re.compile(rf"\b({'|'.join(world.theirs.marks)})\b")
    before, count = world.rows(), 0
    for rule, method in world.rules():
        for one in asked.get(rule.endpoint, []):
            address = world.address(rule, world.ours.values)
            query, data = (one, None) if method == "GET" else (None, one)
            answer = world.client.open(
                address, method=method, query_string=query, data=data, buffered=True
            )
            assert answer.status_code in (200, 303, 404, 422), (method, address, one)
            assert not says_mark(answer, one), (method, address, one)
            count += 1
    assert count > 50
    after = world.rows()
    for table, rows in after.items():
        for row in rows ^ before[table]:
            assert not theirs.search(row), (table, row)


def test_theirs_is_there_to_be_found(world: World, sign_in: Callable[[int], FlaskClient]) -> None:
    """Their own manager finds by the same filters what ours must not."""
    manager = sign_in(world.theirs.manager_id)
    rules = {rule.endpoint: rule for rule, _method in world.rules()}
    for endpoint in ("organizations.people", "compliance.people", "compliance.people_file"):
        for one in fields(world)[endpoint][:5]:
            address = world.address(rules[endpoint], {"slug": "theirs"})
            page = manager.get(address, query_string=one).get_data(as_text=True)
            assert f"Nora {MARK}" in page, (endpoint, one)
    with world.database.reading_session() as session:
        found = session.scalars(sa.select(User.name).where(User.name.contains(SEARCH))).all()
    assert len(found) == 2
