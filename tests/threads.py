"""Several things at the same moment."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import text

from lms.foundation.database import Database

ResultT = TypeVar("ResultT")


def at_once(tasks: Sequence[Callable[[], ResultT]]) -> list[ResultT]:
    """Run each task in a thread of its own, all let go together; their results in the order given.

    Raises what the first failing task raised, once all are over.
    """
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], ResultT]) -> ResultT:
        start.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        futures = [pool.submit(run, task) for task in tasks]
    return [future.result() for future in futures]


def waits_for_a_lock(database: Database) -> bool:
    """Whether some transaction waits for another to end.

    On SQLite always: there whoever writes is alone, and a second transaction waits from its start on.
    """
    if database.is_sqlite:
        return True
    with database.engine.connect() as connection:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            " AND backend_type = 'client backend'"
        )
        return bool(connection.scalar(waiting))


@contextmanager
def beside(database: Database, task: Callable[[], object]) -> Iterator[None]:
    """Let `task` run in a thread until it is over or waits for the caller's transaction; then the block.

    After the block, which should end that transaction, `task` is waited for. What it raised is raised.
    """
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(task)
        while not wait([future], timeout=0.01).done and not waits_for_a_lock(database):
            pass
        yield
    future.result()
