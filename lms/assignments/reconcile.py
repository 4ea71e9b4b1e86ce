"""Making the record say what people owe: the steps of `plan`, taken for many people at once.

Whatever happens to an assignment or to a person ends here. It can be asked any number of times and by
several at once: reconcilers of one assignment take turns at its row, who completes a course waits for
nobody, and the constraints of the table hold whoever comes second.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session

from lms.courses import cycles
from lms.courses.catalogue import Course
from lms.courses.due import Deadline
from lms.courses.publications import load_course
from lms.foundation.database import Database, batches, fetch, insert_missing, stream
from lms.organizations.models import Membership

from .deadlines import refresh_due
from .demands import Demand, demand_of
from .models import Assignment, Obligation, ObligationMove
from .obligation_writes import hand_on, hold, new_columns
from .planning import Begin, Cycle, Expire, Meet, Move, Situation, Step, plan, taken
from .situations import Read, Situated, situations

# So many people are held in memory at a time, and are settled in one transaction where it need not be
# one for all.
CHUNK = 1_000
# Under this name a session keeps who completed a course, while many complete it at once.
_COMPLETED = "completed at once"
# Why an obligation moved, where nobody moved it by hand.
BY_RULE = "The rule, what it counts from, or a leave of absence has changed."


@dataclass(frozen=True, slots=True)
class Planned:
    """A person, the steps to take for them, and their cycles afterwards."""

    person: Situated
    steps: Sequence[Step]
    after: Mapping[int, Cycle]

    @property
    def unfinished(self) -> int | None:
        """The number of the obligation that is unfinished before the steps; None where none is."""
        before = self.person.situation.cycles
        return before[-1].number if before and before[-1].closed is None else None


def planned(
    session: Session,
    demand: Demand,
    some: ColumnElement[bool],
    now: datetime,
    *,
    read: Read = stream,
) -> Iterator[tuple[Situated, Sequence[Step]]]:
    """Each member for whom `some` holds, and the steps that `plan` asks for."""
    today = demand.today(now)

    @lru_cache(maxsize=4_096)
    def steps_for(situation: Situation) -> Sequence[Step]:
        # Of 50,000 people most are in the same situation as many others.
        return plan(demand.terms, situation, today)

    for person in situations(session, demand, some, now, read=read):
        yield person, steps_for(person.situation)


def reconcile(
    session: Session, assignment_id: int, membership_ids: Collection[int] | None, now: datetime
) -> Counter[str]:
    """Bring what some members, or all if None, owe under an assignment to what its rule asks for.

    Returns how many steps of each kind were taken, by the name of the step's class. Asked again at
    once, it takes none. Nothing is done for an assignment that does not exist.
    """
    take_turn(session, assignment_id)
    demand = demand_of(session, assignment_id)
    if demand is None:
        return Counter()
    read = stream if membership_ids is None else fetch
    return _reconcile(session, demand, _parts(session, demand, membership_ids), now, read)


def reconcile_apart(database: Database, assignment_id: int, now: datetime) -> Counter[str]:
    """The same for all members, some at a time, each time in a transaction of its own.

    Nobody waits for long, and whoever is interrupted has little to do again: of those who are done
    already no step is asked. What it comes to in between is what each member owes.
    """
    with database.reading_session() as session:
        demand = demand_of(session, assignment_id)
        ranges = [] if demand is None else list(_ranges(session, demand.organization_id, CHUNK))
    steps: Counter[str] = Counter()
    for first, last in ranges:
        with database.transaction() as session:
            take_turn(session, assignment_id)
            demand = demand_of(session, assignment_id)
            assert demand is not None
            some = Membership.id.between(first, last)
            steps += _reconcile(session, demand, [some], now, stream)
    return steps


def take_turn(session: Session, assignment_id: int) -> None:
    """Wait for others who are at the assignment, and keep them waiting until this transaction ends.

    Rows that only point to the assignment can be inserted meanwhile: whoever completes a course does so.
    """
    session.execute(
        select(Assignment.id).where(Assignment.id == assignment_id).with_for_update(key_share=True)
    )


def reconcile_completed(session: Session, owed: Iterable[tuple[int, int]], now: datetime) -> None:
    """The same for those who completed a course, without waiting for others who are at an assignment.

    `owed` are the ids of assignments and of memberships. While many complete a course by beginning it,
    they are put off until all of them have.
    """
    waiting = session.info.get(_COMPLETED)
    if waiting is not None:
        waiting.extend(owed)
        return
    members: defaultdict[int, list[int]] = defaultdict(list)
    for assignment_id, membership_id in owed:
        members[assignment_id].append(membership_id)
    for assignment_id, ids in sorted(members.items()):
        demand = demand_of(session, assignment_id)
        if demand is not None:
            _reconcile(session, demand, _parts(session, demand, ids), now, fetch)


def _parts(
    session: Session, demand: Demand, membership_ids: Collection[int] | None
) -> Iterator[ColumnElement[bool]]:
    """Conditions on `Membership`, each for as many people as are held in memory."""
    if membership_ids is not None:
        for some in batches(sorted(membership_ids)):
            yield Membership.id.in_(some)
        return
    for first, last in _ranges(session, demand.organization_id, CHUNK):
        yield Membership.id.between(first, last)


def _ranges(session: Session, organization_id: int, size: int) -> Iterator[tuple[int, int]]:
    """The first and the last of so many memberships each, until all of the organization are in one."""
    everybody = session.scalars(
        select(Membership.id)
        .where(Membership.organization_id == organization_id)
        .order_by(Membership.id)
    ).all()
    for start in range(0, len(everybody), size):
        part = everybody[start : start + size]
        yield part[0], part[-1]


def _reconcile(
    session: Session,
    demand: Demand,
    parts: Iterable[ColumnElement[bool]],
    now: datetime,
    read: Read,
) -> Counter[str]:
    writing = _Writing(session, demand, now)
    for part in parts:
        found = [
            Planned(person, steps, _after(person, steps, demand, now))
            for person, steps in planned(session, demand, part, now, read=read)
            if steps
        ]
        writing.write(found)
    return writing.taken


def _after(
    person: Situated, steps: Sequence[Step], demand: Demand, now: datetime
) -> dict[int, Cycle]:
    after = taken(person.situation, steps, demand.today(now))
    return {cycle.number: cycle for cycle in after.cycles}


@dataclass(slots=True)
class _Writing:
    """The writes for one demand, a part of the people at a time."""

    session: Session
    demand: Demand
    now: datetime
    taken: Counter[str] = field(default_factory=Counter)
    _course: Course | None = None

    def write(self, found: list[Planned]) -> None:
        """Take the steps of these people."""
        found = self._still_unfinished(found)
        if not found:
            return
        begun = self._begin(found)
        self._update([row for one in found for row in self._changed(one, begun)])
        self._hand_on(found)
        insert_missing(
            self.session, Obligation, [row for one in found for row in self._opened(one, begun)]
        )
        insert_missing(
            self.session, ObligationMove, [row for one in found for row in self._moves(one)]
        )
        refresh_due(self.session, _touched(found, begun))
        for one in found:
            self.taken.update(type(step).__name__ for step in one.steps)
        if begun.new:
            # Last, because whoever hears of a completion finds the obligation then.
            self._complete(begun.new)

    def _complete(self, user_ids: Collection[int]) -> None:
        """Complete the course for those who have done all of it, and then what that brings to each."""
        completed: list[tuple[int, int]] = []
        self.session.info[_COMPLETED] = completed
        try:
            cycles.complete_what_is_done(self.session, self.course, user_ids, now=self.now)
        finally:
            del self.session.info[_COMPLETED]
        reconcile_completed(self.session, completed, self.now)

    @property
    def course(self) -> Course:
        """The course, read when the first person begins it."""
        if self._course is None:
            self._course = load_course(self.session, self.demand.course_id)
        return self._course

    def _still_unfinished(self, found: list[Planned]) -> list[Planned]:
        """Without those whose obligation ended since it was read; what remains cannot end meanwhile."""
        ids = {
            one.person.kept[number].id: one
            for one in found
            if (number := one.unfinished) is not None
        }
        held = hold(self.session, list(ids))
        lost = {one.person.membership_id for id_, one in ids.items() if id_ not in held}
        return [one for one in found if one.person.membership_id not in lost]

    def _begin(self, found: list[Planned]) -> cycles.Begun:
        due = {
            one.person.user_id: Deadline.in_zone(
                one.after[step.number].due.due_on, self.demand.time_zone
            )
            for one in found
            for step in one.steps
            if isinstance(step, Begin)
        }
        if not due:
            return cycles.Begun({}, frozenset())
        return cycles.begin_cycles(
            self.session, self.course, due, enrolled_by_id=self.demand.decided_by_id, now=self.now
        )

    def _changed(self, one: Planned, begun: cycles.Begun) -> Iterator[dict[str, Any]]:
        """What an obligation that was unfinished becomes."""
        number = one.unfinished
        if number is not None:
            values = self._values(one, one.after[number], begun)
            yield values | {"obligation": one.person.kept[number].id}

    def _opened(self, one: Planned, begun: cycles.Begun) -> Iterator[dict[str, Any]]:
        for number, cycle in one.after.items():
            if number not in one.person.kept:
                columns = new_columns(self.demand, one.person, one.after, number, self.now)
                yield columns | self._values(one, cycle, begun)

    def _values(self, one: Planned, cycle: Cycle, begun: cycles.Begun) -> dict[str, Any]:
        kept = one.person.kept.get(cycle.number)
        enrolment_id = kept.enrolment_id if kept else None
        if cycle.has_begun and enrolment_id is None:
            enrolment_id = begun.enrolments[one.person.user_id]
        met_by, reason = _end_of(one.steps, cycle.number)
        return {
            "opens_on": cycle.due.opens_on,
            "due_on": cycle.due.due_on,
            "day_meant": cycle.due.day_meant,
            "is_current": cycle.number == max(one.after),
            "enrolment_id": enrolment_id,
            "closed_at": self.now if cycle.closed else None,
            "closed_how": cycle.closed.value if cycle.closed else None,
            "completed_on": cycle.completed_on,
            "completion_id": met_by,
            "reason": reason if cycle.closed else None,
        }

    def _update(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write what became of unfinished obligations."""
        if rows:
            self.session.flush()
            self.session.connection().execute(_UPDATE, rows)

    def _hand_on(self, found: list[Planned]) -> None:
        """What had ended is no longer current where another obligation follows."""
        ids = [
            kept.id
            for one in found
            for number, kept in one.person.kept.items()
            if kept.is_current and number not in (one.unfinished, max(one.after))
        ]
        hand_on(self.session, ids)

    def _moves(self, one: Planned) -> Iterator[dict[str, Any]]:
        """The dates that an obligation had before the rule moved it."""
        before = {cycle.number: cycle.due for cycle in one.person.situation.cycles}
        for step in one.steps:
            if not isinstance(step, Move) or step.number not in before:
                continue
            if not step.due.is_at(before[step.number]):
                yield {
                    "obligation_id": one.person.kept[step.number].id,
                    "opens_on": before[step.number].opens_on,
                    "due_on": before[step.number].due_on,
                    "moved_at": self.now,
                    "moved_by_id": None,
                    "reason": BY_RULE,
                }


def _end_of(steps: Sequence[Step], number: int) -> tuple[int | None, str]:
    """The completion that meets the obligation of that number, and why it ends where nothing does."""
    for step in steps:
        if isinstance(step, Meet) and step.number == number:
            return step.completion.completion_id, ""
        if isinstance(step, Expire) and step.number == number:
            return None, step.reason
    return None, ""


def _touched(found: list[Planned], begun: cycles.Begun) -> set[int]:
    """The enrolments that stay and whose due date may be another one now."""
    taken_up = {id_ for user_id, id_ in begun.enrolments.items() if user_id not in begun.new}
    changed = {
        enrolment_id
        for one in found
        for step in one.steps
        if isinstance(step, Move | Expire) and step.number in one.person.kept
        if (enrolment_id := one.person.kept[step.number].enrolment_id) is not None
    }
    return taken_up | changed


_TABLE: Any = Obligation.__table__
_UPDATE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("obligation"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "opens_on",
                "due_on",
                "day_meant",
                "is_current",
                "enrolment_id",
                "closed_at",
                "closed_how",
                "completed_on",
                "completion_id",
                "reason",
            )
        }
    )
)
