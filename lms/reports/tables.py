"""The list of people and courses, figures by course or team, whom to nudge, as cells of a file (pure)."""

from datetime import UTC
from fractions import Fraction

from lms.foundation.workbook import Cell

from .standing import STATE_WORDS, Figures, Row

HEADINGS = (
    "Name",
    "Employee number",
    "Job title",
    "Department",
    "Site",
    "Teams",
    "Course",
    "State",
    "Due",
    "Completed",
    "Score",
    "Certificate",
    "Certificate expires",
)
# Who is overdue, with how many courses, and since when.
NUDGES = (*HEADINGS[:6], "Overdue", "Overdue since")
# After what the figures are of.
FIGURES = ("Compliant", "Of", "Share", "Waived", "Due", "Overdue")


def figure_cells(name: str, figures: Figures) -> tuple[Cell, ...]:
    """A course or a team with its figures, under `FIGURES`; no share where nobody owes anything."""
    share = Fraction(figures.compliant, figures.total) if figures.total else None
    counts = (figures.waived, figures.due, figures.overdue)
    return (name, figures.compliant, figures.total, share, *counts)


def cells(row: Row) -> tuple[Cell, ...]:
    """A row of the list of people and courses, under `HEADINGS`. Dates of expiry are in UTC."""
    expires = row.certificate_expires_at
    return (
        row.name,
        row.employee_number,
        row.job_title,
        row.department,
        row.site,
        row.teams,
        row.course,
        STATE_WORDS[row.state],
        row.due_on,
        row.completed_on,
        row.score,
        row.certificate_number,
        expires and expires.astimezone(UTC).date(),
    )
