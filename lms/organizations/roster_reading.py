"""A roster held against what the database knows: what each row would do, and what is wrong with it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.database import batches, stream

from .errors import NotAMember
from .models import Membership, RosterImport
from .roster import FIELDS, Mapped, Problem, RosterRow, alike, fold, read_row
from .roster_changes import Asked, Difference, Kind, Known, Planned, planned
from .roster_file import Row, rows_of
from .roster_known import (
    asked_without_number,
    known_of,
    last_asked,
    numbers_asked,
    numbers_of,
    owners_of,
    teams_of,
)

BATCH = 500
MAX_PROBLEMS = 200
MAX_EXAMPLES = 100
MAX_NEW_TEAMS = 500
WITHOUT_ROW = (
    "This is said to be everybody, and no row has the number {}. Give this manager a row, or name another"
    " one."
)

# Told how many rows were read so far.
Progress = Callable[[int], None]


@dataclass(slots=True)
class Outcome:
    """What a roster does: how often each, with examples, and what is wrong.

    `without_number` counts the members of whom it cannot tell whether they have left, `asked_without`
    those who were asked without a number and of whom it cannot tell either, `declined` those
    who declined to join, whom it does not ask again, and `awaited` those who are to report to somebody
    who has not accepted yet.
    """

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    examples: dict[str, list[Any]] = field(
        default_factory=lambda: {kind: [] for kind in Kind if kind is not Kind.UNCHANGED}
    )
    new_teams: dict[str, str] = field(default_factory=dict)
    without_number: int = 0
    asked_without: int = 0
    declined: int = 0
    awaited: int = 0
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
    ) -> None:
        """Count a person, let the digest tell of them, and keep the first of each kind as examples."""
        self.counts[kind] += 1
        if kind is Kind.UNCHANGED:
            return
        changes = [[one.column, one.before, one.after] for one in differences]
        self.see(kind, number, name, changes)
        if len(self.examples[kind]) < MAX_EXAMPLES:
            self.examples[kind].append({"number": number, "name": name, "changes": changes})

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
            "asked_without": self.asked_without,
            "declined": self.declined,
            "awaited": self.awaited,
            "problem_count": self.problem_count,
            "digest": self.digest,
        }

    def problems_json(self) -> list[dict[str, Any]]:
        """The problems as the database keeps them, in the order of the rows."""
        return [asdict(one) for one in sorted(self.problems, key=lambda one: one.row)]


class Reading:
    """One pass through a roster, batch by batch, with what must be known of the rows before.

    It holds the employee numbers and e-mail addresses of the file, the members' numbers, one batch of its
    rows, and those of members whose new manager is nobody whom the rows so far, or the organization, have.
    """

    def __init__(self, session: Session, one: RosterImport) -> None:
        self.session = session
        self.organization_id = one.organization_id
        self.is_complete = one.is_complete
        # Whoever hands the roster in is here.
        self.spared_id = one.uploaded_by_id
        self.outcome = Outcome()
        self.teams = teams_of(session, one.organization_id)
        self._body = one.body or b""
        self._mapped = Mapped.from_json(one.mapping)
        # Whoever comes in or stays as before is told by the file, and so by the way in which it is read.
        self.outcome.see(self.is_complete, dict(self._mapped.columns), self._mapped.dates)
        self._rows: dict[str, int] = {}
        # The members' numbers, and those of new people, by what all spellings of one have in common.
        self._numbers = numbers_of(session, one.organization_id)
        self._alike: dict[str, str] = {}
        self._emails: dict[str, int] = {}
        self._managers: dict[str, int] = {}
        # The numbers that members get who had none.
        self._given: set[str] = set()
        # Whom a row names who is no member, with the row's number.
        self._asked: dict[int, int] = {}
        # As it is before anything is written, so that a check and what is applied see the same.
        unaccepted = list(numbers_asked(session, self.organization_id))
        # Of two who were asked with one number it is who has not answered, and else the later one.
        last = sorted(unaccepted, key=lambda one: one.is_waiting)
        self._unaccepted = {one.employee_number: one.user_id for one in last}
        # The numbers of those who have not accepted, and of how many people each is the manager's.
        self._awaited = {one.employee_number for one in unaccepted if not one.is_a_members}
        self._reports: Counter[str] = Counter()
        # The numbers of which the rows so far tell whose they are, and what waits for the others.
        self._told: set[str] = set()
        self._held: list[tuple[RosterRow, Known, int | None]] = []

    def batches(self, progress: Progress) -> Iterator[list[Planned]]:
        """What the rows do, up to 500 at a time; those in which something is wrong are left out.

        Who gets a manager of whom only a later row tells comes last. Raises FileNotReadable.
        """
        rows = rows_of(self._body)
        next(rows, None)
        while some := list(islice(rows, BATCH)):
            yield self._planned(self._read(some))
            self.outcome.row_count += len(some)
            progress(self.outcome.row_count)
        for held in batches(self._held):
            yield [plan for one in held if (plan := self._plan(*one, None))]
        self._check_managers()
        self.outcome.awaited = sum(self._reports[number] for number in self._awaited)
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

    def withdrawn(self) -> Iterator[tuple[int, str, str]]:
        """Request, number and name of those who have not answered and whom a complete roster does not name.

        As with leavers, nobody while a row has a problem.
        """
        if self.is_complete and not self.outcome.problem_count:
            unnumbered = asked_without_number(self.session, self.organization_id)
            self.outcome.asked_without = sum(one not in self._asked for one in unnumbered)
            for one in numbers_asked(self.session, self.organization_id):
                if one.is_waiting and one.user_id not in self._asked:
                    yield one.request_id, one.employee_number, one.name

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
            elif told := self._spelt_otherwise(row.employee_number):
                yield Problem(row.row, FIELDS["employee_number"], told)
        if row.email is not None:
            earlier = self._emails.setdefault(row.email, row.row)
            if earlier != row.row:
                yield Problem(row.row, FIELDS["email"], f"Row {earlier:,} has this address too.")

    def _spelt_otherwise(self, number: str) -> str:
        """What is wrong where a number is that of a member or of an earlier row, but for its spelling."""
        key = alike(number)
        known = self._numbers.get(key, "")
        if known is None or known == number:
            return ""
        if known:
            return f"Here this number is written {known}. Write it so: a spreadsheet may have changed it."
        first = self._alike.setdefault(key, number)
        if first == number:
            return ""
        return f"Row {self._rows[first]:,} has this number as {first}. Write it in one way."

    def _planned(self, rows: Sequence[RosterRow]) -> list[Planned]:
        owners = owners_of(self.session, [row.email for row in rows if row.email])
        known = known_of(self.session, self.organization_id, rows, list(owners.values()))
        by_number = {one.employee_number: one for one in known if one.employee_number}
        by_user = {one.user_id: one for one in known}
        whom: list[tuple[RosterRow, Known | None, int | None]] = []
        for row in rows:
            owner_id = owners.get(row.email or "")
            member = by_number.get(row.employee_number) or by_user.get(owner_id or 0)
            if member and member.manager in self._given:
                # An earlier batch has written it: a check, which writes nothing, saw no number.
                member = replace(member, manager=None)
            whom.append((row, member, owner_id))
        user_ids = {self._to_be_asked(*one) for one in whom}
        last = last_asked(self.session, self.organization_id, user_ids)
        there = self._members_among([row.manager for row in rows if row.manager])
        found: list[Planned] = []
        for row, member, owner_id in whom:
            user_id = self._to_be_asked(row, member, owner_id)
            if (
                user_id is not None
                and (earlier := self._asked.setdefault(user_id, row.row)) != row.row
            ):
                told = f"Row {earlier:,} names the same person, who is asked to join."
                self.outcome.object(Problem(row.row, FIELDS["email"], told))
            elif member and user_id is None and self._is_to_be_held(row, member, there):
                self._tell(row, member, is_request=False)
                self._held.append((row, member, owner_id))
            elif plan := self._plan(row, member, owner_id, last.get(user_id or 0)):
                found.append(plan)
        return found

    def _is_to_be_held(self, row: RosterRow, member: Known, there: set[str]) -> bool:
        """Whether a later row may tell who the new manager is, so that the order of rows changes nothing."""
        is_new = bool(row.manager) and row.manager != member.manager
        return is_new and row.manager not in self._told and row.manager not in there

    def _to_be_asked(
        self, row: RosterRow, member: Known | None, owner_id: int | None
    ) -> int | None:
        """Whose account a row is about that comes in only if its owner accepts; None for anybody else."""
        if member is not None:
            return member.user_id if member.must_agree else None
        if owner_id is not None or row.email is not None:
            return owner_id
        # Without an address they are known by the number that they were asked with.
        user_id = self._unaccepted.get(row.employee_number)
        return None if user_id in self._asked else user_id

    def _plan(
        self, row: RosterRow, member: Known | None, owner_id: int | None, asked: Asked | None
    ) -> Planned | None:
        """What a row does, noted; None where something is wrong in it, which is noted too."""
        plan = planned(row, member, owner_id, asked)
        if member and row.manager in self._awaited and isinstance(plan, Planned):
            # Nobody reports to whoever may never come: a roster says so once they are here.
            plan = (
                plan if plan.is_request else planned(replace(row, manager=None), member, owner_id)
            )
        if isinstance(plan, Problem):
            self.outcome.object(plan)
            return None
        if row.manager and not plan.is_request:
            self._reports[row.manager] += 1
        self._tell(row, plan.known, is_request=plan.is_request)
        self._note(plan)
        return plan

    def _tell(self, row: RosterRow, member: Known | None, *, is_request: bool) -> None:
        """Note whose the number of a row is, for the rows that name it as their manager's."""
        number = row.employee_number
        self._told.add(number)
        if is_request:
            self._awaited.add(number)
        else:
            self._awaited.discard(number)
            if member and member.employee_number is None:
                self._given.add(number)

    def _note(self, plan: Planned) -> None:
        """Note what a row does."""
        if plan.is_request:
            self.outcome.declined += plan.was_declined
        else:
            for name in plan.row.teams or ():
                if fold(name) not in self.teams:
                    self.outcome.new_teams.setdefault(fold(name), name)
        number = plan.row.employee_number
        self.outcome.note(plan.kind, number, plan.row.name, plan.differences)

    def _check_managers(self) -> None:
        """A manager is somebody of the file, or of the organization who stays in it."""
        missing = [number for number in self._managers if number not in self._rows]
        for some in batches(missing):
            known = self._members_among(some) | self._awaited
            # By a complete roster they leave, or are not asked any more: all but whoever hands it in.
            stay = self._members_among(some, only_spared=True) if self.is_complete else known
            for number in sorted(set(some) - stay):
                told = WITHOUT_ROW.format(number) if number in known else str(NotAMember(number))
                self.outcome.object(Problem(self._managers[number], FIELDS["manager"], told))

    def _members_among(self, numbers: Sequence[str], *, only_spared: bool = False) -> set[str]:
        """Those of the numbers that members have now, or only whoever hands the roster in."""
        statement = select(Membership.employee_number).where(
            Membership.organization_id == self.organization_id,
            Membership.employee_number.in_(numbers),
            Membership.ended_at.is_(None),
        )
        if only_spared:
            statement = statement.where(Membership.user_id == self.spared_id)
        return set(filter(None, self.session.scalars(statement)))
