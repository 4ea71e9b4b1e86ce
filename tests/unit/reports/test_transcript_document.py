"""A transcript: what it says of everything in a record, and the PDF that says it."""

import io
from datetime import UTC, date, datetime
from fractions import Fraction

from pypdf import PdfReader

from lms.assignments.planning import State
from lms.reports.transcript import Completed, CourseRecord, Exempted, Owed, Transcript, Tried
from lms.reports.transcript_document import NOTE, render_pdf, texts_of

NOW = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
LATE = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)


def transcript(**values: object) -> Transcript:
    course = CourseRecord(
        "Hand hygiene #[bold]",
        owed=[
            Owed(
                State.WAIVED, 3, date(2026, 1, 1), date(2026, 2, 1), None, "Grace", "Taught\x07 it."
            ),
            Owed(State.MET, 2, date(2025, 1, 1), date(2025, 1, 31), date(2025, 2, 1), None, ""),
            Owed(State.MET, 1, date(2024, 1, 1), date(2024, 1, 31), date(2024, 1, 31), None, ""),
        ],
        completed=[
            Completed(LATE, Fraction(7999, 10000), 3, "RND-1", LATE),
            Completed(LATE, None, 2, "RND-2", None),
            Completed(LATE, None, 1, None, None),
        ],
        tried=[
            Tried("Privacy", 4, LATE, None, None, None, None),
            Tried("Privacy", 3, LATE, LATE, Fraction(9), Fraction(10), True),
            Tried("Privacy", 2, LATE, LATE, Fraction(1), Fraction(10), False),
            Tried("Survey", 1, LATE, LATE, Fraction(0), Fraction(0), None),
        ],
        exempted=[
            Exempted("On secondment.", "Grace", LATE, None),
            Exempted("So.", "Ben", LATE, LATE),
        ],
    )
    told: dict[str, object] = {
        "organization": "Riverside Clinic",
        "time_zone": "Asia/Tokyo",
        "name": "Ada Okafor",
        "position": "Nurse · Ward 3",
        "employee_number": "17",
        "leaves": [(date(2026, 1, 1), date(2026, 1, 9))],
        "courses": [course, CourseRecord("Empty", owed=[])],
    }
    return Transcript(**(told | values))  # pyright: ignore[reportArgumentType]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_every_part_of_a_record_is_told() -> None:
    told = texts_of(transcript(), NOW)
    lines = {
        part["name"]: [(line["what"], line["how"], line["note"]) for line in part["lines"]]
        for part in told["courses"][0]["parts"]
    }
    said = {
        name: [tuple(text.replace("\xa0", " ") for text in line) for line in part]
        for name, part in lines.items()
    }
    assert said == {
        "Exemptions": [
            ("From 6 January 2026", "Grace", "On secondment."),
            ("From 6 January 2026 until 6 January 2026", "Ben", "So."),
        ],
        "Required": [
            ("Due 1 February 2026", "Waived", "Grace: Taught it."),
            ("Due 31 January 2025", "Completed 1 February 2025, late", ""),
            ("Due 31 January 2024", "Completed 31 January 2024", ""),
        ],
        "Completions": [
            ("6 January 2026, 79%", "Revision 3", "Certificate RND-1, until 5 January 2026"),
            ("6 January 2026", "Revision 2", "Certificate RND-2"),
            ("6 January 2026", "Revision 1", ""),
        ],
        "Attempts at quizzes": [
            ("Privacy, attempt 4", "Begun 6 January 2026, not submitted", ""),
            ("Privacy, attempt 3", "6 January 2026, 90%, passed", ""),
            ("Privacy, attempt 2", "6 January 2026, 10%, not passed", ""),
            ("Survey, attempt 1", "6 January 2026", ""),
        ],
    }
    assert told["courses"][1]["parts"] == []
    assert told["about"][:2] == ["Nurse · Ward 3", "Employee number 17"]
    assert texts_of(transcript(position="", employee_number=None, leaves=[]), NOW)["about"] == []


def test_an_empty_record_is_empty() -> None:
    empty, full = CourseRecord("Empty"), transcript().courses[0]
    assert empty.is_empty
    assert not full.is_empty


def test_the_pdf_is_tagged_and_says_it_in_words() -> None:
    pdf = render_pdf(transcript(), NOW)
    assert pdf == render_pdf(transcript(), NOW)
    assert "Ada Okafor" in text_of(pdf)
    assert "Hand hygiene #[bold]" in text_of(pdf)
    assert PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"]
    assert b"pdfuaid:part" in pdf


def test_a_name_and_a_title_of_one_long_word_meet_the_standard() -> None:
    course = CourseRecord("W" * 200, owed=[])
    pdf = render_pdf(transcript(name="N" * 200, courses=[course]), NOW)
    assert b"pdfuaid:part" in pdf
    # No line runs off the page, the one at its foot included.
    assert max(map(len, text_of(pdf).splitlines())) < 120


def test_a_letter_that_no_font_has_does_not_stop_it_and_is_told() -> None:
    pdf = render_pdf(transcript(name="Ada \U0001333f\U000107ff"), NOW)
    assert pdf.startswith(b"%PDF")
    assert b"pdfuaid:part" not in pdf
    assert NOTE in text_of(pdf).replace("\n", " ")
    assert NOTE not in text_of(render_pdf(transcript(), NOW)).replace("\n", " ")


def test_signs_that_hold_the_letters_of_a_name_together_stay() -> None:
    ali = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"
    assert texts_of(transcript(name=f"{ali}\x07 Kh"), NOW)["name"] == f"{ali} Kh"
