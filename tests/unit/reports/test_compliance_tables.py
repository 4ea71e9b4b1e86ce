"""The list of people and courses as the cells of a file."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

from lms.assignments.planning import State
from lms.foundation.tables import csv_text
from lms.reports.standing import Figures, Row
from lms.reports.tables import FIGURES, HEADINGS, cells, figure_cells

ROW = Row(
    membership_id=1,
    name="Ada Okafor",
    employee_number="0017",
    job_title="Nurse",
    department="",
    site="Nord-Süd",
    teams="Float pool, Night shift",
    course="Hand hygiene",
    state=State.MET,
    due_on=date(2026, 3, 1),
    completed_on=date(2026, 2, 1),
    score=Fraction(7999, 10000),
    certificate_number="RND-1",
    certificate_expires_at=datetime(2027, 2, 1, 23, 30, tzinfo=UTC),
)


def read_csv(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_a_row_tells_where_somebody_works() -> None:
    assert ROW.position == "Nurse · Nord-Süd · Float pool, Night shift"
    assert replace(ROW, job_title="", site="", teams="").position == "–"


def test_a_row_in_csv() -> None:
    head, row = read_csv("".join(csv_text(HEADINGS, [cells(ROW)])))
    assert dict(zip(head, row, strict=True)) == {
        "Name": "Ada Okafor",
        "Employee number": "0017",
        "Job title": "Nurse",
        "Department": "",
        "Site": "Nord-Süd",
        "Teams": "Float pool, Night shift",
        "Course": "Hand hygiene",
        "State": "Completed",
        "Due": "2026-03-01",
        "Completed": "2026-02-01",
        "Score": "79.99",
        "Certificate": "RND-1",
        "Certificate expires": "2027-02-01",
    }


def test_figures_of_a_course() -> None:
    figures = Figures({State.MET: 1, State.WAIVED: 1, State.OVERDUE: 1})
    told = dict(zip(("Course", *FIGURES), figure_cells("Hand hygiene", figures), strict=True))
    assert told == {
        "Course": "Hand hygiene",
        "Compliant": 2,
        "Of": 3,
        "Share": Fraction(2, 3),
        "Waived": 1,
        "Due": 0,
        "Overdue": 1,
    }
    assert figure_cells("Nobody", Figures())[1:4] == (0, 0, None)
