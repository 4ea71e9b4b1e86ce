"""The attempts of a learner at quizzes, and what they were granted, as files for a spreadsheet."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access
from lms.foundation import web
from lms.foundation.clock import in_zone, sortable
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.wording import points
from lms.foundation.workbook import Cell
from lms.quizzes.attempts import AttemptSummary

from .accommodation_routes import blueprint, quizzes_of, supervised_or_404

ATTEMPTS = (
    "Course",
    "Quiz",
    "Attempt",
    "Started (UTC)",
    "Submitted (UTC)",
    "Time ran out",
    "Outcome",
    "Score",
    "Points",
    "Of",
)
GRANTED = (
    "Quiz",
    "More time in percent",
    "Extra attempts",
    "Reason",
    "Granted by",
    "Granted (UTC)",
    "Withdrawn by",
    "Withdrawn (UTC)",
)


@blueprint.get(f"/people/<int:user_id>/quizzes.{KIND}")
@access(Access.SUPERVISOR)
def attempts_file(user_id: int, kind: str) -> ResponseReturnValue:
    """Every attempt of a learner at the quizzes of the page, and those that were not taken yet, as a file."""
    quizzes, _granted = quizzes_of(supervised_or_404(user_id))

    def rows(_session: Session) -> Iterator[Sequence[Cell]]:
        for one in quizzes:
            titles = one.course.title, one.module.title
            for attempt in reversed(one.attempts):
                yield *titles, *_attempt(attempt)
            if not one.attempts:
                yield *titles, *[None] * 4, "Not taken yet", *[None] * 3

    return download(Table(f"quizzes-{user_id}-{_today()}", "Quizzes", ATTEMPTS, rows), kind)


@blueprint.get(f"/people/<int:user_id>/quizzes/accommodations.{KIND}")
@access(Access.SUPERVISOR)
def accommodations_file(user_id: int, kind: str) -> ResponseReturnValue:
    """What a learner was granted, as a file; of what was granted elsewhere, neither why nor by whom."""
    found = supervised_or_404(user_id)
    quizzes, granted = quizzes_of(found)
    titles = {one.module.slug: one.module.title for one in quizzes}

    def rows(_session: Session) -> Iterator[Sequence[Cell]]:
        for one in granted:
            slug, may_read = one.module_slug, found.may_read(one)
            yield (
                "Every quiz" if slug is None else titles.get(slug, slug),
                one.extra_time,
                one.extra_attempts,
                one.reason if may_read else None,
                one.granted_by if may_read else None,
                _moment(one.granted_at),
                one.withdrawn_by if may_read else None,
                _moment(one.withdrawn_at),
            )

    name = f"accommodations-{user_id}-{_today()}"
    return download(Table(name, "Accommodations", GRANTED, rows), kind)


def _attempt(one: AttemptSummary) -> tuple[Cell, ...]:
    """The cells of `ATTEMPTS` after the titles."""
    grade, timed_out = one.grade, "yes" if one.timed_out else "no"
    times = one.number, _moment(one.started_at), _moment(one.submitted_at)
    if grade is None or one.score is None or one.maximum is None:
        return *times, None, "Not submitted", *[None] * 3
    outcome = "Passed" if grade.passed else "Not passed"
    return *times, timed_out, outcome, grade.share, points(one.score), points(one.maximum)


def _moment(moment: datetime | None) -> str | None:
    return moment and sortable(moment, "UTC")


def _today() -> date:
    """The day in UTC, as the moments in the files are."""
    return in_zone(web.now(), "UTC").date()
