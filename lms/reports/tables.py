"""The list of people and courses as the cells of a file (pure)."""

from datetime import UTC

from lms.foundation.workbook import Cell

from .standing import STATE_WORDS, Row

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
