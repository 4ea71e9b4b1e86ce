"""The letters of reminders: their words, in plain text, and the calendar file that goes with them (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lms.accounts.zones import label
from lms.foundation.clock import in_zone
from lms.foundation.wording import NBSP, counted, date_in_full

from .reminders import Kind, end_of_day

MAX_SUBJECT = 200
# On the day before at nine in the morning, of the clock that the calendar itself goes by.
ALARM = timedelta(hours=-15)

_texts = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates" / "assignments"),
    autoescape=False,  # noqa: S701 - These are letters in plain text, which no browser reads as HTML.
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)


@dataclass(frozen=True, slots=True)
class Course:
    """A course that a letter is about. `moves` is how often its dates were changed."""

    obligation_id: int
    title: str
    slug: str
    due_on: date
    moves: int = 0


@dataclass(frozen=True, slots=True)
class Places:
    """Where the links of a letter lead and by which clocks its dates go."""

    base_url: str
    organization_name: str
    organization_slug: str
    organization_zone: str
    reader_zone: str


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it reads. `calendar` is an iCalendar file with the days on which something is due."""

    subject: str
    text: str
    calendar: bytes | None = None


def reminder_letter(
    kind: Kind, reader_name: str, courses: Sequence[Course], places: Places, now: datetime
) -> Written:
    """The letter of one kind about one or more courses, the first due first.

    A course that several assignments ask for is in it once, by the date on which it is due first.
    """
    courses = _each_once(courses)
    today = in_zone(now, places.organization_zone).date()
    text = _written(
        kind.value,
        reader_name=reader_name,
        places=places,
        courses=[
            {
                "title": _one_line(course.title),
                "due": due_words(course.due_on, today, places),
                "address": f"{places.base_url}/courses/{course.slug}",
            }
            for course in courses
        ],
    )
    is_ahead = kind in (Kind.ASSIGNED, Kind.BEFORE_DUE)
    calendar = calendar_file(courses, places, now) if is_ahead else None
    return Written(_subject(kind, courses, today), text, calendar)


def _each_once(courses: Sequence[Course]) -> Sequence[Course]:
    found: dict[str, Course] = {}
    for course in sorted(courses, key=lambda course: (course.due_on, course.title)):
        found.setdefault(course.slug, course)
    return list(found.values())


def _subject(kind: Kind, courses: Sequence[Course], today: date) -> str:
    first = courses[0]
    many = counted(len(courses), "course")
    is_one = len(courses) == 1
    days = counted((first.due_on - today).days, "day")
    words = {
        Kind.ASSIGNED: (f"Assigned to you: {first.title}", f"{many} assigned to you"),
        Kind.BEFORE_DUE: (f"Due in {days}: {first.title}", f"{many} due soon"),
        Kind.DUE_TODAY: (f"Due today: {first.title}", f"{many} due today"),
        Kind.OVERDUE: (f"Overdue: {first.title}", f"{many} overdue"),
    }
    return _one_line(words[kind][0 if is_one else 1])[:MAX_SUBJECT]


def due_words(due_on: date, today: date, places: Places) -> str:
    """When something is due, such as `5 March 2026 (in 3 days)`.

    Where the reader's clock shows another time when the organization's day ends, that is said, too.
    """
    days = (due_on - today).days
    if not days:
        distance = "today"
    elif days > 0:
        distance = f"in {counted(days, 'day')}"
    else:
        distance = f"{counted(-days, 'day')} ago"
    words = f"{_plain_date(due_on)} ({distance})"
    end = in_zone(end_of_day(due_on, places.organization_zone), places.reader_zone)
    if end.replace(tzinfo=None) == datetime(due_on.year, due_on.month, due_on.day) + timedelta(1):  # noqa: DTZ001 - What a clock on a wall shows.
        return words
    return f"{words}; by your clock until {end:%H:%M} on {_plain_date(end.date())}"


def calendar_file(courses: Sequence[Course], places: Places, now: datetime) -> bytes:
    """An iCalendar file (RFC 5545) with an all-day event for each course's due day.

    An event keeps its UID when its date moves, and its SEQUENCE counts the moves: a calendar that has
    it already moves it, too.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Rounds//Reminders//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for course in courses:
        calendar.add_component(_event(course, places, now))
    return calendar.to_ical()


def _event(course: Course, places: Places, now: datetime) -> Event:
    address = f"{places.base_url}/courses/{course.slug}"
    # The day on which the reader's own clock shows the last minute.
    end = end_of_day(course.due_on, places.organization_zone) - timedelta(minutes=1)
    day = in_zone(end, places.reader_zone).date()
    event = Event()
    event.add("uid", f"obligation-{course.obligation_id}@{urlsplit(places.base_url).hostname}")
    event.add("sequence", course.moves)
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"Due: {_one_line(course.title)}")
    event.add("description", f"{places.organization_name} asks you to complete it.\n{address}")
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"Due tomorrow: {_one_line(course.title)}")
    alarm.add("trigger", ALARM)
    event.add_component(alarm)
    return event


@dataclass(frozen=True, slots=True)
class Standing:
    """How many people of a course are late, and how many have it due soon."""

    title: str
    overdue: int
    due_soon: int


@dataclass(frozen=True, slots=True)
class Behind:
    """Somebody in a digest. `what` are the courses that they have to complete."""

    name: str
    what: Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """People in a digest: the first of them, and how many there are in all."""

    people: Sequence[Behind]
    count: int

    @property
    def others(self) -> int:
        """How many are not named."""
        return self.count - len(self.people)


@dataclass(frozen=True, slots=True)
class Digest:
    """What a manager is told each week. `teams` are empty where it is about the whole organization.

    `without_email` are people to whom nobody but their manager can say that something is due.
    """

    teams: Sequence[str]
    courses: Sequence[Standing]
    late: Group
    without_email: Group
    soon_days: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.courses or self.late.count or self.without_email.count)


def digest_letter(reader_name: str, digest: Digest, places: Places) -> Written:
    """The weekly letter to a manager."""
    late = digest.late.count
    words = (
        f"{'1 person is' if late == 1 else f'{late} people are'} late" if late else "nobody is late"
    )
    text = _written(
        Kind.DIGEST.value,
        reader_name=reader_name,
        places=places,
        digest=digest,
        address=f"{places.base_url}/organizations/{places.organization_slug}/compliance",
    )
    return Written(_one_line(f"{places.organization_name}: {words}")[:MAX_SUBJECT], text)


def _written(kind: str, places: Places, **values: Any) -> str:
    template = _texts.get_template(f"letter_{kind.replace('-', '_')}.txt")
    given: Mapping[str, Any] = {"zone": label(places.organization_zone), "counted": counted}
    return template.render(places=places, **given, **values)


def _one_line(text: str) -> str:
    """A text without line breaks and other signs that have no place in a subject."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def _plain_date(day: date) -> str:
    return date_in_full(day).replace(NBSP, " ")
