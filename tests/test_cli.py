"""The `lms` command: what it does, and a sentence instead of a traceback for what goes wrong."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from lms import demo
from lms.accounts import passwords
from lms.accounts import service as accounts
from lms.accounts.models import SignInSession, User
from lms.cli import main
from lms.courses.models import Enrolment, ModuleRevision, Publication
from lms.foundation import migrations
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from tests.factories import BEGINNING, make_user
from tests.sample_content import COURSE, LESSON, QUIZ, SECOND_LESSON, changed, write_folder

LMS = Path(sys.executable).with_name("lms")
PASSWORD = "correct horse battery"
PRODUCTION = {
    "LMS_ENV": "production",
    "LMS_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "LMS_BASE_URL": "https://learn.example.org",
    "LMS_SMTP_HOST": "mail.example.org",
}

Run = Callable[..., Result]


def run_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, with no other settings than these."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("LMS_")}
    return subprocess.run(
        [LMS, *arguments],
        env=inherited | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def run_with(environment: dict[str, str]) -> Run:
    """A function that runs the command in this process; an exception it lets out fails the test."""
    others: dict[str, str | None] = {key: None for key in os.environ if key.startswith("LMS_")}

    def run(*arguments: str, input: str | bytes | None = None, **more: str) -> Result:  # noqa: A002 - As subprocess calls it.
        return CliRunner().invoke(
            main, arguments, input=input, env=others | environment | more, catch_exceptions=False
        )

    return run


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    """The command over an upgraded, empty database of each kind."""
    return run_with(
        {
            "LMS_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "LMS_INSTANCE_PATH": str(tmp_path / "instance"),
        }
    )


@pytest.fixture
def run_empty(empty_address: str, tmp_path: Path) -> Run:
    """The command over a database of each kind without any table."""
    return run_with(
        {"LMS_DATABASE_URL": empty_address, "LMS_INSTANCE_PATH": str(tmp_path / "instance")}
    )


@pytest.fixture
def content(tmp_path: Path) -> str:
    """A content folder in order."""
    return str(write_folder(tmp_path / "content"))


def fails(result: Result, *words: str) -> None:
    """The command says, in one line that holds all of `words`, what is wrong, and exits with 1."""
    assert result.exit_code == 1
    lines = result.output.strip().splitlines()
    assert lines[-1].startswith("Error: ")
    for word in words:
        assert word in lines[-1]


def place_of(text: str, words: str) -> str:
    """Line and column of `words` in `text`, both from 1."""
    before = text[: text.index(words)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def count(database: Database, table: type) -> int | None:
    with database.reading_session() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table))


# Help


def test_help_lists_every_command() -> None:
    done = run_process("--help")
    assert done.returncode == 0
    listed = re.findall(r"^  ([a-z]+)  ", done.stdout.partition("Commands:")[2], re.MULTILINE)
    assert listed == sorted(main.commands)
    assert {"check", "demo", "publish", "quiz", "serve", "upgrade", "user"} <= set(listed)


def test_each_command_explains_itself() -> None:
    context = click.Context(main)
    groups = [((), main), *(((name,), main.commands[name]) for name in ("quiz", "user"))]
    for path, group in groups:
        assert isinstance(group, click.Group)
        for name in group.list_commands(context):
            result = run_with({})(*path, name, "--help")
            assert result.exit_code == 0
            assert group.commands[name].help
            for parameter in group.commands[name].params:
                if isinstance(parameter, click.Option):
                    assert parameter.opts[0] in result.output


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"Rounds \d+\.\d+\.\d+\n", run_with({})("--version").output)


# Check


def test_the_content_that_comes_with_rounds_is_in_order() -> None:
    """Without a database, and with settings that no other command would accept."""
    done = run_process("check", LMS_DATABASE_URL="nonsense", LMS_NONSENSE="1")
    assert done.returncode == 0
    assert re.fullmatch(r"\d+ courses and \d+ modules are in order\.\n", done.stdout)


def test_a_folder_in_order_says_so(content: str) -> None:
    result = run_with({})("check", content)
    assert result.exit_code == 0
    assert result.output == "3 courses and 2 modules are in order.\n"


def test_warnings_do_not_fail_the_check(tmp_path: Path) -> None:
    lesson = LESSON.replace("![A chart with one page taken out]", "![]")
    folder = write_folder(tmp_path, changed({"modules/privacy/lessons/01-right-amount.md": lesson}))
    result = run_with({})("check", str(folder))
    assert result.exit_code == 0
    assert "alt-missing" in result.output
    assert "(warning)" in result.output


def test_every_fault_of_every_file_is_found_in_one_run(tmp_path: Path) -> None:
    onboarding = COURSE.replace("  - handover", "  - handovr")
    refresher = COURSE.replace("validity_months", "validity_month")
    lesson = LESSON.replace("figures/chart.svg", "figures/chrat.svg")
    unreadable = SECOND_LESSON.replace("title: A", "title: [A")
    quiz = (
        QUIZ.replace("pass: 80%", "pass: 180%")
        .replace("`id: desk`", "`id: payer`")
        .replace("- [x] The part", "- [ ] The part")
    )
    texts = {
        "courses/onboarding.md": onboarding,
        "courses/refresher.md": refresher,
        "modules/privacy/lessons/01-right-amount.md": lesson,
        "modules/privacy/lessons/02-desk-without-names.md": unreadable,
        "modules/privacy/quiz.md": quiz,
        "modules/handover/module.md": None,
    }
    latin = {"modules/handover/lessons/02-latin.md": b"---\ntitle: Gr\xfc\xdfe\n---\n"}
    folder = write_folder(tmp_path / "content", changed(texts) | latin)
    done = run_process("check", str(folder), LMS_DATABASE_URL="nonsense")
    assert done.returncode == 1
    found = [line.removeprefix(f"{folder}/").split(" ")[:2] for line in done.stdout.splitlines()]
    assert found == [
        [f"courses/onboarding.md:{place_of(onboarding, 'handovr')}:", "unknown-module"],
        [f"courses/refresher.md:{place_of(refresher, 'validity_month')}:", "unknown-setting"],
        ["modules/handover/lessons/02-latin.md:2:10:", "not-utf-8"],
        ["modules/handover/module.md:1:1:", "missing-file"],
        ["modules/privacy/lessons/01-right-amount.md:8:1:", "missing-image"],
        # The bracket is missed where the next setting begins.
        ["modules/privacy/lessons/02-desk-without-names.md:3:8:", "yaml"],
        [f"modules/privacy/quiz.md:{place_of(quiz, '180%')}:", "bad-setting"],
        [f"modules/privacy/quiz.md:{place_of(quiz, '## What do you send')}:", "no-right-answer"],
        [
            f"modules/privacy/quiz.md:{place_of(quiz, '`id: payer` `objective: spot')}:",
            "repeated-id",
        ],
    ]
    assert all(line.endswith("(error)") for line in done.stdout.splitlines())


@pytest.mark.parametrize("path", ["nowhere", "file", ""])
def test_a_path_that_is_no_content_folder_is_a_sentence(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    result = run_with({})("check", str(tmp_path / path))
    fails(result, "is not a content folder: it needs courses/ and modules/ inside")
    assert len(result.output.splitlines()) == 1


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A quiz with an error and a warning."""
    file = tmp_path / "practice.md"
    file.write_text(QUIZ.replace("- [x] The part", "- [ ] The part").replace("`id: desk` ", ""))
    return file


def test_one_file_is_checked_alone(faulty: Path) -> None:
    result = run_with({})("check", str(faulty))
    assert result.exit_code == 1
    assert [line.split(" ")[1] for line in result.output.splitlines()] == [
        "no-right-answer",
        "missing-id",
    ]
    faulty.write_text(QUIZ)
    done = run_with({})("check", str(faulty))
    assert (done.exit_code, done.output) == (0, f"{faulty} is in order.\n")


def test_problems_come_as_json(faulty: Path) -> None:
    result = run_with({})("check", str(faulty), "--json")
    assert result.exit_code == 1
    first, second = json.loads(result.stdout)
    assert (first["path"], first["line"], first["column"]) == (str(faulty), 13, 1)
    assert (first["code"], first["severity"]) == ("no-right-answer", "error")
    assert (second["code"], second["severity"]) == ("missing-id", "warning")
    faulty.write_text(QUIZ)
    in_order = run_with({})("check", str(faulty), "--json")
    assert (in_order.exit_code, in_order.output) == (0, "[]\n")


def test_problems_come_as_annotations(faulty: Path) -> None:
    result = run_with({})("check", str(faulty), "--github")
    assert result.exit_code == 1
    error, warning = result.output.splitlines()
    assert error.startswith(f"::error file={faulty},line=13,col=1,title=no-right-answer::no option")
    assert warning.startswith("::warning ")


def test_missing_ids_are_written(tmp_path: Path) -> None:
    quiz = QUIZ.replace("`id: desk` ", "").replace("`id: payer` ", "")
    folder = write_folder(tmp_path, changed({"modules/privacy/quiz.md": quiz}))
    file = folder / "modules/privacy/quiz.md"
    result = run_with({})("check", str(folder), "--fix")
    assert result.exit_code == 0
    assert result.output == (f"{file}: wrote 2 ids.\n3 courses and 2 modules are in order.\n")
    assert "\n`id: what-do-you-send-to-a-payer` `objective: choose-amount`\n" in file.read_text()
    again = run_with({})("check", str(folder), "--fix", "--json")
    assert (again.exit_code, again.output) == (0, "[]\n")


def test_what_was_fixed_is_told_beside_the_json(faulty: Path) -> None:
    result = run_with({})("check", str(faulty), "--fix", "--json")
    assert result.stderr == f"{faulty}: wrote 1 id.\n"
    assert [problem["code"] for problem in json.loads(result.stdout)] == ["no-right-answer"]


def test_a_file_that_cannot_be_read_is_not_fixed(tmp_path: Path) -> None:
    body = b"---\ntitle: \xff\n---\n## Q\n"
    folder = write_folder(tmp_path, changed({}) | {"modules/privacy/quiz.md": body})
    result = run_with({})("check", str(folder), "--fix")
    assert result.exit_code == 1
    assert (folder / "modules/privacy/quiz.md").read_bytes() == body


@pytest.mark.parametrize("options", [("--json", "--github"), ("--fix",)], ids=" ".join)
def test_options_that_make_no_sense_are_refused(options: tuple[str, ...]) -> None:
    assert run_with({})("check", *options).exit_code == 2


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


# What every command says about settings and databases that cannot be used

COMMANDS = [("upgrade",), ("publish",), ("serve",), ("demo",), ("user", "role", "ada", "learner")]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_wrong_setting_is_named(arguments: tuple[str, ...]) -> None:
    wrong = {"LMS_DATABASE_URL": "nonsense", "LMS_PORT": "1"}
    result = run_with(wrong)(*arguments)
    assert result.exit_code == 1
    assert "LMS_PORT is not a setting" in result.output
    assert "LMS_DATABASE_URL: it is not a database address" in result.output


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_database_that_does_not_answer_is_a_sentence_without_its_password(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    url = f"postgresql://ada:geheim@/rounds?host={tmp_path}&connect_timeout=2"
    result = run_with({"LMS_DATABASE_URL": url, "LMS_INSTANCE_PATH": str(tmp_path)})(*arguments)
    assert result.exit_code == 1
    assert "Error: The database did not do it: " in result.output
    assert "geheim" not in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_file_that_is_no_database_is_a_sentence(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "rounds.sqlite").write_bytes(b"this is no database" * 100)
    result = run_with({"LMS_INSTANCE_PATH": str(tmp_path)})(*arguments)
    fails(result, "The database did not do it: file is not a database")


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_folder_that_cannot_be_made_is_a_sentence(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    result = run_with({"LMS_INSTANCE_PATH": str(tmp_path / "file" / "instance")})(*arguments)
    fails(result, str(tmp_path / "file"), "Not a directory")


# Publish


def test_publishing_twice_changes_nothing_the_second_time(
    run: Run, database: Database, content: str
) -> None:
    first = run("publish", content, "--note", "The first edition", "--material")
    assert first.exit_code == 0
    assert first.output.splitlines() == [
        "Published course onboarding, revision 1.",
        "Published course refresher, revision 1.",
        "Published course yearly, revision 1.",
        "Published module handover, revision 1.",
        "Published module privacy, revision 1.",
    ]
    second = run("publish", content)
    assert second.exit_code == 0
    assert second.output == "Nothing changed since the last publication.\n"
    with database.reading_session() as session:
        publication = session.scalars(sa.select(Publication)).one()
        assert publication.note == "The first edition"
        assert publication.published_by_name.endswith(" (terminal)")
        assert session.scalars(sa.select(ModuleRevision.is_material)).all() == [True, True]


def test_only_what_changed_becomes_a_new_revision(run: Run, content: str) -> None:
    run("publish", content)
    file = Path(content) / "modules/handover/lessons/01-before-you-leave.md"
    file.write_text(file.read_text().replace("three things", "four things"))
    result = run("publish", content)
    assert result.output == "Published module handover, revision 2.\n"


def test_with_an_error_nothing_is_published(
    run: Run, database: Database, content: str, tmp_path: Path
) -> None:
    run("publish", content)
    other = LESSON.replace("Ask what", "Always ask what")
    texts = {
        "modules/privacy/lessons/01-right-amount.md": other,
        "courses/onboarding.md": COURSE.replace("  - handover", "  - handovr"),
    }
    broken = write_folder(tmp_path / "broken", changed(texts))
    result = run("publish", str(broken))
    fails(result, "Nothing was published: mend the errors above first.")
    assert "unknown-module" in result.output
    assert count(database, Publication) == 1
    assert count(database, ModuleRevision) == 2


def test_publishing_from_no_content_folder_is_a_sentence(run: Run, tmp_path: Path) -> None:
    fails(run("publish", str(tmp_path)), "is not a content folder")


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
        f"Error: 127.0.0.1:{port} is not free (Address already in use): choose another port.\n"
    )


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
        assert set(people) == {person.email for person in demo.PEOPLE}
        for person in demo.PEOPLE:
            user = people[person.email]
            assert f"{person.email} " in first.output
            assert (user.is_demo, user.role) == (True, person.role)
            assert passwords.check(user.password_hash, password).is_right
        assert session.scalar(sa.select(sa.func.count(Enrolment.id))) == 1
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
        assert session.scalar(sa.select(sa.func.count(Enrolment.id))) == 1
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
            hashes = session.scalars(sa.select(User.password_hash)).all()
        assert len(hashes) == len(demo.PEOPLE)
        assert passwords.check(hashes[0], password).is_right
    database.dispose()


def test_a_demo_password_that_is_too_weak_is_named(run_empty: Run) -> None:
    fails(run_empty("demo", LMS_DEMO_PASSWORD="short"), "LMS_DEMO_PASSWORD: Use 10 characters")


def test_the_demo_is_not_for_production(run: Run, database: Database) -> None:
    fails(run("demo", **PRODUCTION), "The demo is not for production")
    assert count(database, User) == 0
    assert count(database, Publication) == 0


# People


def test_a_person_is_added_with_a_password(run: Run, database: Database) -> None:
    result = run(
        "user", "add", "Ada  Okafor", "--email", "Ada@Example.org", "--role", "administrator",
        input=f"{PASSWORD}\n",
    )  # fmt: skip
    assert (result.exit_code, result.output) == (0, "Added Ada Okafor, administrator.\n")
    with database.reading_session() as session:
        user = session.scalars(sa.select(User)).one()
    assert (user.email, user.role, user.is_demo) == ("ada@example.org", "administrator", False)
    assert passwords.check(user.password_hash, PASSWORD).is_right


def test_a_person_is_added_with_a_link(run: Run, database: Database) -> None:
    result = run(
        "user", "add", "Ada Okafor", "--user-name", "ada.o", "--link",
        LMS_BASE_URL="https://learn.example.org/",
    )  # fmt: skip
    assert result.exit_code == 0
    added, link = result.output.splitlines()
    assert added == "Added Ada Okafor, learner."
    address, _, token = link.rpartition("/")
    assert address == "Their link, good for 7 days: https://learn.example.org/invitation"
    with database.reading_session() as session:
        opened = accounts.open_link(session, token, now=system_clock())
        assert (opened.user.user_name, opened.user.password_hash) == ("ada.o", None)


@pytest.mark.parametrize(
    ("arguments", "typed", "reason"),
    [
        (("Ada",), PASSWORD, "Give an e-mail address or a user name."),
        ((" ", "--user-name", "ada"), PASSWORD, "Give the person's name."),
        (("Ada", "--email", "ada"), PASSWORD, "An e-mail address looks like"),
        (("Ada", "--user-name", "a b"), PASSWORD, "A user name has 3 to 100 characters"),
        (("Ada", "--email", "taken@example.org"), PASSWORD, "There is already an account"),
        (("Ada", "--user-name", "ada"), "short", "Use 10 characters or more."),
        (("Ada", "--user-name", "ada"), "", "Use 10 characters or more."),
        (("Ada", "--user-name", "adalovelace"), "AdaLovelace", "other than your own name"),
    ],
)
def test_a_person_who_cannot_be_added_is_a_sentence(
    run: Run, database: Database, arguments: tuple[str, ...], typed: str, reason: str
) -> None:
    with database.transaction() as session:
        make_user(session, email="taken@example.org")
    fails(run("user", "add", *arguments, input=typed), reason)
    assert count(database, User) == 1


def test_a_password_that_is_no_text_is_a_sentence(run: Run, database: Database) -> None:
    fails(run("user", "add", "Ada", "--user-name", "ada", input=b"\xff" * 12), "not UTF-8 text")
    assert count(database, User) == 0


def test_a_role_that_there_is_not_is_refused_with_those_that_there_are(run: Run) -> None:
    result = run("user", "add", "Ada", "--user-name", "ada", "--role", "queen")
    assert result.exit_code == 2
    for role in ("learner", "instructor", "administrator"):
        assert role in result.output


def test_a_person_gets_another_role(run: Run, database: Database) -> None:
    with database.transaction() as session:
        user_id = make_user(session, email="ada@example.org", user_name="ada").id
    for who, role in (("ADA@example.org", "instructor"), ("Ada", "administrator")):
        result = run("user", "role", who, role)
        assert (result.exit_code, result.output) == (0, f"Ada Okafor is now {role}.\n")
        with database.reading_session() as session:
            assert session.get_one(User, user_id).role == role


def test_a_new_password_signs_its_person_out_everywhere(run: Run, database: Database) -> None:
    with database.transaction() as session:
        user_id = make_user(session, email="ada@example.org").id
        accounts.open_session(session, user_id, user_agent="a phone", keep=True, now=BEGINNING)
    result = run("user", "password", "ada@example.org", input=f"{PASSWORD}\r\n")
    assert (result.exit_code, result.output) == (0, "Ada Okafor has a new password.\n")
    with database.reading_session() as session:
        assert passwords.check(session.get_one(User, user_id).password_hash, PASSWORD).is_right
        assert session.scalars(sa.select(SignInSession.ended_at)).one() is not None


def test_an_unsuitable_password_changes_nothing(run: Run, database: Database) -> None:
    with database.transaction() as session:
        user_id = make_user(session, email="ada@example.org", password_hash="as before").id
    fails(run("user", "password", "ada@example.org", input="short\n"), "Use 10 characters")
    with database.reading_session() as session:
        assert session.get_one(User, user_id).password_hash == "as before"


@pytest.mark.parametrize("who", ["nobody@example.org", "nobody", "", "@"])
@pytest.mark.parametrize("arguments", [("role", "learner"), ("password",)], ids=lambda a: a[0])
def test_nobody_by_that_name_is_a_sentence(run: Run, who: str, arguments: tuple[str, ...]) -> None:
    command, *rest = arguments
    fails(run("user", command, who, *rest, input=PASSWORD), "There is no such account.")
