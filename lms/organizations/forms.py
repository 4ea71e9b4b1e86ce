"""Forms of organizations."""

import re

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    Field,
    StringField,
    TextAreaField,
)
from wtforms.form import BaseForm
from wtforms.validators import AnyOf, DataRequired, Length, Optional, ValidationError

from lms.accounts.errors import NameNotUsable
from lms.accounts.forms import AS_TYPED, PasswordTypedForm
from lms.accounts.names import MAX_EMAIL, MAX_NAME, SignInName, checked_name, normal, sign_in_name

from .errors import TextNotUsable
from .placements import MAX_NUMBER, MAX_TEXT, checked_text

MOST_NAMED = 1000
TOO_LONG = "Use %(max)d characters or fewer."
ROLES = {
    "member": "Member: takes courses",
    "manager": "Manager: also sees and invites people of this organization",
}


class InviteForm(FlaskForm):
    """Who is to come in, and as what."""

    name = StringField(
        "Full name",
        description="As it should stand on certificates.",
        validators=[
            DataRequired("Type the person's name."),
            Length(max=MAX_NAME, message=TOO_LONG),
        ],
        # The person typing is not the person named.
        render_kw={"autocomplete": "off"},
    )
    sign_in_name = StringField(
        "E-mail or user name",
        description="We send the invitation to an e-mail address. Without one, make up a user name"
        " such as ada.okafor: you get a link to hand over.",
        validators=[
            DataRequired("Type an e-mail address or a user name."),
            Length(max=MAX_EMAIL, message=TOO_LONG),
        ],
        render_kw={"autocomplete": "off", **AS_TYPED},
    )
    role = StringField(
        "Role", default="member", validators=[AnyOf(tuple(ROLES), "Choose one of the roles.")]
    )

    def validate_name(self, field: StringField) -> None:
        try:
            checked_name(field.data or "")
        except NameNotUsable as error:
            raise ValidationError(str(error)) from None

    def validate_sign_in_name(self, field: StringField) -> None:
        try:
            sign_in_name(field.data or "")
        except NameNotUsable as error:
            raise ValidationError(str(error)) from None

    def named(self) -> SignInName:
        """What the person signs in with; of a form that is valid."""
        return sign_in_name(self.sign_in_name.data or "")


class DayField(DateField):
    """A date, as a browser's date field sends it or as it is typed: 2026-11-15."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write the date as year-month-day, such as 2026-11-15.") from None

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what nobody can mean: the calendar ends at the year 9999, and renewals go beyond a date."""
        if self.data is not None and not 1950 <= self.data.year <= 2100:
            raise ValidationError("Give a day from 1950 to 2100.")


def row_id(text: str) -> int:
    """The id that an address or a form names; raises ValueError where no row can have it."""
    number = int(text)
    if not 0 < number < 2**63:
        raise ValueError("no row has such an id")
    return number


def _shown(_form: FlaskForm, field: Field) -> None:
    """The text can be shown and is not too long; it goes on with single spaces."""
    longest = MAX_NUMBER if field.name == "employee_number" else MAX_TEXT
    try:
        field.data = checked_text(field.data or "", longest)
    except TextNotUsable as error:
        raise ValidationError(str(error)) from None


class MemberForm(FlaskForm):
    """What the organization says that a member is."""

    employee_number = StringField(
        "Employee number",
        description="With the organization's code it signs people in who have no e-mail.",
        validators=[_shown],
        render_kw={"autocomplete": "off", **AS_TYPED},
    )
    job_title = StringField("Job title", validators=[_shown], render_kw={"autocomplete": "off"})
    department = StringField("Department", validators=[_shown], render_kw={"autocomplete": "off"})
    site = StringField("Site", validators=[_shown], render_kw={"autocomplete": "off"})
    hired_on = DayField("Hired on", validators=[Optional()])
    manager = StringField(
        "Reports to",
        description="The manager's employee number, e-mail or user name.",
        validators=[_shown],
        render_kw={"autocomplete": "off", **AS_TYPED},
    )
    role = StringField(
        "Role", validators=[Optional(), AnyOf(tuple(ROLES), "Choose one of the roles.")]
    )


class TeamForm(FlaskForm):
    """What a team is called."""

    name = StringField(
        "Name",
        validators=[DataRequired("Give the team a name."), _shown],
        render_kw={"autocomplete": "off"},
    )


class TeamMembersForm(FlaskForm):
    """Who is to come into a team, each by number or sign-in name."""

    names = TextAreaField(
        "Employee numbers, e-mail addresses or user names",
        description="One to a line, or with commas between them: up to 1,000 at once.",
        validators=[DataRequired("Name at least one person.")],
        render_kw={"rows": 4, "autocomplete": "off", **AS_TYPED},
    )

    def validate_names(self, field: TextAreaField) -> None:
        if len(self.named()) > MOST_NAMED:
            raise ValidationError(f"Name {MOST_NAMED} people at most.")

    def named(self) -> list[str]:
        """The names, each once, in their order."""
        typed = re.split(r"[\n,;]", self.names.data or "")
        return list(dict.fromkeys(name for one in typed if (name := one.strip())))


class NumberForm(PasswordTypedForm):
    """An organization's code, an employee number, a password, and where to go afterwards."""

    code = StringField(
        "Organization code",
        validators=[DataRequired("Type the code of your organization."), Length(max=100)],
        render_kw={"autocomplete": "organization", **AS_TYPED},
    )
    number = StringField(
        "Employee number",
        validators=[DataRequired("Type your employee number."), Length(max=MAX_NUMBER)],
        render_kw={"autocomplete": "username", **AS_TYPED},
    )

    def named(self) -> tuple[str, str]:
        """Code and number as they are looked for."""
        return normal(self.code.data or ""), " ".join((self.number.data or "").split())


class RosterForm(FlaskForm):
    """A roster to hand in."""

    file = FileField(
        "File",
        description="CSV or XLSX, up to 20 MB. The first row names the columns; of a spreadsheet the first"
        " sheet is read.",
        validators=[FileRequired("Choose a file.")],
        render_kw={"accept": ".csv,.txt,.tsv,.xlsx"},
    )


class RehireForm(FlaskForm):
    """The day from which somebody works here again."""

    hired_on = DayField(
        "Hired on", validators=[DataRequired("Give the day they were hired again.")]
    )


class LeaveForm(FlaskForm):
    """Days on which a member is away."""

    starts_on = DayField("First day away", validators=[DataRequired("Give the first day.")])
    ends_on = DayField("Last day away", validators=[DataRequired("Give the last day.")])

    def validate_ends_on(self, field: DayField) -> None:
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError("The last day comes before the first.")
