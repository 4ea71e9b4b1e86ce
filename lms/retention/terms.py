"""How long training records must be kept, and on what grounds a person's data may be erased (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.foundation.months import add_months
from lms.foundation.wording import counted, date_in_full


@dataclass(frozen=True, slots=True)
class Law:
    """A rule that asks for training records, for so many years."""

    name: str
    citation: str
    years: int


# The federal rules that reach most care employers. The six years of the first two are counted from when
# a record was made or was last in effect, the three of the last from the day of the training.
LAWS = (
    Law("HIPAA Privacy Rule", "45 CFR 164.530(j)(2)", 6),
    Law("HIPAA Security Rule", "45 CFR 164.316(b)(2)(i)", 6),
    Law("OSHA bloodborne pathogens standard", "29 CFR 1910.1030(h)(2)(ii)", 3),
)
YEARS = max(law.years for law in LAWS)

BASES: Mapping[str, str] = {
    "request": "They asked for it, and a privacy law gives them the right",
    "period-over": "The time for which their records must be kept is over",
    "mistake": "The account was made by mistake, or twice",
    "order": "A court or an authority ordered it",
}

# What stands in the place of what was erased.
ERASED = "Erased"


def kept_until(last_day: date | None) -> date | None:
    """The last day on which a training record must be kept; None where there is none.

    `last_day` is the day of the last fact in it, or on which the person left if that is later: until
    then the record was in effect.
    """
    return None if last_day is None else add_months(last_day, 12 * YEARS)


def is_over(until: date | None, today: date) -> bool:
    """Whether nothing need be kept any more."""
    return until is None or until < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that decides whether a person's data may be erased.

    `belongs_to` are the names of organizations that they have not left; `holds` counts those in force.
    """

    is_oneself: bool
    has_site_role: bool
    belongs_to: tuple[str, ...]
    holds: int
    erased_on: date | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an erasure meets or met: what keeps it from being done, and the record that stays.

    `keeps_until` is None where there is no training record; `is_over` says that nothing need stay, or
    that nothing did.
    """

    obstacles: tuple[str, ...]
    erased_on: date | None
    keeps_until: date | None
    is_over: bool


def obstacles(standing: Standing) -> list[str]:
    """What keeps a person's data from being erased, each as a sentence that says what to do first."""
    if standing.erased_on is not None:
        return [f"Their data was erased on {date_in_full(standing.erased_on)}."]
    found: list[str] = []
    if standing.is_oneself:
        found.append("You cannot erase your own data. Another administrator can.")
    if standing.has_site_role:
        found.append("They have a role on the site. An operator takes it away first.")
    found += [
        f"They still belong to {name}. Note first that they have left."
        for name in standing.belongs_to
    ]
    if standing.holds:
        held = counted(standing.holds, "hold")
        verb = "is" if standing.holds == 1 else "are"
        found.append(f"{held} {verb} in force. Nothing may be erased before every hold is lifted.")
    return found
