"""How often one may try: the limits and the time to wait (pure)."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from .names import normal
from .tokens import digest_of

ACCOUNT_LIMIT = 5
ADDRESS_LIMIT = 30
WINDOW = timedelta(minutes=15)
# How long a failure is kept: longer than the window, so that an operator can look into yesterday's.
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is counted, as a digest, and how many failures it may have in one window."""

    digest: str
    limit: int


def account_subject(name: str) -> Subject:
    """The account of that name, as typed at sign-in, whether it exists or not."""
    return Subject(digest_of(f"account:{normal(name)}"), ACCOUNT_LIMIT)


def sign_in_subjects(name: str, address: str | None) -> tuple[Subject, Subject]:
    """What a try to sign in counts against: the account's name and the visitor's address."""
    return (
        account_subject(name),
        Subject(digest_of(f"address:{_network(address)}"), ADDRESS_LIMIT),
    )


def reset_subjects(name: str, address: str | None) -> tuple[Subject, Subject]:
    """What asking for a reset counts against, apart from signing in."""
    return (
        Subject(digest_of(f"reset:{normal(name)}"), ACCOUNT_LIMIT),
        Subject(digest_of(f"reset-address:{_network(address)}"), ADDRESS_LIMIT),
    )


def waiting_time(*, failures: int, oldest: datetime | None, limit: int, now: datetime) -> timedelta:
    """How long until another try, zero when it may be now.

    `failures` counts those of the window that ends `now`, and `oldest` is the first of them: a try is
    free again once it has left the window.
    """
    if oldest is None or failures < limit:
        return timedelta(0)
    return max(oldest + WINDOW - now, timedelta(0))


def seconds(wait: timedelta) -> int:
    """The wait in whole seconds, rounded up, for a `Retry-After` header."""
    return math.ceil(wait.total_seconds())


def sentence(wait: timedelta) -> str:
    """What the page says about the wait."""
    minutes = math.ceil(wait.total_seconds() / 60)
    span = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"There were too many tries in a short time. Please wait {span}, then try again."


def _network(address: str | None) -> str:
    """The address to count: of IPv6 the first 64 bits, as one visitor commands all the others."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), 64), strict=False))
