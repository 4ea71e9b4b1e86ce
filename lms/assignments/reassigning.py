"""Having people take a course again because it has changed in a way that matters.

Publishing says whether a revision is material: whether people who finished an earlier one should look
again. Whether they must, their employer decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, true, update
from sqlalchemy.orm import Session

from lms.courses.models import (
    CourseCompletion,
    CourseRevision,
    Enrolment,
    Module,
    ModuleRevision,
    Publication,
)
from lms.foundation.audit import Act, Actor, record
from lms.foundation.clock import in_zone
from lms.foundation.database import insert_missing, stream
from lms.organizations.models import Membership
from lms.organizations.people import told

from .demands import Demand, demand_of
from .errors import AssignmentOver, DayNotUsable, checked_reason
from .models import Obligation, ObligationMove
from .named import Named, everybody_named
from .obligation_writes import hand_on, hold, new_columns
from .planning import Closed
from .reconcile import CHUNK, reconcile, take_turn
from .situations import Situated, situations

MAX_DAYS = 365
# An entry of the audit trail names no more people than this, and counts the others.
MAX_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class Material:
    """The last revisions of a course and of its modules that matter, and when the latest came out.

    `course` and the values of `modules` are revision numbers; `course` is 0 where there is none.
    """

    course: int
    modules: Mapping[str, int]
    published_at: datetime | None

    def outdates(self, course_revision: int, module_revisions: Mapping[str, int]) -> bool:
        """Whether what was completed with these revisions is no longer what matters."""
        return course_revision < self.course or any(
            module_revisions.get(slug, number) < number for slug, number in self.modules.items()
        )


def material_of(session: Session, course_id: int) -> Material:
    """What of a course and of the modules it has now was last changed in a way that matters."""
    source = session.scalars(
        select(CourseRevision.rendered)
        .where(CourseRevision.course_id == course_id)
        .order_by(CourseRevision.number.desc())
        .limit(1)
    ).one()
    course, course_at = session.execute(
        select(func.max(CourseRevision.number), func.max(Publication.published_at))
        .join(Publication, Publication.id == CourseRevision.publication_id)
        .where(CourseRevision.course_id == course_id, CourseRevision.is_material)
    ).one()
    modules = session.execute(
        select(Module.slug, func.max(ModuleRevision.number), func.max(Publication.published_at))
        .join(ModuleRevision, ModuleRevision.module_id == Module.id)
        .join(Publication, Publication.id == ModuleRevision.publication_id)
        .where(Module.slug.in_(source["modules"]), ModuleRevision.is_material)
        .group_by(Module.slug)
    ).all()
    moments = [at for at in (course_at, *(row[2] for row in modules)) if at is not None]
    return Material(
        course or 0, {slug: number for slug, number, _at in modules}, max(moments, default=None)
    )


def outdated(session: Session, demand: Demand, now: datetime) -> Iterator[Situated]:
    """The people whom an assignment covers and who completed the course at an earlier revision.

    Not those who have to complete it again by a date that a person set: they are asked already.
    """
    material = material_of(session, demand.course_id)
    if material.published_at is None or demand.has_ended:
        return
    since = in_zone(material.published_at, demand.time_zone).date()
    old = _outdated_completions(session, demand, material)
    for person in situations(session, demand, true(), now):
        cycles, done = person.situation.cycles, person.situation.completions
        last = cycles[-1] if cycles else None
        met = next((one for one in reversed(cycles) if one.closed is Closed.MET), None)
        if person.situation.not_covered is not None or last is None or met is None:
            continue
        if last.closed in (None, Closed.MET) and not (last.set_by_hand and last.closed is None):
            latest = done[-1] if done else None
            is_old = latest.completion_id in old if latest else (met.completed_on or since) < since
            if is_old:
                yield person


@dataclass(frozen=True, slots=True)
class OutdatedRow:
    """One of those whom `outdated` finds: who it is, and when they last completed the course."""

    person: Named
    completed_on: date | None


def every_outdated(session: Session, demand: Demand, now: datetime) -> Iterator[OutdatedRow]:
    """All of them by their names, as they come."""
    completed = {one.membership_id: _completed_on(one) for one in outdated(session, demand, now)}
    for person in everybody_named(session, demand.organization_id):
        if person.membership_id in completed:
            yield OutdatedRow(person, completed[person.membership_id])


def _completed_on(person: Situated) -> date | None:
    days = [one.completed_on for one in person.situation.cycles if one.completed_on]
    return max([*days, *(one.on for one in person.situation.completions)], default=None)


def _outdated_completions(session: Session, demand: Demand, material: Material) -> set[int]:
    rows = stream(
        session,
        select(CourseCompletion.id, CourseRevision.number, CourseCompletion.module_revisions)
        .join(Enrolment, Enrolment.id == CourseCompletion.enrolment_id)
        .join(CourseRevision, CourseRevision.id == CourseCompletion.course_revision_id)
        .join(Membership, Membership.user_id == Enrolment.user_id)
        .where(
            Enrolment.course_id == demand.course_id,
            Membership.organization_id == demand.organization_id,
        ),
    )
    return {id_ for id_, number, modules in rows if material.outdates(number, modules)}


def reassign(
    session: Session, assignment_id: int, *, days: int, reason: str, by: Actor, now: datetime
) -> int:
    """Have those who completed an earlier revision complete the course again within `days` of today.

    Their next obligation is opened, or pulled forward where it would be due later; the date is set by
    hand. Returns of how many. Raises AssignmentOver, ReasonMissing, and DayNotUsable for days that are
    not from 1 to MAX_DAYS.
    """
    reason = checked_reason(reason)
    if not 1 <= days <= MAX_DAYS:
        raise DayNotUsable(f"Give a number of days from 1 to {MAX_DAYS}.")
    take_turn(session, assignment_id)
    demand = demand_of(session, assignment_id)
    if demand is None or demand.has_ended:
        raise AssignmentOver
    due_on = demand.today(now) + timedelta(days=days)
    people = [one for one in outdated(session, demand, now) if _is_later(one, due_on)]
    for some in _parts(people):
        _pull_forward(session, demand, some, due_on, reason=reason, by=by, now=now)
    reconcile(session, assignment_id, [one.membership_id for one in people], now)
    details: dict[str, Any] = {"reason": reason, "due_on": due_on.isoformat()}
    if len(people) > MAX_NAMED:
        details["unnamed"] = len(people) - MAX_NAMED
    # The people come last, where a search for a name looks for them.
    details |= told(session, [one.membership_id for one in people[:MAX_NAMED]])
    act = Act(
        "assignment.reassigned", "assignment", assignment_id, "", demand.organization_id, details
    )
    record(session, by, act, now)
    return len(people)


def _is_later(person: Situated, due_on: date) -> bool:
    last = person.situation.cycles[-1]
    return last.closed is not None or last.due.due_on > due_on


def _parts(people: list[Situated]) -> Iterator[list[Situated]]:
    return (people[start : start + CHUNK] for start in range(0, len(people), CHUNK))


def _pull_forward(
    session: Session,
    demand: Demand,
    people: list[Situated],
    due_on: date,
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> None:
    """Give each an obligation that opens now: the one to come, or a new one."""
    ids = {one.membership_id: one.kept[one.situation.cycles[-1].number].id for one in people}
    held = hold(session, list(ids.values()))
    moves: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    for person in people:
        last, id_ = person.situation.cycles[-1], ids[person.membership_id]
        values = {
            "opens_on": _opens_on(person, demand.today(now)),
            "due_on": due_on,
            "day_meant": due_on.day,
            "set_by_hand": True,
        }
        if last.closed is not None:
            before = {one.number: one for one in person.situation.cycles}
            columns = new_columns(demand, person, before, last.number + 1, now)
            new.append(columns | values)
        elif id_ in held:
            before = {"opens_on": last.due.opens_on, "due_on": last.due.due_on}
            how = {"moved_at": now, "moved_by_id": by.id, "reason": reason}
            moves.append({"obligation_id": id_} | before | how)
            changes.append(values | {"obligation": id_})
    hand_on(session, [id_ for id_ in ids.values() if id_ not in held])
    insert_missing(session, Obligation, new)
    insert_missing(session, ObligationMove, moves)
    if changes:
        session.connection().execute(_MOVE, changes)


def _opens_on(person: Situated, today: date) -> date:
    """Today, or tomorrow for whoever completed the earlier revision today: it must not count."""
    done = person.situation.completions
    return max(today, done[-1].on + timedelta(days=1)) if done else today


_TABLE: Any = Obligation.__table__
_MOVE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("obligation"))
    .values({name: bindparam(name) for name in ("opens_on", "due_on", "day_meant", "set_by_hand")})
)
