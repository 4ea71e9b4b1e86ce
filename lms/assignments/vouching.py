"""Which completions elsewhere are of use to whom (pure)."""

from dataclasses import replace
from datetime import date, timedelta

from .planning import Closed, Open, Situation, plan, renews_another
from .terms import Terms


def first_useful_day(
    terms: Terms, situation: Situation, completed_on: date, today: date
) -> date | None:
    """The day from which on a completion counts for the unfinished cycle; None where this one does.

    One from before the window does not where the next time would not be due later than this one, nor
    for a renewal where the person would be asked again before this one was due.
    """
    if _is_useful(terms, situation, completed_on, today):
        return None
    first, day = situation.cycles[-1].due.opens_on, timedelta(days=1)
    while _is_useful(terms, situation, first - day, today):
        first -= day
    return first


def _is_useful(terms: Terms, situation: Situation, completed_on: date, today: date) -> bool:
    *before, cycle = situation.cycles
    if completed_on >= cycle.due.opens_on:
        return True
    met = replace(cycle, closed=Closed.MET, closed_on=today, completed_on=completed_on)
    steps = plan(terms, replace(situation, cycles=(*before, met)), today)
    following = next((step.due for step in steps if isinstance(step, Open)), None)
    if following is None:
        return True
    renews = renews_another(terms, before, cycle)
    again = following.opens_on if renews else following.due_on
    return again > cycle.due.due_on
