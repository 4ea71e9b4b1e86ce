"""The database of the settings, for as long as a command needs it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from lms.foundation import migrations
from lms.foundation.database import Database
from lms.foundation.settings import Settings, load_settings
from lms.news import join_rooms

join_rooms()


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of `settings`, in whatever state it is.

    Raises ClickException when it does not do what it is asked for.
    """
    database = Database(settings.database)
    try:
        yield database
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        raise click.ClickException(f"The database did not do it: {reason}") from error
    finally:
        database.dispose()


@contextmanager
def current() -> Iterator[Database]:
    """The database of the environment's settings; it must have every migration.

    Raises ClickException when it has not, and SettingsError.
    """
    with opened(load_settings(os.environ)) as database:
        if not migrations.is_current(database):
            raise click.ClickException("The database is not up to date: run `lms upgrade` first.")
        yield database
