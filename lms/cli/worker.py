"""The command that does what the queue holds."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from lms.foundation.clock import system_clock
from lms.foundation.mail import make_mailer
from lms.foundation.settings import load_settings
from lms.foundation.worker import Worker
from lms.work import make_worker

from .database import current

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what there is to do now, and end.")
def worker_command(once: bool) -> None:
    """Do the work that waits: reminders, rosters, what is done every night.

    `lms serve` does it, too. A signal to end is heeded after the job in hand; a second one at once.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    settings = load_settings(os.environ)
    with current() as database:
        worker = make_worker(settings, database, system_clock, make_mailer(settings))
        with _ending_on_signals(worker):
            if not once:
                click.echo("Working. Press Ctrl-C to end.")
                worker.run()
            elif not worker.do_all():
                raise click.ClickException("Not everything could be done: see the log above.")


@contextmanager
def _ending_on_signals(worker: Worker) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def end(_number: int, _frame: FrameType | None) -> None:
        restore()
        worker.end()

    for number in SIGNALS:
        signal.signal(number, end)
    try:
        yield
    finally:
        restore()
