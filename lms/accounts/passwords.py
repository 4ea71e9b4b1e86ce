"""Passwords: which ones are accepted, how they are kept, how they are checked (pure).

The rules follow NIST SP 800-63B, section 5.1.1.2: length, and a comparison with what is guessed first;
no rule about kinds of characters, no expiry.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from .errors import PasswordNotSuitable

MIN_LENGTH = 10
MAX_LENGTH = 200

# Those of the most often leaked passwords that are long enough to pass the first rule.
COMMON = frozenset(
    [
        "0123456789",
        "0987654321",
        "1122334455",
        "123123123123",
        "123456789a",
        "1234567890",
        "12345678900",
        "12345678910",
        "123456789abc",
        "1234567891",
        "1q2w3e4r5t",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "9876543210",
        "a123456789",
        "abc123456789",
        "abcd123456",
        "abcdefghij",
        "administrator",
        "changeme123",
        "football123",
        "helloworld",
        "iloveyou123",
        "iloveyou1234",
        "letmein123",
        "letmein1234",
        "password01",
        "password12",
        "password123",
        "password1234",
        "password12345",
        "passwordpassword",
        "passw0rd123",
        "p@ssw0rd123",
        "princess123",
        "qwerty12345",
        "qwerty123456",
        "qwertyuiop",
        "qwertyuiop123",
        "sunshine123",
        "welcome123",
        "welcome1234",
        "zxcvbnm123",
    ]
)

_hasher = PasswordHasher()
# Checked where there is no account or no password, so that the time of an answer does not tell. Its
# parameters are those of the hasher, which a test holds it to.
DUMMY_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$46V+m39QvxaAGhBRCCSJwQ$"
    "YGC9nWsEketlUB8F2dmd743ErrXRbnAgsRqT7hVjXC8"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password is right, and its hash anew where the kept one has old parameters."""

    is_right: bool
    fresh_hash: str | None = None


def choose(password: str, *, names: Iterable[str | None]) -> str:
    """The hash of a new password; takes about 0.2 s, so call it outside a transaction.

    `names` are the account's own. Raises PasswordNotSuitable, with the reason, when a rule forbids it.
    """
    text = _normal(password)
    if len(text) < MIN_LENGTH:
        raise PasswordNotSuitable(f"Use {MIN_LENGTH} characters or more.")
    if len(text) > MAX_LENGTH:
        raise PasswordNotSuitable(f"Use {MAX_LENGTH} characters or fewer.")
    folded = _folded(text)
    if folded in COMMON or len(set(folded)) < 2:
        raise PasswordNotSuitable("Many people use this password, so it is guessed first.")
    if any(folded == _folded(name) for name in names if name):
        raise PasswordNotSuitable("Use something other than your own name or e-mail address.")
    return _hasher.hash(text)


def check(password_hash: str | None, password: str) -> Verdict:
    """Whether `password` has that hash; without a hash the answer is no, after the same time."""
    text = _normal(password)
    try:
        _hasher.verify(password_hash or DUMMY_HASH, text)
    except (VerificationError, InvalidHashError):
        return Verdict(is_right=False)
    if not password_hash:
        return Verdict(is_right=False)
    old = _hasher.check_needs_rehash(password_hash)
    return Verdict(is_right=True, fresh_hash=_hasher.hash(text) if old else None)


def _normal(password: str) -> str:
    """One form for what different keyboards send for the same letters, as SP 800-63B advises."""
    return unicodedata.normalize("NFKC", password)


def _folded(text: str) -> str:
    return "".join(_normal(text).casefold().split())
