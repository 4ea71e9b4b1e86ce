"""The command that serves a preview of content while it is written."""

import socket
from contextlib import suppress
from pathlib import Path

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from lms.authoring.preview.application import create_preview
from lms.authoring.preview.hosts import is_loopback
from lms.foundation import migrations

from .content import ContentPath


class QuietHandler(WSGIRequestHandler):
    """A page asks every second whether anything changed: a line for each would hide all others."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


@click.command()
@ContentPath
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535))
def preview(path: Path | None, host: str, port: int) -> None:
    """Show content in the browser as learners will see it, with the findings of the check beside it.

    PATH is a folder with courses/ and modules/, a module's folder, or one file. Without PATH, the
    content that comes with Rounds. Needs no database. A page reloads by itself when a file is saved.
    Ctrl-C ends it.
    """
    root = path or migrations.shipped("content")
    if not root.exists():
        raise click.ClickException(f"There is nothing at {root}.")
    app = create_preview(root, loopback_only=is_loopback(host))
    # The server knows Ctrl-C only once it waits for requests.
    with _listening(host, port) as listener, suppress(KeyboardInterrupt):
        server = make_server(
            host, port, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno()
        )
        address = f"[{host}]" if ":" in host else host
        click.echo(f"Preview of {root}: http://{address}:{port} (Ctrl-C ends it)")
        if not is_loopback(host):
            click.echo("Everyone who can reach this machine can read it.")
        server.serve_forever()


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; a sentence where that is not possible."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
        return listener
    # A name that cannot be written in the alphabet of addresses is an error of type to Python.
    except (OSError, TypeError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or "it cannot be used"
        raise click.ClickException(
            f"{host}:{port} is not free ({reason}): choose another --host or --port."
        ) from error
