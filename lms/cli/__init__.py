"""The `lms` command: thin calls into the rooms."""

from importlib import import_module

import click

from lms import __version__
from lms.foundation.told import Told

# Where each command is. Its module is loaded when it is called: whoever checks a quiz need not wait for
# the web framework and the database.
COMMANDS = {
    "audit": ("audit", "audit"),
    "check": ("content", "check"),
    "demo": ("site", "demo_command"),
    "format": ("content", "format_"),
    "organization": ("organizations", "organization"),
    "preview": ("preview", "preview"),
    "publish": ("publish", "publish"),
    "quiz": ("quiz", "quiz"),
    "regrade": ("regrade", "regrade"),
    "serve": ("site", "serve"),
    "upgrade": ("site", "upgrade"),
    "user": ("people", "user"),
    "verify": ("verify", "verify"),
    "worker": ("worker", "worker_command"),
}


class Lms(click.Group):
    """The commands, with what goes wrong said in a sentence instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded now; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        return getattr(import_module(f"lms.cli.{module}"), name)

    def invoke(self, ctx: click.Context) -> object:
        """Call the command."""
        try:
            return super().invoke(ctx)
        except Told as error:
            raise click.ClickException(str(error)) from error
        except UnicodeError as error:
            raise click.ClickException("What was typed is not UTF-8 text.") from error
        except OSError as error:
            # A broken pipe names no file; click ends quietly then.
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error


@click.group(cls=Lms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="Rounds %(version)s")
def main() -> None:
    """Rounds: training for care teams.

    Settings come from LMS_* environment variables; docs/operations.md lists them.
    """
