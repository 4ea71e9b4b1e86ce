"""What publishing takes: a module or a course with everything that makes it, and its pictures (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from lms.foundation.markdown import ImageResolver


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRevision:
    """A module or course as it is to be published. `figures` gives each picture's digest by its path."""

    slug: str
    digest: str
    source: Mapping[str, str]
    page: Mapping[str, Any]
    figures: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture's bytes and what they are; `digest` is the SHA-256 of the bytes."""

    digest: str
    media_type: str
    body: bytes


def picture_address(figures: Mapping[str, str]) -> ImageResolver:
    """A function from an image's source, as written, to the address that serves its bytes."""

    def resolve(source: str) -> str | None:
        digest = figures.get(source)
        return None if digest is None else f"/figures/{digest}/{PurePosixPath(source).name}"

    return resolve


def digest_of(texts: Mapping[str, str], figures: Mapping[str, str]) -> str:
    """One digest of everything that makes a revision; equal digests mean nothing changed."""
    whole = sha256()
    for name in sorted(texts):
        whole.update(f"{name}\0{len(texts[name])}\0{texts[name]}\0".encode())
    for name in sorted(figures):
        whole.update(f"{name}\0{figures[name]}\0".encode())
    return whole.hexdigest()
