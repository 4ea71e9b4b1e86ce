"""Closing attempts whose time is up although nobody submitted them: the learner vanished."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.courses.publications import CatalogueShelf, catalogue_number
from lms.foundation.clock import Clock
from lms.foundation.database import Database

from . import service
from .attempts import find_attempt
from .models import Attempt
from .shelf import QuizShelf
from .terms import GRACE

log = logging.getLogger(__name__)

PAUSE_SECONDS = 20


class Closer:
    """Submits overdue attempts, each in a transaction of its own, for what was saved in them."""

    def __init__(self, database: Database, quizzes: QuizShelf, catalogues: CatalogueShelf) -> None:
        self._database = database
        self._quizzes = quizzes
        self._catalogues = catalogues

    def close_overdue(self, now: datetime) -> int:
        """Submit every attempt whose time, and the grace after it, are past; how many there were.

        One that somebody else submits meanwhile is left to them. One that cannot be closed is logged,
        and keeps no other from it.
        """
        with self._database.reading_session() as session:
            overdue = session.execute(
                select(Attempt.id, Attempt.user_id)
                .where(Attempt.submitted_at.is_(None), Attempt.closes_at < now - GRACE)
                .order_by(Attempt.closes_at)
            ).all()
        return sum(self._close(attempt_id, user_id, now) for attempt_id, user_id in overdue)

    def _close(self, attempt_id: int, user_id: int, now: datetime) -> bool:
        try:
            with self._database.transaction() as session:
                attempt = find_attempt(session, attempt_id, user_id)
                assert attempt is not None
                return service.submit(
                    session,
                    attempt,
                    quiz=self._quizzes.get(session, attempt.module_revision_id),
                    shelf=self._catalogues.get(session, session.scalar(select(catalogue_number()))),
                    now=now,
                )
        # Whatever is wrong with one attempt, the others' time is up as well.
        except Exception:
            log.exception("Attempt %s is overdue and could not be closed", attempt_id)
            return False


def keep_closing(
    closer: Closer, clock: Clock, *, pause: timedelta = timedelta(seconds=PAUSE_SECONDS)
) -> Callable[[], None]:
    """Close overdue attempts now and after every pause, on a thread that ends with the process.

    Calling what is returned ends it earlier, and waits for that. Every process of a site may do it at
    once: an attempt is claimed by one of them.
    """
    ended = threading.Event()

    def work() -> None:
        while True:
            try:
                closer.close_overdue(clock())
            # The database may be away for a while: the next turn finds what this one left.
            except Exception:
                log.exception("Overdue attempts could not be looked for")
            if ended.wait(pause.total_seconds()):
                return

    thread = threading.Thread(target=work, name="closing", daemon=True)
    thread.start()

    def end() -> None:
        ended.set()
        thread.join()

    return end
