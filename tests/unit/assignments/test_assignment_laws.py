"""Laws of renewal and planning: what holds whatever the terms are and whatever happened."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.assignments.planning import (
    Closed,
    Completion,
    Cycle,
    Meet,
    Open,
    Situation,
    forecast,
    plan,
    taken,
)
from lms.assignments.terms import Due, Ended, First, Leave, Renewal, Terms, first_due, next_due
from lms.foundation.months import add_months, fewest_days

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
SPANS = st.integers(0, 400)
LAW = settings(deadline=None, max_examples=60)


@st.composite
def all_terms(draw: st.DrawFn, *, renews: bool = False) -> Terms:
    """Any terms that do not contradict themselves."""
    renewal = draw(
        st.sampled_from([one for one in Renewal if one is not Renewal.NONE or not renews])
    )
    months = draw(st.integers(1, 60))
    longest = min(fewest_days(12 if renewal is Renewal.CALENDAR else months) - 1, 400)
    month = draw(st.integers(1, 12))
    return Terms(
        first=draw(st.sampled_from(First)),
        first_on=draw(DAYS),
        first_days=draw(SPANS),
        renewal=renewal,
        months=months,
        month=month,
        day=draw(st.integers(1, 29 if month == 2 else 30)),
        window_days=draw(st.integers(0, longest)),
        minimum_days=draw(st.integers(0, longest)),
        counts_earlier=draw(st.booleans()),
    )


def a_due() -> st.SearchStrategy[Due]:
    def make(due_on: date, window: int, later: int) -> Due:
        # The day that was meant is lost only to the end of a shorter month.
        is_last = (due_on + timedelta(days=1)).day == 1
        meant = min(31, due_on.day + later) if is_last else due_on.day
        return Due(due_on - timedelta(days=window), due_on, meant)

    return st.builds(make, DAYS, SPANS, st.integers(0, 3))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Situation, date]:
    """Anything that a record may say by some day, and the day."""
    today = draw(DAYS)
    cycles: list[Cycle] = []
    for number in range(1, draw(st.integers(1, 5))):
        due = draw(a_due())
        closed = draw(st.sampled_from(Closed))
        closed_on = draw(DAYS)
        met_on = draw(DAYS) if closed is Closed.MET else None
        cycles.append(
            Cycle(
                number,
                due,
                opened_on=draw(DAYS),
                closed=closed,
                closed_on=closed_on,
                completed_on=met_on,
            )
        )
    if cycles and draw(st.booleans()):
        is_begun, by_hand = draw(st.booleans()), draw(st.booleans())
        cycles[-1] = replace(
            cycles[-1],
            closed=None,
            closed_on=None,
            completed_on=None,
            has_begun=is_begun,
            set_by_hand=by_hand,
        )
    starts = draw(st.lists(DAYS, max_size=3))
    leaves = [Leave(start, start + timedelta(days=draw(SPANS))) for start in starts]
    done = sorted(draw(st.lists(DAYS.filter(lambda day: day <= today), max_size=4)))
    situation = Situation(
        hired_on=draw(st.none() | DAYS),
        not_covered=draw(st.sampled_from([None, None, "They left the organization."])),
        leaves=tuple(leaves),
        cycles=tuple(cycles),
        completions=tuple(Completion(index, on) for index, on in enumerate(done)),
    )
    return situation, today


# The first time


@LAW
@example(Terms(first=First.AFTER_HIRE, first_days=30), date(2026, 10, 23), date(2026, 11, 22))
@given(all_terms(), st.none() | DAYS, DAYS)
def test_nobody_has_less_time_than_the_terms_give_but_by_a_date_that_lies_ahead(
    terms: Terms, hired_on: date | None, covered_on: date
) -> None:
    """Due so many days after the hire, or on the date, where that is still to come; else from now."""
    due = first_due(terms, hired_on=hired_on, covered_on=covered_on)
    given_ = timedelta(days=terms.first_days)
    ahead = {
        First.ON_DATE: terms.first_on,
        First.AFTER_HIRE: hired_on and hired_on + given_,
        First.AFTER_ASSIGNMENT: None,
    }[terms.first]
    assert due.opens_on == covered_on
    assert due.due_on == (ahead if ahead and ahead > covered_on else covered_on + given_)
    assert due.day_meant == due.due_on.day


# Planning


@LAW
@given(all_terms(), situations())
def test_a_plan_that_was_taken_asks_for_nothing_more(
    terms: Terms, given_: tuple[Situation, date]
) -> None:
    situation, today = given_
    after = taken(situation, plan(terms, situation, today), today)
    assert plan(terms, after, today) == []


@LAW
@given(all_terms(), situations())
def test_what_has_ended_is_never_touched(terms: Terms, given_: tuple[Situation, date]) -> None:
    situation, today = given_
    after = taken(situation, plan(terms, situation, today), today)
    kept = {one.number: one for one in after.cycles}
    assert all(kept[one.number] == one for one in situation.cycles if one.closed)


@LAW
@given(all_terms(), situations())
def test_at_most_the_last_obligation_is_unfinished(
    terms: Terms, given_: tuple[Situation, date]
) -> None:
    situation, today = given_
    after = taken(situation, plan(terms, situation, today), today)
    assert all(one.closed for one in after.cycles[:-1])
    assert [one.number for one in after.cycles] == list(range(1, len(after.cycles) + 1))
    if situation.not_covered:
        assert all(one.closed for one in after.cycles)


@LAW
@given(all_terms(), situations())
def test_what_is_opened_opens_before_it_is_due_and_is_not_late(
    terms: Terms, given_: tuple[Situation, date]
) -> None:
    situation, today = given_
    # Whoever drops out and comes back on one day has the dates that they had.
    gone = {
        one.number
        for one in situation.cycles
        if one.closed is Closed.EXPIRED and one.closed_on == today
    }
    opened = [step for step in plan(terms, situation, today) if isinstance(step, Open)]
    assert all(one.due.opens_on <= one.due.due_on for one in opened)
    assert all(one.due.due_on >= today or one.number - 1 in gone for one in opened)
    after = taken(situation, plan(terms, situation, today), today)
    assert all(one.due.opens_on <= one.due.due_on for one in after.cycles)


@LAW
@given(all_terms(), situations())
def test_a_completion_meets_one_obligation(terms: Terms, given_: tuple[Situation, date]) -> None:
    situation, today = given_
    met = [step.completion for step in plan(terms, situation, today) if isinstance(step, Meet)]
    assert len({one.on for one in met}) == len(met)
    assert met == sorted(met, key=lambda one: one.on)


@LAW
@given(all_terms(), situations(), st.integers(1, 800))
def test_time_that_passes_moves_nothing(
    terms: Terms, given_: tuple[Situation, date], days: int
) -> None:
    """Due dates follow from what happened and what the terms say, not from the day of looking."""
    situation, today = given_
    after = taken(situation, plan(terms, situation, today), today)
    later = today + timedelta(days=days)
    steps = plan(terms, after, later)
    assert [type(step).__name__ for step in steps] in ([], ["Begin"])


@LAW
@example(
    Terms(first=First.AFTER_HIRE, renewal=Renewal.AFTER_COMPLETION, months=12),
    date(2026, 11, 15),
    16,
    90,
    184,
    75,
)
@given(
    all_terms(),
    DAYS,
    st.none() | SPANS,
    st.integers(0, 700),
    st.integers(0, 700),
    st.integers(1, 700),
)
def test_what_was_done_while_away_holds_and_whoever_comes_back_has_two_weeks(
    terms: Terms, hired_on: date, done: int | None, left: int, done_again: int, back: int
) -> None:
    """Whenever somebody comes back, so that sooner is never worse than later.

    The numbers are days from each of these to the next; who did it first, if they did, is hired.
    """
    terms = replace(terms, counts_earlier=True)
    day, now = hired_on, Situation(hired_on=hired_on)
    now = settled(terms, now, day)
    if done is not None:
        day += timedelta(days=done)
        now = settled(terms, replace(now, completions=(Completion(1, day),)), day)
    day += timedelta(days=left)
    now = settled(terms, replace(now, not_covered="They left the organization."), day)
    elsewhere_on = day + timedelta(days=done_again)
    now = replace(now, completions=(*now.completions, Completion(2, elsewhere_on)))
    back_on = elsewhere_on + timedelta(days=back)
    now = settled(terms, replace(now, not_covered=None), back_on)
    unfinished = [one.due.due_on for one in now.cycles if one.closed is None]
    again = next_due(terms, Ended(elsewhere_on), is_first=True)
    if again is None:
        # It is done once and for all.
        assert not unfinished
        return
    (due_on,) = unfinished
    assert due_on >= back_on + timedelta(days=14)
    if again.due_on > back_on:
        assert due_on >= again.due_on


@LAW
@given(all_terms(), situations())
def test_whoever_drops_out_and_comes_back_on_one_day_is_due_as_before(
    terms: Terms, given_: tuple[Situation, date]
) -> None:
    situation, today = given_
    # Who has begun keeps a window that the terms would open later by now.
    cycles = tuple(
        replace(one, opened_on=min(one.opened_on, today), has_begun=False)
        for one in situation.cycles
    )
    situation = replace(situation, cycles=cycles)
    before = settled(terms, replace(situation, not_covered=None), today)
    owed = [one.due for one in before.cycles if one.closed is None]
    away = settled(terms, replace(before, not_covered="They left the organization."), today)
    back = settled(terms, replace(away, not_covered=None), today)
    assert [one.due for one in back.cycles if one.closed is None] == owed


@LAW
@example(
    Terms(first_days=0),
    Terms(first_days=0, renewal=Renewal.AFTER_COMPLETION, months=1, window_days=0),
    date(2026, 1, 1),
    (0, 31),
    True,
)
@given(all_terms(), all_terms(), DAYS, st.tuples(st.none() | SPANS, SPANS), st.booleans())
def test_a_rule_that_is_changed_and_changed_back_on_one_day_leaves_the_dates_alone(
    terms: Terms, mistake: Terms, hired_on: date, days: tuple[int | None, int], is_meant: bool
) -> None:
    """But where somebody has completed something that the other rule lets count.

    The numbers are days from the hire to the completion, if there is one, and from then to the mistake.
    """
    done, later = days
    day, now = hired_on, settled(terms, Situation(hired_on=hired_on), hired_on)
    if done is not None:
        day += timedelta(days=done)
        now = settled(terms, replace(now, completions=(Completion(1, day),)), day)
    day += timedelta(days=later)
    now = settled(terms, now, day)
    why = None if is_meant else "They do not belong any more to those whom it is assigned to."
    changed = settled(mistake, replace(now, not_covered=why), day)
    if _met(changed) > _met(now):
        return
    back = settled(terms, replace(changed, not_covered=None), day)
    for on in (day, day + timedelta(days=1)):
        assert _owed(settled(terms, back, on)) == _owed(settled(terms, now, on))


def _met(situation: Situation) -> int:
    return sum(one.closed is Closed.MET for one in situation.cycles)


def _owed(situation: Situation) -> list[date]:
    return [one.due.due_on for one in situation.cycles if one.closed is None]


def settled(terms: Terms, situation: Situation, today: date) -> Situation:
    return taken(situation, plan(terms, situation, today), today)


# Renewal


@st.composite
def renewals(draw: st.DrawFn) -> tuple[Terms, Due]:
    """Terms that renew, and one of the due dates that they make."""
    terms = draw(all_terms(renews=True))
    due = next_due(terms, Ended(draw(DAYS)), is_first=True)
    assert due is not None
    return terms, due


@LAW
@given(renewals(), st.integers(-800, 1500), st.booleans())
def test_the_next_time_opens_after_the_completion_and_respects_the_minimum(
    given_: tuple[Terms, Due], late: int, is_first: bool
) -> None:
    terms, due = given_
    completed_on = due.due_on + timedelta(days=late)
    following = next_due(terms, Ended(completed_on, due), is_first=is_first)
    assert following is not None
    assert completed_on < following.opens_on <= following.due_on
    assert following.due_on >= completed_on + timedelta(days=terms.minimum_days)


@st.composite
def first_cycles(draw: st.DrawFn) -> tuple[Terms, Ended]:
    """Terms that renew, often without a minimum time, and a first cycle of theirs that was completed."""
    terms = draw(all_terms(renews=True))
    if draw(st.booleans()):
        terms = replace(terms, minimum_days=0)
    covered_on = draw(DAYS)
    due = first_due(terms, hired_on=draw(st.none() | DAYS), covered_on=covered_on)
    days = (due.due_on - covered_on).days
    return terms, Ended(covered_on + timedelta(days=draw(st.integers(0, days + 900))), due)


JANUARY = Terms(
    first=First.ON_DATE,
    first_on=date(2027, 1, 30),
    renewal=Renewal.CALENDAR,
    month=1,
    day=31,
    window_days=60,
)
THE_DAY_BEFORE = Due(date(2026, 11, 22), date(2027, 1, 30), 30)
IN_DECEMBER = Due(date(2026, 11, 15), date(2026, 12, 15), 15)


@LAW
@example((JANUARY, Ended(date(2027, 1, 30), THE_DAY_BEFORE)))
@example((JANUARY, Ended(date(2026, 12, 10), IN_DECEMBER)))
@given(first_cycles())
def test_the_first_time_counts_for_the_date_in_whose_window_it_was_done(
    given_: tuple[Terms, Ended],
) -> None:
    """The next is due after the first, and its whole window lies ahead: never twice in one window."""
    terms, ended = given_
    following = next_due(terms, ended, is_first=True)
    assert following is not None
    assert ended.due is not None
    assert following.due_on > ended.due.due_on
    assert following.opens_on == following.due_on - timedelta(days=terms.window_days)
    assert following.opens_on > ended.completed_on


@LAW
@example((JANUARY, Ended(date(2027, 1, 30), THE_DAY_BEFORE)), [0])
@given(first_cycles(), st.lists(st.integers(-400, 900), max_size=6))
def test_never_due_twice_in_one_period_after_the_first_time(
    given_: tuple[Terms, Ended], habits: list[int]
) -> None:
    """From the first renewal on, due dates are a period apart, whatever the minimum time is."""
    terms, ended = given_
    months = 12 if terms.renewal is Renewal.CALENDAR else terms.months or 0
    due = next_due(terms, ended, is_first=True)
    assert due is not None
    for habit in habits:
        completed_on = max(due.opens_on, due.due_on + timedelta(days=habit))
        following = next_due(terms, Ended(completed_on, due), is_first=False)
        assert following is not None
        assert following.due_on >= add_months(due.due_on, months, due.day_meant)
        assert following.opens_on > completed_on
        due = following


@LAW
@given(renewals(), st.booleans(), st.data())
def test_completing_inside_the_window_never_shortens_validity(
    given_: tuple[Terms, Due], is_first: bool, data: st.DataObject
) -> None:
    """It is valid for a whole period from the day on which the old one expires.

    Where a course is valid from its completion on, nothing expires at the end of a first cycle: it is
    valid for a whole period from the completion.
    """
    terms, due = given_
    completed_on = data.draw(st.dates(due.opens_on, due.due_on))
    following = next_due(terms, Ended(completed_on, due), is_first=is_first)
    assert following is not None
    months = 12 if terms.renewal is Renewal.CALENDAR else terms.months or 0
    whole = add_months(due.due_on, months, due.day_meant)
    if is_first and terms.renewal is Renewal.AFTER_COMPLETION:
        whole = add_months(completed_on, months)
    assert following.due_on >= whole


MIDSUMMER = Terms(
    first=First.ON_DATE, first_on=date(2027, 6, 30), renewal=Renewal.AFTER_EXPIRY, months=12
)
BY_MIDSUMMER = Due(date(2026, 11, 22), date(2027, 6, 30), 30)


@LAW
@example((MIDSUMMER, Ended(date(2027, 3, 22), BY_MIDSUMMER)))
@example((MIDSUMMER, Ended(date(2027, 9, 18), BY_MIDSUMMER)))
@given(first_cycles())
def test_after_the_first_due_date_renewals_count_from_it_however_early_or_late(
    given_: tuple[Terms, Ended],
) -> None:
    """In time it is one period after the due date exactly; late, it is one of the dates in step."""
    terms, ended = given_
    months = terms.months or 0
    expiring = replace(terms, renewal=Renewal.AFTER_EXPIRY, window_days=0, minimum_days=0)
    following = next_due(expiring, ended, is_first=True)
    assert following is not None
    assert ended.due is not None
    steps = (add_months(ended.due.due_on, months * count) for count in range(1, 2_000))
    assert following.due_on == next(one for one in steps if one > ended.completed_on)
    if ended.completed_on <= ended.due.due_on:
        assert following.due_on == add_months(ended.due.due_on, months)


@LAW
@example((MIDSUMMER, Ended(date(2026, 11, 22), BY_MIDSUMMER)), True)
@given(first_cycles(), st.booleans())
def test_nothing_is_valid_without_end(given_: tuple[Terms, Ended], is_first: bool) -> None:
    """The next time is due at most a period after the first day on which it could be."""
    terms, ended = given_
    following = next_due(terms, ended, is_first=is_first)
    assert following is not None
    assert ended.due is not None
    months = 12 if terms.renewal is Renewal.CALENDAR else terms.months or 0
    between = timedelta(days=max(terms.minimum_days, terms.window_days + 1))
    soonest = max(ended.due.due_on + timedelta(days=1), ended.completed_on + between)
    assert following.due_on <= add_months(soonest, months)


@LAW
@given(renewals(), st.lists(st.integers(-400, 900), max_size=8))
def test_never_due_twice_in_one_period(given_: tuple[Terms, Due], habits: list[int]) -> None:
    terms, due = given_
    months = 12 if terms.renewal is Renewal.CALENDAR else terms.months or 0
    for habit in habits:
        completed_on = max(due.opens_on, due.due_on + timedelta(days=habit))
        following = next_due(terms, Ended(completed_on, due), is_first=False)
        assert following is not None
        assert following.due_on >= add_months(due.due_on, months, due.day_meant)
        due = following


@LAW
@example(
    Terms(first_days=31, renewal=Renewal.AFTER_COMPLETION, months=1, window_days=0),
    date(2020, 1, 2),
    31,
)
@given(all_terms(), DAYS, st.integers(-400, 400))
def test_a_forecast_goes_forward(terms: Terms, today: date, habit: int) -> None:
    until = add_months(today, 36)
    found = forecast(terms, Situation(), today, until, days_before_due=habit)
    for one, following in pairwise(found):
        assert one.due.due_on < following.due.due_on
        assert one.completed_on < following.due.opens_on <= following.completed_on
        assert one.number + 1 == following.number
    assert all(today <= one.due.due_on <= until for one in found)
    if not terms.renews:
        assert len(found) <= 1
