"""What an organization says that a member is, and which texts can say it (pure)."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from .errors import TextNotUsable

MAX_NUMBER = 50
MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Placement:
    """A member's place. `manager_id` is a membership of the same organization."""

    employee_number: str | None = None
    job_title: str = ""
    department: str = ""
    site: str = ""
    hired_on: date | None = None
    manager_id: int | None = None


def checked_text(text: str, longest: int = MAX_TEXT) -> str:
    """`text` with single spaces; raises TextNotUsable when it is too long or cannot be shown."""
    text = " ".join(text.split())
    if len(text) > longest:
        raise TextNotUsable(f"Use {longest} characters or fewer.")
    # A roster asks this a million times, of texts that can all be printed.
    if not text.isprintable() and any(
        unicodedata.category(character) in ("Cc", "Cs") for character in text
    ):
        raise TextNotUsable("This holds a character that cannot be shown.")
    return text
