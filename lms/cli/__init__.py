"""The `lms` command: thin calls into the rooms."""

import click
from sqlalchemy.exc import SQLAlchemyError

from lms import __version__
from lms.accounts.errors import AccountError
from lms.authoring.folder import NotAContentFolder
from lms.foundation import migrations
from lms.foundation.listening import NotFree
from lms.foundation.settings import SettingsError
from lms.news import join_rooms
from lms.organizations.errors import OrganizationError

from . import audit, content, organizations, people, preview, quiz, regrade, site, verify, worker


class Lms(click.Group):
    """The commands, with what goes wrong said in a sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        join_rooms()
        try:
            return super().invoke(ctx)
        except (
            SettingsError,
            AccountError,
            OrganizationError,
            NotAContentFolder,
            NotFree,
            migrations.UnknownRevision,
        ) as error:
            raise click.ClickException(str(error)) from error
        except UnicodeError as error:
            raise click.ClickException("What was typed is not UTF-8 text.") from error
        except OSError as error:
            # A broken pipe names no file; click ends quietly then.
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip()
            raise click.ClickException(f"The database did not do it: {reason}") from error


@click.group(cls=Lms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="Rounds %(version)s")
def main() -> None:
    """Rounds: training for care teams.

    Settings come from LMS_* environment variables; docs/operations.md lists them.
    """


for command in (
    audit.audit,
    content.check,
    content.format_,
    content.publish,
    organizations.organization,
    people.user,
    preview.preview,
    quiz.quiz,
    regrade.regrade,
    site.demo_command,
    site.serve,
    site.upgrade,
    verify.verify,
    worker.worker_command,
):
    main.add_command(command)
