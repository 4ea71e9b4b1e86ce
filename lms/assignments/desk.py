"""Where a manager works on a rule: what can be chosen, what the form asks for, what that would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from lms.courses import current as courses
from lms.courses.catalogue import Course
from lms.foundation import web
from lms.foundation.months import add_months
from lms.foundation.wording import date_in_full
from lms.organizations import people
from lms.organizations.choices import MOST_FOUND, Choices, choices, typed_name
from lms.organizations.filters import Filters
from lms.organizations.scopes import Scope

from .audience import Audience, fold
from .current import Place
from .demands import Demand
from .errors import AudienceEmpty
from .forms import AssignmentForm
from .planning import Forecast, Situation, forecast
from .preview import Preview, names_of, preview
from .terms import Terms

SIMULATED_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a rule would do now, and in the next years to one person."""

    preview: Preview
    cycles: Sequence[Forecast]


@dataclass(frozen=True, slots=True)
class Found:
    """How many teams and people were found for what was typed, and whether there are more of them."""

    typed: str
    teams: int
    people: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """A form with everything that it offers. `place` is the assignment that it changes, if it is old.

    `people` are those chosen one by one or found by name, by their memberships. `found` is None where
    nothing was looked for.
    """

    scope: Scope
    form: AssignmentForm
    place: Place | None
    courses: Sequence[Course]
    choices: Choices
    people: Mapping[int, str]
    found: Found | None

    @property
    def teams(self) -> Mapping[int, str]:
        """The teams to choose from: all of them, or of too many those that are chosen or found."""
        return {**self.choices.teams, **self.choices.found}

    @property
    def titles(self) -> Mapping[str, str]:
        """The job titles to choose from: those that people have, and those that the rule names."""
        return _with(self.choices.job_titles, self.form.title.data)

    @property
    def departments(self) -> Mapping[str, str]:
        """The same for departments."""
        return _with(self.choices.departments, self.form.department.data)

    @property
    def sites(self) -> Mapping[str, str]:
        """The same for sites."""
        return _with(self.choices.sites, self.form.site.data)

    def demand(self) -> Demand | None:
        """What the form asks for; None, with an error at what is to mend, where it cannot be."""
        course = self._course()
        if not self.form.validate():
            return None
        if course is None:
            self.form.course.errors = ["Choose a course."]
            return None
        audience = self.form.audience(teams=self.choices.teams, people=self.people)
        terms = self.form.terms()
        if audience.is_empty:
            self.form.covers.errors = [str(AudienceEmpty())]
        if audience.is_empty or terms is None:
            return None
        demand = self._demand(course, audience, terms)
        return demand if self._can_be_kept(demand) else None

    def _can_be_kept(self, demand: Demand) -> bool:
        """Whether a first date that is given anew can mean anything; else with an error at it.

        A rule that is changed may keep the date by which people were asked.
        """
        first_on = demand.terms.first_on
        if first_on is None or first_on > demand.today(web.now()):
            return True
        if self.place is not None and self.place.demand.terms.first_on == first_on:
            return True
        self.form.first_on.errors = [
            f"{date_in_full(first_on)} does not lie ahead. Choose a later day, or a number of days."
        ]
        return False

    def _course(self) -> Course | None:
        if self.place is not None:
            self.form.course.data = self.place.course.slug
            return self.place.course
        return next((one for one in self.courses if one.slug == self.form.course.data), None)

    def _demand(self, course: Course, audience: Audience, terms: Terms) -> Demand:
        return Demand(
            organization_id=self.scope.organization_id,
            time_zone=self.scope.time_zone,
            course_id=course.id,
            audience=audience,
            terms=terms,
            assignment_id=self.place.assignment_id if self.place else None,
        )

    def outlook(self, demand: Demand) -> Outlook:
        """What the demand would do if it were saved now."""
        now = web.now()
        today = demand.today(now)
        hired_on = self.form.hired_on.data or today
        start = max(today, hired_on)
        habit = 0 if self.form.habit.data is None else self.form.habit.data
        cycles = forecast(
            demand.terms,
            Situation(hired_on=hired_on),
            start,
            add_months(start, SIMULATED_MONTHS),
            days_before_due=habit,
        )
        return Outlook(preview(web.session(), demand, courses.catalogue(), now), cycles)


def _with(values: Mapping[str, str], chosen: Sequence[str] | None) -> dict[str, str]:
    named = {text: text for text in chosen or ()}
    # What is chosen keeps its spelling, and another one of it is no choice of its own.
    spelt = {fold(text) for text in named}
    others = {value: words for value, words in values.items() if fold(value) not in spelt}
    return dict(sorted((others | named).items()))


def desk_of(scope: Scope, form: AssignmentForm, place: Place | None = None) -> Desk:
    """The desk for a form as it was filled in."""
    session, typed = web.session(), typed_name(form.find.data or "")
    chosen = names_of(session, scope.organization_id, form.person.data or [])
    offered = choices(session, scope, form.team.data or [], typed)
    named: Mapping[int, str] = {}
    found = None
    if typed:
        page = people.members_page(session, scope, Filters(search=typed))
        named = {one.membership_id: one.name for one in page.rows[:MOST_FOUND]}
        has_more = offered.has_more or page.count > len(named)
        found = Found(typed, len(offered.found), len(named), has_more)
    return Desk(
        scope, form, place, courses.catalogue().offered, offered, {**chosen, **named}, found
    )


def form_of_address() -> AssignmentForm:
    """The form as an address fills it in; with what is usual where it says nothing.

    A preview is asked for with GET, so that it changes nothing and can be kept; the token, which no
    address should hold, goes with the button that saves.
    """
    return AssignmentForm(formdata=request.args or None, meta={"csrf": False})
