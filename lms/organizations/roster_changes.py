"""What a row of a roster changes about what is known (pure)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from .roster import FIELDS, Problem, RosterRow, fold

# An entry must stay readable in a cell of a spreadsheet, which holds 32,767 characters.
MAX_NAMED = 1_000
MAX_NAMED_LENGTH = 24_000
MAX_TEAMS_LENGTH = 6_000
WITHOUT_NUMBER = "Somebody without an employee number"
PLACED = ("job_title", "department", "site", "hired_on")
# A field, what it was and what it becomes.
Pair = tuple[str, Any, Any]


class Kind(StrEnum):
    """What becomes of a person by a roster."""

    ADDED = "added"
    # They have an account already, and come in if they accept.
    ASKED = "asked"
    RETURNED = "returned"
    CHANGED = "changed"
    DEACTIVATED = "deactivated"
    # They are not asked any more.
    WITHDRAWN = "withdrawn"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Known:
    """A member, here or gone. `is_ours`: their account is of use nowhere else, and may be corrected.

    `must_agree`: they have left, and are asked before they are back. `teams` are those they are in, by
    id; those they manage are in `managed`. `manager` is a number, None also where `has_manager` who has
    none.
    """

    membership_id: int
    user_id: int
    employee_number: str | None
    has_left: bool
    name: str
    email: str | None
    is_ours: bool
    must_agree: bool = False
    placed: Mapping[str, Any] = field(default_factory=dict)
    manager: str | None = None
    has_manager: bool = False
    teams: Mapping[int, str] = field(default_factory=dict)
    managed: Mapping[int, str] = field(default_factory=dict)

    @property
    def manager_told(self) -> str:
        """The number of their manager, words for one who has none, "" for nobody."""
        return self.manager or (WITHOUT_NUMBER if self.has_manager else "")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody was asked last, who has not answered, or declined: `is_waiting` tells which."""

    request_id: int
    user_id: int
    is_waiting: bool
    name: str
    email: str | None
    employee_number: str | None
    manager: str | None
    teams: Sequence[str] | None
    placed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a person that changes, as words: what it was and what it becomes."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What a row does. `known` is None for whoever was never a member, `user_id` for a new account.

    `asked` is what somebody was asked before. Of whoever declined a row changes nothing. Of somebody new
    the `differences` are all that it says of them.
    """

    row: RosterRow
    kind: Kind
    known: Known | None = None
    user_id: int | None = None
    differences: tuple[Difference, ...] = ()
    asked: Asked | None = None

    @property
    def is_request(self) -> bool:
        """Whether it is about somebody who comes in only if they accept."""
        return self.kind is Kind.ASKED or self.asked is not None

    @property
    def was_declined(self) -> bool:
        """Whether it is about somebody who declined, whom a roster does not ask again."""
        return self.asked is not None and not self.asked.is_waiting


@dataclass(slots=True)
class Named:
    """What becomes of whom by a roster, for the audit trail: name, number and what changed, as many as fit.

    Whose e-mail address changes comes first, since whoever has it can sign in; then who came, is asked
    or left, then the others.
    """

    # By rank, what became of a person and the words for it.
    _ranked: tuple[list[tuple[str, str]], ...] = field(default_factory=lambda: ([], [], []))
    _noted: int = 0

    def note(self, plan: Planned) -> None:
        """Name whom a row is about and what it changes; whoever stays what they are is not named."""
        became = "asked_otherwise" if plan.kind is Kind.CHANGED and plan.asked else plan.kind.value
        # What somebody new is from the beginning on is no change of theirs.
        is_new = plan.kind in (Kind.ADDED, Kind.ASKED)
        changes = () if is_new else plan.differences
        self._keep(plan.kind, became, plan.row.employee_number, plan.row.name, changes)

    def note_gone(self, kind: Kind, number: str, name: str) -> None:
        """Name somebody whom the file does not name any more."""
        self._keep(kind, kind.value, number, name, ())

    def told(self, teams: Iterable[str] = ()) -> dict[str, Any]:
        """The details that say so, with the `teams` that were made; people last, for a search by name."""
        made, teams = [], list(teams)
        room = MAX_TEAMS_LENGTH
        for name in teams:
            room -= len(name)
            if room >= 0:
                made.append(name)
        people: dict[str, list[str]] = {}
        count, room = 0, MAX_NAMED_LENGTH
        for became, words in (one for rank in self._ranked for one in rank):
            room -= len(words)
            if count < MAX_NAMED and room >= 0:
                people.setdefault(became, []).append(words)
                count += 1
        told = {
            "new_teams": made,
            "unnamed_teams": len(teams) - len(made),
            "unnamed": self._noted - count,
            "people": people,
        }
        return {name: value for name, value in told.items() if value}

    def _keep(
        self,
        kind: Kind,
        became: str,
        number: str,
        name: str,
        differences: Sequence[Difference],
    ) -> None:
        if kind is Kind.UNCHANGED:
            return
        self._noted += 1
        is_address = any(one.column == FIELDS["email"] for one in differences)
        kept = self._ranked[0 if is_address else 2 if kind is Kind.CHANGED else 1]
        # Beyond it there is room for nobody, so that of fifty thousand none has to be held.
        if len(kept) < MAX_NAMED:
            kept.append((became, f"{name} ({number}){_bracketed(differences)}"))


def _bracketed(differences: Sequence[Difference]) -> str:
    changes = "; ".join(
        f"{one.column}: {one.before or 'nothing'} → {one.after or 'nothing'}" for one in differences
    )
    return f" [{changes}]" if changes else ""


def planned(
    row: RosterRow, known: Known | None, owner_id: int | None, asked: Asked | None = None
) -> Planned | Problem:
    """What a row does about the member that is `known` by its number or else its e-mail.

    `owner_id` is the account that has the row's e-mail address, and `asked` what was asked of whoever is
    no member and has it, or without an address the number.
    """
    if known is None:
        user_id = asked.user_id if asked else owner_id
        if user_id is not None:
            return _request(row, None, user_id, asked)
        return Planned(row, Kind.ADDED, differences=_said(row))
    if problem := _contradiction(row, known, owner_id):
        return problem
    if known.must_agree:
        return _request(row, known, known.user_id, asked)
    found = tuple(_differences(row, known))
    if known.has_left:
        return Planned(row, Kind.RETURNED, known, known.user_id, found)
    return Planned(row, Kind.CHANGED if found else Kind.UNCHANGED, known, known.user_id, found)


def _contradiction(row: RosterRow, known: Known, owner_id: int | None) -> Problem | None:
    """What is wrong where number, name and address of a row are not one person's."""
    if known.employee_number not in (None, row.employee_number):
        taken = f"This address belongs to the employee number {known.employee_number}."
        return Problem(row.row, FIELDS["email"], taken)
    # Whoever has the row's address is that person, whatever name the file gives them.
    is_them = owner_id == known.user_id or fold(known.name) == fold(row.name)
    if known.has_left and not is_them:
        reused = (
            f"This number belongs to {known.name}, who left. Give another number, or take"
            " them back in under their old name first."
        )
        return Problem(row.row, FIELDS["employee_number"], reused)
    if owner_id not in (None, known.user_id):
        return Problem(row.row, FIELDS["email"], "This address cannot be used for this person.")
    return None


def _request(row: RosterRow, known: Known | None, user_id: int, asked: Asked | None) -> Planned:
    """What a row does about somebody who belongs here only if they accept."""
    if asked is None:
        return Planned(row, Kind.ASKED, known, user_id, _said(row))
    found = tuple(_differences_asked(row, asked)) if asked.is_waiting else ()
    return Planned(row, Kind.CHANGED if found else Kind.UNCHANGED, known, user_id, found, asked)


def _said(row: RosterRow) -> tuple[Difference, ...]:
    """What a row says of somebody who is new, besides number and name."""
    pairs: list[Pair] = [("email", "", row.email or "")]
    pairs += [(name, "", row.placed.get(name) or "") for name in PLACED]
    pairs += [("manager", "", row.manager or ""), ("teams", "", _in_words(row.teams or ()))]
    return tuple(_differing(pairs))


def _differences(row: RosterRow, known: Known) -> list[Difference]:
    pairs: list[Pair] = [("employee_number", known.employee_number, row.employee_number)]
    # An account that is of use elsewhere too keeps the name and the address it has there.
    if known.is_ours:
        pairs += _who(row, known)
    pairs += _where(row, known)
    if row.teams is not None and _changes_teams(row.teams, known):
        pairs.append(("teams", _in_words(known.teams.values()), _in_words(row.teams)))
    return _differing(pairs)


def _differences_asked(row: RosterRow, asked: Asked) -> list[Difference]:
    pairs: list[Pair] = [("employee_number", asked.employee_number, row.employee_number)]
    pairs += [*_who(row, asked), *_where(row, asked)]
    before, wanted = (set(map(fold, teams or ())) for teams in (asked.teams, row.teams))
    if row.teams is not None and wanted != before:
        pairs.append(("teams", _in_words(asked.teams or ()), _in_words(row.teams)))
    return _differing(pairs)


def _who(row: RosterRow, before: Known | Asked) -> list[Pair]:
    return [("name", before.name, row.name), ("email", before.email, row.email or before.email)]


def _where(row: RosterRow, before: Known | Asked) -> list[Pair]:
    pairs: list[Pair] = [
        (name, before.placed[name], row.placed[name]) for name in PLACED if name in row.placed
    ]
    if row.manager is not None:
        manager = before.manager_told if isinstance(before, Known) else before.manager or ""
        pairs.append(("manager", manager, row.manager))
    return pairs


def _differing(pairs: Sequence[Pair]) -> list[Difference]:
    return [
        Difference(FIELDS[name], _words(before), _words(after))
        for name, before, after in pairs
        if before != after
    ]


def _in_words(teams: Iterable[str]) -> str:
    return ", ".join(sorted(teams, key=fold))


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
