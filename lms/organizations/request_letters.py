"""The letter to somebody who is asked to join, and the job that sends those of a roster.

A letter is marked before it leaves, so that a worker that ends meanwhile sends nothing twice. Whoever
gets none sees the request when they next sign in.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.foundation import jobs
from lms.foundation.database import Database
from lms.foundation.mail import Letter, LetterDelayed, Mailer
from lms.foundation.worker import JobFault, Task

from .models import MembershipRequest, Organization

log = logging.getLogger(__name__)

JOB = "requests.letters"
AT_ONCE = 50
NO_SERVER = "The mail server takes no letters now."

_texts = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates" / "organizations"),
    autoescape=False,  # noqa: S701 - These are letters in plain text, which no browser reads as HTML.
    trim_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)


def letter_to(
    user: User, request: MembershipRequest, *, organization: str, by: str, base_url: str
) -> Letter | None:
    """The letter that asks the owner of an account; None for whoever cannot be written to or sign in."""
    if user.email is None or user.deactivated_at is not None:
        return None
    text = _texts.get_template("letter_request.txt").render(
        user=user,
        role=request.role,
        organization=organization,
        by=by,
        address=f"{base_url}/requests",
    )
    return Letter(user.email, f"{organization} asks you to join", text)


def have_sent(session: Session, organization_id: int, now: datetime) -> None:
    """Have the letters sent that an organization's requests still wait for."""
    jobs.ask(session, JOB, {"organization_id": organization_id}, run_at=now)


class SendLetters:
    """The job of sending an organization's letters: the payload is `{"organization_id": 7}`."""

    def __init__(self, mailer: Mailer, base_url: str) -> None:
        self._mailer = mailer
        self._base_url = base_url

    def __call__(self, task: Task) -> None:
        """Send some of those that wait, and leave the rest to another job, so that others have their turn.

        Where the mail server is away, the job is tried again later.
        """
        organization_id = task.payload["organization_id"]
        for _ in range(AT_ONCE):
            marked = self._marked(task.database, organization_id, task.clock)
            if marked is None:
                return
            request_id, letter = marked
            if letter is not None and not self._has_left(letter):
                with task.database.transaction() as session:
                    _mark(session, request_id, None)
                raise JobFault(NO_SERVER)
        with task.database.transaction() as session:
            have_sent(session, organization_id, task.clock())

    def _marked(
        self, database: Database, organization_id: int, clock: Callable[[], datetime]
    ) -> tuple[int, Letter | None] | None:
        """The next request, with its letter, marked as given out; None where no more wait."""
        asker = aliased(User)
        with database.transaction() as session:
            found = session.execute(
                select(MembershipRequest, User, Organization.name, asker.name)
                .join(User, User.id == MembershipRequest.user_id)
                .join(Organization, Organization.id == MembershipRequest.organization_id)
                .join(asker, asker.id == MembershipRequest.requested_by_id)
                .where(
                    MembershipRequest.organization_id == organization_id,
                    MembershipRequest.answered_at.is_(None),
                    MembershipRequest.letter_at.is_(None),
                )
                .order_by(MembershipRequest.id)
                .limit(1)
                .with_for_update(of=MembershipRequest, skip_locked=True)
            ).first()
            if found is None:
                return None
            request, user, organization, by = found
            _mark(session, request.id, clock())
            letter = letter_to(
                user, request, organization=organization, by=by, base_url=self._base_url
            )
            return request.id, letter

    def _has_left(self, letter: Letter) -> bool:
        """Whether a letter was taken, or never will be; False where it may be later."""
        try:
            self._mailer.send(letter)
        except LetterDelayed:
            return False
        except OSError as error:
            # The address stays out of the log, and a mail server that refuses repeats it.
            log.error("A letter could not be sent (%s): %s", type(error).__name__, letter.subject)
        return True


def _mark(session: Session, request_id: int, letter_at: datetime | None) -> None:
    session.execute(
        update(MembershipRequest)
        .where(MembershipRequest.id == request_id)
        .values(letter_at=letter_at)
        .execution_options(synchronize_session=False)
    )
