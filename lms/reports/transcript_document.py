"""A transcript as PDF, typeset by Typst and tagged for screen readers (PDF/UA-1) (pure)."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from lms.foundation.clock import in_zone
from lms.foundation.typesetting import make_pdf
from lms.foundation.wording import date_in_full, percent, printable

from .standing import STATE_WORDS
from .transcript import Completed, CourseRecord, Exempted, Owed, Transcript, Tried

TEMPLATE = Path(__file__).with_name("transcript.typ")

NOTE = "An empty box stands for a letter that could not be printed. The record on the site has it."


def render_pdf(transcript: Transcript, now: datetime) -> bytes:
    """The transcript as it is now; the same bytes for the same record and moment on the same machine."""
    return make_pdf(TEMPLATE, texts_of(transcript, now), now, note_on_gaps=NOTE)


def texts_of(transcript: Transcript, now: datetime) -> dict[str, Any]:
    """What the template shows, as texts: it words and computes nothing."""
    words = _Words(transcript.time_zone)
    name, organization = printable(transcript.name), printable(transcript.organization)
    number = transcript.employee_number
    leaves = [
        f"On leave from {date_in_full(first)} to {date_in_full(last)}"
        for first, last in transcript.leaves
    ]
    about = [transcript.position, f"Employee number {number}" if number else "", *leaves]
    return {
        "document": f"Transcript of {name}, {organization}",
        "organization": f"{organization}: transcript",
        "name": name,
        "about": [printable(line) for line in about if line],
        "courses": [
            {"title": printable(course.title), "parts": list(_parts(words, course))}
            for course in transcript.courses
        ],
        "footer": f"{name} · the record as of {words.day(now)}",
    }


def _parts(words: "_Words", course: CourseRecord) -> Iterable[dict[str, Any]]:
    """The parts of a course that there is something to say in."""
    parts = (
        ("Exemptions", [words.exempted(one) for one in course.exempted]),
        ("Required", [words.owed(one) for one in course.owed]),
        ("Completions", [words.completed(one) for one in course.completed]),
        ("Attempts at quizzes", [words.tried(one) for one in course.tried]),
    )
    for name, lines in parts:
        if lines:
            yield {
                "name": name,
                "lines": [
                    dict(zip(("what", "how", "note"), map(printable, line), strict=True))
                    for line in lines
                ],
            }


class _Words:
    """What, how and a note for each line; days are those of the organization's time zone."""

    def __init__(self, time_zone: str) -> None:
        self.time_zone = time_zone

    def day(self, moment: datetime) -> str:
        return date_in_full(in_zone(moment, self.time_zone).date())

    def exempted(self, one: Exempted) -> tuple[str, str, str]:
        until = f" until {self.day(one.withdrawn_at)}" if one.withdrawn_at else ""
        return f"From {self.day(one.at)}{until}", one.by, one.reason

    def owed(self, one: Owed) -> tuple[str, str, str]:
        how = STATE_WORDS[one.state]
        if one.completed_on:
            how += f" {date_in_full(one.completed_on)}" + (", late" if one.was_late else "")
        by = f"{one.ended_by}: " if one.ended_by else ""
        return f"Due {date_in_full(one.due_on)}", how, f"{by}{one.reason}"

    def completed(self, one: Completed) -> tuple[str, str, str]:
        score = "" if one.score is None else f", {percent(one.score)}"
        number, expires = one.certificate_number, one.expires_at
        note = f"Certificate {number}" if number else ""
        if number and expires:
            note += f", until {date_in_full(in_zone(expires, 'UTC').date())}"
        return f"{self.day(one.at)}{score}", f"Revision {one.revision}", note

    def tried(self, one: Tried) -> tuple[str, str, str]:
        what = f"{one.quiz}, attempt {one.number}"
        if one.submitted_at is None:
            return what, f"Begun {self.day(one.started_at)}, not submitted", ""
        score = "" if one.share is None else f", {percent(one.share)}"
        passed = "" if one.passed is None else ", passed" if one.passed else ", not passed"
        return what, f"{self.day(one.submitted_at)}{score}{passed}", ""
