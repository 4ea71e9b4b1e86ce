"""The names of an account: what a person is called, their e-mail address, their user name (pure)."""

import re
import unicodedata
from dataclasses import dataclass

from .errors import NameNotUsable

MAX_NAME = 200
MAX_EMAIL = 254

# Small and sane rather than complete: whether an address exists, only a letter can tell. ASCII alone,
# because most mail servers take no other; no character that has a meaning of its own in a header.
_ATOM = r"[^\s@\"(),:;<>\[\\\]]"
_EMAIL = re.compile(rf"{_ATOM}+@{_ATOM.replace('@', '@.')}+(?:\.{_ATOM.replace('@', '@.')}+)+")
_USER_NAME = re.compile(r"[a-z0-9._-]{3,100}")


@dataclass(frozen=True, slots=True)
class SignInName:
    """What a person types to sign in: one of the two is given."""

    email: str | None = None
    user_name: str | None = None

    def __str__(self) -> str:
        return self.email or self.user_name or ""


def normal(text: str) -> str:
    """A typed sign-in name as the database keeps it: without outer space, in lower case."""
    return text.strip().lower()


def sign_in_name(text: str) -> SignInName:
    """The e-mail address or user name that `text` is.

    Raises NameNotUsable when it can be neither.
    """
    name = normal(text)
    if "@" in name:
        return SignInName(email=checked_email(name))
    return SignInName(user_name=checked_user_name(name))


def checked_email(text: str) -> str:
    """`text` as an e-mail address in lower case; raises NameNotUsable when it cannot be one."""
    email = normal(text)
    if len(email) > MAX_EMAIL or not (email.isascii() and email.isprintable()):
        raise NameNotUsable("This e-mail address cannot be used. Check it for a slip.")
    if not _EMAIL.fullmatch(email):
        raise NameNotUsable("An e-mail address looks like name@example.org. Check it for a slip.")
    return email


def checked_user_name(text: str) -> str:
    """`text` as a user name in lower case; raises NameNotUsable when it cannot be one."""
    user_name = normal(text)
    if not _USER_NAME.fullmatch(user_name):
        raise NameNotUsable(
            "A user name has 3 to 100 characters: letters a to z, digits, dots, dashes, underscores."
        )
    return user_name


def checked_name(text: str) -> str:
    """A person's name with single spaces; raises NameNotUsable when it is empty or too long."""
    name = " ".join(text.split())
    if not name:
        raise NameNotUsable("Give the person's name.")
    if len(name) > MAX_NAME:
        raise NameNotUsable(f"A name has {MAX_NAME} characters at most.")
    if not name.isprintable() and any(
        unicodedata.category(character) in ("Cc", "Cs") for character in name
    ):
        raise NameNotUsable("This name holds a character that cannot be shown.")
    return name
