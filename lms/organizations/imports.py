"""Roster imports: handed in, checked, applied. What a check would do and what is applied are one reading."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session, defer

from lms.foundation import audit, jobs
from lms.foundation.database import stream

from . import positions, request_letters, requests
from .models import Organization, RosterImport
from .roster import Mapped, fold
from .roster_changes import Difference, Kind, Named
from .roster_reading import Outcome, Progress, Reading
from .roster_writing import Writing
from .signals import tell

CHECK_JOB = "roster.check"
APPLY_JOB = "roster.apply"
PUT_AWAY_JOB = "roster.put_away"
# A roster that was never applied is forgotten with the next one, after so long.
KEPT = timedelta(days=7)
# Without a next one, what it holds is deleted after so many days on which nobody did anything with it.
UNTOUCHED_DAYS = 14
LISTED = 20


class RosterChanged(Exception):
    """What the check has found is not what the roster would do now."""


def start(
    session: Session,
    organization_id: int,
    *,
    file_name: str,
    body: bytes,
    mapped: Mapped,
    row_count: int,
    by_id: int,
    now: datetime,
) -> int:
    """Keep a roster that was handed in; the id of its import. Forgets old ones that were not applied."""
    session.execute(
        delete(RosterImport).where(
            RosterImport.organization_id == organization_id,
            RosterImport.state.in_(("uploaded", "checked", "failed", "put_away")),
            RosterImport.uploaded_at < now - KEPT,
        )
    )
    one = RosterImport(
        organization_id=organization_id,
        file_name=file_name[:200],
        body=body,
        mapping=mapped.to_json(),
        is_complete=False,
        state="uploaded",
        rows_total=row_count,
        outcome={},
        problems=[],
        uploaded_by_id=by_id,
        uploaded_at=now,
    )
    session.add(one)
    session.flush()
    return one.id


def recent(session: Session, organization_id: int) -> Sequence[RosterImport]:
    """The latest imports of an organization, the newest first, without what was in the files."""
    statement = _latest_first(select(RosterImport), organization_id)
    return session.scalars(statement.options(defer(RosterImport.body)).limit(LISTED)).all()


def every(session: Session, organization_id: int) -> Iterator[Any]:
    """All of them in the same order, as they come: name of the file, when handed in, state, outcome."""
    columns = (
        RosterImport.file_name,
        RosterImport.uploaded_at,
        RosterImport.state,
        RosterImport.outcome,
    )
    return stream(session, _latest_first(select(*columns), organization_id))


def _latest_first(imports: Any, organization_id: int) -> Any:
    of_organization = imports.where(RosterImport.organization_id == organization_id)
    return of_organization.order_by(RosterImport.uploaded_at.desc(), RosterImport.id.desc())


def find(
    session: Session, organization_id: int, import_id: int, *, with_body: bool = False
) -> RosterImport | None:
    """The import with that id, of that organization."""
    statement = select(RosterImport).where(
        RosterImport.id == import_id, RosterImport.organization_id == organization_id
    )
    return session.scalar(statement if with_body else statement.options(defer(RosterImport.body)))


def begin_check(
    session: Session, import_id: int, *, mapped: Mapped, is_complete: bool, now: datetime
) -> bool:
    """Have an import read with these columns; False when it is being read, done with, or put away."""
    return _move(
        session,
        import_id,
        ("uploaded", "checked", "failed"),
        state="checking",
        touched_at=now,
        mapping=mapped.to_json(),
        is_complete=is_complete,
        rows_done=0,
        outcome={},
        problems=[],
    )


def begin_apply(session: Session, import_id: int, *, seen: str, now: datetime) -> bool:
    """Have a checked import applied; False when it is not checked, or something is wrong in it.

    `seen` is the digest of the changes that whoever wants it was shown: it may have been checked again
    since, in another way or because people were changed.
    """
    one = session.get(RosterImport, import_id, with_for_update=True, populate_existing=True)
    if (
        one is None
        or one.state != "checked"
        or one.problems
        or one.outcome.get("digest", "") != seen
    ):
        return False
    return _move(session, import_id, ("checked",), state="applying", touched_at=now)


def begin_again(session: Session, import_id: int) -> None:
    """Have an import read again that could not be applied, since people were changed meanwhile."""
    again = {"is_again": True}
    _move(session, import_id, ("applying",), state="checking", rows_done=0, outcome=again)


def discard(session: Session, import_id: int) -> bool:
    """Forget an import that was not applied; False when it is under way, or done."""
    gone = session.scalar(
        delete(RosterImport)
        .where(
            RosterImport.id == import_id,
            RosterImport.state.in_(("uploaded", "checked", "failed")),
        )
        .returning(RosterImport.id)
    )
    return gone is not None


def put_away(session: Session, organization_id: int, now: datetime) -> None:
    """Delete what an organization's rosters hold that were not applied and with which nobody does anything.

    That they were handed in, by whom and when, stays.
    """
    session.execute(
        update(RosterImport)
        .where(
            RosterImport.organization_id == organization_id,
            RosterImport.state.not_in(("applied", "put_away")),
            func.coalesce(RosterImport.touched_at, RosterImport.uploaded_at)
            < now - timedelta(days=UNTOUCHED_DAYS),
        )
        .values(state="put_away", body=None, mapping=Mapped().to_json(), outcome={}, problems=[])
        .execution_options(synchronize_session=False)
    )


def ask(session: Session, kind: str, import_id: int, actor: audit.Actor, run_at: datetime) -> None:
    """Have a roster checked or applied by a worker from `run_at` on, unless it is done by then."""
    payload = {"import_id": import_id, "actor_id": actor.id, "actor_name": actor.name}
    jobs.ask(session, kind, payload, run_at=run_at)


def look(session: Session, import_id: int, progress: Progress) -> Outcome | None:
    """What an import would do; only reads. None where it is not to be checked any more.

    Raises FileNotReadable.
    """
    one = session.get(RosterImport, import_id)
    if one is None or one.state != "checking":
        return None
    reading = Reading(session, one)
    for _ in reading.batches(progress):
        pass
    for _, number, name in reading.leavers():
        reading.outcome.note(Kind.DEACTIVATED, number, name)
    for _, number, name in reading.withdrawn():
        reading.outcome.note(Kind.WITHDRAWN, number, name)
    return reading.outcome


class Change(NamedTuple):
    """What a roster does to somebody: in one field, or to all of them where `difference` is None."""

    kind: Kind
    employee_number: str
    name: str
    difference: Difference | None


def every_change(session: Session, one: RosterImport) -> Iterator[Change]:
    """Everything that a roster in which nothing is wrong would do now, as it is read again.

    First what its rows do, in their order, then who has left, and who is not asked any more. Raises
    FileNotReadable.
    """
    reading = Reading(session, one)
    for batch in reading.batches(lambda _done: None):
        for plan in batch:
            who = (plan.kind, plan.row.employee_number, plan.row.name)
            if plan.differences:
                yield from (Change(*who, difference) for difference in plan.differences)
            elif plan.kind is not Kind.UNCHANGED:
                yield Change(*who, None)
    for _, number, name in reading.leavers():
        yield Change(Kind.DEACTIVATED, number, name, None)
    for _, number, name in reading.withdrawn():
        yield Change(Kind.WITHDRAWN, number, name, None)


def note(session: Session, import_id: int, outcome: Outcome) -> None:
    """Keep what a check has found, and whether it was made because of what others changed."""
    before = select(RosterImport.outcome).where(RosterImport.id == import_id)
    is_again = bool((session.scalar(before) or {}).get("is_again"))
    _move(
        session,
        import_id,
        ("checking",),
        state="checked",
        outcome=outcome.to_json() | {"is_again": is_again},
        problems=outcome.problems_json(),
        rows_done=outcome.row_count,
        rows_total=outcome.row_count,
    )


def fail(session: Session, import_id: int, message: str) -> None:
    """Note why an import came to nothing; it can be checked again."""
    problems = [{"row": 0, "column": "", "message": message}]
    _move(session, import_id, ("checking", "applying"), state="failed", problems=problems)


def note_progress(session: Session, import_id: int, rows_done: int) -> None:
    """Say how far the reading is."""
    session.execute(
        update(RosterImport)
        .where(RosterImport.id == import_id)
        .values(
            rows_done=rows_done,
            # The total was a guess where the file is long.
            rows_total=case(
                (RosterImport.rows_total < rows_done, rows_done), else_=RosterImport.rows_total
            ),
        )
        .execution_options(synchronize_session=False)
    )


def apply(session: Session, import_id: int, *, actor: audit.Actor, now: datetime) -> bool:
    """Do everything that an import asks for; False where it is not to be applied, or was already.

    All of it is one transaction, the caller's. Raises RosterChanged when it would do anything else than
    what the check has found, and FileNotReadable; nothing may be kept then.
    """
    one = session.get(RosterImport, import_id, with_for_update=True)
    if one is None or one.state != "applying":
        return False
    # Two rosters of one organization take turns.
    session.get_one(Organization, one.organization_id, with_for_update=True)
    reading = Reading(session, one)
    assert actor.id is not None
    writing, named = Writing(session, reading, actor.id, now), Named()
    for batch in reading.batches(lambda _done: None):
        writing.write(batch)
        for plan in batch:
            named.note(plan)
    writing.write_managers()
    if reading.outcome.problem_count:
        raise RosterChanged
    leavers, withdrawn = list(reading.leavers()), list(reading.withdrawn())
    for kind, gone in ((Kind.DEACTIVATED, leavers), (Kind.WITHDRAWN, withdrawn)):
        for _, number, name in gone:
            reading.outcome.note(kind, number, name)
            named.note_gone(kind, number, name)
    if reading.outcome.digest != one.outcome.get("digest"):
        raise RosterChanged
    positions.end_memberships(session, one.organization_id, [key for key, _, _ in leavers], now=now)
    requests.withdraw_all(session, [key for key, _, _ in withdrawn], now=now)
    if reading.outcome.counts[Kind.ASKED]:
        request_letters.have_sent(session, one.organization_id, now)
    _finish(session, one, reading.outcome, now)
    tell(session, one.organization_id, None, now)
    details = {"file": one.file_name, "complete": int(one.is_complete), **reading.outcome.counts}
    details |= named.told(sorted(reading.outcome.new_teams.values(), key=fold))
    act = audit.Act("roster.applied", "roster", one.id, one.file_name, one.organization_id, details)
    audit.record(session, actor, act, now)
    return True


def _finish(session: Session, one: RosterImport, outcome: Outcome, now: datetime) -> None:
    told = outcome.to_json()
    # Who was added and changed is in the audit trail; the import keeps no second copy of it.
    told["examples"] = {}
    one.state, one.outcome, one.applied_at = "applied", told, now
    # The headings too: of a file without any, they are its first person.
    one.mapping = one.mapping | {"header": [], "samples": []}
    one.body = None
    session.flush()


def _move(session: Session, import_id: int, states: Sequence[str], **values: Any) -> bool:
    """Change an import that is in one of these states."""
    moved = session.scalar(
        update(RosterImport)
        .where(RosterImport.id == import_id, RosterImport.state.in_(states))
        .values(**values)
        .returning(RosterImport.id)
        .execution_options(synchronize_session=False)
    )
    return moved is not None
