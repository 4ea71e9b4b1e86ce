"""`lms audit verify`, and what commands leave in the trail."""

import getpass
from typing import Any

import pytest
import sqlalchemy as sa

from lms.foundation import audit
from lms.foundation.audit import Act, Actor, AuditEntry
from lms.foundation.database import Database
from tests.cli.command import PASSWORD, Run
from tests.factories import BEGINNING, make_user


def entries(database: Database) -> list[tuple[Any, ...]]:
    columns = (
        AuditEntry.action,
        AuditEntry.subject_name,
        AuditEntry.details,
        AuditEntry.actor_name,
    )
    with database.reading_session() as session:
        return [tuple(row) for row in session.execute(sa.select(*columns).order_by("number"))]


def fill(database: Database) -> str:
    """Three entries; the digest of the last."""
    with database.transaction() as session:
        for number in range(3):
            audit.record(session, Actor("Ada"), Act("team.ended", "team", number), BEGINNING)
        return audit.head_of(session)[1]


def test_an_empty_trail_is_whole(run: Run) -> None:
    result = run("audit", "verify")
    assert (result.exit_code, result.output) == (0, "The trail is whole: 0 entries.\n")


def test_a_whole_trail_is_told_with_its_head(run: Run, database: Database) -> None:
    digest = fill(database)
    result = run("audit", "verify")
    assert result.exit_code == 0
    assert result.output == f"The trail is whole: 3 entries.\nThe last one is 3:{digest}\n"


@pytest.mark.parametrize(
    ("statement", "output"),
    [
        (
            "UPDATE audit_entry SET actor_name = 'Eve' WHERE number = 2",
            "Entry 2 was altered after it was written.\n",
        ),
        (
            "DELETE FROM audit_entry WHERE number > 1",
            "Entry 2 is missing, and so is every other up to 3.\n",
        ),
        (
            "DELETE FROM audit_entry WHERE number IN (1, 3)",
            "Entry 1 is missing.\nEntry 3 is missing.\n",
        ),
    ],
)
def test_each_fault_is_a_line_and_the_command_fails(
    run: Run, database: Database, statement: str, output: str
) -> None:
    fill(database)
    with database.engine.begin() as connection:
        connection.execute(sa.text(statement))
    result = run("audit", "verify")
    assert (result.exit_code, result.output) == (1, output)


def test_a_head_that_was_noted_bears_witness_to_what_was_before_it(
    run: Run, database: Database
) -> None:
    noted = f"3:{fill(database)}"
    fill(database)
    for typed in (noted, noted.replace(":", ", ") + ".", noted.upper()):
        result = run("audit", "verify", "--noted", typed)
        assert (result.exit_code, result.output.split("\n")[0]) == (
            0, "The trail is whole: 6 entries.",
        )  # fmt: skip


def test_an_end_that_was_taken_away_with_its_head_shows_against_a_noted_one(
    run: Run, database: Database
) -> None:
    noted, witness = f"3:{fill(database)}", f"6:{fill(database)}"
    shorten = (
        "UPDATE audit_head SET number = 2,"
        " digest = (SELECT digest FROM audit_entry WHERE number = 2)"
    )
    with database.engine.begin() as connection:
        connection.execute(sa.text(shorten))
        connection.execute(sa.text("DELETE FROM audit_entry WHERE number > 2"))
    assert run("audit", "verify").exit_code == 0
    result = run("audit", "verify", "--noted", noted, "--noted", witness)
    told = "is missing: it was noted as the last one.\n"
    assert (result.exit_code, result.output) == (1, f"Entry 3 {told}Entry 6 {told}")
    # As many were written again, as if nothing had happened.
    fill(database)
    assert run("audit", "verify").exit_code == 0
    result = run("audit", "verify", "--noted", noted)
    assert (result.exit_code, result.output) == (1, "Entry 3 is not the one that was noted.\n")


@pytest.mark.parametrize("noted", ["3", f"0:{'a' * 64}", "3:abc", f"-3:{'a' * 64}", ""])
def test_what_is_no_noted_head_is_refused(run: Run, noted: str) -> None:
    result = run("audit", "verify", f"--noted={noted}")
    assert result.exit_code == 2
    assert "is not a number, a colon and the 64 digits of a digest." in " ".join(
        result.stderr.split()
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_end_that_cannot_be_read_is_a_fault_like_another(run: Run, database: Database) -> None:
    fill(database)
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit_head SET number = 'x'"))
    result = run("audit", "verify")
    told = "Entry 3 may not be the last: the end of the trail cannot be read.\n"
    assert (result.exit_code, result.output) == (1, told)


def test_what_is_done_to_people_at_a_terminal_is_recorded(run: Run, database: Database) -> None:
    actor = f"{getpass.getuser()} (terminal)"
    run("user", "add", "Ada Okafor", "--email", "ada@example.org", "--link")
    run("user", "role", "ada@example.org", "instructor")
    run("user", "password", "ada@example.org", input=f"{PASSWORD}\n")
    assert entries(database) == [
        ("person.added", "Ada Okafor", {"role": "learner"}, actor),
        (
            "person.role_changed",
            "Ada Okafor",
            {"role": "instructor", "before": "learner"},
            actor,
        ),
        ("person.password_set", "Ada Okafor", {}, actor),
    ]


def test_what_fails_at_a_terminal_is_not_recorded(run: Run, database: Database) -> None:
    with database.transaction() as session:
        make_user(session, email="ada@example.org")
    run("user", "password", "ada@example.org", input="short\n")
    run("user", "role", "nobody@example.org", "instructor")
    assert entries(database) == []


def test_publishing_is_recorded_once_and_only_when_something_changed(
    run: Run, database: Database, content: str
) -> None:
    run("publish", content, "--note", "First edition", "--material")
    run("publish", content)
    [(action, note, details, actor)] = entries(database)
    assert (action, note) == ("content.published", "First edition")
    assert actor == f"{getpass.getuser()} (terminal)"
    assert details["modules"] == {"handover": 1, "privacy": 1}
    assert details["courses"] == {"onboarding": 1, "refresher": 1, "yearly": 1}
    assert details["material"] is True
