"""Forms of retention: placing a hold, erasing a person's data."""

from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from .terms import BASES

MAX_REASON = 500


def _reason(label: str, hint: str) -> StringField:
    return StringField(
        label,
        description=hint,
        # As other reasons are kept: two that differ in spaces alone are one.
        filters=[lambda text: " ".join(text.split()) if text else text],
        validators=[
            DataRequired("Say why: whoever looks into it later will ask."),
            Length(max=MAX_REASON, message=f"Use {MAX_REASON} characters at most."),
        ],
        render_kw={"autocomplete": "off", "maxlength": MAX_REASON},
    )


class HoldForm(FlaskForm):
    """Why nothing may be erased."""

    hold_reason = _reason(
        "Reason", "Such as the lawsuit, audit or state rule that needs the records."
    )


class EraseForm(FlaskForm):
    """On what ground a person's data is erased, and that nobody does it by mistake."""

    basis = StringField("Legal ground", validators=[AnyOf(tuple(BASES), "Choose the ground.")])
    reason = _reason("Reason", "What you have in hand, such as the date of their letter.")
    typed_name = StringField("Type their full name to go on", render_kw={"autocomplete": "off"})

    def __init__(self, name: str, *, is_over: bool, **options: object) -> None:
        super().__init__(**options)
        self._name, self._is_over = name, is_over

    def validate_basis(self, field: Field) -> None:
        if field.data == "period-over" and not self._is_over:
            raise ValidationError("That time is not over yet: see above. Choose another ground.")

    def validate_typed_name(self, field: Field) -> None:
        if " ".join((field.data or "").split()).casefold() != self._name.casefold():
            raise ValidationError("Type the name as it stands at the top of the page.")
