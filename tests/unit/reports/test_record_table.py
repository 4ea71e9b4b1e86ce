"""A person's record as the rows of a file."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from lms.assignments.planning import State
from lms.reports.record_table import HEADINGS, record_rows
from lms.reports.transcript import Completed, CourseRecord, Exempted, Owed, Transcript, Tried

# In Tokyo it is the next day.
LATE = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
THERE = date(2026, 1, 6)


def told(*courses: CourseRecord, leaves: Any = ()) -> list[dict[str, Any]]:
    """The rows by heading, without the cells that are empty and those that say whose it is."""
    transcript = Transcript(
        "Riverside Clinic", "Asia/Tokyo", "Ada Okafor", "Nurse", "17", leaves, courses
    )
    found = [dict(zip(HEADINGS, row, strict=True)) for row in record_rows(transcript)]
    assert all(
        (row.pop("Name"), row.pop("Employee number")) == ("Ada Okafor", "17") for row in found
    )
    return [{key: cell for key, cell in row.items() if cell not in (None, "")} for row in found]


def test_every_part_of_a_record_has_its_rows() -> None:
    course = CourseRecord(
        "Hand hygiene",
        owed=[
            Owed(State.WAIVED, 2, date(2026, 1, 1), date(2026, 2, 1), None, "Grace", "Taught it."),
            Owed(State.MET, 1, date(2025, 1, 1), date(2025, 1, 31), date(2025, 2, 1), None, ""),
        ],
        completed=[
            Completed(LATE, Fraction(9, 10), 3, "RND-1", LATE),
            Completed(LATE, None, 2, None, None),
        ],
        exempted=[
            Exempted("On secondment.", "Grace", LATE, None),
            Exempted("So.", "Ben", LATE, LATE),
        ],
    )
    found = told(course, CourseRecord("Empty"), leaves=[(date(2026, 3, 1), date(2026, 3, 9))])
    leave = found.pop()
    assert leave == {
        "Kind": "Leave of absence",
        "From": date(2026, 3, 1),
        "Until": date(2026, 3, 9),
    }
    assert {row.pop("Course") for row in found} == {"Hand hygiene"}
    exempt = {"Kind": "Exemption", "From": THERE}
    required = {"Kind": "Required"}
    done = {"Kind": "Completion", "State": "Completed", "Completed": THERE}
    assert found == [
        {**exempt, "State": "In force", "Decided by": "Grace", "Reason": "On secondment."},
        {**exempt, "State": "Withdrawn", "Until": THERE, "Decided by": "Ben", "Reason": "So."},
        {
            **required,
            "Cycle": 2,
            "State": "Waived",
            "From": date(2026, 1, 1),
            "Due": date(2026, 2, 1),
            "Decided by": "Grace",
            "Reason": "Taught it.",
        },
        {
            **required,
            "Cycle": 1,
            "State": "Completed",
            "From": date(2025, 1, 1),
            "Due": date(2025, 1, 31),
            "Completed": date(2025, 2, 1),
        },
        {
            **done,
            "Score": Fraction(9, 10),
            "Revision": 3,
            "Certificate": "RND-1",
            "Certificate expires": date(2026, 1, 5),
        },
        {**done, "Revision": 2},
    ]


def test_an_attempt_says_what_came_of_it() -> None:
    tried = [
        Tried("Privacy", 4, LATE, None, None, None, None),
        Tried("Privacy", 3, LATE, LATE, Fraction(9), Fraction(10), True),
        Tried("Privacy", 2, LATE, LATE, Fraction(0), Fraction(10), False),
        Tried("Survey", 1, LATE, LATE, Fraction(0), Fraction(0), None),
    ]
    found = told(CourseRecord("Hand hygiene", tried=tried))
    assert [(row["Quiz"], row["Attempt"], row["State"], row.get("Score")) for row in found] == [
        ("Privacy", 4, "Not submitted", None),
        ("Privacy", 3, "Passed", Fraction(9, 10)),
        ("Privacy", 2, "Not passed", Fraction(0)),
        ("Survey", 1, "Submitted", None),
    ]
    assert [row.get("Completed") for row in found] == [None, THERE, THERE, THERE]
    assert all(row["From"] == THERE for row in found)


def test_an_empty_record_has_no_rows() -> None:
    assert told() == []
