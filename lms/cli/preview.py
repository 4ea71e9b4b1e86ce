"""The command that serves a preview of content while it is written."""

from contextlib import suppress
from pathlib import Path

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from lms.authoring.preview.application import create_preview
from lms.authoring.preview.hosts import is_loopback
from lms.foundation.listening import address, listening
from lms.foundation.shipped import shipped

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
    root = path or shipped("content")
    if not root.exists():
        raise click.ClickException(f"There is nothing at {root}.")
    app = create_preview(root, loopback_only=is_loopback(host))
    # The server knows Ctrl-C only once it waits for requests.
    with listening(host, port) as listener, suppress(KeyboardInterrupt):
        server = make_server(
            host, port, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno()
        )
        click.echo(f"Preview of {root}: {address(host, port)} (Ctrl-C ends it)")
        if not is_loopback(host):
            click.echo("Everyone who can reach this machine can read it.")
        server.serve_forever()
