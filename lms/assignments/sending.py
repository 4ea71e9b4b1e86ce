"""Sending notices: each is claimed before its letter leaves, so that it leaves once at most.

`waiting → sending`, commit; the letter; `sending → sent` or `failed`, commit. A worker that is killed in
between leaves `sending`, and nobody knows whether that letter arrived: it is never sent again.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.courses.catalogue import Catalogue
from lms.courses.publications import CatalogueShelf, catalogue_number
from lms.foundation.clock import Clock
from lms.foundation.database import Database
from lms.foundation.mail import Attachment, Letter, LetterDelayed, LetterRefused, Mailer
from lms.organizations.models import Membership

from . import digests, letters, owing
from .letters import Course, Places, Written
from .models import Notice
from .owing import Employer, Owing
from .reminders import Kind, Reader, digest, end_of_quiet, reading_zone, reminder

log = logging.getLogger(__name__)

# A letter leaves within seconds, or the mail server's time-out ends the try.
UNKNOWN_AFTER = timedelta(minutes=5)
PAUSE_WITHOUT_SERVER = timedelta(minutes=1)
PAUSE_OF_LETTER = timedelta(minutes=15)
CALENDAR_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"

UNKNOWN = "The worker ended while it sent this: it may or may not have arrived."
CANNOT_BE_WRITTEN = "The letter could not be written; the log says why."
ENDED = "It was completed, waived or ended meanwhile."
GONE = "The person has left, or can no longer be written to."
OUTDATED = "Its time is past, its date was moved, or the person is away."
NOTHING_TO_TELL = "There was nothing to tell."


@dataclass(frozen=True, slots=True)
class Head:
    """Notices of one kind to one person from one organization: they leave as one letter."""

    notice_ids: Sequence[int]
    kind: Kind
    organization_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What becomes of a head's notices: some are `sent` in one letter, others dropped or put off."""

    letter: Letter | None = None
    sent: Sequence[int] = ()
    dropped: Mapping[int, str] = field(default_factory=dict)
    put_off_until: datetime | None = None


class Sender:
    """The chore of sending what waits, one letter at a time."""

    def __init__(self, database: Database, clock: Clock, mailer: Mailer, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._mailer = mailer
        self._base_url = base_url
        self._catalogues = CatalogueShelf()
        self._not_before: datetime | None = None

    def __call__(self) -> bool:
        """Send the letter that has waited the longest; whether there may be another."""
        now = self._clock()
        if self._not_before is not None and now < self._not_before:
            return False
        self._give_up_unknown(now)
        with self._database.reading_session() as session:
            head = find_head(session, now)
            if head is None:
                return False
            draft = self._draft(session, head, now)
        with self._database.transaction() as session:
            is_claimed = claim(session, head, draft, now)
        # Whoever claimed one of them meanwhile has changed what is to be written: look again.
        if is_claimed and draft is not None and draft.letter is not None:
            return self._send(draft, draft.letter)
        return True

    def _draft(self, session: Session, head: Head, now: datetime) -> Draft | None:
        """The head's draft; None where it cannot be made, which must keep no other letter waiting."""
        number = session.scalar(select(catalogue_number()))
        try:
            catalogue = self._catalogues.get(session, number)
            return draft_of(session, head, catalogue, self._base_url, now)
        except Exception:
            log.exception("The notices %s cannot be written", list(head.notice_ids))
            return None

    def _send(self, draft: Draft, letter: Letter) -> bool:
        state, fault, again_at = "sent", "", None
        try:
            self._mailer.send(letter)
        except LetterDelayed as error:
            again_at = self._clock() + PAUSE_OF_LETTER
            self._not_before = self._clock() + PAUSE_WITHOUT_SERVER
            log.warning("A letter has to wait: %s", error)
        except LetterRefused as error:
            state, fault = "failed", str(error)
        except OSError as error:
            state, fault = "failed", f"{error}: it may or may not have arrived."
        if fault:
            # The address stays out of the log, and a mail server that refuses repeats it.
            log.error("A letter could not be sent: %s", letter.subject)
        with self._database.transaction() as session:
            settle(session, draft.sent, state, fault, self._clock(), again_at=again_at)
        return again_at is None

    def _give_up_unknown(self, now: datetime) -> None:
        """Settle what another worker began to send, and did not live to tell about."""
        condition = is_in("sending") & (Notice.settled_at <= now - UNKNOWN_AFTER)
        with self._database.reading_session() as session:
            if session.scalar(select(Notice.id).where(condition).limit(1)) is None:
                return
        with self._database.transaction() as session:
            session.execute(
                update(Notice)
                .where(condition)
                .values(state="failed", settled_at=now, fault=UNKNOWN)
                .execution_options(synchronize_session=False)
            )


def find_head(session: Session, now: datetime) -> Head | None:
    """What has waited the longest, with what goes into the same letter."""
    is_ready = is_in("waiting") & (Notice.send_after <= now)
    first = session.execute(
        select(Notice.user_id, Notice.organization_id, Notice.kind)
        .where(is_ready)
        .order_by(Notice.send_after, Notice.id)
        .limit(1)
    ).one_or_none()
    if first is None:
        return None
    ids = session.scalars(
        select(Notice.id)
        .where(
            is_ready,
            Notice.user_id == first.user_id,
            Notice.organization_id == first.organization_id,
            Notice.kind == first.kind,
        )
        .order_by(Notice.id)
    ).all()
    return Head(ids, Kind(first.kind), first.organization_id, first.user_id)


def claim(session: Session, head: Head, draft: Draft | None, now: datetime) -> bool:
    """Take the head's notices out of the queue; False, with nothing changed, when another was faster."""
    ids = session.scalars(
        select(Notice.id)
        .where(Notice.id.in_(head.notice_ids), Notice.state == "waiting")
        .order_by(Notice.id)
        .with_for_update()
    ).all()
    if list(ids) != list(head.notice_ids):
        return False
    if draft is None:
        settle(session, ids, "failed", CANNOT_BE_WRITTEN, now)
        return True
    if draft.put_off_until is not None:
        settle(session, ids, "waiting", "", now, again_at=draft.put_off_until)
        return True
    for notice_id, why in draft.dropped.items():
        settle(session, [notice_id], "dropped", why, now)
    if draft.letter is not None:
        values = {"state": "sending", "settled_at": now, "subject": draft.letter.subject}
        session.execute(update(Notice).where(Notice.id.in_(draft.sent)).values(values))
    return True


def settle(
    session: Session,
    notice_ids: Sequence[int],
    state: str,
    fault: str,
    now: datetime,
    *,
    again_at: datetime | None = None,
) -> None:
    """Write down what became of notices; with `again_at` they wait again, until then."""
    values: dict[str, Any] = {"state": state, "fault": fault, "settled_at": now}
    if again_at is not None:
        values = {"state": "waiting", "send_after": again_at, "settled_at": None}
    session.execute(update(Notice).where(Notice.id.in_(notice_ids)).values(values))


def draft_of(
    session: Session, head: Head, catalogue: Catalogue, base_url: str, now: datetime
) -> Draft:
    """What is to become of the head's notices, as things stand now and not when they were made."""
    employer = owing.find_employer(session, head.organization_id)
    if head.kind is Kind.DIGEST:
        return _digest_draft(session, head, employer, catalogue, base_url, now)
    rows = session.execute(
        owing.owing_statement(with_moves=True)
        .add_columns(Notice.id.label("notice_id"), Notice.key)
        .join(Notice, Notice.obligation_id == owing.Obligation.id)
        .where(Notice.id.in_(head.notice_ids))
    ).all()
    leaves = owing.leaves_of_members(session, [row.membership_id for row in rows])
    told: dict[int, Owing] = {}
    dropped: dict[int, str] = {}
    for row in rows:
        one = owing.owing_of(row, leaves, employer)
        why = _why_not(one, row.key, employer, now)
        if why:
            dropped[row.notice_id] = why
        else:
            told[row.notice_id] = one
    if not told:
        return Draft(dropped=dropped)
    first = next(iter(told.values()))
    until = end_of_quiet(now, first.reader, employer.habits)
    if until > now:
        return Draft(put_off_until=until)
    written = write_reminder(head.kind, list(told.values()), employer, catalogue, base_url, now)
    return Draft(letter=_letter(first.email or "", written), sent=list(told), dropped=dropped)


def _why_not(one: Owing, key: str, employer: Employer, now: datetime) -> str:
    """Why a notice is not to be sent after all; empty when it is."""
    if one.owed.closed is not None:
        return ENDED
    found = reminder(one.owed, one.reader, employer.habits, now)
    if not one.email or (found is None and not one.reader.is_active):
        return GONE
    if found is None or found.key != key:
        return OUTDATED
    return ""


def write_reminder(
    kind: Kind,
    owings: Sequence[Owing],
    employer: Employer,
    catalogue: Catalogue,
    base_url: str,
    now: datetime,
) -> Written:
    """The letter of one kind about obligations that one person has."""
    reader = owings[0]
    courses = [
        Course(
            obligation_id=one.owed.obligation_id,
            title=course.title,
            slug=course.slug,
            due_on=one.owed.due.due_on,
            moves=one.moves,
        )
        for one in owings
        if (course := catalogue.course_by_id(one.course_id)) is not None
    ]
    places = places_of(employer, base_url, reader.reader)
    return letters.reminder_letter(kind, reader.name, courses, places, now)


def places_of(employer: Employer, base_url: str, reader: Reader) -> Places:
    """The addresses and clocks of a letter from an organization to a person."""
    return Places(
        base_url=base_url,
        organization_name=employer.name,
        organization_slug=employer.slug,
        organization_zone=employer.habits.time_zone,
        reader_zone=reading_zone(reader.time_zone, employer.habits.time_zone),
    )


def _digest_draft(
    session: Session,
    head: Head,
    employer: Employer,
    catalogue: Catalogue,
    base_url: str,
    now: datetime,
) -> Draft:
    manager = session.execute(
        select(User.name, User.email, User.time_zone, Membership.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.id == head.user_id,
            Membership.organization_id == employer.id,
            User.email.is_not(None),
            owing.is_active_column(),
        )
    ).one_or_none()
    if manager is None:
        return Draft(dropped=dict.fromkeys(head.notice_ids, GONE))
    leaves = owing.leaves_of_members(session, [manager.id])
    reader = Reader(manager.time_zone, leaves=leaves.get(manager.id, ()))
    due = digest(employer.id, head.user_id, reader, employer.habits, now)
    keys = session.execute(select(Notice.id, Notice.key).where(Notice.id.in_(head.notice_ids)))
    # The digest of a week may have waited until the next one's is due.
    still_due = [id_ for id_, key in keys if due is not None and key == due.key]
    dropped = {id_: OUTDATED for id_ in head.notice_ids if id_ not in still_due}
    if not still_due:
        return Draft(dropped=dropped)
    until = end_of_quiet(now, reader, employer.habits)
    if until > now:
        return Draft(put_off_until=until)
    told = digests.digest_for(session, employer, head.user_id, catalogue, now)
    if told is None or told.is_empty:
        why = GONE if told is None else NOTHING_TO_TELL
        return Draft(dropped=dropped | dict.fromkeys(still_due, why))
    places = places_of(employer, base_url, reader)
    written = letters.digest_letter(manager.name, told, places)
    return Draft(letter=_letter(manager.email, written), sent=still_due, dropped=dropped)


def _letter(to: str, written: Written) -> Letter:
    files = (Attachment("due.ics", CALENDAR_TYPE, written.calendar),) if written.calendar else ()
    return Letter(to, written.subject, written.text, files)


def is_in(state: str) -> ColumnElement[bool]:
    """The condition that a notice is in a state, which is part of it: with a parameter, no index is used."""
    return Notice.state == literal_column(f"'{state}'")
