"""A worker in a process of its own, for tests: `python -m tests.busy_worker DATABASE_URL FILE`.

A job of the kind `note` appends its number to the file. One of the kind `hang` says on standard output
that it has begun, and never ends.
"""

import signal
import sys
from pathlib import Path

from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.foundation.worker import Task, Worker


def main(database_url: str, file: str) -> None:
    """Do every job that waits."""

    def note(task: Task) -> None:
        # One write of a short line to a file opened for appending is never mixed with another's.
        with Path(file).open("ab", buffering=0) as notes:
            notes.write(f"{task.payload['number']}\n".encode())

    def hang(_task: Task) -> None:
        print("begun", flush=True)  # noqa: T201 - The test waits for this line.
        while True:
            signal.pause()

    worker = Worker(Database(database_url), system_clock, {"note": note, "hang": hang})
    if not worker.do_all():
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
