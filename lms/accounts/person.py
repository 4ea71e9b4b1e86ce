"""Whoever is signed in, as the rest of the product sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a person may do everywhere. Managing people comes from a membership, not from a role."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in person. `facts` holds what other rooms asked to be read in the same query."""

    id: int
    name: str
    role: Role
    time_zone: str
    session_id: int
    token: str = field(repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict)

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The token of this browser's session, which is all that the cookie holds."""
        return self.token

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name

    @property
    def is_instructor(self) -> bool:
        return self.role in (Role.INSTRUCTOR, Role.ADMINISTRATOR)

    @property
    def is_administrator(self) -> bool:
        return self.role is Role.ADMINISTRATOR
