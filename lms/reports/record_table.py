"""A person's record as the rows of a file: one for each thing that is owed or that happened (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from lms.foundation.clock import in_zone
from lms.foundation.workbook import Cell

from .standing import STATE_WORDS
from .transcript import Completed, CourseRecord, Exempted, Owed, Transcript, Tried

HEADINGS = (
    "Name",
    "Employee number",
    "Course",
    "Kind",
    "Cycle",
    "Quiz",
    "Attempt",
    "State",
    "Score",
    "From",
    "Until",
    "Due",
    "Completed",
    "Revision",
    "Certificate",
    "Certificate expires",
    "Decided by",
    "Reason",
)

# What a row says besides whose it is and of which course, by heading.
Told = Mapping[str, Cell]


def record_rows(transcript: Transcript) -> Iterator[Sequence[Cell]]:
    """The record under `HEADINGS`, in the order of the page.

    Days are those of the organization's time zone, as in the transcript; dates of expiry are in UTC.
    """
    for course in transcript.courses:
        for told in _course(transcript.time_zone, course):
            yield _row(transcript, {"Course": course.title, **told})
    for first, last in transcript.leaves:
        yield _row(transcript, {"Kind": "Leave of absence", "From": first, "Until": last})


def _row(transcript: Transcript, told: Told) -> Sequence[Cell]:
    whose = {"Name": transcript.name, "Employee number": transcript.employee_number}
    cells = {**whose, **told}
    return [cells.get(heading) for heading in HEADINGS]


def _course(zone: str, course: CourseRecord) -> Iterator[Told]:
    for exempted in course.exempted:
        yield _exempted(zone, exempted)
    for owed in course.owed:
        yield _owed(owed)
    for completed in course.completed:
        yield _completed(zone, completed)
    for tried in course.tried:
        yield _tried(zone, tried)


def _exempted(zone: str, one: Exempted) -> Told:
    return {
        "Kind": "Exemption",
        "State": "Withdrawn" if one.withdrawn_at else "In force",
        "From": _day(one.at, zone),
        "Until": _day(one.withdrawn_at, zone),
        "Decided by": one.by,
        "Reason": one.reason,
    }


def _owed(one: Owed) -> Told:
    return {
        "Kind": "Required",
        "Cycle": one.cycle,
        "State": STATE_WORDS[one.state],
        "From": one.opens_on,
        "Due": one.due_on,
        "Completed": one.completed_on,
        "Decided by": one.ended_by,
        "Reason": one.reason,
    }


def _completed(zone: str, one: Completed) -> Told:
    return {
        "Kind": "Completion",
        "State": "Completed",
        "Score": one.score,
        "Completed": _day(one.at, zone),
        "Revision": one.revision,
        "Certificate": one.certificate_number,
        "Certificate expires": _day(one.expires_at, "UTC"),
    }


def _tried(zone: str, one: Tried) -> Told:
    return {
        "Kind": "Attempt at a quiz",
        "Quiz": one.quiz,
        "Attempt": one.number,
        "State": _outcome(one),
        "Score": one.share,
        "From": _day(one.started_at, zone),
        "Completed": _day(one.submitted_at, zone),
    }


def _outcome(one: Tried) -> str:
    if one.submitted_at is None:
        return "Not submitted"
    if one.passed is None:
        return "Submitted"
    return "Passed" if one.passed else "Not passed"


def _day(moment: datetime | None, zone: str) -> date | None:
    return moment and in_zone(moment, zone).date()
