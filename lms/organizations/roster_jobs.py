"""Checking and applying a roster from beginning to end, with transactions of its own.

A worker calls it for a long roster, and the page itself for a short one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from lms.foundation.audit import Actor
from lms.foundation.database import Database

from . import imports
from .imports import APPLY_JOB, CHECK_JOB, RosterChanged
from .roster_file import FileNotReadable

UNEXPECTED = "Something went wrong that was not foreseen. It has been written down; try again."


def check(database: Database, payload: Mapping[str, Any], now: datetime) -> None:
    """Find out what the import in `payload` would do, and keep that; nothing where it is not wanted."""
    import_id = payload["import_id"]

    def progress(rows_done: int) -> None:
        with database.transaction() as session:
            imports.note_progress(session, import_id, rows_done)

    try:
        with database.reading_session() as session:
            outcome = imports.look(session, import_id, progress)
    except FileNotReadable as error:
        _fail(database, import_id, str(error))
        return
    except Exception:
        _fail(database, import_id, UNEXPECTED)
        raise
    if outcome is not None:
        with database.transaction() as session:
            imports.note(session, import_id, outcome)


def apply(database: Database, payload: Mapping[str, Any], now: datetime) -> None:
    """Do what the import in `payload` asks for, all of it or nothing; once, however often it is called.

    Where it would do something else than its check has found, it is checked again instead.
    """
    import_id = payload["import_id"]
    actor = Actor(payload["actor_name"], payload["actor_id"])
    try:
        with database.transaction() as session:
            imports.apply(session, import_id, actor=actor, now=now)
    except FileNotReadable as error:
        _fail(database, import_id, str(error))
    # With the second, somebody gave a number or an address away at the same moment.
    except (RosterChanged, IntegrityError):
        with database.transaction() as session:
            imports.begin_again(session, import_id)
    except Exception:
        _fail(database, import_id, UNEXPECTED)
        raise
    # Whether this run has asked for it or one that was stopped: nothing where nobody did.
    check(database, payload, now)


def _fail(database: Database, import_id: int, message: str) -> None:
    with database.transaction() as session:
        imports.fail(session, import_id, message)


HANDLERS: dict[str, Callable[[Database, Mapping[str, Any], datetime], None]] = {
    CHECK_JOB: check,
    APPLY_JOB: apply,
}
