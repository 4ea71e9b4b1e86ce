"""Doing what the queue holds: one job after the other, and between them the chores of the site.

A job's lease is held for as long as its handler works, by a thread beside it; only the end of the
process lets it run out.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from . import jobs
from .clock import Clock
from .database import Database

log = logging.getLogger(__name__)

PAUSE = timedelta(seconds=2)
# When the database is away, say so every half a minute and not every two seconds.
PAUSE_AFTER_FAULT = timedelta(seconds=30)


class JobFault(Exception):
    """Why a job could not be done, in a sentence for people. It is tried again all the same."""


class LeaseLost(Exception):
    """Another worker has taken the job up meanwhile: what this one did must not be kept."""


@dataclass(slots=True)
class Task:
    """A job in hand. `now` is when it was taken up, in UTC."""

    payload: Mapping[str, Any]
    now: datetime
    database: Database
    clock: Clock
    leased: jobs.Leased
    is_finished: bool = field(default=False, init=False)

    @contextmanager
    def last_transaction(self) -> Iterator[Session]:
        """The job's last transaction: what it writes is kept if and only if the job is done by it.

        Raises LeaseLost at its end, and keeps nothing, when another worker has taken the job up.
        """
        with self.database.transaction() as session:
            yield session
            if not jobs.finish(session, self.leased, self.clock()):
                raise LeaseLost
        self.is_finished = True


# Does a job of one kind, with transactions of its own. What it raises is noted as the job's fault.
Handler = Callable[[Task], None]
# Does a small piece of what is not in the queue; whether that may leave more to be done now, by
# itself or by a job.
Chore = Callable[[], bool]


def in_one_transaction(work: Callable[[Session, Mapping[str, Any], datetime], None]) -> Handler:
    """A handler that does all its work in one transaction, which also finishes the job."""

    def handle(task: Task) -> None:
        with task.last_transaction() as session:
            work(session, task.payload, task.now)

    return handle


class Worker:
    """Does jobs and chores until it is told to end; a job that it has begun is finished then, too."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        chores: Sequence[Chore] = (),
        *,
        beat: timedelta = jobs.LEASE / 3,
    ) -> None:
        self._database = database
        self._clock = clock
        self._handlers = handlers
        self._pieces = (self.do_one_job, *chores)
        self._beat = beat
        self._has_ended = False
        # Unlike an event, it may be told something by a signal's handler at any moment.
        self._call: SimpleQueue[None] = SimpleQueue()

    def end(self) -> None:
        """Begin nothing new from now on."""
        self._has_ended = True
        self._call.put(None)

    def run(self) -> None:
        """Work, and look again after every pause, until `end` is called."""
        while not self._has_ended:
            pause = PAUSE if self.do_all() else PAUSE_AFTER_FAULT
            with suppress(Empty):
                self._call.get(timeout=pause.total_seconds())

    def do_all(self) -> bool:
        """Do everything that there is to do now, a piece of each in turn; whether all went well.

        Each may make work for any other: it ends with a round in which none of them left anything.
        """
        went_well = True
        pieces = list(self._pieces)
        is_more = True
        while is_more:
            is_more = False
            for piece in tuple(pieces):
                try:
                    is_more |= not self._has_ended and piece()
                # The database may be away for a while: the next call finds what this one left.
                except Exception as error:
                    went_well = False
                    pieces.remove(piece)
                    log.error(
                        "The worker met a fault and tries again: %s",
                        _told(error),
                        exc_info=_unforeseen(error),
                    )
        return went_well

    def do_one_job(self) -> bool:
        """Do the longest-waiting job; False when there is none."""
        with self._database.reading_session() as session:
            if not jobs.waits(session, self._clock()):
                return False
        now = self._clock()
        with self._database.transaction() as session:
            leased = jobs.lease(session, now)
        if leased is None:
            return False
        self._do(Task(leased.payload, now, self._database, self._clock, leased))
        return True

    def _do(self, task: Task) -> None:
        leased = task.leased
        log.info("Job %s (%s): begun", leased.id, leased.kind)
        try:
            with self._holding(leased):
                self._handler_of(leased)(task)
            if not task.is_finished:
                with task.last_transaction():
                    pass
        except LeaseLost:
            log.warning("Job %s (%s): another worker has taken it up", leased.id, leased.kind)
        # Whatever is wrong with one job, the others wait for their turn.
        except Exception as error:
            self._fail(leased, error)
        else:
            log.info("Job %s (%s): done", leased.id, leased.kind)

    def _handler_of(self, leased: jobs.Leased) -> Handler:
        handler = self._handlers.get(leased.kind)
        if handler is None:
            raise JobFault(f"This version of Rounds knows no jobs of the kind `{leased.kind}`")
        return handler

    def _fail(self, leased: jobs.Leased, error: Exception) -> None:
        fault = _told(error)
        with self._database.transaction() as session:
            is_ours = jobs.fail(session, leased, fault, self._clock())
        what_now = "it is given up" if leased.is_last_try else "it will be tried again"
        log.error(
            "Job %s (%s), try %s of %s, failed: %s; %s",
            *(leased.id, leased.kind, leased.tries, jobs.MAX_TRIES, fault),
            what_now if is_ours else "another worker has taken it up",
            exc_info=_unforeseen(error),
        )

    @contextmanager
    def _holding(self, leased: jobs.Leased) -> Iterator[None]:
        """Extend the lease again and again on a thread, until the block ends."""
        over = threading.Event()

        def hold() -> None:
            while not over.wait(self._beat.total_seconds()):
                try:
                    with self._database.transaction() as session:
                        jobs.extend(session, leased, self._clock())
                # On SQLite the handler itself may write just now, and then nobody can take the job up.
                except Exception as error:
                    log.debug("Job %s: its lease was not extended: %s", leased.id, _told(error))

        thread = threading.Thread(target=hold, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _told(error: Exception) -> str:
    """A fault for the log and the table: a sentence as it is, anything else with the name of its kind."""
    if isinstance(error, JobFault):
        return str(error)
    text = str(getattr(error, "orig", None) or error)
    return f"{type(error).__name__}: {' '.join(text.split())}"


def _unforeseen(error: Exception) -> Exception | None:
    """The error where it is a mistake of ours: whoever mends it needs to know where it came from."""
    return None if isinstance(error, JobFault | OSError | SQLAlchemyError) else error


def keep_working(worker: Worker) -> Callable[[], None]:
    """Let `worker` work on a thread that ends with the process; call what is returned to end it earlier.

    Every process of a site may do it at once: a job is leased to one of them.
    """
    thread = threading.Thread(target=worker.run, name="worker", daemon=True)
    thread.start()

    def end() -> None:
        worker.end()
        thread.join()

    return end
