"""Whom an assignment covers: a rule about people, not a list of them (pure)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Placed:
    """A member as an audience sees them."""

    membership_id: int
    job_title: str = ""
    department: str = ""
    site: str = ""
    team_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Audience:
    """Everyone of an organization, or whoever meets one of the other conditions.

    A new hire who meets one is covered from their first day, and whoever meets none any more drops
    out. Texts are compared without regard to case and outer space.
    """

    everyone: bool = False
    team_ids: frozenset[int] = frozenset()
    job_titles: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    membership_ids: frozenset[int] = frozenset()
    _folded: Mapping[str, Collection[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        folded = {
            # A blank would mean everybody of whom the organization does not know it.
            name: frozenset(fold(text) for text in getattr(self, name)) - {""}
            for name in ("job_titles", "departments", "sites")
        }
        object.__setattr__(self, "_folded", folded)

    @property
    def is_empty(self) -> bool:
        """Whether it can cover nobody."""
        return not (
            self.everyone or self.team_ids or self.membership_ids or any(self._folded.values())
        )

    def covers(self, person: Placed) -> bool:
        """Whether the person is meant."""
        return (
            self.everyone
            or person.membership_id in self.membership_ids
            or not self.team_ids.isdisjoint(person.team_ids)
            or fold(person.job_title) in self._folded["job_titles"]
            or fold(person.department) in self._folded["departments"]
            or fold(person.site) in self._folded["sites"]
        )

    def to_json(self) -> dict[str, Any]:
        """What the database keeps, in one order whatever order it was given in."""
        return {
            "everyone": self.everyone,
            "team_ids": sorted(self.team_ids),
            "job_titles": sorted(self.job_titles),
            "departments": sorted(self.departments),
            "sites": sorted(self.sites),
            "membership_ids": sorted(self.membership_ids),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Audience":
        """The audience that `to_json` wrote."""
        sets = {name: frozenset(kept[name]) for name in kept if name != "everyone"}
        return cls(everyone=kept["everyone"], **sets)


@dataclass(frozen=True, slots=True)
class Standing:
    """What else decides whether an assignment covers a member.

    `assignment_ended` is whether the assignment has ended, `exempt_because` the reason of their
    exemption, if they have one.
    """

    is_member: bool = True
    hired_on: date | None = None
    exempt_because: str | None = None
    assignment_ended: bool = False


def why_not_covered(
    audience: Audience, person: Placed, standing: Standing, today: date
) -> str | None:
    """Why the assignment does not cover somebody today, as a sentence; None when it does."""
    if standing.assignment_ended:
        return "The assignment ended."
    if not standing.is_member:
        return "They left the organization."
    if standing.hired_on is not None and standing.hired_on > today:
        return "Their first day is still to come."
    if standing.exempt_because is not None:
        return exempt_in_words(standing.exempt_because)
    if not audience.covers(person):
        return "They do not belong any more to those whom it is assigned to."
    return None


def exempt_in_words(reason: str) -> str:
    """Why an assignment does not cover somebody who is exempt: the rule's words, then those of a person."""
    return f"They are exempt: {reason}"


def fold(text: str) -> str:
    """A job title, department or site as it is compared."""
    return " ".join(text.split()).casefold()
