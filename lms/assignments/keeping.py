"""Figures of whole organizations that are kept, so that nobody counts millions of obligations for a page.

Triggers of the database mark a member whenever something changes that figures depend on, in the same
transaction. A worker counts marked members anew, some at a time, and once a day everybody, because
states depend on the day. Who reads corrects the kept figures by the marked members, whom it counts
itself: kept and counted figures are always the same. Where too many are marked, or the day is
another one, there is nothing kept, and everything is counted.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, literal, select, update
from sqlalchemy.orm import Session

from lms.foundation.clock import in_zone
from lms.foundation.database import fetch, insert_missing
from lms.organizations.models import Membership, Organization, TeamMembership

from .models import (
    Assignment,
    KeptFigures,
    KeptMember,
    KeptStanding,
    Obligation,
    ObligationMove,
    StandingMark,
)
from .month_ends import month_ends
from .parts import ASSIGNMENT, Key, Life, Moved, Part, difference, part_of
from .planning import Closed, State, ended_on
from .terms import Due

# So many members are counted anew in one transaction, and at most by a page.
TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Changed:
    """The members whose kept parts do not hold any more: what those are, and what they should be."""

    before: Mapping[int, Part]
    after: Mapping[int, Part]

    def difference(self) -> Counter[Key]:
        """By how much the kept figures differ from what is so."""
        return difference(self.before.values(), self.after.values())


def changed_since(session: Session, organization_id: int, zone: str, today: date) -> Changed | None:
    """What has changed since the figures were counted that are kept for `today`; None without any."""
    rows = fetch(session, _STATE, organization_id=organization_id)
    if not rows or rows[0][0] != today or len(rows) > TOGETHER:
        return None
    marked = [row[1] for row in rows if row[1] is not None]
    if not marked:
        return Changed({}, {})
    return Changed(_kept(session, marked), _counted(session, organization_id, zone, marked, today))


def kept_counts(
    session: Session, organization_id: int, zone: str, today: date
) -> dict[int, Counter[State]] | None:
    """How many people stand where under each assignment that goes on; None where nothing kept holds."""
    changed = changed_since(session, organization_id, zone, today)
    if changed is None:
        return None
    rows = fetch(session, _OF_ASSIGNMENTS, organization_id=organization_id)
    found = {key: Counter(dict(zip(State, counts, strict=True))) for key, *counts in rows}
    for (kind, key, state), count in changed.difference().items():
        if kind == ASSIGNMENT:
            found.setdefault(key, Counter())[state] += count
    return found


def _kept(session: Session, membership_ids: Sequence[int]) -> dict[int, Part]:
    rows = fetch(session, _PARTS, membership_ids=list(membership_ids))
    return {row[0]: Part.from_json(row[1]) for row in rows}


def _counted(
    session: Session, organization_id: int, zone: str, membership_ids: Sequence[int], today: date
) -> dict[int, Part]:
    """The parts of members as they are now."""
    going_on = {row[0] for row in fetch(session, _GOING_ON, organization_id=organization_id)}
    teams: dict[int, list[int]] = defaultdict(list)
    for membership_id, team_id in fetch(session, _TEAMS, membership_ids=list(membership_ids)):
        teams[membership_id].append(team_id)
    ends = month_ends(today, zone)
    lives: dict[int, list[Life]] = defaultdict(list)
    here: set[int] = set()
    moves: dict[int, list[Moved]] = defaultdict(list)
    since = ends[0].over_at
    for row in fetch(session, _MOVES, membership_ids=list(membership_ids), moved_since=since):
        moves[row.obligation_id].append(Moved(row.due_on, row.moved_at))
    for row in fetch(session, _LIVES, membership_ids=list(membership_ids)):
        if row.ended_at is None:
            here.add(row.membership_id)
        lives[row.membership_id].append(
            Life(
                row.assignment_id,
                row.is_current,
                Due(row.opens_on, row.due_on, row.day_meant),
                row.opened_at,
                _CLOSED[row.closed_how],
                _ended_on(row, zone),
                moves.get(row.id, ()),
                row.after_waiver,
            )
        )
    return {
        id_: part_of(
            lives[id_],
            is_member=id_ in here,
            going_on=going_on,
            teams=teams[id_],
            today=today,
            ends=ends,
        )
        for id_ in membership_ids
    }


def _ended_on(row: Any, zone: str) -> date | None:
    if row.closed_at is None:
        return None
    return ended_on(
        in_zone(row.closed_at, zone).date(),
        row.completed_on,
        opened_on=in_zone(row.opened_at, zone).date(),
        is_vouched=row.completion_id is None,
    )


# What the worker does


def organizations_to_keep(session: Session, now: datetime) -> list[tuple[int, str, bool]]:
    """The organizations whose figures are not as they are today: id, time zone, whether the day is another."""
    rows = session.execute(
        select(
            Organization.id,
            Organization.time_zone,
            KeptStanding.day,
            select(StandingMark.id)
            .where(StandingMark.organization_id == Organization.id)
            .correlate(Organization)
            .exists(),
        )
        .outerjoin(KeptStanding, KeptStanding.organization_id == Organization.id)
        .order_by(Organization.id)
    )
    return [
        (id_, zone, day != in_zone(now, zone).date())
        for id_, zone, day, is_marked in rows
        if is_marked or day != in_zone(now, zone).date()
    ]


def begin_day(session: Session, organization_id: int, today: date) -> None:
    """Keep the figures for `today` from now on: everybody is marked, to be counted anew."""
    insert_missing(session, KeptStanding, [{"organization_id": organization_id, "day": today}])
    _take_turn(session, organization_id)
    everybody = select(literal(organization_id), Membership.id).where(
        Membership.organization_id == organization_id
    )
    session.execute(
        insert(StandingMark).from_select(["organization_id", "membership_id"], everybody)
    )
    session.execute(
        update(KeptStanding)
        .where(KeptStanding.organization_id == organization_id)
        .values(day=today)
        .execution_options(synchronize_session=False)
    )


def count_some(session: Session, organization_id: int) -> bool:
    """Count some marked members anew and keep that; whether there may be more of them."""
    day = _take_turn(session, organization_id)
    # Read in this turn: who changes the zone has everybody counted anew, and takes a turn for it.
    zone = session.scalars(
        select(Organization.time_zone).where(Organization.id == organization_id)
    ).one()
    marked = [row[0] for row in fetch(session, _MARKED, organization_id=organization_id)]
    if not marked or day is None:
        return False
    # Before they are counted: whatever is committed after this leaves a mark of its own.
    session.execute(
        delete(StandingMark)
        .where(
            StandingMark.organization_id == organization_id,
            StandingMark.membership_id.in_(marked),
        )
        .execution_options(synchronize_session=False)
    )
    before = _kept(session, marked)
    after = _counted(session, organization_id, zone, marked, day)
    _keep_parts(session, organization_id, before, after)
    _keep_figures(session, organization_id, difference(before.values(), after.values()))
    return len(marked) == TOGETHER


def _take_turn(session: Session, organization_id: int) -> date | None:
    """Wait for other workers who are at the organization; the day for which its figures are kept."""
    return session.scalar(
        select(KeptStanding.day)
        .where(KeptStanding.organization_id == organization_id)
        .with_for_update()
    )


def _keep_parts(
    session: Session, organization_id: int, before: Mapping[int, Part], after: Mapping[int, Part]
) -> None:
    changed = [id_ for id_, part in after.items() if id_ in before and part != before[id_]]
    values = {
        id_: {
            "overdue": part.overdue,
            "overdue_since": part.overdue_since,
            "part": part.to_json(),
        }
        for id_, part in after.items()
    }
    if changed:
        session.connection().execute(_UPDATE_PART, [{"id_": id_, **values[id_]} for id_ in changed])
    new = [
        {"membership_id": id_, "organization_id": organization_id, **values[id_]}
        for id_ in after
        if id_ not in before
    ]
    if new:
        session.execute(insert(KeptMember), new)


def _keep_figures(session: Session, organization_id: int, changes: Counter[Key]) -> None:
    rows: dict[tuple[str, int], dict[str, int]] = {}
    for (kind, key, state), count in sorted(changes.items()):
        values = rows.setdefault((kind, key), {one.value: 0 for one in State})
        values[state.value] = count
    if not rows:
        return
    nothing = {one.value: 0 for one in State} | {"organization_id": organization_id}
    insert_missing(
        session, KeptFigures, [{"kind": kind, "key": key, **nothing} for kind, key in rows]
    )
    session.connection().execute(
        _ADD,
        [
            {
                "organization": organization_id,
                "kind_": kind,
                "key_": key,
                **{f"add_{name}": count for name, count in values.items()},
            }
            for (kind, key), values in rows.items()
        ],
    )


_CLOSED: Mapping[str | None, Closed | None] = {None: None, **{one.value: one for one in Closed}}


# Statements, built once

_MARKED = (
    select(StandingMark.membership_id)
    .where(StandingMark.organization_id == bindparam("organization_id"))
    .distinct()
    .limit(TOGETHER)
)
_SOME = (
    select(StandingMark.membership_id)
    .where(StandingMark.organization_id == bindparam("organization_id"))
    .distinct()
    .limit(TOGETHER + 1)
    .subquery()
)
_STATE = (
    select(KeptStanding.day, _SOME.c.membership_id)
    .select_from(KeptStanding)
    .outerjoin(_SOME, literal(value=True))
    .where(KeptStanding.organization_id == bindparam("organization_id"))
)
_IDS = bindparam("membership_ids", expanding=True)
_PARTS = select(KeptMember.membership_id, KeptMember.part).where(KeptMember.membership_id.in_(_IDS))
_OF_ASSIGNMENTS = select(
    KeptFigures.key, *(getattr(KeptFigures, state.value) for state in State)
).where(KeptFigures.organization_id == bindparam("organization_id"), KeptFigures.kind == ASSIGNMENT)
_GOING_ON = select(Assignment.id).where(
    Assignment.organization_id == bindparam("organization_id"), Assignment.ended_at.is_(None)
)
_TEAMS = (
    select(TeamMembership.membership_id, TeamMembership.team_id)
    .where(TeamMembership.membership_id.in_(_IDS), TeamMembership.ended_at.is_(None))
    .order_by(TeamMembership.membership_id, TeamMembership.team_id)
)
_LIVES = (
    select(
        Obligation.id,
        Obligation.membership_id,
        Membership.ended_at,
        Obligation.assignment_id,
        Obligation.is_current,
        Obligation.opens_on,
        Obligation.due_on,
        Obligation.day_meant,
        Obligation.opened_at,
        Obligation.closed_how,
        Obligation.closed_at,
        Obligation.completed_on,
        Obligation.completion_id,
        Obligation.after_waiver,
    )
    .join(Membership, Membership.id == Obligation.membership_id)
    .where(Obligation.membership_id.in_(_IDS))
    .order_by(Obligation.membership_id, Obligation.assignment_id)
)
_MOVES = (
    select(ObligationMove.obligation_id, ObligationMove.due_on, ObligationMove.moved_at)
    .join(Obligation, Obligation.id == ObligationMove.obligation_id)
    .where(Obligation.membership_id.in_(_IDS), ObligationMove.moved_at >= bindparam("moved_since"))
    .order_by(ObligationMove.id)
)
_KEPT: Any = KeptFigures.__table__
_ADD = (
    update(_KEPT)
    .where(
        _KEPT.c.organization_id == bindparam("organization"),
        _KEPT.c.kind == bindparam("kind_"),
        _KEPT.c.key == bindparam("key_"),
    )
    .values(
        {state.value: _KEPT.c[state.value] + bindparam(f"add_{state.value}") for state in State}
    )
)
_MEMBER: Any = KeptMember.__table__
_UPDATE_PART = (
    update(_MEMBER)
    .where(_MEMBER.c.membership_id == bindparam("id_"))
    .values({name: bindparam(name) for name in ("overdue", "overdue_since", "part")})
)
