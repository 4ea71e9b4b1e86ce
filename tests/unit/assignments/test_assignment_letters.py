"""Letters of reminders: what they say, by whose clock, and the calendar file that goes with them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from lms.assignments.letters import (
    MAX_SUBJECT,
    Behind,
    Course,
    Digest,
    Group,
    Places,
    Standing,
    calendar_file,
    digest_letter,
    due_words,
    reminder_letter,
)
from lms.assignments.reminders import Kind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HERE = Places("https://learn.example.org:8443", "Riverside", "riverside", "UTC", "UTC")
HYGIENE = Course(3, "Hand hygiene", "hand-hygiene", date(2026, 3, 5))
PRIVACY = Course(4, "Privacy", "privacy", date(2026, 3, 15), moves=2)
LATE = Course(5, "Lifting", "lifting", date(2026, 3, 1))
TODAY = Course(6, "Fire safety", "fire-safety", date(2026, 3, 2))
AWARE = Course(7, "Awareness", "awareness", date(2026, 3, 2))
LONG_LATE = Course(8, "Moving", "moving", date(2026, 2, 1))


@pytest.mark.parametrize(
    ("kind", "courses", "subject"),
    [
        (Kind.ASSIGNED, [HYGIENE], "Assigned to you: Hand hygiene"),
        (Kind.ASSIGNED, [PRIVACY, HYGIENE], "2 courses assigned to you"),
        (Kind.BEFORE_DUE, [HYGIENE], "Due in 3 days: Hand hygiene"),
        (Kind.BEFORE_DUE, [PRIVACY, HYGIENE], "2 courses due soon"),
        (Kind.DUE_TODAY, [TODAY], "Due today: Fire safety"),
        (Kind.DUE_TODAY, [TODAY, AWARE], "2 courses due today"),
        (Kind.OVERDUE, [LATE], "Overdue: Lifting"),
        (Kind.OVERDUE, [LATE, LONG_LATE], "2 courses overdue"),
    ],
)
def test_the_subject_says_what_it_is_about(kind: Kind, courses: list[Course], subject: str) -> None:
    assert reminder_letter(kind, "Ada", courses, HERE, NOW).subject == subject


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.DIGEST])
def test_a_course_that_two_assignments_ask_for_is_told_once_by_its_first_date(kind: Kind) -> None:
    second = Course(9, HYGIENE.title, HYGIENE.slug, date(2026, 3, 20))
    letter = reminder_letter(kind, "Ada", [second, HYGIENE], HERE, NOW)
    assert letter == reminder_letter(kind, "Ada", [HYGIENE], HERE, NOW)
    with_other = reminder_letter(kind, "Ada", [second, PRIVACY, HYGIENE], HERE, NOW)
    assert with_other == reminder_letter(kind, "Ada", [HYGIENE, PRIVACY], HERE, NOW)


def test_the_letter_of_an_assignment() -> None:
    letter = reminder_letter(Kind.ASSIGNED, "Ada Okafor", [PRIVACY, HYGIENE], HERE, NOW)
    assert letter.text == (
        "Hello Ada Okafor,\n"
        "\n"
        "Riverside asks you to complete these courses:\n"
        "\n"
        "Hand hygiene\n"
        "Due on 5 March 2026 (in 3 days)\n"
        "https://learn.example.org:8443/courses/hand-hygiene\n"
        "\n"
        "Privacy\n"
        "Due on 15 March 2026 (in 13 days)\n"
        "https://learn.example.org:8443/courses/privacy\n"
        "\n"
        "The file due.ics puts the due dates into your calendar.\n"
        "\n"
        "--\n"
        "You get this letter because you belong to Riverside. Your manager can tell you more.\n"
    )


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.DIGEST])
@pytest.mark.parametrize("courses", [[HYGIENE], [HYGIENE, PRIVACY]], ids=["one", "two"])
def test_every_letter_greets_names_each_course_and_says_why_it_came(
    kind: Kind, courses: list[Course]
) -> None:
    letter = reminder_letter(kind, "Ada", courses, HERE, NOW)
    assert letter.text.startswith("Hello Ada,\n")
    for course in courses:
        assert f"\n{course.title}\nDue on " in letter.text
        assert f"/courses/{course.slug}\n" in letter.text
    assert ("these courses" in letter.text) is (len(courses) == 2)
    assert "because you belong to Riverside" in letter.text
    assert "\n\n\n" not in letter.text
    assert ("due.ics" in letter.text) is (letter.calendar is not None)
    assert (letter.calendar is not None) is (kind in (Kind.ASSIGNED, Kind.BEFORE_DUE))


def test_nothing_in_a_title_can_add_a_line_to_the_head_of_a_letter() -> None:
    nasty = Course(
        3, "Hand\r\nBcc: all@example.org\u2028 hygiene\x07" + "!" * 300, "h", TODAY.due_on
    )
    letter = reminder_letter(Kind.DUE_TODAY, "Ada", [nasty], HERE, NOW)
    assert letter.subject.startswith("Due today: Hand Bcc: all@example.org hygiene!!")
    assert len(letter.subject) == MAX_SUBJECT


@pytest.mark.parametrize(
    ("due_on", "organization", "reader", "words"),
    [
        ("2026-03-02", "UTC", "UTC", "2 March 2026 (today)"),
        ("2026-03-03", "UTC", "UTC", "3 March 2026 (in 1 day)"),
        ("2026-03-01", "UTC", "UTC", "1 March 2026 (1 day ago)"),
        ("2026-02-20", "Europe/Berlin", "Europe/Paris", "20 February 2026 (10 days ago)"),
        (
            "2026-03-05",
            "America/New_York",
            "Asia/Tokyo",
            "5 March 2026 (in 3 days); by your clock until 14:00 on 6 March 2026",
        ),
        (
            "2026-03-05",
            "Asia/Tokyo",
            "America/New_York",
            "5 March 2026 (in 3 days); by your clock until 10:00 on 5 March 2026",
        ),
    ],
)
def test_dates_are_told_by_the_readers_clock_too(
    due_on: str, organization: str, reader: str, words: str
) -> None:
    places = Places("https://x.example", "R", "r", organization, reader)
    assert due_words(date.fromisoformat(due_on), NOW.date(), places) == words


# The calendar file


def test_a_calendar_takes_the_file() -> None:
    calendar = Calendar.from_ical(calendar_file([HYGIENE, PRIVACY], HERE, NOW))
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["VERSION"] == "2.0"
    first, second = calendar.walk("VEVENT")
    assert first["UID"] == "obligation-3@learn.example.org"
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 2)
    assert first.decoded("DTSTART") == date(2026, 3, 5)
    assert first.decoded("DTEND") == date(2026, 3, 6)
    assert first.decoded("DTSTAMP") == NOW
    assert first["SUMMARY"] == "Due: Hand hygiene"
    assert first["URL"] == "https://learn.example.org:8443/courses/hand-hygiene"
    (alarm,) = first.walk("VALARM")
    assert alarm["ACTION"] == "DISPLAY"
    assert first.decoded("DTSTART") is not None
    # Nine in the morning of the day before.
    assert alarm.decoded("TRIGGER") == timedelta(hours=-15)


def test_an_event_keeps_its_name_when_it_moves_and_counts_the_moves() -> None:
    moved = Course(3, "Hand hygiene", "hand-hygiene", date(2026, 4, 5), moves=1)
    before, after = (
        Calendar.from_ical(calendar_file([course], HERE, NOW)).walk("VEVENT")[0]
        for course in (HYGIENE, moved)
    )
    assert before["UID"] == after["UID"]
    assert int(str(before["SEQUENCE"])) < int(str(after["SEQUENCE"]))


@pytest.mark.parametrize(
    ("organization", "reader", "day"),
    [
        ("America/New_York", "America/New_York", 5),
        ("America/New_York", "Asia/Tokyo", 6),
        ("Asia/Tokyo", "America/New_York", 5),
        ("Pacific/Auckland", "America/Los_Angeles", 5),
    ],
)
def test_the_event_is_on_the_readers_last_day(organization: str, reader: str, day: int) -> None:
    places = Places("https://x.example", "R", "r", organization, reader)
    (event,) = Calendar.from_ical(calendar_file([HYGIENE], places, NOW)).walk("VEVENT")
    assert event.decoded("DTSTART") == date(2026, 3, day)


# The digest

NOBODY = Group((), 0)


def test_a_digest_of_an_organization() -> None:
    digest = Digest(
        teams=(),
        courses=[Standing("Privacy", 3, 0), Standing("Hand hygiene", 0, 1)],
        late=Group([Behind("Ada", ["Privacy (due 1 March 2026)"]), Behind("Bo", ["A", "B"])], 4),
        without_email=Group([Behind("Cy", ["Privacy (due 1 March 2026)"])], 1),
        soon_days=14,
    )
    letter = digest_letter("Max", digest, HERE)
    assert letter.subject == "Riverside: 4 people are late"
    assert letter.text == (
        "Hello Max,\n"
        "\n"
        "this is where Riverside stands with assigned courses.\n"
        "\n"
        "By course\n"
        "- Privacy: 3 overdue, 0 due within 14 days\n"
        "- Hand hygiene: 0 overdue, 1 due within 14 days\n"
        "\n"
        "Overdue\n"
        "- Ada: Privacy (due 1 March 2026)\n"
        "- Bo: A, B\n"
        "- and 2 more\n"
        "\n"
        "Please tell them yourself: no e-mail reaches these people, and something is overdue or due soon\n"
        "- Cy: Privacy (due 1 March 2026)\n"
        "\n"
        "Everything is at\n"
        "https://learn.example.org:8443/organizations/riverside/compliance\n"
        "\n"
        "--\n"
        "You get this letter once a week because you manage people of Riverside.\n"
    )


def test_a_digest_of_teams_where_all_is_well_but_for_one() -> None:
    digest = Digest(["Day shift", "Night shift"], (), Group([Behind("Ada", ["A"])], 1), NOBODY, 14)
    letter = digest_letter("Max", digest, HERE)
    assert letter.subject == "Riverside: 1 person is late"
    assert "this is where Day shift, Night shift stands" in letter.text
    assert "Please tell them" not in letter.text
    assert "because you manage a team of Riverside" in letter.text


def test_a_digest_with_nothing_in_it() -> None:
    empty = Digest((), (), NOBODY, NOBODY, 14)
    assert empty.is_empty
    assert digest_letter("Max", empty, HERE).subject == "Riverside: nobody is late"
    assert not Digest((), [Standing("Privacy", 0, 1)], NOBODY, NOBODY, 14).is_empty
    assert not Digest((), (), NOBODY, Group((), 1), 14).is_empty
