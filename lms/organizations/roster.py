"""What the rows of a roster say: which column holds what, and what a row means or lacks (pure)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from lms.accounts.errors import NameNotUsable
from lms.accounts.names import checked_email, checked_name

from .errors import TextNotUsable
from .placements import MAX_NUMBER, checked_text
from .roster_file import Cell

# What a column can hold, with the words on the page.
FIELDS: dict[str, str] = {
    "employee_number": "Employee number",
    "name": "Full name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "job_title": "Job title",
    "department": "Department",
    "site": "Site",
    "teams": "Teams",
    "hired_on": "Hire date",
    "manager": "Manager's employee number",
}
# Headings that are taken for a field, without spaces and signs.
_HEADINGS: dict[str, str] = {
    heading: name
    for name, headings in {
        "employee_number": "employeenumber employeeid employeeno employee empid empno emplid empnumber"
        " personnelnumber personnelno personnelid staffid staffnumber staffno workerid id number payrollid"
        " payrollnumber associateid fileno filenumber badge badgenumber",
        "name": "name fullname employeename displayname legalname staffname workername",
        "first_name": "firstname first givenname forename preferredname preferredfirstname",
        "last_name": "lastname last surname familyname",
        "email": "email emailaddress workemail mail emailid businessemail companyemail",
        "job_title": "jobtitle title position positiontitle role job jobname occupation",
        "department": "department dept departmentname deptname unit costcenter costcentre division",
        "site": "site location facility worklocation building branch campus sitename locationname",
        "teams": "teams team teamname group groups shift ward",
        "hired_on": "hiredate hiredon datehired dateofhire startdate hired originalhiredate"
        " latesthiredate joindate joined",
        "manager": "manager managerid manageremployeenumber managernumber managersemployeenumber"
        " managerempid managerno supervisor supervisorid supervisornumber reportsto",
    }.items()
    for heading in headings.split()
}
# What stands in one line; a break within is left by a quotation mark that belongs to another row.
_ONE_LINE = frozenset({"employee_number", "name", "first_name", "last_name", "email", "manager"})
_SHEET_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
BROKEN_LINE = (
    "There is a line break in this cell. Look for a quotation mark that is not closed, in this row or"
    " before it."
)

DateOrder = Literal["", "month", "day"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """How a file is read: the column of each field, from 0; which part of 3/4/2026 comes first.

    With no order given, a date that could be two days is an error. `header` and `samples` are the first
    rows of the file, for whoever chooses the columns.
    """

    columns: Mapping[str, int] = field(default_factory=dict)
    dates: DateOrder = ""
    header: Sequence[str] = ()
    samples: Sequence[Sequence[str]] = ()

    @property
    def missing(self) -> list[str]:
        """The fields without which no row can be read, in words."""
        missing = [] if "employee_number" in self.columns else [FIELDS["employee_number"]]
        if not ({"name"} <= set(self.columns) or {"first_name", "last_name"} <= set(self.columns)):
            missing.append("Full name, or first and last name")
        return missing

    @property
    def twice(self) -> list[str]:
        """The headings of columns that are chosen for two fields."""
        used = list(self.columns.values())
        return [self.header[index] for index in sorted(set(used)) if used.count(index) > 1]

    def to_json(self) -> dict[str, Any]:
        """What the database keeps."""
        return {
            "columns": dict(self.columns),
            "dates": self.dates,
            "header": list(self.header),
            "samples": [list(cells) for cells in self.samples],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Mapped":
        """What `to_json` wrote."""
        return cls(kept["columns"], kept["dates"], kept["header"], kept["samples"])

    @classmethod
    def chosen(cls, values: Mapping[str, str], known: "Mapped") -> "Mapped":
        """The columns and the order that a form chose, for a file whose first rows are `known`."""
        columns = {}
        for name in FIELDS:
            value = values.get(f"column-{name}", "")
            if value.isascii() and value.isdigit() and len(value) < 4:
                columns[name] = int(value)
        columns = {name: index for name, index in columns.items() if index < len(known.header)}
        order = values.get("dates")
        dates: DateOrder = "month" if order == "month" else "day" if order == "day" else ""
        return cls(columns, dates, known.header, known.samples)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a row, counted as in the file, in the column with these words."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """What a row says. Where a field has no column in the file, it says nothing of it.

    `placed` holds `job_title`, `department`, `site` and `hired_on`, as far as they have columns; `manager`
    is a number, "" for nobody, None for nothing said; `teams` likewise.
    """

    row: int
    employee_number: str
    name: str
    email: str | None = None
    placed: Mapping[str, Any] = field(default_factory=dict)
    teams: tuple[str, ...] | None = None
    manager: str | None = None


def guessed(header: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> Mapped:
    """Which column probably holds what, by its heading; the first of two that fit."""
    columns: dict[str, int] = {}
    for index, heading in enumerate(header):
        name = _HEADINGS.get(re.sub(r"[^a-z]", "", heading.lower()))
        if name is not None:
            columns.setdefault(name, index)
    if "name" in columns:
        columns.pop("first_name", None)
        columns.pop("last_name", None)
    return Mapped(columns, header=header, samples=samples)


def read_row(number: int, cells: Sequence[Cell], mapped: Mapped) -> tuple[RosterRow, list[Problem]]:
    """What a row says, and everything that is wrong with it.

    Number and name are empty, and other fields say nothing, where they cannot be read.
    """
    problems: list[Problem] = []

    def value(name: str, read: Callable[[Cell], Any]) -> Any:
        """The field as `read` takes it, or None where it has no column or is wrong."""
        index = mapped.columns.get(name)
        if index is None:
            return None
        cell = cells[index] if index < len(cells) else ""
        try:
            if cell in _SHEET_ERRORS:
                raise TextNotUsable("The spreadsheet has an error in this cell.")
            if name in _ONE_LINE and isinstance(cell, str) and ("\n" in cell or "\r" in cell):
                raise TextNotUsable(BROKEN_LINE)
            return read(cell)
        except (TextNotUsable, NameNotUsable) as error:
            problems.append(Problem(number, FIELDS[name], str(error)))
            return None

    employee_number = value("employee_number", _number)
    if "name" in mapped.columns:
        name = value("name", _name)
    else:
        first, last = value("first_name", _text), value("last_name", _text)
        name = _whole_name(number, first, last, problems)
    email = value("email", _email)
    placed = {
        key: value(key, _text)
        for key in ("job_title", "department", "site")
        if key in mapped.columns
    }
    if "hired_on" in mapped.columns:
        placed["hired_on"] = value("hired_on", lambda cell: read_date(cell, mapped.dates))
    teams, manager = value("teams", _teams), value("manager", _manager)
    if manager and manager == employee_number:
        problems.append(Problem(number, FIELDS["manager"], "Nobody reports to themself."))
    row = RosterRow(number, employee_number or "", name or "", email, placed, teams, manager)
    return row, problems


def read_date(cell: Cell, order: DateOrder = "") -> date | None:
    """The day of a cell, None for an empty one.

    `2026-03-04` is read, and with slashes, dots or dashes month, day and year in the order given. Without
    an order, what can be read one way only is. Raises TextNotUsable.
    """
    if isinstance(cell, date):
        return _likely(cell, cell.isoformat())
    if not cell:
        return None
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", cell):
        year, month, day = map(int, found.groups())
        return _day(cell, year, month, day)
    if not (found := re.fullmatch(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", cell)):
        raise TextNotUsable(f"“{cell[:30]}” is not a date. Write 2026-03-14 or 3/14/2026.")
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if not order and first != second and max(first, second) <= 12:
        raise TextNotUsable(
            f"“{cell}” could be two days. Where you choose the columns, say which comes first: month or day."
        )
    day_first = order == "day" or (not order and first > 12)
    month, day = (second, first) if day_first else (first, second)
    return _day(cell, year, month, day)


def _day(cell: str, year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise TextNotUsable(f"There is no day “{cell}”.") from None
    return _likely(found, cell)


def _likely(found: date, told: str) -> date:
    if not 1900 <= found.year <= 2200:
        raise TextNotUsable(f"The year of “{told}” cannot be right.")
    return found


def _text(cell: Cell) -> str:
    return checked_text(str(cell))


def _number(cell: Cell) -> str:
    number = checked_text(str(cell), MAX_NUMBER)
    if not number:
        raise TextNotUsable("The employee number is missing.")
    return number


def _manager(cell: Cell) -> str:
    return checked_text(str(cell), MAX_NUMBER)


def _name(cell: Cell) -> str:
    return checked_name(str(cell))


def _email(cell: Cell) -> str | None:
    return checked_email(_text(cell)) if cell else None


def _teams(cell: Cell) -> tuple[str, ...]:
    """The names, which a semicolon or a bar parts, each once whatever its case."""
    names = (checked_text(name) for name in re.split(r"[;|]", _text(cell)))
    return tuple({fold(name): name for name in names if name}.values())


def _whole_name(
    number: int, first: str | None, last: str | None, problems: list[Problem]
) -> str | None:
    if first is None or last is None:
        return None
    try:
        return checked_name(f"{first} {last}")
    except NameNotUsable as error:
        problems.append(Problem(number, FIELDS["first_name"], str(error)))
        return None


def alike(number: str) -> str:
    """An employee number as a spreadsheet may have changed it: in any case, without zeros at its beginning."""
    return number.casefold().lstrip("0")


def fold(text: str) -> str:
    """A name as it is compared: without regard to case and to spaces."""
    return " ".join(text.split()).casefold()
