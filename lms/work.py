"""What a worker of this site does: which handler does which kind of job, and the chores between them.

A room that has work for the queue adds its kinds here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assignments import habits, keeping, newday, notices
from lms.assignments.models import Obligation
from lms.assignments.sending import Sender
from lms.foundation import jobs
from lms.foundation.clock import Clock, beginning_of_day, in_zone
from lms.foundation.database import Database
from lms.foundation.mail import Mailer
from lms.foundation.settings import Settings, SettingsError
from lms.foundation.worker import Chore, Handler, JobFault, Task, Worker, in_one_transaction
from lms.organizations import imports, request_letters, roster_jobs
from lms.organizations.models import Organization
from lms.quizzes.shelf import QuizShelf
from lms.reports import packets
from lms.reports.signing import signer_of
from lms.retention import erasing

ERASURES = "erasures.daily"
BETWEEN_LOOKS = timedelta(minutes=1)
TOGETHER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Daily:
    """A kind of job that is done for each organization once a day, so long after its day began.

    The payload is `{"organization_id": 7, "day": "2026-11-22"}`, the day that of the organization's zone.
    Where `covers_others`, it is done once more for the accounts that belong to none, by the days of UTC:
    then the id is None.
    """

    kind: str
    after: timedelta = timedelta()
    covers_others: bool = False


# In the order in which they are asked for, and done where they are to be done at the same time.
DAILY: tuple[Daily, ...] = (
    Daily(newday.ALL),
    # What is open and until when is to be settled for the day by then.
    Daily(notices.DAILY, after=timedelta(minutes=30)),
    Daily(ERASURES, after=timedelta(hours=2), covers_others=True),
    Daily(imports.PUT_AWAY_JOB, after=timedelta(hours=2)),
)


def make_worker(settings: Settings, database: Database, clock: Clock, mailer: Mailer) -> Worker:
    """A worker that knows every kind of job there is."""
    chores: Sequence[Chore] = (
        AskDaily(database, clock, DAILY),
        AskSoon(database, clock),
        KeepStandings(database, clock),
        Sender(database, clock, mailer, settings.base_url),
    )
    return Worker(database, clock, _handlers(settings, mailer), chores)


def _handlers(settings: Settings, mailer: Mailer) -> Mapping[str, Handler]:
    return {
        packets.JOB: MakePacket(settings),
        newday.ALL: in_one_transaction(newday.ask),
        newday.ONE: newday.settle,
        habits.ZONE_JOB: habits.move_deadlines,
        ERASURES: in_one_transaction(_finish_erasures),
        imports.PUT_AWAY_JOB: in_one_transaction(_put_rosters_away),
        notices.DAILY: notices.handle,
        notices.SOON: notices.handle,
        request_letters.JOB: request_letters.SendLetters(mailer, settings.base_url),
        **{kind: _on_database(work) for kind, work in roster_jobs.HANDLERS.items()},
    }


def _finish_erasures(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    erasing.finish_due(session, QuizShelf(), payload["organization_id"], now)


def _put_rosters_away(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    imports.put_away(session, payload["organization_id"], now)


def _on_database(work: Callable[[Database, Mapping[str, Any], datetime], None]) -> Handler:
    """A handler whose work has transactions of its own and bears being done again."""

    def handle(task: Task) -> None:
        work(task.database, task.payload, task.now)

    return handle


class MakePacket:
    """The job of making an evidence packet: the payload is `{"packet_id": 7}`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, task: Task) -> None:
        """Make it. Whoever asked for it sees on the page what keeps it from being made."""
        packet_id = task.payload["packet_id"]
        try:
            signer = signer_of(self._settings)
            if signer is None:
                raise JobFault("There is no key to sign it with: set LMS_SIGNING_KEY.")
            packets.make(
                task.database,
                packet_id,
                signer=signer,
                base_url=self._settings.base_url,
                now=task.now,
            )
        except Exception as error:
            is_told = isinstance(error, JobFault | SettingsError)
            fault = (
                str(error) if is_told else "Something went wrong: an operator finds it in the log."
            )
            with task.database.transaction() as session:
                packets.give_up(session, packet_id, fault, task.now)
            raise


class AskDaily:
    """The chore of asking for each organization's daily jobs, once its day has begun."""

    def __init__(self, database: Database, clock: Clock, daily: Sequence[Daily]) -> None:
        self._database = database
        self._clock = clock
        self._daily = daily
        self._looked_at: datetime | None = None

    def __call__(self) -> bool:
        """Ask for what was not asked for yet; whether there was any."""
        now = self._clock()
        if self._looked_at is not None and self._looked_at <= now < self._looked_at + BETWEEN_LOOKS:
            return False
        is_any = self._ask(now)
        self._looked_at = now
        return is_any

    def _ask(self, now: datetime) -> bool:
        with self._database.reading_session() as session:
            zones = session.execute(
                select(Organization.id, Organization.time_zone).order_by(Organization.id)
            ).all()
            days: list[tuple[Daily, int | None, str]] = [
                (one, organization_id, zone)
                for organization_id, zone in zones
                for one in self._daily
            ]
            days += [(one, None, erasing.ZONE) for one in self._daily if one.covers_others]
            wanted = {
                f"{one.kind}:{organization_id}:{in_zone(now, zone).date()}": (
                    one,
                    organization_id,
                    zone,
                )
                for one, organization_id, zone in days
            }
            known = jobs.known(session, wanted)
        # Asking again would change nothing, and yet have every other writer wait.
        missing = {key: asked for key, asked in wanted.items() if key not in known}
        if not missing:
            return False
        with self._database.transaction() as session:
            for key, (one, organization_id, zone) in missing.items():
                begins = beginning_of_day(now, zone)
                payload = {"organization_id": organization_id, "day": key.rpartition(":")[2]}
                jobs.ask(session, one.kind, payload, run_at=begins + one.after, key=key)
        return True


class AskSoon:
    """The chore of telling people of what they were just assigned, without waiting for the night.

    It looks for obligations that are newer than those it has seen. What it misses, because no worker
    was there, the next daily job finds.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._seen: int | None = None

    def __call__(self) -> bool:
        """Ask for the notices of each organization that has new obligations; none is made now."""
        with self._database.reading_session() as session:
            last = session.scalar(select(func.max(Obligation.id))) or 0
            seen, self._seen = self._seen, last
            if seen is None or last <= seen:
                return False
            organization_ids = session.scalars(
                select(Obligation.organization_id).where(Obligation.id > seen).distinct()
            ).all()
        # Everybody who sees them within the same ten minutes asks for the same job, at their end:
        # whatever is assigned until then goes into the same letter.
        run_at = _next_multiple(self._clock(), TOGETHER)
        with self._database.transaction() as session:
            for organization_id in organization_ids:
                key = f"{notices.SOON}:{organization_id}:{run_at.isoformat()}"
                payload = {"organization_id": organization_id}
                jobs.ask(session, notices.SOON, payload, run_at=run_at, key=key)
        return False


class KeepStandings:
    """The chore of keeping the figures of organizations as they are today, some members at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def __call__(self) -> bool:
        """Count some members of each organization anew that has changed; whether there may be more."""
        now = self._clock()
        with self._database.reading_session() as session:
            changed = keeping.organizations_to_keep(session, now)
        is_more = False
        for organization_id, zone, is_new_day in changed:
            if is_new_day:
                with self._database.transaction() as session:
                    keeping.begin_day(session, organization_id, in_zone(now, zone).date())
            with self._database.transaction() as session:
                is_more |= keeping.count_some(session, organization_id)
        return is_more


def _next_multiple(now: datetime, step: timedelta) -> datetime:
    """The first moment after `now` that is a whole number of steps after the year 1970 began."""
    beginning = datetime(1970, 1, 1, tzinfo=UTC)
    return beginning + ((now - beginning) // step + 1) * step
