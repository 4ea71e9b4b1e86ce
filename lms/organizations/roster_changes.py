"""What a row of a roster changes about what is known (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from .roster import FIELDS, Problem, RosterRow, fold

# As many people with long names as a cell of a spreadsheet holds, in which an entry must stay readable.
MAX_NAMED = 1_000
PLACED = ("job_title", "department", "site", "hired_on")


class Kind(StrEnum):
    """What becomes of a person by a roster."""

    ADDED = "added"
    RETURNED = "returned"
    CHANGED = "changed"
    DEACTIVATED = "deactivated"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class Named:
    """Who came and left by a roster, for the audit trail: name and number, as many as an entry holds.

    What became of the others stands with the rest of the past in their positions.
    """

    people: dict[str, list[str]] = field(default_factory=dict)
    unnamed: int = 0

    def note(self, kind: Kind, number: str, name: str) -> None:
        """Name somebody who came, came back or left; whoever stays is not named."""
        if kind in (Kind.CHANGED, Kind.UNCHANGED):
            return
        if sum(map(len, self.people.values())) < MAX_NAMED:
            self.people.setdefault(kind.value, []).append(f"{name} ({number})")
        else:
            self.unnamed += 1

    def told(self) -> dict[str, Any]:
        """The details that say so; the names come last, where a search for one looks for them."""
        further = {"unnamed": self.unnamed} if self.unnamed else {}
        return {**further, "people": self.people} if self.people else further


@dataclass(frozen=True, slots=True)
class Known:
    """A member, here or gone. `is_ours`: their account is of use nowhere else, and may be corrected.

    `teams` are those they are in, by id; those they manage are in `managed`.
    """

    membership_id: int
    user_id: int
    employee_number: str | None
    has_left: bool
    name: str
    email: str | None
    is_ours: bool
    placed: Mapping[str, Any] = field(default_factory=dict)
    manager: str | None = None
    teams: Mapping[int, str] = field(default_factory=dict)
    managed: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a person that changes, as words: what it was and what it becomes."""

    column: str
    before: str
    after: str


# Nothing else is told of an account: whoever hands a roster in must not look people up with it.
ACCOUNT = Difference("Account", "", "Has one already: its name, address and password stay")


@dataclass(frozen=True, slots=True)
class Planned:
    """What a row does. `known` is None for somebody new, whose account may be there: `user_id`."""

    row: RosterRow
    kind: Kind
    known: Known | None = None
    user_id: int | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def has_account(self) -> bool:
        """Whether somebody new has an account already, which keeps what it says of them."""
        return self.known is None and self.user_id is not None


def planned(row: RosterRow, known: Known | None, owner_id: int | None) -> Planned | Problem:
    """What a row does about the member that is `known` by its number or else its e-mail.

    `owner_id` is the account that has the row's e-mail address.
    """
    if known is None:
        return Planned(row, Kind.ADDED, user_id=owner_id)
    if known.employee_number not in (None, row.employee_number):
        taken = f"This address belongs to the employee number {known.employee_number}."
        return Problem(row.row, FIELDS["email"], taken)
    if known.has_left and fold(known.name) != fold(row.name):
        reused = (
            f"This number belongs to {known.name}, who left. Give another number, or take"
            " them back in under their old name first."
        )
        return Problem(row.row, FIELDS["employee_number"], reused)
    if owner_id not in (None, known.user_id):
        return Problem(row.row, FIELDS["email"], "This address cannot be used for this person.")
    found = tuple(_differences(row, known))
    if known.has_left:
        return Planned(row, Kind.RETURNED, known, known.user_id, found)
    return Planned(row, Kind.CHANGED if found else Kind.UNCHANGED, known, known.user_id, found)


def _differences(row: RosterRow, known: Known) -> list[Difference]:
    pairs: list[tuple[str, Any, Any]] = [
        ("employee_number", known.employee_number, row.employee_number)
    ]
    # An account that is of use elsewhere too keeps the name and the address it has there.
    if known.is_ours:
        pairs.append(("name", known.name, row.name))
        pairs.append(("email", known.email, row.email or known.email))
    pairs += [(name, known.placed[name], row.placed[name]) for name in PLACED if name in row.placed]
    if row.manager is not None:
        pairs.append(("manager", known.manager or "", row.manager))
    found = [
        Difference(FIELDS[name], _words(before), _words(after))
        for name, before, after in pairs
        if before != after
    ]
    if row.teams is not None and _changes_teams(row.teams, known):
        before = ", ".join(sorted(known.teams.values(), key=fold))
        found.append(Difference(FIELDS["teams"], before, ", ".join(sorted(row.teams, key=fold))))
    return found


def _changes_teams(teams: tuple[str, ...], known: Known) -> bool:
    """Whether they come into a team or out of one; those that they manage are left alone."""
    managed = {fold(name) for name in known.managed.values()}
    wanted = {fold(name) for name in teams} - managed
    return wanted != {fold(name) for name in known.teams.values()}


def _words(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def user_name_for(slug: str, employee_number: str) -> str:
    """The user name of somebody without an e-mail address, such as `riverside.e-1001`."""
    number = re.sub(r"[^a-z0-9._-]+", "-", employee_number.lower()).strip("-") or "x"
    return f"{slug}.{number}"[:90]
