"""`lms user`: people from the terminal."""

import pytest
import sqlalchemy as sa

from lms.accounts import passwords
from lms.accounts import service as accounts
from lms.accounts.models import SignInSession, User
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from tests.cli.command import PASSWORD, Run, count, fails
from tests.factories import BEGINNING, make_user


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
