"""Forms of courses."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from lms.accounts.names import MAX_NAME


class SignForm(FlaskForm):
    """A name in place of a signature, and the digest of the statement that it was put under."""

    wording = HiddenField()
    name = StringField(
        "Your full name",
        validators=[
            DataRequired("Type your full name to sign."),
            Length(max=MAX_NAME, message=f"A name has {MAX_NAME} characters at most."),
        ],
        render_kw={"autocomplete": "name", "spellcheck": "false"},
    )

    def __init__(self, statement: str, account_name: str, **given: Any) -> None:
        super().__init__(**given)
        self.name.description = (
            f"Type your name as it stands in your account: {account_name}."
            " It counts as your signature."
        )
        self.digest = sha256(statement.encode()).hexdigest()

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether it can be signed; whoever signs must have read the statement as it is now."""
        is_valid = super().validate(extra_validators)
        if self.wording.data == self.digest:
            return is_valid
        self.form_errors.append("The statement has changed meanwhile. Read it, then sign it.")
        return False
