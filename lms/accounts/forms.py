"""Forms of accounts."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, ValidationError

from lms.foundation.clock import is_zone

from .names import MAX_EMAIL

NAME_LABEL = "E-mail or user name"
NAME_MISSING = "Type your e-mail or user name."
# What a phone should not do to a name it takes for the beginning of a sentence.
AS_TYPED = {"autocapitalize": "none", "spellcheck": "false"}


class PasswordTypedForm(FlaskForm):
    """What every way to sign in asks for beside a name, and where to go afterwards."""

    password = PasswordField(
        "Password",
        validators=[InputRequired("Type your password.")],
        render_kw={"autocomplete": "current-password"},
    )
    keep = BooleanField("Keep me signed in on this device")
    next = HiddenField()


class SignInForm(PasswordTypedForm):
    """A name and a password."""

    name = StringField(
        NAME_LABEL,
        validators=[DataRequired(NAME_MISSING), Length(max=MAX_EMAIL)],
        render_kw={"autocomplete": "username", **AS_TYPED},
    )


class ForgottenForm(FlaskForm):
    """The name of the account to send a link to."""

    name = StringField(
        NAME_LABEL,
        validators=[DataRequired(NAME_MISSING), Length(max=MAX_EMAIL)],
        render_kw={"autocomplete": "username", **AS_TYPED},
    )


class ChoosePasswordForm(FlaskForm):
    """A new password, twice."""

    new = PasswordField(
        "New password",
        description="10 characters or more. A few words you will remember make a good one.",
        validators=[InputRequired("Choose a password.")],
        render_kw={"autocomplete": "new-password"},
    )
    repeat = PasswordField(
        "New password again",
        validators=[
            InputRequired("Type the new password again."),
            EqualTo("new", "The two new passwords differ. Type both again."),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(ChoosePasswordForm):
    """The present password, and a new one in its place."""

    current = PasswordField(
        "Current password",
        validators=[InputRequired("Type the password you use now.")],
        render_kw={"autocomplete": "current-password"},
    )


class TimeZoneForm(FlaskForm):
    """The zone whose clock a person's dates are shown by."""

    time_zone = StringField("Time zone")

    def validate_time_zone(self, field: StringField) -> None:
        # Any zone that exists is accepted: the list on the page only offers the usual ones.
        if not is_zone(field.data or ""):
            raise ValidationError("Choose a time zone from the list.")
