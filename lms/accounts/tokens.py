"""Tokens: what a browser or a letter holds, and what the database keeps of it (pure)."""

import secrets
from hashlib import sha256

# 32 bytes in URL-safe base64, without padding.
TOKEN_LENGTH = 43


def new_token() -> str:
    """A token that cannot be guessed: 256 random bits, as text for an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What the database keeps of a token: reading the table gives nobody a way in."""
    return sha256(token.encode()).hexdigest()


def link_address(base_url: str, purpose: str, token: str) -> str:
    """The address, for a letter, of an account's link: its purpose is `invitation` or `reset`."""
    return f"{base_url}/{purpose}/{token}"
