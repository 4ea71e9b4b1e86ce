"""Forms of assignments."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField, StringField
from wtforms.validators import (
    AnyOf,
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)

from lms.foundation.wording import MONTHS
from lms.organizations.forms import DayField, row_id

from .audience import Audience, fold
from .errors import MAX_REASON
from .reassigning import MAX_DAYS
from .terms import First, Renewal, Terms, TermsNotUsable

COVERS = {"everyone": "Everyone of the organization", "some": "Only those chosen below"}
FIRST = {
    First.AFTER_ASSIGNMENT: "A number of days after they come under the assignment",
    First.AFTER_HIRE: "A number of days after their hire date; for whoever was hired longer ago, after they"
    " come under the assignment",
    First.ON_DATE: "On a date",
}
RENEWAL = {
    Renewal.NONE: "Never: it is done once",
    Renewal.AFTER_COMPLETION: "Some months after each completion",
    Renewal.AFTER_EXPIRY: "Some months after the last due date, however early or late it was completed",
    Renewal.CALENDAR: "Every year on the same date",
}
EARLIER = {
    "yes": "It counts, as long as it would not be due again by now",
    "no": "It does not count: everybody starts afresh",
}


def _one_of(words: Mapping[Any, str], default: str, message: str) -> StringField:
    return StringField(default=default, validators=[AnyOf([str(one) for one in words], message)])


class NumberField(IntegerField):
    """A whole number that a person types."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Type a whole number.") from None


def _days(label: str, default: int, description: str = "") -> IntegerField:
    return NumberField(
        label,
        default=default,
        description=description,
        validators=[Optional()],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


def _many(label: str, coerce: Callable[[str], Any] = str) -> SelectMultipleField:
    # What is offered depends on the organization; `offer` says it.
    return SelectMultipleField(label, coerce=coerce, choices=[], validate_choice=False)


class AssignmentForm(FlaskForm):
    """A course, whom it is assigned to, and when it is due; and a person to try the terms with."""

    course = StringField("Course", validators=[DataRequired("Choose a course.")])
    covers = _one_of(COVERS, "everyone", "Choose whom it is assigned to.")
    team = _many("Teams", row_id)
    title = _many("Job titles")
    department = _many("Departments")
    site = _many("Sites")
    person = _many("People", row_id)
    find = StringField("Find people by name", validators=[Length(max=200)])
    first = _one_of(FIRST, First.AFTER_ASSIGNMENT.value, "Choose when it is due.")
    first_on = DayField("Due on", validators=[Optional()])
    first_days = _days("Days", 30)
    renewal = _one_of(RENEWAL, Renewal.NONE.value, "Choose whether it is due again.")
    months = _days("Months", 12)
    day = _days("Day", 31)
    month = StringField("Month", default="1")
    window_days = _days(
        "Days before it is due from which it can be completed",
        30,
        "Completed in this window, it counts for that date, and the next time counts from it: nothing is lost.",
    )
    minimum_days = _days(
        "Days that must lie between a completion and the next due date",
        0,
        "So that nobody who is hired in November is asked again in January.",
    )
    earlier = _one_of(EARLIER, "yes", "Choose whether earlier completions count.")
    hired_on = DayField("Hire date", validators=[Optional()])
    habit = NumberField(
        "Completes it so many days before it is due",
        default=7,
        description="A number below zero is late.",
        validators=[Optional(), NumberRange(-1000, 1000, "Type a number from -1000 to 1000.")],
        render_kw={"autocomplete": "off"},
    )

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Whether what the choices ask for is usable; the other fields are hidden, and keep what they say."""
        super().validate(extra_validators)
        for name in _unasked(self.first.data, self.renewal.data):
            self[name].errors = []
        return not self.errors

    def put(self, audience: Audience, terms: Terms) -> None:
        """Show an audience and terms."""
        self.covers.data = "everyone" if audience.everyone else "some"
        self.team.data, self.person.data = list(audience.team_ids), list(audience.membership_ids)
        self.title.data, self.site.data = list(audience.job_titles), list(audience.sites)
        self.department.data = list(audience.departments)
        self.first.data, self.first_on.data = terms.first.value, terms.first_on
        self.renewal.data = terms.renewal.value
        self.first_days.data = terms.first_days
        self.months.data, self.day.data = terms.months or 12, terms.day or 31
        self.month.data = str(terms.month or 1)
        self.window_days.data, self.minimum_days.data = terms.window_days, terms.minimum_days
        self.earlier.data = "yes" if terms.counts_earlier else "no"

    def audience(self, *, teams: Collection[int], people: Collection[int]) -> Audience:
        """Whom the form names: of the teams and people those that are the organization's."""
        if self.covers.data == "everyone":
            return Audience(everyone=True)
        return Audience(
            team_ids=frozenset(self.team.data or ()) & frozenset(teams),
            job_titles=_texts(self.title.data),
            departments=_texts(self.department.data),
            sites=_texts(self.site.data),
            membership_ids=frozenset(self.person.data or ()) & frozenset(people),
        )

    def terms(self) -> Terms | None:
        """The terms, or None with an error at the field that is to mend; of a form that is valid."""
        first, renewal = First(self.first.data), Renewal(self.renewal.data)
        days = [self.first_days]
        if renewal is not Renewal.NONE:
            days += [self.window_days, self.minimum_days]
        for field in days:
            if field.data is None:
                field.errors = ["Type a number of days."]
                return None
        is_calendar = renewal is Renewal.CALENDAR
        values: dict[str, Any] = {
            "first_days": self.first_days.data,
            "window_days": self.window_days.data if renewal is not Renewal.NONE else None,
            "minimum_days": self.minimum_days.data if renewal is not Renewal.NONE else None,
        }
        try:
            return Terms(
                first=first,
                first_on=self.first_on.data if first is First.ON_DATE else None,
                renewal=renewal,
                months=None if is_calendar or renewal is Renewal.NONE else self.months.data,
                month=_month(self.month.data) if is_calendar else None,
                day=self.day.data if is_calendar else None,
                counts_earlier=self.earlier.data == "yes",
                **{name: value for name, value in values.items() if value is not None},
            )
        except TermsNotUsable as error:
            field = self[error.field]
            field.errors = [*field.errors, str(error)]
            return None


def _unasked(first: str | None, renewal: str | None) -> Iterator[str]:
    """The fields that are of no use with these choices."""
    if first != First.ON_DATE:
        yield "first_on"
    if renewal in (Renewal.NONE, Renewal.CALENDAR):
        yield "months"
    if renewal != Renewal.CALENDAR:
        yield from ("day", "month")
    if renewal == Renewal.NONE:
        yield from ("window_days", "minimum_days")


def _texts(values: list[str] | None) -> frozenset[str]:
    return frozenset(text for text in values or () if fold(text))


def _month(text: str | None) -> int | None:
    return int(text) if text in {str(number) for number in range(1, len(MONTHS) + 1)} else None


def _reason(label: str) -> StringField:
    return StringField(
        label,
        validators=[DataRequired("Say why: a surveyor will ask."), Length(max=MAX_REASON)],
        render_kw={"autocomplete": "off", "maxlength": MAX_REASON},
    )


class WaiveForm(FlaskForm):
    """Letting somebody off once."""

    reason = _reason("Reason")


class ExemptForm(FlaskForm):
    """Excepting somebody until it is withdrawn."""

    reason = _reason("Reason")


class VouchForm(FlaskForm):
    """A completion elsewhere."""

    completed_on = DayField("Completed on", validators=[InputRequired("Give the day.")])
    reason = _reason("Where, and how you know")


class ExtendForm(FlaskForm):
    """Another due date."""

    due_on = DayField("New due date", validators=[InputRequired("Give the day.")])
    reason = _reason("Reason")


class AgainForm(FlaskForm):
    """Having those complete a course again who completed an earlier revision."""

    days = NumberField(
        "Days they have",
        default=30,
        validators=[
            InputRequired("Type a whole number."),
            NumberRange(1, MAX_DAYS, f"Type a number from 1 to {MAX_DAYS}."),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    reason = _reason("What has changed, and why it matters")
