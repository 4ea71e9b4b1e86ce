"""Measure the import of a long roster: `python -m benchmarks.roster --rows 50000`.

Everybody in the file is new and is covered by one assignment. What is told is how long checking and
applying take, and by how much the process grows meanwhile.
"""

import argparse
import resource
import tempfile
import time
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

import lms.app  # noqa: F401 - the application wires who hears of a changed roster.
from lms.accounts import service as accounts
from lms.assignments import assignments
from lms.assignments.audience import Audience
from lms.assignments.terms import Terms
from lms.foundation import migrations
from lms.foundation.audit import Actor
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.organizations import imports, roster_jobs
from lms.organizations.models import Membership, Organization, RosterImport
from lms.organizations.roster import Mapped
from tests.factories import publish_sample

HEADER = ("employee_number", "name", "email", "job_title", "department", "site", "manager", "teams")
ROWS = (5_000, 50_000)


def main() -> None:
    """Import a roster of each length into a database of its own; print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roster", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS, metavar="NUMBER")
    table = Table(title="A roster on SQLite, everybody new")
    for heading in ("rows", "check s", "apply s", "MiB before", "MiB at most"):
        table.add_column(heading, justify="right")
    for rows in parser.parse_args().rows:
        with tempfile.TemporaryDirectory() as folder:
            table.add_row(*_measured(f"sqlite:///{folder}/roster.sqlite", rows))
    Console().print(table)


def _measured(url: str, rows: int) -> list[str]:
    database, now = Database(url), system_clock()
    migrations.upgrade(database)
    payload = _handed_in(database, rows, now)
    before, begun = _most_resident(), time.perf_counter()
    roster_jobs.check(database, payload, now)
    checked = time.perf_counter()
    with database.transaction() as session:
        seen = session.get_one(RosterImport, payload["import_id"]).outcome["digest"]
        assert imports.begin_apply(session, payload["import_id"], seen=seen, now=now)
    roster_jobs.apply(database, payload, now)
    applied = time.perf_counter()
    with database.reading_session() as session:
        one = session.get_one(RosterImport, payload["import_id"])
        assert (one.state, one.outcome["added"]) == ("applied", rows), one.problems
    database.dispose()
    seconds = (f"{checked - begun:.1f}", f"{applied - checked:.1f}")
    return [f"{rows:,}", *seconds, f"{before}", f"{_most_resident()}"]


def _handed_in(database: Database, rows: int, now: datetime) -> dict[str, Any]:
    """An organization with an assignment to everyone, and a roster that is to be checked."""
    with database.transaction() as session:
        catalogue = publish_sample(session)
        organization = Organization(slug="big", name="A large employer", created_at=now)
        manager = accounts.create_user(session, name="Manager", email="m@example.org", now=now)
        session.add(organization)
        session.flush()
        session.add(
            Membership(
                organization_id=organization.id, user_id=manager.id, role="manager", joined_at=now
            )
        )
        actor = Actor(manager.name, manager.id)
        assignments.create(
            session,
            organization_id=organization.id,
            course_id=catalogue.courses["onboarding"].id,
            audience=Audience(everyone=True),
            terms=Terms(),
            by=actor,
            now=now,
        )
        mapped = Mapped({name: place for place, name in enumerate(HEADER)})
        import_id = imports.start(
            session,
            organization.id,
            file_name="roster.csv",
            body=_roster(rows),
            mapped=mapped,
            row_count=rows,
            by_id=manager.id,
            now=now,
        )
        assert imports.begin_check(session, import_id, mapped=mapped, is_complete=False, now=now)
    return {"import_id": import_id, "actor_id": manager.id, "actor_name": manager.name}


def _roster(rows: int) -> bytes:
    lines = [",".join(HEADER)]
    lines += [
        f"E{number},Person {number},p{number}@example.org,Title {number % 30},"
        f"Department {number % 12},Site {number % 8},E{number // 10},Team {number % 400}"
        for number in range(1, rows + 1)
    ]
    return "\n".join(lines).replace(",E0,", ",,").encode()


def _most_resident() -> int:
    """The most memory that this process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
