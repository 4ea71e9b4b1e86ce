"""`lms upgrade`, `lms serve`, `lms demo`: from an empty database to a site that starts."""

import re
import socket
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms.accounts import passwords
from lms.accounts.models import User
from lms.assignments.models import Obligation
from lms.certificates.models import Certificate
from lms.courses.models import Course, Enrolment, Publication
from lms.demo.people import ASKED, EVERYBODY, FOUNDED, LEARNER, PEOPLE, ZONE
from lms.demo.riverside import ONBOARDING, YEARLY
from lms.foundation import audit, migrations
from lms.foundation.clock import in_zone
from lms.foundation.database import Database
from lms.organizations.models import LeaveOfAbsence, Membership, MembershipRequest, Organization
from tests.cli.command import PASSWORD, PRODUCTION, Run, count, fails, run_process, run_with
from tests.factories import make_user

# Upgrade


def test_upgrading_twice_does_nothing_the_second_time(run_empty: Run, empty_address: str) -> None:
    first = run_empty("upgrade")
    assert (first.exit_code, first.output) == (0, "The database was upgraded.\n")
    second = run_empty("upgrade")
    assert (second.exit_code, second.output) == (0, "The database is up to date.\n")
    database = Database(empty_address)
    assert migrations.is_current(database)
    database.dispose()


def test_an_upgrade_refuses_what_a_newer_version_left(run_empty: Run, empty_address: str) -> None:
    run_empty("upgrade")
    database = Database(empty_address)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.dispose()
    fails(run_empty("upgrade"), "newer version", "9999")


@pytest.mark.parametrize(
    "arguments",
    [
        ("publish", "CONTENT"),
        ("serve",),
        ("user", "role", "ada", "learner"),
        ("user", "password", "ada"),
        ("user", "add", "Ada", "--user-name", "ada", "--link"),
    ],
    ids=lambda arguments: "-".join(arguments[:2]),
)
def test_other_commands_ask_for_the_upgrade_first(
    run_empty: Run, content: str, arguments: tuple[str, ...]
) -> None:
    given = [content if argument == "CONTENT" else argument for argument in arguments]
    fails(run_empty(*given), "run `lms upgrade` first")


# Serve


def test_a_taken_port_is_a_sentence(database: Database, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_process(
            "serve",
            "--port",
            port,
            LMS_DATABASE_URL=database.url.render_as_string(hide_password=False),
            LMS_INSTANCE_PATH=str(tmp_path / "instance"),
        )
    assert done.returncode == 1
    assert done.stdout == (
        f"Error: 127.0.0.1:{port} is not free (Address already in use): choose another host or port.\n"
    )


def test_a_host_that_cannot_be_one_is_a_sentence(run: Run) -> None:
    fails(run("serve", "--host", "192.0.2.1"), "192.0.2.1:8000 is not free")
    fails(run("serve", "--host", "ä..b"), "ä..b:8000 is not free (it cannot be used)")


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_cannot_be_one_is_refused(port: str) -> None:
    result = run_with({})("serve", "--port", port)
    assert result.exit_code == 2
    assert "--port" in result.output


def test_production_does_not_start_without_what_it_needs(run: Run) -> None:
    fails(run("serve", LMS_ENV="production"), "LMS_SECRET_KEY", "LMS_BASE_URL", "LMS_SMTP_HOST")


def test_production_does_not_start_with_demo_people(run: Run, database: Database) -> None:
    with database.transaction() as session:
        make_user(session, is_demo=True)
    fails(run("serve", **PRODUCTION), "demo people", "production does not start with them")


# Demo


def test_the_demo_sets_up_everything_and_tells_its_password_once(
    run_empty: Run, empty_address: str
) -> None:
    first = run_empty("demo", "--port", "8123")
    assert first.exit_code == 0
    assert "Rounds is at http://127.0.0.1:8123" in first.output
    (password,) = re.findall(r"with the password ([a-z]{4}(?:-[a-z]{4}){3})\n", first.output)
    database = Database(empty_address)
    with database.transaction() as session:
        people = {user.email: user for user in session.scalars(sa.select(User))}
        for person in PEOPLE:
            user = people[person.email]
            assert f"{person.email} " in first.output
            assert (user.is_demo, user.role) == (True, person.role)
            assert passwords.check(user.password_hash, password).is_right
        enrolments = session.scalar(sa.select(sa.func.count(Enrolment.id)))
        before = {email: user.password_hash for email, user in people.items()}
        people["learner@demo.example"].name = "Kept As It Is"

    second = run_empty("demo")
    assert second.exit_code == 0
    assert password not in second.output
    assert not re.search(r"[a-z]{4}(-[a-z]{4}){3}", second.output)
    assert "Nothing changed since the last publication." in second.output
    with database.reading_session() as session:
        people = {user.email: user for user in session.scalars(sa.select(User))}
        assert {email: user.password_hash for email, user in people.items()} == before
        assert people["learner@demo.example"].name == "Kept As It Is"
        assert session.scalar(sa.select(sa.func.count(Enrolment.id))) == enrolments
    database.dispose()


def test_the_demo_takes_a_password_and_does_not_print_it(
    run_empty: Run, empty_address: str
) -> None:
    database = Database(empty_address)
    for password in (PASSWORD, f"another {PASSWORD}"):
        result = run_empty("demo", LMS_DEMO_PASSWORD=password)
        assert result.exit_code == 0
        assert password not in result.output
        assert "the password of LMS_DEMO_PASSWORD" in result.output
        with database.reading_session() as session:
            hashes = session.execute(sa.select(User.email, User.password_hash)).all()
        may_sign_in = {
            email for email, hashed in hashes if passwords.check(hashed, password).is_right
        }
        assert may_sign_in == {person.email for person in PEOPLE}
    database.dispose()


def test_the_demos_employer_has_people_in_every_state(run_empty: Run, empty_address: str) -> None:
    run_empty("demo", LMS_DEMO_PASSWORD=PASSWORD)
    database = Database(empty_address)
    owed = (
        sa.select(User.name, Course.slug, Obligation)
        .join(Obligation, Obligation.user_id == User.id)
        .join(Course, Course.id == Obligation.course_id)
        .where(Obligation.is_current)
    )
    with database.reading_session() as session:
        # The day may have ended since the demo was made.
        founded = session.scalars(sa.select(Organization.created_at)).one()
        today = in_zone(founded, ZONE).date() + timedelta(days=FOUNDED)
        current = {(name, slug): row for name, slug, row in session.execute(owed)}
        away = session.scalars(
            sa.select(User.name)
            .join(Membership, Membership.user_id == User.id)
            .join(LeaveOfAbsence)
            .where(LeaveOfAbsence.starts_on <= today, LeaveOfAbsence.ends_on >= today)
        ).all()
        late = {key for key, row in current.items() if row.closed_at is None and row.due_on < today}
        ended = {key: row.closed_how for key, row in current.items() if row.closed_at is not None}
        due = {key: row.due_on - today for key, row in current.items() if key[0] == LEARNER.name}
        certificates = session.scalar(sa.select(sa.func.count(Certificate.id)))
        asked = session.scalars(
            sa.select(MembershipRequest.name).where(MembershipRequest.answered_at.is_(None))
        ).all()
        assert list(audit.verify(session)) == []
    database.dispose()
    assert {name for name, _slug in current} == {person.name for person in EVERYBODY}
    assert late == {
        ("Aisha Mahmoud", YEARLY),
        ("Aisha Mahmoud", ONBOARDING),
        ("Noor Haddad", YEARLY),
    }
    assert ended == {("Hana Yoshida", ONBOARDING): "met", ("Ingrid Solberg", ONBOARDING): "waived"}
    assert away == ["Luis Herrera"]
    assert asked == [ASKED.name]
    assert due == {
        (LEARNER.name, ONBOARDING): timedelta(days=14),
        (LEARNER.name, YEARLY): timedelta(days=29),
    }
    assert certificates == sum(len(person.completed) for person in EVERYBODY)


def test_a_demo_password_that_is_too_weak_is_named(run_empty: Run) -> None:
    fails(run_empty("demo", LMS_DEMO_PASSWORD="short"), "LMS_DEMO_PASSWORD: Use 10 characters")


def test_the_demo_is_not_for_production(run: Run, database: Database) -> None:
    fails(run("demo", **PRODUCTION), "The demo is not for production")
    assert count(database, User) == 0
    assert count(database, Publication) == 0
