"""What can be a person's name, an e-mail address, a user name."""

import pytest

from lms.accounts.errors import NameNotUsable
from lms.accounts.names import (
    SignInName,
    checked_email,
    checked_name,
    checked_user_name,
    is_same_name,
    sign_in_name,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ada@example.org", "ada@example.org"),
        ("  Ada.Okafor+work@Example.ORG ", "ada.okafor+work@example.org"),
        ("o'neil@wards.st-mary.example", "o'neil@wards.st-mary.example"),
        ("a" * 242 + "@example.org", "a" * 242 + "@example.org"),
    ],
)
def test_email_is_kept_in_lower_case(typed: str, kept: str) -> None:
    assert checked_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@@example.org",
        "ada@one@example.org",
        "ada okafor@example.org",
        "ada@exam ple.org",
        "ada@example..org",
        "ada@.org",
        "ada@example.",
        "ada,eve@example.org",
        "Ada <ada@example.org>",
        '"ada"@example.org',
        "ada@example.org\nBcc: eve@example.org",
        "ada\x00@example.org",
        "ada@[127.0.0.1]",
        "ädä@example.org",
        "a" * 243 + "@example.org",
    ],
)
def test_what_is_no_email_is_refused(typed: str) -> None:
    with pytest.raises(NameNotUsable, match="e-mail address"):
        checked_email(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("ada", "ada"), (" Ada.Okafor ", "ada.okafor"), ("a_b-9", "a_b-9"), ("n" * 100, "n" * 100)],
)
def test_user_name_is_kept_in_lower_case(typed: str, kept: str) -> None:
    assert checked_user_name(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "ab", "n" * 101, "ada okafor", "ada@home", "adá", "ada\x00x", "ada/../x"]
)
def test_what_is_no_user_name_is_refused(typed: str) -> None:
    with pytest.raises(NameNotUsable, match="3 to 100 characters"):
        checked_user_name(typed)


def test_an_at_sign_makes_an_email() -> None:
    assert sign_in_name("Ada@Example.org") == SignInName(email="ada@example.org")
    assert sign_in_name("Ada.Okafor") == SignInName(user_name="ada.okafor")
    with pytest.raises(NameNotUsable, match="looks like"):
        sign_in_name("ada@home")
    with pytest.raises(NameNotUsable, match="3 to 100 characters"):
        sign_in_name("a")


@pytest.mark.parametrize(
    ("name", "text"),
    [(SignInName(email="a@b.example"), "a@b.example"), (SignInName(user_name="ada"), "ada")],
)
def test_a_sign_in_name_reads_as_it_is_typed(name: SignInName, text: str) -> None:
    assert str(name) == text


def test_a_name_has_single_spaces() -> None:
    assert checked_name("  Ada \t Okafor\n") == "Ada Okafor"
    assert checked_name("Ñandú O’Neil-Łukasz") == "Ñandú O’Neil-Łukasz"
    assert checked_name("n" * 200) == "n" * 200


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ada Okafor", "Ada Okafor"),
        ("  ada\tOKAFOR ", "Ada Okafor"),
        ("MaryAnn Okafor", "Mary Ann Okafor"),
        ("Siobhan O’Neil‑Katz", "Siobhan O'Neil-Katz"),
        ("Siobhan O´Neil", "Siobhan O`Neil"),
        ("Zoe\u0308 Strauss", "Zoë Strauß"),
        ("Ｗｅｉ Li", "Wei Li"),
    ],
)
def test_a_name_is_the_same_apart_from_case_spacing_and_shapes(typed: str, name: str) -> None:
    assert is_same_name(typed, name)
    assert is_same_name(name, typed)


@pytest.mark.parametrize(
    "typed", ["", "Ada", "Okafor Ada", "Ada Okafór", "Ada Okafor Jr", "Ada\x00Okafor"]
)
def test_another_name_is_not_the_same(typed: str) -> None:
    assert not is_same_name(typed, "Ada Okafor")


@pytest.mark.parametrize(
    "typed", ["", "   ", "n" * 201, "Ada\x00Okafor", "Ada\x1bOkafor", "Ada\ud800"]
)
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(NameNotUsable):
        checked_name(typed)
