"""A roster held against what the database knows: what each row would do, and what is wrong with it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.foundation.database import batches, fetch, stream

from .models import Membership, RosterImport, Team, TeamMembership
from .people import is_only_here
from .roster import FIELDS, Mapped, Problem, RosterRow, fold, read_row
from .roster_changes import PLACED, Difference, Kind, Known, Planned, planned
from .roster_file import Row, rows_of

BATCH = 500
MAX_PROBLEMS = 200
MAX_EXAMPLES = 100
MAX_NEW_TEAMS = 500

# Told how many rows were read so far.
Progress = Callable[[int], None]


@dataclass(slots=True)
class Outcome:
    """What a roster does: how often each, with examples, and what is wrong.

    `without_number` counts the members of whom it cannot tell whether they have left, `with_account`
    the new ones who have an account already.
    """

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    examples: dict[str, list[Any]] = field(
        default_factory=lambda: {kind: [] for kind in Kind if kind is not Kind.UNCHANGED}
    )
    new_teams: dict[str, str] = field(default_factory=dict)
    without_number: int = 0
    with_account: int = 0
    row_count: int = 0
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    # Updated with each change, so that of fifty thousand none has to be held.
    _seen: Any = field(default_factory=sha256, repr=False)

    def object(self, *problems: Problem) -> None:
        """Note what is wrong; the first of it is kept, the rest counted."""
        self.problem_count += len(problems)
        self.problems += problems[: MAX_PROBLEMS - len(self.problems)]

    def note(
        self,
        kind: Kind,
        number: str,
        name: str,
        differences: Sequence[Difference] = (),
        *,
        has_account: bool = False,
    ) -> None:
        """Count a person, let the digest tell of them, and keep the first of each kind as examples."""
        self.counts[kind] += 1
        if kind is Kind.UNCHANGED:
            return
        changes = [[one.column, one.before, one.after] for one in differences]
        self.see(kind, number, name, changes, has_account)
        self.with_account += has_account
        if len(self.examples[kind]) < MAX_EXAMPLES:
            told = {"number": number, "name": name, "changes": changes, "has_account": has_account}
            self.examples[kind].append(told)

    def see(self, *values: Any) -> None:
        """Let the digest depend on these values."""
        self._seen.update(json.dumps(values, sort_keys=True).encode())

    @property
    def digest(self) -> str:
        """What tells these changes, and the new teams, from any others."""
        whole = self._seen.copy()
        whole.update(json.dumps(sorted(self.new_teams)).encode())
        return whole.hexdigest()

    def to_json(self) -> dict[str, Any]:
        """What the database keeps, apart from the problems."""
        return {
            **self.counts,
            "examples": self.examples,
            "new_teams": sorted(self.new_teams.values(), key=fold),
            "without_number": self.without_number,
            "with_account": self.with_account,
            "problem_count": self.problem_count,
            "digest": self.digest,
        }

    def problems_json(self) -> list[dict[str, Any]]:
        """The problems as the database keeps them, in the order of the rows."""
        return [asdict(one) for one in sorted(self.problems, key=lambda one: one.row)]


class Reading:
    """One pass through a roster, batch by batch, with what must be known of the rows before.

    It holds the employee numbers and e-mail addresses of the file, and one batch of its rows.
    """

    def __init__(self, session: Session, one: RosterImport) -> None:
        self.session = session
        self.organization_id = one.organization_id
        self.is_complete = one.is_complete
        # Whoever hands the roster in is here.
        self.spared_id = one.uploaded_by_id
        self.outcome = Outcome()
        self.teams = _teams(session, one.organization_id)
        self._body = one.body or b""
        self._mapped = Mapped.from_json(one.mapping)
        # Whoever comes in or stays as before is told by the file, and so by the way in which it is read.
        self.outcome.see(self.is_complete, dict(self._mapped.columns), self._mapped.dates)
        self._rows: dict[str, int] = {}
        self._emails: dict[str, int] = {}
        self._managers: dict[str, int] = {}
        # The numbers that members get who had none.
        self._given: set[str] = set()

    def batches(self, progress: Progress) -> Iterator[list[Planned]]:
        """What the rows do, 500 at a time; those in which something is wrong are left out.

        Raises FileNotReadable.
        """
        rows = rows_of(self._body)
        next(rows, None)
        while some := list(islice(rows, BATCH)):
            yield self._planned(self._read(some))
            self.outcome.row_count += len(some)
            progress(self.outcome.row_count)
        self._check_managers()
        if len(self.outcome.new_teams) > MAX_NEW_TEAMS:
            many = f"This would make {len(self.outcome.new_teams):,} new teams: is it the right column?"
            self.outcome.object(Problem(1, FIELDS["teams"], many))

    def leavers(self) -> Iterator[tuple[int, str, str]]:
        """Membership, number and name of those whom a complete roster does not name.

        Whom a row names in which something is wrong is not known: they would all seem to have left, so
        nobody has while there is one.
        """
        if not self.is_complete or self.outcome.problem_count:
            return
        statement = (
            select(
                Membership.id, Membership.employee_number, User.name, User.email, Membership.user_id
            )
            .join(User, User.id == Membership.user_id)
            .where(
                Membership.organization_id == self.organization_id, Membership.ended_at.is_(None)
            )
            .order_by(Membership.id)
        )
        for membership_id, number, name, email, user_id in stream(self.session, statement):
            if number is None:
                self.outcome.without_number += email not in self._emails
            elif number not in self._rows and user_id != self.spared_id:
                yield membership_id, number, name

    def _read(self, rows: Sequence[Row]) -> list[RosterRow]:
        """The rows that say something that can be; what others lack is noted."""
        found: list[RosterRow] = []
        for number, cells in rows:
            row, problems = read_row(number, cells, self._mapped)
            # Also of a row in which something else is wrong, so that one run tells of all of it.
            problems += self._repeated(row)
            self.outcome.object(*problems)
            if row.manager:
                self._managers.setdefault(row.manager, row.row)
            if not problems:
                found.append(row)
        return found

    def _repeated(self, row: RosterRow) -> Iterator[Problem]:
        """What is wrong where an earlier row has the same number or address."""
        if row.employee_number:
            earlier = self._rows.setdefault(row.employee_number, row.row)
            if earlier != row.row:
                told = f"Row {earlier:,} has this number too."
                yield Problem(row.row, FIELDS["employee_number"], told)
        if row.email is not None:
            earlier = self._emails.setdefault(row.email, row.row)
            if earlier != row.row:
                yield Problem(row.row, FIELDS["email"], f"Row {earlier:,} has this address too.")

    def _planned(self, rows: Sequence[RosterRow]) -> list[Planned]:
        owners = _owners(self.session, [row.email for row in rows if row.email])
        known = _known(self.session, self.organization_id, rows, list(owners.values()))
        by_number = {one.employee_number: one for one in known if one.employee_number}
        by_user = {one.user_id: one for one in known}
        found: list[Planned] = []
        for row in rows:
            owner_id = owners.get(row.email or "")
            member = by_number.get(row.employee_number) or by_user.get(owner_id or 0)
            if member and member.manager in self._given:
                # An earlier batch has written it: a check, which writes nothing, saw no number.
                member = replace(member, manager=None)
            plan = planned(row, member, owner_id)
            if isinstance(plan, Problem):
                self.outcome.object(plan)
                continue
            if plan.known and plan.known.employee_number is None:
                self._given.add(row.employee_number)
            for name in row.teams or ():
                if fold(name) not in self.teams:
                    self.outcome.new_teams.setdefault(fold(name), name)
            self.outcome.note(
                plan.kind,
                row.employee_number,
                row.name,
                plan.differences,
                has_account=plan.has_account,
            )
            found.append(plan)
        return found

    def _check_managers(self) -> None:
        """A manager is somebody of the file, or of the organization."""
        missing = [number for number in self._managers if number not in self._rows]
        for some in batches(missing):
            there = self.session.scalars(
                select(Membership.employee_number).where(
                    Membership.organization_id == self.organization_id,
                    Membership.employee_number.in_(some),
                )
            ).all()
            for number in set(some) - set(there):
                told = f"Nobody has the employee number {number}."
                self.outcome.object(Problem(self._managers[number], FIELDS["manager"], told))


def _teams(session: Session, organization_id: int) -> dict[str, int]:
    """The teams there are, by folded name."""
    rows = session.execute(
        select(Team.id, Team.name).where(
            Team.organization_id == organization_id, Team.ended_at.is_(None)
        )
    )
    return {fold(name): team_id for team_id, name in rows}


def _owners(session: Session, emails: Sequence[str]) -> dict[str, int]:
    """The accounts that have these addresses."""
    rows = session.execute(select(User.email, User.id).where(User.email.in_(emails)))
    return {email: user_id for email, user_id in rows if email}


def _known(
    session: Session, organization_id: int, rows: Sequence[RosterRow], user_ids: Sequence[int]
) -> list[Known]:
    """The members, here or gone, who have the rows' numbers or are these users."""
    numbers = [row.employee_number for row in rows]
    found = {
        row[0]: row
        for condition in (
            Membership.employee_number.in_(numbers),
            Membership.user_id.in_(user_ids),
        )
        for row in _members(session, organization_id, condition)
    }
    teams = _places(session, list(found))
    return [
        Known(
            membership_id=row[0],
            user_id=row[1],
            employee_number=row[2],
            has_left=row[3],
            name=row[4],
            email=row[5],
            is_ours=row[6],
            manager=row[7],
            placed=dict(zip(PLACED, row[8:], strict=True)),
            teams=teams.get((row[0], "member"), {}),
            managed=teams.get((row[0], "manager"), {}),
        )
        for row in found.values()
    ]


def _members(
    session: Session, organization_id: int, condition: ColumnElement[bool]
) -> Sequence[Any]:
    manager = aliased(Membership)
    return fetch(
        session,
        select(
            Membership.id,
            Membership.user_id,
            Membership.employee_number,
            Membership.ended_at.is_not(None),
            User.name,
            User.email,
            is_only_here(),
            manager.employee_number,
            *(getattr(Membership, name) for name in PLACED),
        )
        .join(User, User.id == Membership.user_id)
        .outerjoin(manager, manager.id == Membership.manager_id)
        .where(Membership.organization_id == organization_id, condition),
    )


def _places(
    session: Session, membership_ids: Sequence[int]
) -> Mapping[tuple[int, str], dict[int, str]]:
    """The teams of members by id, apart for those they are in and those they manage."""
    found: dict[tuple[int, str], dict[int, str]] = {}
    rows = session.execute(
        select(TeamMembership.membership_id, TeamMembership.role, Team.id, Team.name)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(TeamMembership.membership_id.in_(membership_ids), TeamMembership.ended_at.is_(None))
    )
    for membership_id, role, team_id, name in rows:
        found.setdefault((membership_id, role), {})[team_id] = name
    return found
