"""Audiences and terms in words, as lists and the audit show them (pure)."""

from collections.abc import Iterable, Mapping

from lms.foundation.wording import MONTHS, counted, date_in_full

from .audience import Audience
from .planning import State
from .terms import First, Renewal, Terms

MOST_NAMED = 3
# In the order in which they ask for something to be done.
STATE_WORDS = {
    State.OVERDUE: "Overdue",
    State.DUE: "Due",
    State.OPEN: "Not due yet",
    State.WAIVED: "Waived",
    State.MET: "Completed",
    State.EXPIRED: "No longer required",
}


def audience_in_words(audience: Audience, teams: Mapping[int, str]) -> str:
    """Whom an audience covers, such as `Team Night shift; job titles Nurse, Medic and 2 more`."""
    if audience.everyone:
        return "Everyone"
    named = [teams.get(id_, "a closed team") for id_ in sorted(audience.team_ids)]
    parts = [
        _group("team", named),
        _group("job title", audience.job_titles),
        _group("department", audience.departments),
        _group("site", audience.sites),
        counted(len(audience.membership_ids), "person", "people")
        if audience.membership_ids
        else "",
    ]
    words = "; ".join(part for part in parts if part) or "nobody"
    return words[0].upper() + words[1:]


def _group(noun: str, names: Iterable[str]) -> str:
    names = sorted(names, key=str.casefold)
    if not names:
        return ""
    told = ", ".join(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        told += f" and {len(names) - MOST_NAMED} more"
    return f"{noun}{'s' if len(names) > 1 else ''} {told}"


def first_in_words(terms: Terms) -> str:
    """When it is due first, such as `Due 30 days after assignment`."""
    days = counted(terms.first_days, "day")
    if terms.first is First.ON_DATE and terms.first_on is not None:
        return f"Due on {date_in_full(terms.first_on)}, or {days} after coming then or later"
    if terms.first is First.AFTER_HIRE:
        return f"Due {days} after hire, or after assignment for whoever was hired longer ago"
    return f"Due {days} after assignment"


def renewal_in_words(terms: Terms) -> str:
    """How it renews, such as `Again 12 months after each completion, from 30 days before`."""
    if not terms.renews:
        return "Once"
    months = counted(terms.months or 0, "month")
    again = {
        Renewal.AFTER_COMPLETION: f"Again {months} after each completion",
        Renewal.AFTER_EXPIRY: f"Again {months} after each due date",
        Renewal.CALENDAR: f"Again each {terms.day} {MONTHS[(terms.month or 1) - 1]}",
    }[terms.renewal]
    if terms.window_days:
        again += f", from {counted(terms.window_days, 'day')} before"
    if terms.minimum_days:
        again += f", never within {counted(terms.minimum_days, 'day')} of the last time"
    return again


def credit_in_words(terms: Terms) -> str:
    """Whether what was completed before counts."""
    return (
        "Earlier completions count" if terms.counts_earlier else "Earlier completions do not count"
    )
