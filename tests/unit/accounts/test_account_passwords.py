"""Which passwords are accepted, and how they are checked."""

import sys
from types import FrameType

import pytest
from argon2 import PasswordHasher

from lms.accounts import passwords
from lms.accounts.errors import PasswordNotSuitable

NAMES = ("Ada Okafor-Lindqvist", "ada.okafor@example.org", None)


@pytest.mark.parametrize(
    "password",
    [
        "ten chars!",
        "p" + "q" * 199,
        "only lower case words",
        "   two     words   ",
        "\N{SNOWMAN}\N{COMET}" * 5,
    ],
)
def test_length_is_the_only_thing_asked_for(password: str) -> None:
    kept = passwords.choose(password, names=NAMES)
    assert kept.startswith("$argon2id$")
    assert len(kept) <= 200
    assert passwords.check(kept, password) == passwords.Verdict(is_right=True)
    assert not passwords.check(kept, password + "x").is_right


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "10 characters or more"),
        ("nine char", "10 characters or more"),
        ("p" + "q" * 200, "200 characters or fewer"),
        ("qwertyuiop", "guessed first"),
        ("PassWord1234", "guessed first"),
        ("pass word 1234", "guessed first"),
        ("aaaaaaaaaaaaa", "guessed first"),
        ("          ", "guessed first"),
        ("ada okafor-lindqvist", "your own name"),
        ("ADA.OKAFOR@EXAMPLE.ORG", "your own name"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, reason: str) -> None:
    with pytest.raises(PasswordNotSuitable, match=reason):
        passwords.choose(password, names=NAMES)


def test_keyboards_that_compose_letters_differently_send_the_same_password() -> None:
    kept = passwords.choose("cafe\N{COMBINING ACUTE ACCENT} au lait", names=())
    assert passwords.check(kept, "caf\N{LATIN SMALL LETTER E WITH ACUTE} au lait").is_right


def test_the_list_of_common_ones_holds_none_that_its_length_forbids_already() -> None:
    assert {len(entry) >= passwords.MIN_LENGTH for entry in passwords.COMMON} == {True}
    assert {entry == entry.casefold() for entry in passwords.COMMON} == {True}


def test_nothing_is_right_where_there_is_no_password() -> None:
    # This is what the dummy hash was made of: even knowing it helps nobody in.
    assert not passwords.check(None, "nobody's password").is_right
    assert not passwords.check("", "nobody's password").is_right
    assert not passwords.check("not a hash", "anything at all").is_right


@pytest.mark.parametrize("password_hash", [None, ""])
def test_without_a_hash_the_dummy_is_worked_on(password_hash: str | None) -> None:
    worked_on: list[str] = []

    def watch(frame: FrameType, happened: str, _argument: object) -> None:
        if happened == "call" and frame.f_code is PasswordHasher.verify.__code__:
            worked_on.append(frame.f_locals["hash"])

    former = sys.getprofile()
    sys.setprofile(watch)
    try:
        passwords.check(password_hash, "anything at all")
    finally:
        sys.setprofile(former)
    assert worked_on == [passwords.DUMMY_HASH]


def test_the_dummy_takes_as_long_as_a_kept_hash() -> None:
    assert not PasswordHasher().check_needs_rehash(passwords.DUMMY_HASH)
    assert PasswordHasher().verify(passwords.DUMMY_HASH, "nobody's password")


def test_a_hash_with_old_parameters_is_made_anew() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=1024).hash("correct horse")
    verdict = passwords.check(old, "correct horse")
    assert verdict.is_right
    assert verdict.fresh_hash is not None
    assert passwords.check(verdict.fresh_hash, "correct horse") == passwords.Verdict(is_right=True)
    assert passwords.check(old, "wrong horse") == passwords.Verdict(is_right=False)
