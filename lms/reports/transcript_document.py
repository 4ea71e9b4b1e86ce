"""A transcript as PDF, typeset by Typst and tagged for screen readers (PDF/UA-1) (pure)."""

import json
import logging
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst

from lms.foundation.clock import in_zone
from lms.foundation.wording import date_in_full, percent

from .standing import STATE_WORDS
from .transcript import Completed, CourseRecord, Exempted, Owed, Transcript, Tried

TEMPLATE = Path(__file__).with_name("transcript.typ")

log = logging.getLogger(__name__)

# A compiler belongs to the thread that made it.
_of_thread = threading.local()


def render_pdf(transcript: Transcript, now: datetime) -> bytes:
    """The transcript as it is now; the same bytes for the same record and moment on the same machine.

    It declares PDF/UA-1 unless a letter has no shape in Typst's fonts or the machine's: the standard
    forbids that, so the document then only keeps its tags and shows an empty box.
    """
    try:
        return _compile(transcript, now, standards=["ua-1"])
    except typst.TypstError as error:
        log.warning("a transcript lacks a letter, install a font that has it: %s", error)
        return _compile(transcript, now, standards=[])


def _compile(transcript: Transcript, now: datetime, *, standards: list[Literal["ua-1"]]) -> bytes:
    if not hasattr(_of_thread, "compiler"):
        fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
        _of_thread.compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=fonts)
    document = _of_thread.compiler.compile(
        format="pdf",
        sys_inputs={"transcript": json.dumps(texts_of(transcript, now))},
        pdf_standards=[*standards],
        timestamp=int(now.timestamp()),
    )
    assert isinstance(document, bytes)
    return document


def texts_of(transcript: Transcript, now: datetime) -> dict[str, Any]:
    """What the template shows, as texts: it words and computes nothing."""
    words = _Words(transcript.time_zone)
    name, organization = _plain(transcript.name), _plain(transcript.organization)
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
        "about": [_plain(line) for line in about if line],
        "courses": [
            {"title": _plain(course.title), "parts": list(_parts(words, course))}
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
                    dict(zip(("what", "how", "note"), map(_plain, line), strict=True))
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


def _plain(text: str) -> str:
    """`text` on one line, without what no font has a shape for."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
