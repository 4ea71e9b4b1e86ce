"""Running the `lms` command, and judging what it says."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from click.testing import CliRunner, Result

from lms.cli import main
from lms.foundation.database import Database

LMS = Path(sys.executable).with_name("lms")
PASSWORD = "correct horse battery"
PRODUCTION = {
    "LMS_ENV": "production",
    "LMS_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "LMS_BASE_URL": "https://learn.example.org",
    "LMS_SMTP_HOST": "mail.example.org",
}

Run = Callable[..., Result]


def run_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, with no other settings than these."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("LMS_")}
    return subprocess.run(
        [LMS, *arguments],
        env=inherited | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def run_with(environment: dict[str, str]) -> Run:
    """A function that runs the command in this process; an exception it lets out fails the test."""
    others: dict[str, str | None] = {key: None for key in os.environ if key.startswith("LMS_")}

    def run(*arguments: str, input: str | bytes | None = None, **more: str) -> Result:  # noqa: A002 - As subprocess calls it.
        return CliRunner().invoke(
            main, arguments, input=input, env=others | environment | more, catch_exceptions=False
        )

    return run


def fails(result: Result, *words: str) -> None:
    """The command says, in one line that holds all of `words`, what is wrong, and exits with 1."""
    assert result.exit_code == 1
    lines = result.output.strip().splitlines()
    assert lines[-1].startswith("Error: ")
    for word in words:
        assert word in lines[-1]


def count(database: Database, table: type) -> int | None:
    with database.reading_session() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table))
