"""The form with which an evidence packet is asked for."""

from collections.abc import Mapping
from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, SelectMultipleField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, ValidationError

from lms.assignments.audience import Audience
from lms.organizations.choices import Choices
from lms.organizations.forms import row_id

EVERYONE, SOME = "everyone", "some"
WHO = {EVERYONE: "Everyone", SOME: "Only those of the following"}
KINDS = ("teams", "job_titles", "departments", "sites")


class PacketForm(FlaskForm):
    """What a packet is about."""

    course = SelectField("Course", validators=[InputRequired("Choose a course.")])
    starts_on = DateField("First day", validators=[InputRequired("Type the first day.")])
    ends_on = DateField("Last day", validators=[InputRequired("Type the last day.")])
    who = StringField(
        "Whom it is about",
        default=EVERYONE,
        validators=[AnyOf(tuple(WHO), "Choose one of the two.")],
    )
    teams = SelectMultipleField("Teams", coerce=row_id)
    job_titles = SelectMultipleField("Job titles")
    departments = SelectMultipleField("Departments")
    sites = SelectMultipleField("Sites")
    find = StringField("Find teams by name", validators=[Length(max=200)])

    def offer(self, courses: Mapping[str, str], choices: Choices, today: date) -> None:
        """Let the form choose among these; nothing that is due on a day to come is known yet."""
        self.course.choices = list(courses.items())
        for name in KINDS:
            getattr(self, name).choices = list(getattr(choices, name).items())
        chosen, found = choices.teams, choices.found
        self.teams.choices = list({**chosen, **found}.items())
        self._today = today

    def validate_ends_on(self, field: DateField) -> None:
        first, last = self.starts_on.data, field.data
        if last is None:
            return
        if first is not None and last < first:
            raise ValidationError("The last day is before the first one.")
        if last > self._today:
            raise ValidationError("Choose today or a day before: a packet tells what has happened.")
        if first is not None and first.year < 1900:
            raise ValidationError("Choose a first day from 1900 on.")

    def validate_who(self, field: StringField) -> None:
        if field.data == SOME and not any(getattr(self, name).data for name in KINDS):
            raise ValidationError(
                "Choose a team, a job title, a department or a site, or everyone."
            )

    def audience(self) -> Audience:
        """Whom a form that is valid is about."""
        if self.who.data == EVERYONE:
            return Audience(everyone=True)
        return Audience(
            team_ids=frozenset(self.teams.data or ()),
            job_titles=frozenset(self.job_titles.data or ()),
            departments=frozenset(self.departments.data or ()),
            sites=frozenset(self.sites.data or ()),
        )
