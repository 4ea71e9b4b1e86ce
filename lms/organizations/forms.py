"""Forms of organizations."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from lms.accounts.errors import NameNotUsable
from lms.accounts.forms import AS_TYPED
from lms.accounts.names import MAX_EMAIL, MAX_NAME, SignInName, checked_name, sign_in_name

ROLES = {
    "member": "Member: takes courses",
    "manager": "Manager: also sees and invites people of this organization",
}


class InviteForm(FlaskForm):
    """Who is to come in, and as what."""

    name = StringField(
        "Full name",
        description="As it should stand on certificates.",
        validators=[DataRequired("Type the person's name."), Length(max=MAX_NAME)],
        # The person typing is not the person named.
        render_kw={"autocomplete": "off"},
    )
    sign_in_name = StringField(
        "E-mail or user name",
        description="We send the invitation to an e-mail address. Without one, make up a user name"
        " such as ada.okafor: you get a link to hand over.",
        validators=[DataRequired("Type an e-mail address or a user name."), Length(max=MAX_EMAIL)],
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
