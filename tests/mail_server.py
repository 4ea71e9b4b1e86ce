"""A mail server on a free port of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from tests.ports import held_port

# A busy machine may need long for what is right; what is wrong fails all the same.
START_SECONDS = 120


@contextmanager
def mail_server(handler: Any, **options: Any) -> Iterator[Controller]:
    """A server that has `handler` decide about each letter; `options` are those of aiosmtpd."""
    with held_port() as port:
        controller = Controller(
            handler, hostname="127.0.0.1", port=port, ready_timeout=START_SECONDS, **options
        )
        controller.start()
        try:
            yield controller
        finally:
            controller.stop()
