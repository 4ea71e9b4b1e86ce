"""Whoever is signed in, the words of what goes wrong, and the addresses of links."""

import pytest

from lms.accounts import errors, tokens
from lms.accounts.person import Person, Role
from lms.organizations import errors as organization_errors


def person(name: str = "Ada Okafor", role: Role = Role.LEARNER) -> Person:
    return Person(
        id=1, name=name, role=role, time_zone="UTC", session_id=2, token="the-token", facts={}
    )


@pytest.mark.parametrize(("name", "first"), [("Ada Okafor", "Ada"), ("Ada", "Ada"), ("  ", "  ")])
def test_a_greeting_uses_the_first_name(name: str, first: str) -> None:
    assert person(name=name).first_name == first


@pytest.mark.parametrize(
    ("role", "instructs", "administers"),
    [
        (Role.LEARNER, False, False),
        (Role.INSTRUCTOR, True, False),
        (Role.ADMINISTRATOR, True, True),
    ],
)
def test_a_role_tells_what_a_person_may_do(role: Role, instructs: bool, administers: bool) -> None:
    assert person(role=role).is_instructor is instructs
    assert person(role=role).is_administrator is administers


def test_the_cookie_holds_the_token_and_no_text_of_a_person_shows_it() -> None:
    assert person().get_id() == "the-token"
    assert "the-token" not in repr(person())


def test_a_link_leads_to_the_page_of_its_purpose() -> None:
    address = tokens.link_address("https://learn.example.org", "reset", "abc")
    assert address == "https://learn.example.org/reset/abc"


@pytest.mark.parametrize(
    "error",
    [
        errors.NameTaken(),
        errors.NoSuchPerson(),
        errors.LinkOver(),
        organization_errors.AlreadyMember(),
        organization_errors.LinkNotAllowed(),
    ],
)
def test_every_error_is_a_sentence_for_people(error: Exception) -> None:
    assert str(error).endswith(".")
    assert str(error)[0].isupper()
