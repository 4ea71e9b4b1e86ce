"""The rule of renewal as a policy would put it: what happens to a person, and what they then owe."""

from dataclasses import replace

import pytest

from lms.assignments.planning import ended_on
from lms.assignments.terms import First, Renewal, Terms
from tests.unit.assignments.lives import (
    Event,
    assigned,
    away,
    completed,
    day,
    decided,
    extended,
    hired,
    left,
    live,
    nothing,
    record,
    vouched,
    waived,
)

ONCE = Terms(first=First.AFTER_HIRE, first_days=30)
# Every January, and within 30 days of the hire; a month's window; not twice within 90 days.
EACH_JANUARY = Terms(
    first=First.AFTER_HIRE,
    first_days=30,
    renewal=Renewal.CALENDAR,
    month=1,
    day=31,
    window_days=60,
    minimum_days=90,
)
# The same as the form offers it: no minimum time, so that the window alone says what counts for a date.
EACH_JANUARY_NO_MINIMUM = replace(EACH_JANUARY, minimum_days=0)
# A certificate that is good for a year from each completion.
YEAR_FROM_COMPLETION = Terms(
    first=First.AFTER_HIRE, renewal=Renewal.AFTER_COMPLETION, months=12, window_days=30
)
# A licence that expires on its day whenever it was renewed.
YEAR_FROM_EXPIRY = Terms(
    first=First.AFTER_HIRE, renewal=Renewal.AFTER_EXPIRY, months=12, window_days=30
)
# The same for those who are there, who all begin on one date.
FROM_MIDSUMMER = replace(YEAR_FROM_EXPIRY, first=First.ON_DATE, first_on=day("30 Jun 2027"))
MONTH_ENDS = Terms(first=First.AFTER_HIRE, renewal=Renewal.AFTER_EXPIRY, months=1, window_days=10)
AFRESH = Terms(
    first=First.AFTER_ASSIGNMENT,
    renewal=Renewal.AFTER_COMPLETION,
    months=12,
    counts_earlier=False,
)

# Somebody who did it, and left before it was due again.
AWAY_IN_MARCH = (hired("15 Nov 2026"), completed("1 Dec 2026"), left("1 Mar 2027"))
MET_AND_EXPIRED = (
    "1: from 15 Nov 2026 due 15 Dec 2026, met",
    "2: from 1 Nov 2027 due 1 Dec 2027, expired",
)
AWAY_BEFORE_JANUARY = (hired("15 Nov 2026"), completed("28 Nov 2026"), left("1 Jun 2027"))
JANUARY_EXPIRED = (
    "1: from 15 Nov 2026 due 15 Dec 2026, met",
    "2: from 2 Dec 2027 due 31 Jan 2028, expired",
)

POLICY: dict[str, tuple[Terms, list[Event], list[str]]] = {
    # Coming under the assignment
    "a new hire has thirty days": (
        ONCE,
        [hired("15 Nov 2026")],
        ["1: from 15 Nov 2026 due 15 Dec 2026, due"],
    ),
    "on the last day it is due and not late": (
        ONCE,
        [hired("15 Nov 2026"), nothing("15 Dec 2026")],
        ["1: from 15 Nov 2026 due 15 Dec 2026, due"],
    ),
    "the day after it is overdue, and stays the same obligation": (
        ONCE,
        [hired("15 Nov 2026"), nothing("16 Dec 2026"), nothing("1 Jul 2027")],
        ["1: from 15 Nov 2026 due 15 Dec 2026, overdue"],
    ),
    "without a renewal it is owed once": (
        ONCE,
        [hired("15 Nov 2026"), completed("1 Dec 2026"), nothing("1 Dec 2030")],
        ["1: from 15 Nov 2026 due 15 Dec 2026, met"],
    ),
    "completed late, it is met": (
        ONCE,
        [hired("15 Nov 2026"), completed("1 Mar 2027")],
        ["1: from 15 Nov 2026 due 15 Dec 2026, met"],
    ),
    "who was hired long ago has thirty days from the assignment": (
        ONCE,
        [hired("1 Feb 2019"), left("2 Feb 2019"), assigned("1 Mar 2026")],
        [
            "1: from 1 Feb 2019 due 3 Mar 2019, expired",
            "2: from 1 Mar 2026 due 31 Mar 2026, due",
        ],
    ),
    "assigned a week after the hire: thirty days from the hire": (
        ONCE,
        [hired("22 Nov 2026", since="15 Nov 2026")],
        ["1: from 22 Nov 2026 due 15 Dec 2026, due"],
    ),
    "assigned on the first day: thirty days from both": (
        ONCE,
        [hired("22 Nov 2026", since="22 Nov 2026")],
        ["1: from 22 Nov 2026 due 22 Dec 2026, due"],
    ),
    "entered two weeks after the first day: thirty days from the first day": (
        ONCE,
        [hired("29 Nov 2026", since="15 Nov 2026")],
        ["1: from 29 Nov 2026 due 15 Dec 2026, due"],
    ),
    "assigned the day before the thirtieth after the hire: due on that one": (
        ONCE,
        [hired("22 Nov 2026", since="24 Oct 2026")],
        ["1: from 22 Nov 2026 due 23 Nov 2026, due"],
    ),
    "assigned on the thirtieth day after the hire: thirty days from then, and not none": (
        ONCE,
        [hired("22 Nov 2026", since="23 Oct 2026")],
        ["1: from 22 Nov 2026 due 22 Dec 2026, due"],
    ),
    "rehired under the first day of hire: thirty days from coming back": (
        ONCE,
        [hired("15 Nov 2026"), left("1 Dec 2026"), hired("1 Feb 2027", since="15 Nov 2026")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, expired",
            "2: from 1 Feb 2027 due 3 Mar 2027, due",
        ],
    ),
    "the hire date is entered late: what is unfinished moves to it": (
        ONCE,
        [hired("22 Nov 2026", known=False), hired("25 Nov 2026", since="15 Nov 2026")],
        ["1: from 22 Nov 2026 due 15 Dec 2026, due"],
    ),
    "after the assignment, whenever they were hired": (
        Terms(first=First.AFTER_ASSIGNMENT, first_days=30),
        [hired("22 Nov 2026", since="15 Nov 2026")],
        ["1: from 22 Nov 2026 due 22 Dec 2026, due"],
    ),
    "where the day of hire is not known, the assignment's day stands for it": (
        ONCE,
        [hired("1 Mar 2026", known=False)],
        ["1: from 1 Mar 2026 due 31 Mar 2026, due"],
    ),
    "due on a date, for whoever is there by then": (
        Terms(first=First.ON_DATE, first_on=day("30 Jun 2026"), first_days=14),
        [assigned("1 Mar 2026")],
        ["1: from 1 Mar 2026 due 30 Jun 2026, due"],
    ),
    "due on a date, for whoever comes the day before": (
        Terms(first=First.ON_DATE, first_on=day("30 Jun 2026"), first_days=14),
        [hired("29 Jun 2026")],
        ["1: from 29 Jun 2026 due 30 Jun 2026, due"],
    ),
    "due on a date, and two weeks for whoever comes on that very day": (
        Terms(first=First.ON_DATE, first_on=day("30 Jun 2026"), first_days=14),
        [hired("30 Jun 2026")],
        ["1: from 30 Jun 2026 due 14 Jul 2026, due"],
    ),
    "due on a date, and two weeks for whoever comes after it": (
        Terms(first=First.ON_DATE, first_on=day("30 Jun 2026"), first_days=14),
        [hired("1 Aug 2026")],
        ["1: from 1 Aug 2026 due 15 Aug 2026, due"],
    ),
    # Hired in November, due each January
    "hired in November and done in November: not again in January": (
        EACH_JANUARY,
        [hired("15 Nov 2026"), completed("28 Nov 2026"), nothing("31 Jan 2027")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, open",
        ],
    ),
    "hired in August, done in August: January is more than 90 days away": (
        EACH_JANUARY,
        [hired("10 Aug 2026"), completed("20 Aug 2026"), nothing("1 Jan 2027")],
        [
            "1: from 10 Aug 2026 due 9 Sep 2026, met",
            "2: from 2 Dec 2026 due 31 Jan 2027, due",
        ],
    ),
    "hired in November, done a year late: the January after": (
        EACH_JANUARY,
        [hired("15 Nov 2026"), completed("20 Nov 2027")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2028 due 31 Jan 2029, open",
        ],
    ),
    "done in December's window: not due a second time in the January it was for": (
        EACH_JANUARY,
        [
            hired("15 Nov 2026"),
            completed("28 Nov 2026"),
            completed("5 Dec 2027"),
            nothing("31 Jan 2028"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, met",
            "3: from 2 Dec 2028 due 31 Jan 2029, open",
        ],
    ),
    "done in March instead of January: due the next January, more than 90 days away": (
        EACH_JANUARY,
        [
            hired("15 Nov 2026"),
            completed("28 Nov 2026"),
            completed("10 Mar 2028"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, met",
            "3: from 2 Dec 2028 due 31 Jan 2029, open",
        ],
    ),
    "done before the window opens: it does not count for the next January": (
        EACH_JANUARY,
        [
            hired("15 Nov 2026"),
            completed("28 Nov 2026"),
            completed("1 Dec 2027"),
            nothing("31 Jan 2028"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, due",
        ],
    ),
    # The same without a minimum time
    "no minimum: hired in November, done in January's window: it counts for January": (
        EACH_JANUARY_NO_MINIMUM,
        [hired("15 Nov 2026"), completed("10 Dec 2026"), nothing("31 Jan 2027")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, open",
        ],
    ),
    "no minimum: done on the first day of January's window, it counts for January": (
        EACH_JANUARY_NO_MINIMUM,
        [hired("15 Nov 2026"), completed("2 Dec 2026")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, open",
        ],
    ),
    "no minimum: done the day before the window, it is due in January too": (
        EACH_JANUARY_NO_MINIMUM,
        [hired("15 Nov 2026"), completed("1 Dec 2026"), nothing("2 Dec 2026")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2026 due 31 Jan 2027, due",
        ],
    ),
    "no minimum: due the day before the fixed date and done on it: not again the next day": (
        replace(EACH_JANUARY_NO_MINIMUM, first=First.ON_DATE, first_on=day("30 Jan 2027")),
        [assigned("22 Nov 2026"), completed("30 Jan 2027"), nothing("31 Jan 2027")],
        [
            "1: from 22 Nov 2026 due 30 Jan 2027, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, open",
        ],
    ),
    "no minimum: first due on the fixed date and done weeks before its window: a year later": (
        replace(EACH_JANUARY_NO_MINIMUM, first=First.ON_DATE, first_on=day("31 Jan 2027")),
        [assigned("1 Oct 2026"), completed("5 Oct 2026")],
        [
            "1: from 1 Oct 2026 due 31 Jan 2027, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, open",
        ],
    ),
    "no minimum: done in December's window: not due a second time in January": (
        EACH_JANUARY_NO_MINIMUM,
        [hired("15 Nov 2026"), completed("28 Nov 2026"), completed("5 Dec 2026")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2026 due 31 Jan 2027, met",
            "3: from 2 Dec 2027 due 31 Jan 2028, open",
        ],
    ),
    "no minimum: January's done ten months late, in the next window: it counts for that January": (
        EACH_JANUARY_NO_MINIMUM,
        [hired("15 Nov 2026"), completed("28 Nov 2026"), completed("5 Dec 2027")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2026 due 31 Jan 2027, met",
            "3: from 2 Dec 2028 due 31 Jan 2029, open",
        ],
    ),
    "no minimum: done elsewhere in the window before the hire: it counts for January": (
        EACH_JANUARY_NO_MINIMUM,
        [completed("5 Dec 2026"), hired("10 Dec 2026")],
        [
            "1: from 10 Dec 2026 due 9 Jan 2027, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, open",
        ],
    ),
    "a fixed date of 29 February is the 28th in other years": (
        Terms(first=First.AFTER_HIRE, renewal=Renewal.CALENDAR, month=2, day=29, window_days=30),
        [hired("1 Jan 2026"), completed("10 Jan 2026"), completed("1 Feb 2026")],
        [
            "1: from 1 Jan 2026 due 31 Jan 2026, met",
            "2: from 29 Jan 2026 due 28 Feb 2026, met",
            "3: from 29 Jan 2027 due 28 Feb 2027, open",
        ],
    ),
    # After a completion, after an expiry
    "after completion: the first time counts from the day it was done": (
        YEAR_FROM_COMPLETION,
        [hired("15 Nov 2026"), completed("1 Dec 2026")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, open",
        ],
    ),
    "after completion, renewed in the window: the early bird loses nothing": (
        YEAR_FROM_COMPLETION,
        [hired("15 Nov 2026"), completed("1 Dec 2026"), completed("2 Nov 2027")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, met",
            "3: from 1 Nov 2028 due 1 Dec 2028, open",
        ],
    ),
    "after completion, renewed late: a year from that day": (
        YEAR_FROM_COMPLETION,
        [hired("15 Nov 2026"), completed("1 Dec 2026"), completed("20 Feb 2028")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, met",
            "3: from 21 Jan 2029 due 20 Feb 2029, open",
        ],
    ),
    "after expiry: the first time counts from the day it was due": (
        YEAR_FROM_EXPIRY,
        [hired("15 Nov 2026"), completed("1 Dec 2026")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 15 Nov 2027 due 15 Dec 2027, open",
        ],
    ),
    "after expiry, the first time months early: a year from the day it was due": (
        FROM_MIDSUMMER,
        [assigned("22 Nov 2026"), completed("22 Mar 2027")],
        [
            "1: from 22 Nov 2026 due 30 Jun 2027, met",
            "2: from 31 May 2028 due 30 Jun 2028, open",
        ],
    ),
    "after expiry, the first time in its last month: a year from the day it was due": (
        FROM_MIDSUMMER,
        [assigned("22 Nov 2026"), completed("10 Jun 2027")],
        [
            "1: from 22 Nov 2026 due 30 Jun 2027, met",
            "2: from 31 May 2028 due 30 Jun 2028, open",
        ],
    ),
    "after expiry, the first time late: still a year from the day it was due": (
        FROM_MIDSUMMER,
        [assigned("22 Nov 2026"), completed("18 Sep 2027")],
        [
            "1: from 22 Nov 2026 due 30 Jun 2027, met",
            "2: from 31 May 2028 due 30 Jun 2028, open",
        ],
    ),
    "after expiry, the first time years early: one period from the day it was due, not more": (
        replace(FROM_MIDSUMMER, first_on=day("30 Jun 2029")),
        [assigned("22 Nov 2026"), completed("1 Dec 2026")],
        [
            "1: from 22 Nov 2026 due 30 Jun 2029, met",
            "2: from 31 May 2030 due 30 Jun 2030, open",
        ],
    ),
    "after expiry, the first time so late that it is in the window of the next: it counts for that": (
        FROM_MIDSUMMER,
        [assigned("22 Nov 2026"), completed("10 Jun 2028")],
        [
            "1: from 22 Nov 2026 due 30 Jun 2027, met",
            "2: from 31 May 2029 due 30 Jun 2029, open",
        ],
    ),
    "after expiry, done before the assignment: there was no due date, a year from that day": (
        FROM_MIDSUMMER,
        [completed("1 Oct 2026"), assigned("22 Nov 2026")],
        [
            "1: from 22 Nov 2026 due 30 Jun 2027, met",
            "2: from 1 Sep 2027 due 1 Oct 2027, open",
        ],
    ),
    "after expiry, first due after a leave: a year from the day on which it was due then": (
        YEAR_FROM_EXPIRY,
        [
            hired("15 Nov 2026"),
            away("1 Dec 2026", "10 Dec 2026", "31 Jan 2027"),
            completed("8 Feb 2027"),
        ],
        [
            "1: from 15 Nov 2026 due 14 Feb 2027, met",
            "2: from 15 Jan 2028 due 14 Feb 2028, open",
        ],
    ),
    "after expiry, renewed late: the old day stays": (
        YEAR_FROM_EXPIRY,
        [hired("15 Nov 2026"), completed("1 Dec 2026"), completed("20 Feb 2028")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 15 Nov 2027 due 15 Dec 2027, met",
            "3: from 15 Nov 2028 due 15 Dec 2028, open",
        ],
    ),
    "after expiry, renewed more than a year late: a period is passed over, not owed at once": (
        YEAR_FROM_EXPIRY,
        [hired("15 Nov 2026"), completed("1 Dec 2026"), completed("15 Dec 2028")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 15 Nov 2027 due 15 Dec 2027, met",
            "3: from 15 Nov 2029 due 15 Dec 2029, open",
        ],
    ),
    # Month ends and leap years
    "due on 31 January, monthly: the last of February, and the 31st again in March": (
        MONTH_ENDS,
        [
            hired("1 Jan 2027"),
            completed("20 Jan 2027"),
            completed("27 Feb 2027"),
            completed("30 Mar 2027"),
        ],
        [
            "1: from 1 Jan 2027 due 31 Jan 2027, met",
            "2: from 18 Feb 2027 due 28 Feb 2027, met",
            "3: from 21 Mar 2027 due 31 Mar 2027, met",
            "4: from 20 Apr 2027 due 30 Apr 2027, open",
        ],
    ),
    "due on 29 February, every four years: on the 29th again": (
        Terms(first=First.AFTER_HIRE, renewal=Renewal.AFTER_EXPIRY, months=48, window_days=30),
        [hired("30 Jan 2028"), completed("10 Feb 2028"), completed("20 Feb 2032")],
        [
            "1: from 30 Jan 2028 due 29 Feb 2028, met",
            "2: from 30 Jan 2032 due 29 Feb 2032, met",
            "3: from 30 Jan 2036 due 29 Feb 2036, open",
        ],
    ),
    "due on 29 February, each year: the 28th, and the 29th again in the next leap year": (
        YEAR_FROM_EXPIRY,
        [
            hired("30 Jan 2028"),
            completed("10 Feb 2028"),
            completed("20 Feb 2029"),
            completed("20 Feb 2030"),
            completed("20 Feb 2031"),
        ],
        [
            "1: from 30 Jan 2028 due 29 Feb 2028, met",
            "2: from 29 Jan 2029 due 28 Feb 2029, met",
            "3: from 29 Jan 2030 due 28 Feb 2030, met",
            "4: from 29 Jan 2031 due 28 Feb 2031, met",
            "5: from 30 Jan 2032 due 29 Feb 2032, open",
        ],
    ),
    "a year from 29 February is 28 February": (
        YEAR_FROM_COMPLETION,
        [hired("10 Feb 2028"), completed("29 Feb 2028")],
        [
            "1: from 10 Feb 2028 due 11 Mar 2028, met",
            "2: from 29 Jan 2029 due 28 Feb 2029, open",
        ],
    ),
    # Credit for what was done before
    "done half a year before the assignment, and it counts: due a year from then": (
        YEAR_FROM_COMPLETION,
        [completed("1 Sep 2025"), assigned("1 Mar 2026")],
        [
            "1: from 1 Mar 2026 due 31 Mar 2026, met",
            "2: from 2 Aug 2026 due 1 Sep 2026, open",
        ],
    ),
    "done two years before: it would be due again, so it does not count": (
        YEAR_FROM_COMPLETION,
        [completed("1 Mar 2024"), assigned("1 Mar 2026")],
        ["1: from 1 Mar 2026 due 31 Mar 2026, due"],
    ),
    "done years before, where nothing renews: it counts": (
        ONCE,
        [completed("1 Mar 2020"), assigned("1 Mar 2026")],
        ["1: from 1 Mar 2026 due 31 Mar 2026, met"],
    ),
    "done before, and nothing before the assignment counts": (
        AFRESH,
        [completed("1 Feb 2026"), assigned("1 Mar 2026")],
        ["1: from 1 Mar 2026 due 31 Mar 2026, due"],
    ),
    "done on the assignment's day: that is no earlier completion": (
        AFRESH,
        [completed("1 Mar 2026"), assigned("1 Mar 2026")],
        [
            "1: from 1 Mar 2026 due 31 Mar 2026, met",
            "2: from 30 Jan 2027 due 1 Mar 2027, open",
        ],
    ),
    "it is decided later that what was done before counts": (
        AFRESH,
        [completed("1 Feb 2026"), assigned("1 Mar 2026"), decided("5 Mar 2026", ONCE)],
        ["1: from 1 Mar 2026 due 31 Mar 2026, met"],
    ),
    # Leaving, coming back, changing teams
    "who leaves owes nothing any more": (
        ONCE,
        [hired("15 Nov 2026"), left("1 Dec 2026"), nothing("1 Jan 2027")],
        ["1: from 15 Nov 2026 due 15 Dec 2026, expired"],
    ),
    "who has met it and leaves keeps it": (
        ONCE,
        [hired("15 Nov 2026"), completed("20 Nov 2026"), left("1 Dec 2026")],
        ["1: from 15 Nov 2026 due 15 Dec 2026, met"],
    ),
    "rehired after two years: like new": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            left("1 Mar 2027"),
            hired("1 Mar 2029"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, expired",
            "3: from 1 Mar 2029 due 31 Mar 2029, due",
        ],
    ),
    "rehired after two years, done and renewed early: a new beginning counts from its completion": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            left("1 Mar 2027"),
            hired("1 Mar 2029"),
            completed("10 Mar 2029"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, expired",
            "3: from 1 Mar 2029 due 31 Mar 2029, met",
            "4: from 8 Feb 2030 due 10 Mar 2030, open",
        ],
    ),
    "rehired within the year: what was done still holds, its renewal goes on": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            left("1 Mar 2027"),
            hired("1 Jun 2027"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, expired",
            "3: from 1 Nov 2027 due 1 Dec 2027, open",
        ],
    ),
    "rehired without having done it: as many days again": (
        ONCE,
        [hired("15 Nov 2026"), left("1 Dec 2026"), hired("1 Feb 2027")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, expired",
            "2: from 1 Feb 2027 due 3 Mar 2027, due",
        ],
    ),
    "rehired after it was done once and for all: nothing": (
        ONCE,
        [hired("15 Nov 2026"), completed("20 Nov 2026"), left("1 Dec 2026"), hired("1 Dec 2028")],
        ["1: from 15 Nov 2026 due 15 Dec 2026, met"],
    ),
    "transferred out of the audience and back: the renewal goes on where it was": (
        AFRESH,
        [
            assigned("1 Mar 2026"),
            completed("10 Mar 2026"),
            left("1 May 2026", "They do not belong any more to those whom it is assigned to."),
            assigned("1 Jun 2026"),
        ],
        [
            "1: from 1 Mar 2026 due 31 Mar 2026, met",
            "2: from 8 Feb 2027 due 10 Mar 2027, expired",
            "3: from 8 Feb 2027 due 10 Mar 2027, open",
        ],
    ),
    "transferred between two teams of the audience: nothing changes": (
        ONCE,
        [hired("15 Nov 2026"), assigned("20 Nov 2026"), nothing("21 Nov 2026")],
        ["1: from 15 Nov 2026 due 15 Dec 2026, due"],
    ),
    "done elsewhere while away, within the year before coming back: it counts": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            left("1 Mar 2027"),
            completed("1 Sep 2028"),
            hired("1 Mar 2029"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, expired",
            "3: from 1 Mar 2029 due 31 Mar 2029, met",
            "4: from 2 Aug 2029 due 1 Sep 2029, open",
        ],
    ),
    "done elsewhere while away, back before the renewal is due: it counts just as well": (
        YEAR_FROM_COMPLETION,
        [*AWAY_IN_MARCH, completed("1 Sep 2027"), hired("15 Nov 2027")],
        [
            *MET_AND_EXPIRED,
            "3: from 1 Nov 2027 due 1 Dec 2027, met",
            "4: from 2 Aug 2028 due 1 Sep 2028, open",
        ],
    ),
    "done elsewhere while away, back the day after the renewal was due: the same": (
        YEAR_FROM_COMPLETION,
        [*AWAY_IN_MARCH, completed("1 Sep 2027"), hired("2 Dec 2027")],
        [
            *MET_AND_EXPIRED,
            "3: from 2 Dec 2027 due 1 Jan 2028, met",
            "4: from 2 Aug 2028 due 1 Sep 2028, open",
        ],
    ),
    "done on the day of coming back, before its window: it counts": (
        YEAR_FROM_COMPLETION,
        [*AWAY_IN_MARCH, hired("1 Sep 2027"), completed("1 Sep 2027")],
        [
            *MET_AND_EXPIRED,
            "3: from 1 Nov 2027 due 1 Dec 2027, met",
            "4: from 2 Aug 2028 due 1 Sep 2028, open",
        ],
    ),
    "done the day after coming back, before its window: it does not count, as for anybody": (
        YEAR_FROM_COMPLETION,
        [*AWAY_IN_MARCH, hired("1 Sep 2027"), completed("2 Sep 2027")],
        [*MET_AND_EXPIRED, "3: from 1 Nov 2027 due 1 Dec 2027, open"],
    ),
    "done elsewhere in the window of the renewal, back before it is due: it renews": (
        YEAR_FROM_COMPLETION,
        [*AWAY_IN_MARCH, completed("5 Nov 2027"), hired("15 Nov 2027")],
        [
            *MET_AND_EXPIRED,
            "3: from 1 Nov 2027 due 1 Dec 2027, met",
            "4: from 1 Nov 2028 due 1 Dec 2028, open",
        ],
    ),
    "done elsewhere while away, after expiry: a year from that day": (
        YEAR_FROM_EXPIRY,
        [*AWAY_IN_MARCH, completed("1 Sep 2027"), hired("15 Nov 2027")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 15 Nov 2027 due 15 Dec 2027, expired",
            "3: from 15 Nov 2027 due 15 Dec 2027, met",
            "4: from 2 Aug 2028 due 1 Sep 2028, open",
        ],
    ),
    "done elsewhere while away, and nothing done earlier counts: the renewal goes on": (
        replace(YEAR_FROM_COMPLETION, counts_earlier=False),
        [*AWAY_IN_MARCH, completed("1 Sep 2027"), hired("15 Nov 2027")],
        [*MET_AND_EXPIRED, "3: from 1 Nov 2027 due 1 Dec 2027, due"],
    ),
    "done elsewhere while away, but valid for less long than what was done here: that holds": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            completed("2 Nov 2027"),
            left("5 Nov 2027"),
            completed("10 Nov 2027"),
            hired("1 Jan 2028"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, met",
            "3: from 1 Nov 2028 due 1 Dec 2028, expired",
            "4: from 1 Nov 2028 due 1 Dec 2028, open",
        ],
    ),
    "done elsewhere before January's window: it does not count for January, as for anybody": (
        EACH_JANUARY_NO_MINIMUM,
        [
            hired("15 Nov 2026"),
            completed("10 Dec 2026"),
            left("1 Mar 2027"),
            completed("1 Sep 2027"),
            hired("15 Nov 2027"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, expired",
            "3: from 2 Dec 2027 due 31 Jan 2028, open",
        ],
    ),
    "done of their own accord while exempt: it counts": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            left("1 Mar 2027", "They are exempt: on secondment"),
            completed("1 Sep 2027"),
            assigned("1 Oct 2027"),
        ],
        [
            *MET_AND_EXPIRED,
            "3: from 1 Nov 2027 due 1 Dec 2027, met",
            "4: from 2 Aug 2028 due 1 Sep 2028, open",
        ],
    ),
    # Whoever comes back has at least two weeks
    "back three weeks before the renewal is due: it goes on": (
        EACH_JANUARY,
        [*AWAY_BEFORE_JANUARY, hired("10 Jan 2028")],
        [*JANUARY_EXPIRED, "3: from 2 Dec 2027 due 31 Jan 2028, due"],
    ),
    "back a week before the renewal is due: two weeks": (
        EACH_JANUARY,
        [*AWAY_BEFORE_JANUARY, hired("24 Jan 2028")],
        [*JANUARY_EXPIRED, "3: from 2 Dec 2027 due 7 Feb 2028, due"],
    ),
    "back on the very day on which the renewal is due: two weeks": (
        EACH_JANUARY,
        [*AWAY_BEFORE_JANUARY, hired("31 Jan 2028")],
        [*JANUARY_EXPIRED, "3: from 2 Dec 2027 due 14 Feb 2028, due"],
    ),
    "back the day after the renewal was due: as many days as at first": (
        EACH_JANUARY,
        [*AWAY_BEFORE_JANUARY, hired("1 Feb 2028")],
        [*JANUARY_EXPIRED, "3: from 1 Feb 2028 due 2 Mar 2028, due"],
    ),
    "back on the day on which the renewal is due, and done then: the next fixed date": (
        EACH_JANUARY,
        [*AWAY_BEFORE_JANUARY, hired("31 Jan 2028"), completed("10 Feb 2028")],
        [
            *JANUARY_EXPIRED,
            "3: from 2 Dec 2027 due 14 Feb 2028, met",
            "4: from 2 Dec 2028 due 31 Jan 2029, open",
        ],
    ),
    "back where newcomers have five days: two weeks": (
        Terms(first=First.AFTER_ASSIGNMENT, first_days=5),
        [assigned("1 Mar 2026"), left("3 Mar 2026"), assigned("1 May 2026")],
        [
            "1: from 1 Mar 2026 due 6 Mar 2026, expired",
            "2: from 1 May 2026 due 15 May 2026, due",
        ],
    ),
    "back in the audience three days before the thirtieth after the hire: two weeks": (
        ONCE,
        [hired("15 Nov 2026"), left("20 Nov 2026"), assigned("12 Dec 2026")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, expired",
            "2: from 12 Dec 2026 due 26 Dec 2026, due",
        ],
    ),
    "back before a date, with two days left: two weeks": (
        Terms(first=First.ON_DATE, first_on=day("30 Jun 2026")),
        [assigned("1 Mar 2026"), left("1 Apr 2026"), assigned("28 Jun 2026")],
        [
            "1: from 1 Mar 2026 due 30 Jun 2026, expired",
            "2: from 28 Jun 2026 due 12 Jul 2026, due",
        ],
    ),
    "what was done before the assignment is due again in three days: two weeks": (
        YEAR_FROM_COMPLETION,
        [completed("4 Mar 2025"), assigned("1 Mar 2026")],
        [
            "1: from 1 Mar 2026 due 31 Mar 2026, met",
            "2: from 2 Feb 2026 due 15 Mar 2026, due",
        ],
    ),
    "a renewal that is new, and due on the day on which it is decided: two weeks": (
        ONCE,
        [
            hired("15 Nov 2025"),
            completed("1 Dec 2025"),
            decided("1 Dec 2026", YEAR_FROM_COMPLETION),
        ],
        [
            "1: from 15 Nov 2025 due 15 Dec 2025, met",
            "2: from 1 Nov 2026 due 15 Dec 2026, due",
        ],
    ),
    "back in time, and away again on leave: two weeks after that": (
        EACH_JANUARY,
        [
            *AWAY_BEFORE_JANUARY,
            hired("31 Jan 2028"),
            away("1 Feb 2028", "10 Feb 2028", "20 Feb 2028"),
        ],
        [*JANUARY_EXPIRED, "3: from 2 Dec 2027 due 5 Mar 2028, due"],
    ),
    "done on the day of leaving: it is met": (
        ONCE,
        [
            hired("15 Nov 2026"),
            Event(
                day("1 Dec 2026"),
                lambda was, today: left("1 Dec 2026").change(
                    completed("1 Dec 2026").change(was, today), today
                ),
            ),
        ],
        ["1: from 15 Nov 2026 due 15 Dec 2026, met"],
    ),
    # Whoever drops out and comes back on the same day was never gone
    "out and back within a day, when late: late, and not as many days as at first": (
        ONCE,
        [hired("15 Nov 2026"), left("20 Dec 2026"), assigned("20 Dec 2026")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, expired",
            "2: from 15 Nov 2026 due 15 Dec 2026, overdue",
        ],
    ),
    "out one day and back the next: as many days as at first": (
        Terms(first=First.AFTER_ASSIGNMENT, first_days=30),
        [assigned("1 Mar 2026"), left("20 Apr 2026"), assigned("21 Apr 2026")],
        [
            "1: from 1 Mar 2026 due 31 Mar 2026, expired",
            "2: from 21 Apr 2026 due 21 May 2026, due",
        ],
    ),
    "out and back within a day, before it is due: the same day, without two weeks more": (
        Terms(first=First.AFTER_ASSIGNMENT, first_days=30),
        [assigned("1 Mar 2026"), left("25 Mar 2026"), assigned("25 Mar 2026")],
        [
            "1: from 1 Mar 2026 due 31 Mar 2026, expired",
            "2: from 1 Mar 2026 due 31 Mar 2026, due",
        ],
    ),
    "out and back twice within a day, and again later": (
        Terms(first=First.AFTER_ASSIGNMENT, first_days=30),
        [
            assigned("1 Mar 2026"),
            *[left("20 Apr 2026"), assigned("20 Apr 2026")] * 2,
            *[left("2 May 2026"), assigned("2 May 2026")],
        ],
        [
            *[f"{cycle}: from 1 Mar 2026 due 31 Mar 2026, expired" for cycle in (1, 2, 3)],
            "4: from 1 Mar 2026 due 31 Mar 2026, overdue",
        ],
    ),
    "a late renewal, out and back within a day: late, and renewed from the day it is done": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            left("10 Dec 2027"),
            assigned("10 Dec 2027"),
            nothing("11 Dec 2027"),
            completed("20 Dec 2027"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, expired",
            "3: from 1 Nov 2027 due 1 Dec 2027, met",
            "4: from 20 Nov 2028 due 20 Dec 2028, open",
        ],
    ),
    "a renewal in its window, out and back within a day: the early bird loses nothing": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            left("5 Nov 2027"),
            assigned("5 Nov 2027"),
            completed("6 Nov 2027"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, expired",
            "3: from 1 Nov 2027 due 1 Dec 2027, met",
            "4: from 1 Nov 2028 due 1 Dec 2028, open",
        ],
    ),
    "out and back within a day: what was done too early still does not count": (
        EACH_JANUARY,
        [
            hired("15 Nov 2026"),
            completed("28 Nov 2026"),
            completed("1 Oct 2027"),
            left("10 Oct 2027"),
            assigned("10 Oct 2027"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 2 Dec 2027 due 31 Jan 2028, expired",
            "3: from 2 Dec 2027 due 31 Jan 2028, open",
        ],
    ),
    "out and back within a day: a date that was set by hand stays": (
        ONCE,
        [
            hired("15 Nov 2026"),
            extended("10 Dec 2026", until="10 Jan 2027"),
            *[left("20 Jan 2027"), assigned("20 Jan 2027")] * 2,
        ],
        [
            "1: from 15 Nov 2026 due 10 Jan 2027, expired",
            "2: from 15 Nov 2026 due 10 Jan 2027, expired",
            "3: from 15 Nov 2026 due 10 Jan 2027, overdue",
        ],
    ),
    "out and back within a day: a changed rule moves it as it moves others": (
        ONCE,
        [
            hired("15 Nov 2026"),
            left("20 Dec 2026"),
            assigned("20 Dec 2026"),
            decided("21 Dec 2026", replace(ONCE, first_days=60)),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, expired",
            "2: from 15 Nov 2026 due 14 Jan 2027, due",
        ],
    ),
    # Leave
    "on leave on the due day: two weeks after the last day away": (
        ONCE,
        [hired("15 Nov 2026"), away("1 Dec 2026", "10 Dec 2026", "31 Jan 2027")],
        ["1: from 15 Nov 2026 due 14 Feb 2027, due"],
    ),
    "back from leave before the due day: nothing changes": (
        ONCE,
        [hired("15 Nov 2026"), away("16 Nov 2026", "17 Nov 2026", "14 Dec 2026")],
        ["1: from 15 Nov 2026 due 15 Dec 2026, due"],
    ),
    "two leaves without a day between them are one": (
        ONCE,
        [
            hired("15 Nov 2026"),
            away("1 Dec 2026", "1 Jan 2027", "31 Mar 2027"),
            away("2 Dec 2026", "10 Dec 2026", "31 Dec 2026"),
        ],
        ["1: from 15 Nov 2026 due 14 Apr 2027, due"],
    ),
    "a leave after the leave, with work between: the first alone counts": (
        ONCE,
        [
            hired("15 Nov 2026"),
            away("1 Dec 2026", "10 Dec 2026", "31 Dec 2026"),
            away("1 Dec 2026", "4 Jan 2027", "8 Jan 2027"),
        ],
        ["1: from 15 Nov 2026 due 14 Jan 2027, due"],
    ),
    "a renewal that falls into a leave, and the one after it": (
        EACH_JANUARY,
        [
            hired("1 Mar 2026"),
            completed("10 Mar 2026"),
            away("1 Dec 2026", "10 Jan 2027", "10 Jun 2027"),
            completed("20 Jun 2027"),
        ],
        [
            "1: from 1 Mar 2026 due 31 Mar 2026, met",
            "2: from 2 Dec 2026 due 24 Jun 2027, met",
            "3: from 2 Dec 2027 due 31 Jan 2028, open",
        ],
    ),
    # The rule is changed
    "a shorter time for those who have not finished": (
        ONCE,
        [
            hired("15 Nov 2026"),
            decided("20 Nov 2026", Terms(first=First.AFTER_HIRE, first_days=14)),
        ],
        ["1: from 15 Nov 2026 due 29 Nov 2026, due"],
    ),
    "what is finished stays, its renewal follows the new terms": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            decided(
                "2 Jan 2027",
                Terms(
                    first=First.AFTER_HIRE,
                    renewal=Renewal.AFTER_COMPLETION,
                    months=6,
                    window_days=14,
                ),
            ),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 18 May 2027 due 1 Jun 2027, open",
        ],
    ),
    "who has begun can go on, though the window is made shorter": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            nothing("5 Nov 2027"),
            decided(
                "6 Nov 2027",
                Terms(
                    first=First.AFTER_HIRE,
                    renewal=Renewal.AFTER_COMPLETION,
                    months=12,
                    window_days=7,
                ),
            ),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, due",
        ],
    ),
    "a renewal that is new for those who finished years ago: as many days as at first": (
        ONCE,
        [
            hired("15 Nov 2020"),
            completed("1 Dec 2020"),
            decided("1 Mar 2026", YEAR_FROM_COMPLETION),
        ],
        [
            "1: from 15 Nov 2020 due 15 Dec 2020, met",
            "2: from 1 Mar 2026 due 31 Mar 2026, due",
        ],
    ),
    "no renewal any more: what nobody has begun ends": (
        YEAR_FROM_COMPLETION,
        [hired("15 Nov 2026"), completed("1 Dec 2026"), decided("1 Mar 2027", ONCE)],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, expired",
        ],
    ),
    "no renewal any more: what has begun stays": (
        YEAR_FROM_COMPLETION,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            nothing("1 Nov 2027"),
            decided("2 Nov 2027", ONCE),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Nov 2027 due 1 Dec 2027, due",
        ],
    ),
    # What a manager decides
    "waived before it is due: as if done on the due day": (
        YEAR_FROM_COMPLETION,
        [hired("15 Nov 2026"), waived("1 Dec 2026")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, waived",
            "2: from 15 Nov 2027 due 15 Dec 2027, open",
        ],
    ),
    "waived when long overdue: a year from the waiver": (
        YEAR_FROM_COMPLETION,
        [hired("15 Nov 2026"), waived("1 Jun 2028")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, waived",
            "2: from 2 May 2029 due 1 Jun 2029, open",
        ],
    ),
    "vouched for, done elsewhere: a year from that day": (
        YEAR_FROM_COMPLETION,
        [hired("15 Nov 2026"), vouched("1 Dec 2026", for_="1 Oct 2026")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Sep 2027 due 1 Oct 2027, open",
        ],
    ),
    "vouched for, done elsewhere long ago: as at first, within thirty days of the hire": (
        YEAR_FROM_COMPLETION,
        [hired("15 Nov 2026"), vouched("1 Dec 2026", for_="1 Oct 2024")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 1 Dec 2026 due 15 Dec 2026, due",
        ],
    ),
    "vouched for when late, done elsewhere long ago: nobody is late on the day it is entered": (
        YEAR_FROM_COMPLETION,
        [hired("15 Nov 2026"), vouched("20 Dec 2026", for_="1 Oct 2024")],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 20 Dec 2026 due 19 Jan 2027, due",
        ],
    ),
    "set by hand: the rule leaves it alone": (
        ONCE,
        [
            hired("15 Nov 2026"),
            extended("1 Dec 2026", until="28 Feb 2027"),
            decided("2 Dec 2026", Terms(first=First.AFTER_HIRE, first_days=5)),
            away("3 Dec 2026", "1 Feb 2027", "31 Mar 2027"),
        ],
        ["1: from 15 Nov 2026 due 28 Feb 2027, due"],
    ),
    "set by hand, and what renews counts from the new date": (
        YEAR_FROM_EXPIRY,
        [
            hired("15 Nov 2026"),
            completed("1 Dec 2026"),
            nothing("15 Nov 2027"),
            extended("20 Nov 2027", until="15 Jan 2028"),
            completed("10 Jan 2028"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, met",
            "2: from 15 Nov 2027 due 15 Jan 2028, met",
            "3: from 16 Dec 2028 due 15 Jan 2029, open",
        ],
    ),
    "exempt: nothing is owed, and afterwards as many days as at first": (
        ONCE,
        [
            hired("15 Nov 2026"),
            left("1 Dec 2026", "They are exempt: on secondment"),
            assigned("1 May 2027"),
        ],
        [
            "1: from 15 Nov 2026 due 15 Dec 2026, expired",
            "2: from 1 May 2027 due 31 May 2027, due",
        ],
    ),
}


@pytest.mark.parametrize(("terms", "events", "owed"), POLICY.values(), ids=list(POLICY))
def test_policy(terms: Terms, events: list[Event], owed: list[str]) -> None:
    assert record(terms, events) == owed


def test_a_window_that_opens_lets_the_person_begin() -> None:
    events = [hired("15 Nov 2026"), completed("1 Dec 2026"), nothing("31 Oct 2027")]
    before, _ = live(YEAR_FROM_COMPLETION, events)
    after, _ = live(YEAR_FROM_COMPLETION, [*events, nothing("1 Nov 2027")])
    assert [one.has_begun for one in before.cycles] == [True, False]
    assert [one.has_begun for one in after.cycles] == [True, True]


@pytest.mark.parametrize(
    ("completed_on", "is_vouched", "ended"),
    [
        (None, False, "20 May 2026"),
        ("10 Mar 2026", False, "10 Mar 2026"),
        ("2 Mar 2026", False, "2 Mar 2026"),
        ("1 Mar 2026", False, "20 May 2026"),
        ("1 Mar 2026", True, "1 Mar 2026"),
    ],
    ids=["not met", "met", "met on the first day", "credited", "vouched for"],
)
def test_who_looks_back_sees_what_was_owed_until_it_was_credited(
    completed_on: str | None, is_vouched: bool, ended: str
) -> None:
    """Of what entered the record on 2 March and ended in it on 20 May."""
    done = day(completed_on) if completed_on else None
    opened_on, closed_on = day("2 Mar 2026"), day("20 May 2026")
    found = ended_on(closed_on, done, opened_on=opened_on, is_vouched=is_vouched)
    assert found == day(ended)
    assert ended_on(None, None, opened_on=opened_on, is_vouched=is_vouched) is None
