"""The audit trail in plain language, and its filters as an address holds them (pure)."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lms.assignments.audience import Audience
from lms.assignments.terms import Terms
from lms.assignments.words import (
    audience_in_words,
    credit_in_words,
    first_in_words,
    renewal_in_words,
)
from lms.foundation.clock import in_zone
from lms.foundation.wording import NBSP, counted, date_in_full

# What was done, by the name that the trail keeps, in the order in which the page offers it.
ACTIONS: Mapping[str, str] = {
    "organization.created": "Organization added",
    "organization.reminders_changed": "Settings of reminders changed",
    "organization.changed": "Settings of the organization changed",
    "membership.started": "Person let in",
    "membership.changed": "Position or role changed",
    "membership.ended": "Person left",
    "membership.resumed": "Person taken back in",
    "request.made": "Person asked to join",
    "request.accepted": "Person accepted and joined",
    "request.declined": "Person declined to join",
    "request.withdrawn": "Request to join withdrawn",
    "requests.repeated": "People asked again to join",
    "requests.withdrawn": "Requests to join withdrawn",
    "link.made": "New sign-in link made",
    "slips.printed": "Sign-in slips printed",
    "invitations.sent": "Invitations sent",
    "roster.handed_in": "Roster handed in",
    "roster.applied": "Roster applied",
    "roster.forgotten": "Roster forgotten",
    "leave.recorded": "Leave recorded",
    "leave.withdrawn": "Leave withdrawn",
    "team.created": "Team made",
    "team.renamed": "Team renamed",
    "team.joined": "People put into a team",
    "team.left": "People taken out of a team",
    "team.role-changed": "Managers of a team changed",
    "team.transferred": "People moved to another team",
    "team.ended": "Team closed",
    "assignment.created": "Course assigned",
    "assignment.changed": "Rule of an assignment changed",
    "assignment.ended": "Assignment ended",
    "assignment.reassigned": "Course assigned again after a change",
    "obligation.waived": "Obligation waived",
    "obligation.vouched": "Completion elsewhere vouched for",
    "obligation.extended": "Due date moved",
    "exemption.granted": "Exemption granted",
    "exemption.withdrawn": "Exemption withdrawn",
    "accommodation.granted": "More time or attempts granted",
    "accommodation.withdrawn": "More time or attempts withdrawn",
    "evidence.asked": "Evidence packet asked for",
    "content.published": "Content published",
    "quiz.regraded": "Answers graded again",
    "person.added": "Account made",
    "person.role_changed": "Role on the site changed",
    "person.password_set": "Password set",
    "person.erased": "Personal data erased",
    "person.record_erased": "Training record without its name",
    "hold.placed": "Hold placed",
    "hold.lifted": "Hold lifted",
}

# What never belongs to an organization: only the page of the site tells it.
OF_THE_SITE = frozenset(
    {
        "content.published",
        "quiz.regraded",
        "person.added",
        "person.role_changed",
        "person.password_set",
    }
)
# The kind of subject, and the name of a detail, that is an assignment's number.
ASSIGNMENT = "assignment"
MAX_NAME = 100
# Beyond it a list of names or numbers on a page says how many more there are; a file tells all.
MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class Titles:
    """What courses and quizzes are called now: entries name an assignment by number, a quiz by slug.

    Of an assignment it is the title of its course, by the assignment's number.
    """

    assignments: Mapping[int, str] = field(default_factory=dict)
    quizzes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, assigned: Mapping[int, int], courses: Mapping[int, str], quizzes: Mapping[str, str]
    ) -> "Titles":
        """The titles for an organization whose `assigned` tell the course of each assignment.

        Where a course is assigned more than once, the number tells which one is meant.
        """
        times = Counter(assigned.values())
        titles = {
            number: f"{courses[course]} (No. {number})" if times[course] > 1 else courses[course]
            for number, course in assigned.items()
            if course in courses
        }
        return cls(titles, quizzes)

    def assignments_with(self, text: str) -> list[int]:
        """The numbers of the assignments whose titles hold `text`, in whatever case."""
        wanted = text.casefold()
        return [number for number, title in self.assignments.items() if wanted in title.casefold()]

    def subject(self, kind: str, number: int | None, name: str) -> str:
        """What an entry is about: an assignment by its title, anything else by the `name` it had."""
        found = self.assignments.get(number or 0) if kind == ASSIGNMENT else None
        return found or name

    def detail(self, name: str, value: Any) -> Any:
        """A detail that names something by number or slug, by its title; any other as it is."""
        if name == ASSIGNMENT and isinstance(value, int):
            return self.assignments.get(value, f"No. {value}")
        return (
            self.quizzes.get(value, value) if name == "quiz" and isinstance(value, str) else value
        )


NO_TITLES = Titles()


def action_words(action: str) -> str:
    """What was done, in words; of a name that is not known, its own."""
    return ACTIONS.get(action) or _spaced(action.replace(".", ": ")).capitalize()


def actions_offered(chosen: str, *, is_site: bool) -> dict[str, str]:
    """The kinds of acts to choose from, in words, with whichever is `chosen` by an address."""
    actions = {name: words for name, words in ACTIONS.items() if is_site or name not in OF_THE_SITE}
    if chosen:
        actions.setdefault(chosen, action_words(chosen))
    return actions


def details_words(
    details: Mapping[str, Any], titles: Titles = NO_TITLES, most: int | None = MOST_LISTED
) -> list[tuple[str, str]]:
    """What an entry tells besides, each with its label: nothing that is empty.

    Of a list the first `most` are told; all of them where it is None.
    """
    return [
        (_LABELS.get(name) or _spaced(name).capitalize(), words)
        for name, value in _with_names(details).items()
        if (words := _told(name, titles.detail(name, value), most))
    ]


def moment_words(moment: datetime, zone: str) -> str:
    """The moment by the clocks of the organization, whose days the filters mean."""
    local = in_zone(moment, zone)
    return f"{date_in_full(local.date())}, {local:%H:%M}{NBSP}{local.tzname()}"


def _with_names(details: Mapping[str, Any]) -> Mapping[str, Any]:
    """The details with people by name instead of by number; a number only tells namesakes apart."""
    shown = {name: value for name, value in details.items() if name not in _IDS}
    numbers, names = details.get("members"), details.get("people")
    if not (isinstance(numbers, list) and isinstance(names, list) and len(numbers) == len(names)):
        return shown
    del shown["members"]
    times = Counter(map(str, names))
    return shown | {
        "people": [
            f"{name} (No. {number})" if times[str(name)] > 1 else name
            for number, name in zip(numbers, names, strict=True)
        ]
    }


def _members(numbers: Any, most: int | None) -> str:
    """People of whom an entry of before holds the numbers alone, which their addresses have too."""
    if not isinstance(numbers, list):
        return _words(numbers, most)
    return f"{counted(len(numbers), 'person', 'people')}, by number: {_words(numbers, most)}"


def _unnamed(count: Any, _most: int | None) -> str:
    people = counted(count, "person", "people")
    return f"{people}, for whom there was no room: their own pages tell"


def _unnamed_teams(count: Any, _most: int | None) -> str:
    return f"{counted(count, 'team', 'teams')}, for which there was no room"


def _changes(changes: Any, most: int | None) -> str:
    """What became of what, by its name: `{"site": ["", "North"]}`; in any other form, as it is."""
    is_pairs = isinstance(changes, Mapping) and all(
        isinstance(pair, list) and len(pair) == 2 for pair in changes.values()
    )
    if not is_pairs:
        return _words(changes, most)
    parts = (
        f"{_spaced(name)}: {_words(before, most) or 'nothing'} → {_words(after, most) or 'nothing'}"
        for name, (before, after) in changes.items()
    )
    return "; ".join(parts)


def _told(name: str, value: Any, most: int | None) -> str:
    """A detail in the words of its kind; kept in another form, as an earlier version may have, as it is."""
    try:
        return _READERS.get(name, _words)(value, most)
    except (AttributeError, LookupError, TypeError, ValueError):
        return _words(value, most)


def _audience(kept: Any, _most: int | None) -> str:
    """Whom an assignment covered; teams by what they were called, in entries of before by number."""
    rule = {name: value for name, value in kept.items() if name != "team_names"}
    audience = Audience.from_json(rule)
    numbers = sorted(audience.team_ids)
    names = kept.get("team_names") or [f"No. {number}" for number in numbers]
    return audience_in_words(audience, dict(zip(numbers, names, strict=True)))


def _terms(kept: Any, _most: int | None) -> str:
    terms = Terms.from_json(kept)
    return ". ".join((first_in_words(terms), renewal_in_words(terms), credit_in_words(terms)))


def _steps(taken: Any, _most: int | None) -> str:
    """What an assignment brought about, such as `8 opened, 2 moved`."""
    return ", ".join(f"{count} {_STEPS.get(step, step)}" for step, count in taken.items())


def _words(value: Any, most: int | None) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        parts = [(_spaced(name), _words(item, most)) for name, item in value.items()]
        return "; ".join(f"{name}: {words}" for name, words in parts if words)
    if isinstance(value, list):
        listed = [_words(item, most) or "nothing" for item in value[:most]]
        more = len(value) - len(listed)
        return ", ".join(listed) + (f" and {more} more" if more else "")
    return _day(str(value))


def _day(text: str) -> str:
    """A day as people write it; any other text as it is."""
    try:
        return date_in_full(date.fromisoformat(text)) if len(text) == len("2026-03-02") else text
    except ValueError:
        return text


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


_LABELS = {
    "audience": "For whom",
    "terms": "When",
    "steps": "Obligations",
    "extra_time": "More time in percent",
    "unnamed": "Not named here",
    "new_teams": "Teams made",
    "unnamed_teams": "Teams not named here",
}
# Numbers of what is told by name beside them.
_IDS = {"to_id"}
_STEPS = {"Open": "opened", "Begin": "begun", "Move": "moved", "Meet": "met", "Expire": "ended"}
_READERS: Mapping[str, Callable[[Any, int | None], str]] = {
    "members": _members,
    "unnamed": _unnamed,
    "unnamed_teams": _unnamed_teams,
    "changes": _changes,
    "audience": _audience,
    "terms": _terms,
    "steps": _steps,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries are shown: those that meet all that is given. Days are the organization's own."""

    action: str = ""
    # Part of the name of whoever did it, and of whom or what it was done to.
    by: str = ""
    about: str = ""
    since: date | None = None
    until: date | None = None

    def chosen(self) -> dict[str, str]:
        """What an address must hold for these filters: nothing for those that are not used."""
        values = {
            "action": self.action,
            "by": self.by,
            "about": self.about,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in values.items() if value}


def filters_of(values: Mapping[str, str]) -> Filters:
    """The filters in an address; what makes no sense is as if it were not there."""
    return Filters(
        action=values.get("action", "").strip()[:60],
        by=" ".join(values.get("by", "").split())[:MAX_NAME],
        about=" ".join(values.get("about", "").split())[:MAX_NAME],
        since=day_of(values.get("since", "")),
        until=day_of(values.get("until", "")),
    )


def day_of(text: str) -> date | None:
    """The day that a field of that kind sends; None for anything else."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    # The first and the last year have no room for a zone's difference.
    return day if 1900 <= day.year <= 2999 else None
