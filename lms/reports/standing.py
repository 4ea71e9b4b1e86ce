"""Where people stand with what they owe: what a list holds, how it is sorted, figures and shares (pure).

Compliant is who has completed a course, need not yet, or was excused by a waiver; what is no longer
required of somebody does not count at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from lms.assignments.planning import State
from lms.assignments.words import STATE_WORDS
from lms.organizations.filters import Filters
from lms.organizations.filters import chosen as people_chosen
from lms.organizations.filters import filters_of as people_of

COMPLIANT = "compliant"
COMPLIANT_STATES = (State.MET, State.OPEN, State.WAIVED)
STATE_CHOICES = {
    COMPLIANT: "Compliant",
    **{str(state): STATE_WORDS[state] for state in STATE_WORDS},
}
SORT_CHOICES = {
    "name": "Name",
    "course": "Course",
    "state": "State, most urgent first",
    "due": "Due, earliest first",
    "-due": "Due, latest first",
    "-completed": "Completed, latest first",
}
COUNTED = tuple(state for state in STATE_WORDS if state is not State.EXPIRED)


def most_urgent(states: Iterable[State]) -> State:
    """The state that a list sorted by urgency has first. Raises ValueError where there is none."""
    return min(states, key=list(STATE_WORDS).index)


class Sorting(StrEnum):
    """What a list is sorted by."""

    NAME = "name"
    COURSE = "course"
    STATE = "state"
    DUE = "due"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows a list holds, and in which order. `course` is a slug; empty is every one.

    Without a state it holds all but what is no longer required.
    """

    people: Filters = field(default_factory=Filters)
    course: str = ""
    state: str = ""
    sorting: Sorting = Sorting.NAME
    descending: bool = False

    @property
    def states(self) -> tuple[State, ...]:
        """The states that its rows are in."""
        if self.state == COMPLIANT:
            return COMPLIANT_STATES
        return (State(self.state),) if self.state else COUNTED

    @property
    def shape(self) -> "Filter":
        """What statements depend on that are built once: all but the values."""
        return replace(self, people=self.people.shape, course="*" if self.course else "")


def filter_of(values: Mapping[str, str]) -> Filter:
    """The filter in an address; what makes no sense is as if it were not there."""
    sorting, state = values.get("sort", ""), values.get("state", "")
    descending = sorting.startswith("-")
    sorting = sorting.removeprefix("-")
    is_known = sorting in set(Sorting)
    return Filter(
        # Who has left owes nothing any more.
        people=replace(people_of(values), left=False, waiting=False),
        course=values.get("course", "").strip(),
        state=state if state in STATE_CHOICES else "",
        sorting=Sorting(sorting) if is_known else Sorting.NAME,
        descending=descending and is_known,
    )


def chosen(filter: Filter) -> dict[str, str]:  # noqa: A002
    """What an address must hold for this filter: nothing for what is not used."""
    sorting = ("-" if filter.descending else "") + filter.sorting
    values = {
        **people_chosen(filter.people),
        "course": filter.course,
        "state": filter.state,
        "sort": "" if sorting == Sorting.NAME else sorting,
    }
    return {key: value for key, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Row:
    """A member and a course. What was completed is this cycle or, while it is unfinished, the last."""

    membership_id: int
    name: str
    employee_number: str | None
    job_title: str
    department: str
    site: str
    teams: str
    course: str
    state: State
    due_on: date
    completed_on: date | None
    score: Fraction | None
    certificate_number: str | None
    certificate_expires_at: datetime | None

    @property
    def position(self) -> str:
        """Where they work, such as `Nurse · Ward 3 · Riverside · Night shift`; a dash where nothing says so."""
        told = (self.job_title, self.department, self.site, self.teams)
        return " · ".join(filter(None, told)) or "–"


@dataclass(slots=True)
class Figures:
    """How many obligations are in each state."""

    of: dict[State, int] = field(default_factory=dict)

    def add(self, state: State, count: int) -> None:
        """Count some more in a state."""
        self.of[state] = self.of.get(state, 0) + count

    @property
    def overdue(self) -> int:
        return self.of.get(State.OVERDUE, 0)

    @property
    def due(self) -> int:
        return self.of.get(State.DUE, 0)

    @property
    def waived(self) -> int:
        return self.of.get(State.WAIVED, 0)

    @property
    def compliant(self) -> int:
        """With those that were waived."""
        return sum([self.of.get(state, 0) for state in COMPLIANT_STATES])

    @property
    def total(self) -> int:
        """All but those that are no longer required."""
        return sum(self.of.values()) - self.of.get(State.EXPIRED, 0)

    @property
    def percent(self) -> int | None:
        """The share that is compliant, rounded down: 99.9 % must not read as all. None of nothing."""
        compliant = self.compliant
        total = compliant + self.due + self.overdue
        return 100 * compliant // total if total else None


def total_of(parts: Iterable[Figures]) -> Figures:
    """Figures added up."""
    found = Figures()
    for part in parts:
        for state, count in part.of.items():
            found.add(state, count)
    return found
