"""From which day on a completion elsewhere counts for what is owed."""

from dataclasses import replace

import pytest

from lms.assignments.terms import First, Renewal, Terms
from lms.assignments.vouching import first_useful_day
from tests.unit.assignments.lives import Event, completed, day, extended, hired, live, nothing

ONCE = Terms(first=First.AFTER_HIRE, first_days=30)
YEARLY = replace(ONCE, renewal=Renewal.AFTER_COMPLETION, months=12)
EXPIRING = replace(ONCE, renewal=Renewal.AFTER_EXPIRY, months=12)
JANUARY = replace(ONCE, renewal=Renewal.CALENDAR, month=1, day=31, window_days=30)

HIRED = hired("2 Mar 2026")
# The first is due on 1 April 2026, and what renews it in January or March 2027.
DONE = (HIRED, completed("10 Mar 2026"))

CASES: dict[str, tuple[Terms, list[Event], str, str | None]] = {
    "in April for the January to come: from its window on": (
        JANUARY,
        [*DONE, nothing("10 Apr 2026")],
        "10 Apr 2026",
        "1 Jan 2027",
    ),
    "the day before the window": (
        JANUARY,
        [*DONE, nothing("31 Dec 2026")],
        "31 Dec 2026",
        "1 Jan 2027",
    ),
    "the first day of the window": (JANUARY, [*DONE, nothing("1 Jan 2027")], "1 Jan 2027", None),
    "a year from each completion: one from long before the window puts it off": (
        YEARLY,
        [*DONE, nothing("10 May 2026")],
        "10 May 2026",
        None,
    ),
    "a year from each completion: one for which it is asked again on the day after": (
        YEARLY,
        [*DONE, nothing("10 May 2026")],
        "10 Apr 2026",
        None,
    ),
    "a year from each completion: one for which it is asked again on the day it is due": (
        YEARLY,
        [*DONE, nothing("10 May 2026")],
        "9 Apr 2026",
        "10 Apr 2026",
    ),
    "a year from each completion: one on the day of the last one does not": (
        YEARLY,
        [*DONE, nothing("10 Apr 2026")],
        "10 Mar 2026",
        "10 Apr 2026",
    ),
    "from before the hire, and still good for longer": (
        YEARLY,
        [HIRED],
        "2 Apr 2025",
        None,
    ),
    "from before the hire, and due again on that very day": (
        YEARLY,
        [HIRED],
        "1 Apr 2025",
        "2 Apr 2025",
    ),
    "from before the hire, by the day of expiry": (
        EXPIRING,
        [HIRED],
        "1 Jan 2026",
        None,
    ),
    "done once and for all: any day": (ONCE, [HIRED], "1 Apr 2005", None),
    "by a date that was set by hand": (
        YEARLY,
        [HIRED, extended("3 Mar 2026", until="1 Jul 2026")],
        "1 Jul 2025",
        "2 Jul 2025",
    ),
}


@pytest.mark.parametrize(("terms", "events", "on", "first"), CASES.values(), ids=list(CASES))
def test_a_completion_elsewhere_counts_from_a_day_on(
    terms: Terms, events: list[Event], on: str, first: str | None
) -> None:
    situation, today = live(terms, events)
    found = first_useful_day(terms, situation, day(on), today)
    assert found == (day(first) if first else None)
