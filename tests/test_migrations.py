"""The migrations, on both databases: from nothing to the tables that the models describe."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms.courses.models import Enrolment, ModulePass
from lms.foundation import migrations
from lms.foundation.base import metadata
from lms.foundation.database import Database
from lms.foundation.shipped import shipped
from lms.quizzes.models import Accommodation, Attempt, Grade, Mark
from lms.reports import behind, overview

VERSIONS = sorted((shipped("migrations") / "versions").glob("*.py"))


@pytest.fixture
def empty(empty_address: str) -> Iterator[Database]:
    """A database in which nothing is yet."""
    database = Database(empty_address)
    yield database
    database.dispose()


@pytest.fixture
def upgraded(empty: Database) -> Database:
    migrations.upgrade(empty)
    return empty


def constraints_of(database: Database) -> list[tuple[str, str | None, str]]:
    """Table, name and kind of every constraint, read from the database itself."""
    inspector = sa.inspect(database.engine)
    found: list[tuple[str, str | None, str]] = []
    for table in inspector.get_table_names():
        items: list[tuple[str, Any]] = [("primary key", inspector.get_pk_constraint(table))]
        items += [("foreign key", item) for item in inspector.get_foreign_keys(table)]
        items += [("unique", item) for item in inspector.get_unique_constraints(table)]
        items += [("check", item) for item in inspector.get_check_constraints(table)]
        found += [(table, item["name"], kind) for kind, item in items]
    return found


def test_an_empty_database_is_brought_up_to_date(empty: Database) -> None:
    assert not migrations.is_current(empty)
    assert migrations.upgrade(empty)
    assert migrations.is_current(empty)
    tables = set(sa.inspect(empty.engine).get_table_names())
    assert tables == {*metadata.tables, "alembic_version"}


def test_a_second_upgrade_has_nothing_to_do(upgraded: Database) -> None:
    assert not migrations.upgrade(upgraded)
    assert migrations.is_current(upgraded)


def test_the_tables_are_those_of_the_models(upgraded: Database) -> None:
    """What `alembic check` asks: whether another migration is needed."""
    assert migrations.differences(upgraded) == []


def test_a_missing_column_is_a_difference(upgraded: Database) -> None:
    with upgraded.engine.begin() as connection:
        connection.exec_driver_sql('ALTER TABLE "user" DROP COLUMN is_demo')
    assert "is_demo" in str(migrations.differences(upgraded))


def test_every_constraint_has_a_name(upgraded: Database) -> None:
    found = constraints_of(upgraded)
    assert len(found) > 2 * len(metadata.tables)
    assert [item for item in found if not item[1]] == []
    # PostgreSQL would make a name of its own where the convention gave none.
    pattern = re.compile(r"(pk|fk|uq|ck)_[a-z_0-9]+|alembic_version_pkc")
    assert [item for item in found if not pattern.fullmatch(item[1] or "")] == []


def test_the_database_holds_the_constraints_of_the_models(upgraded: Database) -> None:
    """Alembic compares no CHECK constraints: a rule that a migration forgot would go unnoticed."""
    expected = {
        (table.name, str(constraint.name))
        for table in metadata.tables.values()
        for constraint in table.constraints
    }
    found = {(table, name) for table, name, _ in constraints_of(upgraded)}
    assert found - {("alembic_version", "alembic_version_pkc")} == expected


TRIGGERS = {
    "assignment_update_marks",
    "membership_insert_named",
    "membership_update_marks",
    "obligation_delete_marks",
    "obligation_insert_marks",
    "obligation_update_marks",
    "team_membership_delete_marks",
    "team_membership_insert_marks",
    "team_membership_update_marks",
    "user_update_named",
}


def test_every_trigger_is_there(upgraded: Database) -> None:
    """SQLite drops those of a table that a migration builds anew: it has to make them again."""
    listed = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if upgraded.is_sqlite
        else "SELECT DISTINCT trigger_name FROM information_schema.triggers"
    )
    with upgraded.engine.connect() as connection:
        assert set(connection.exec_driver_sql(listed).scalars()) == TRIGGERS


def test_what_a_page_ranks_is_in_the_order_of_an_index(upgraded: Database) -> None:
    """A database uses an index of expressions only where a statement has the very same ones."""
    values = {"organization_id": 1, "marked": [0], "corrected": [0], "most": 20}
    explain = "EXPLAIN QUERY PLAN" if upgraded.is_sqlite else "EXPLAIN"
    for statement, index in (
        (behind.RANKED, "rank_kept_figures"),
        (overview.LONGEST_OVERDUE, "rank_kept_member"),
    ):
        with upgraded.engine.connect() as connection:
            if not upgraded.is_sqlite:
                # Of an empty table it would rather read all.
                for way in ("seqscan", "bitmapscan", "sort"):
                    connection.exec_driver_sql(f"SET enable_{way} = off")
            compiled = statement.params(values).compile(
                connection, compile_kwargs={"render_postcompile": True, "literal_binds": True}
            )
            plan = str(connection.exec_driver_sql(f"{explain} {compiled}").all())
        assert index in plan, plan
        assert "ORDER BY" not in plan, plan


def test_connections_are_as_before_after_an_upgrade(upgraded: Database) -> None:
    """On SQLite a migration switches foreign keys off: the pool's connections must have them again."""
    with upgraded.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.exec_driver_sql(
            "INSERT INTO membership (organization_id, user_id, role, joined_at)"
            " VALUES (999, 999, 'member', '2026-01-01')"
        )


# How long a turn takes says how busy the machine is: on SQLite the others wait for as long as it needs.
UPGRADE = """
import sys
from lms.foundation import database as databases
from lms.foundation import migrations
databases.BUSY_TIMEOUT_MS = 600_000
database = databases.Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(migrations.upgrade(database))
"""


def test_processes_that_upgrade_at_once_take_turns(empty_address: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, empty_address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate() for process in processes]
    assert [errors for _, errors in answers] == [""] * 3
    assert [process.returncode for process in processes] == [0] * 3
    assert "True\n" in [answer for answer, _ in answers]
    database = Database(empty_address)
    assert migrations.is_current(database)
    assert migrations.differences(database) == []
    database.dispose()


def test_a_database_of_a_newer_version_is_left_alone(upgraded: Database) -> None:
    with upgraded.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert not migrations.is_current(upgraded)
    with pytest.raises(migrations.UnknownRevision, match="9999"):
        migrations.upgrade(upgraded)


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_no_way_back_is_offered(file: Path) -> None:
    """A downgrade would lose what people did since: the way back is a backup."""
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    assert not hasattr(module, "downgrade")
    assert callable(module.upgrade)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the migrations' folder and its settings, without any migration."""
    checkout = shipped("migrations").parent
    shutil.copy(checkout / "pyproject.toml", tmp_path)
    shutil.copytree(
        checkout / "migrations", tmp_path / "migrations", ignore=shutil.ignore_patterns("versions")
    )
    return tmp_path / "migrations"


def write_migration(folder: Path, *name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, folder / "new.py", *name], capture_output=True, text=True, check=False
    )


def test_a_new_migration_holds_what_the_models_have(copied: Path, tmp_path: Path) -> None:
    """From no migrations at all, the first one makes every table; a second finds nothing missing."""
    first = write_migration(copied, "First tables")
    assert (first.returncode, first.stderr) == (0, "")
    text = (copied / "versions" / "0001_first_tables.py").read_text(encoding="utf-8")
    assert all(f'"{table}"' in text for table in metadata.tables)
    second = write_migration(copied, "add", "nothing")
    assert second.stdout.splitlines()[-1].startswith("0002_add_nothing.py holds")
    text = (copied / "versions" / "0002_add_nothing.py").read_text(encoding="utf-8")
    assert 'down_revision = "0001"' in text
    assert "op." not in text


@pytest.mark.parametrize("name", [(), ("",), ("  ",)])
def test_a_new_migration_needs_a_name(copied: Path, name: tuple[str, ...]) -> None:
    refused = write_migration(copied, *name)
    assert refused.returncode == 1
    assert refused.stderr == 'Say what the migration does: make migration NAME="add due date"\n'
    assert not (copied / "versions").exists()


def test_there_are_migrations_to_test() -> None:
    assert VERSIONS


MOMENT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
# A row for every table that hangs on others at the first migration, parents first.
FIRST_ROWS: dict[str, dict[str, Any]] = {
    "user": {"id": 1, "name": "Ada", "email": "ada@example.org", "role": "learner", "time_zone": "UTC"},
    "publication": {"id": 1, "published_by_name": "Publisher", "note": ""},
    "module": {"id": 1, "slug": "privacy"},
    "module_revision": {
        "id": 1, "module_id": 1, "number": 1, "publication_id": 1, "digest": "d", "source": {},
        "rendered": {}, "figures": {},
    },
    "course": {"id": 1, "slug": "onboarding"},
    "enrolment": {"id": 1, "user_id": 1, "course_id": 1, "cycle": 1},
    "attempt": {
        "id": 1, "user_id": 1, "module_id": 1, "module_revision_id": 1, "enrolment_id": 1,
        "number": 1, "seed": 7, "paper": [], "submitted_at": MOMENT,
    },
    "grade": {"id": 1, "attempt_id": 1, "number": 1, "score": "1/3", "maximum": "1", "passed": False},
    "mark": {
        "grade_id": 1, "question_id": "q", "question_digest": "d", "score": "1/3", "maximum": "1",
    },
    "module_pass": {
        "id": 1, "user_id": 1, "module_id": 1, "module_revision_id": 1, "score": "1/3",
    },
}  # fmt: skip


def insert(database: Database, name: str, values: dict[str, Any]) -> None:
    """Insert a row into a table as the database has it now, with a moment wherever one is needed."""
    table = sa.Table(name, sa.MetaData(), autoload_with=database.engine)
    moments = {
        column.name: MOMENT
        for column in table.columns
        if isinstance(column.type, sa.DateTime) and not column.nullable
    }
    with database.engine.begin() as connection:
        connection.execute(table.insert().values(moments | values))


def test_data_goes_through_every_migration(empty: Database) -> None:
    migrations.upgrade(empty, "0001")
    for name, values in FIRST_ROWS.items():
        insert(empty, name, values)
    assert migrations.upgrade(empty)
    with empty.reading_session() as session:
        attempt = session.scalars(sa.select(Attempt)).one()
        grade = session.scalars(sa.select(Grade)).one()
        passed = session.scalars(sa.select(ModulePass)).one()
        assert session.scalars(sa.select(Mark.score)).one() == Fraction(1, 3)
    assert (attempt.submitted_at, attempt.closes_at, attempt.timed_out) == (MOMENT, None, False)
    assert (grade.score, grade.passed, grade.regrade_id) == (Fraction(1, 3), False, None)
    assert (passed.score, passed.replaces_earlier) == (Fraction(1, 3), False)
    # The rules of rebuilt tables hold as before, and the new ones with them.
    again = FIRST_ROWS["grade"] | {"id": 2}
    faults = (
        {"number": 0},
        {"number": 1},
        {"number": 2, "regrade_id": 99},
        {"number": 2, "attempt_id": 9},
    )
    for fault in faults:
        with pytest.raises(IntegrityError):
            insert(empty, "grade", again | fault)
    late = FIRST_ROWS["attempt"] | {"id": 2, "number": 2, "closes_at": MOMENT}
    with pytest.raises(IntegrityError):
        insert(empty, "attempt", late)
    insert(empty, "grade", again | {"number": 2})


GRANTED = {"user_id": 1, "reason": "A cast", "extra_time": 50, "extra_attempts": 0}
# Ada works in Chicago, where Boss manages her, and in Oslo; the instructor belongs nowhere.
EMPLOYERS: list[tuple[str, dict[str, Any]]] = [
    ("user", {"id": 2, "name": "Boss", "email": "b@example.org", "role": "learner", "time_zone": "UTC"}),
    ("user", {"id": 3, "name": "Ines", "user_name": "ines", "role": "instructor", "time_zone": "UTC"}),
    ("organization", {"id": 1, "slug": "chicago", "name": "Chicago", "time_zone": "America/Chicago"}),
    ("organization", {"id": 2, "slug": "oslo", "name": "Oslo", "time_zone": "Europe/Oslo"}),
    ("membership", {"id": 1, "organization_id": 1, "user_id": 1, "role": "member"}),
    ("membership", {"id": 2, "organization_id": 1, "user_id": 2, "role": "manager"}),
    ("membership", {"id": 3, "organization_id": 2, "user_id": 1, "role": "member"}),
    ("enrolment", {
        "id": 2, "user_id": 1, "course_id": 1, "cycle": 2, "enrolled_by_id": 2,
        "due_at": datetime(2026, 12, 23, 5, 59, 59, tzinfo=UTC),
    }),
    ("assignment", {"id": 1, "organization_id": 1, "course_id": 1, "created_by_id": 2}),
    ("obligation", {
        "id": 1, "organization_id": 1, "assignment_id": 1, "membership_id": 1, "user_id": 1,
        "course_id": 1, "cycle": 1, "opens_on": date(2026, 11, 22), "due_on": date(2026, 12, 22),
        "day_meant": 22, "is_current": True,
        "enrolment_id": 2, "set_by_hand": False,
    }),
    ("accommodation", {**GRANTED, "id": 1, "granted_by_id": 2}),
    ("accommodation", {**GRANTED, "id": 2, "granted_by_id": 3}),
]  # fmt: skip


def test_due_days_and_where_something_was_granted_are_told_of_what_was_there(
    empty: Database,
) -> None:
    migrations.upgrade(empty, "0005")
    for name in ("user", "publication", "module", "module_revision", "course", "enrolment"):
        insert(empty, name, FIRST_ROWS[name])
    for name, values in EMPLOYERS:
        insert(empty, name, values)
    assert migrations.upgrade(empty)
    with empty.reading_session() as session:
        due = session.execute(sa.select(Enrolment.due_on, Enrolment.due_at).order_by(Enrolment.id))
        assert due.all() == [
            (None, None),
            (date(2026, 12, 22), datetime(2026, 12, 23, 5, 59, 59, tzinfo=UTC)),
        ]
        where = sa.select(Accommodation.organization_id).order_by(Accommodation.id)
        assert session.scalars(where).all() == [1, None]
