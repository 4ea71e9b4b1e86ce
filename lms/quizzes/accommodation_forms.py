"""The form with which a learner is granted more time or another attempt."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, ValidationError

from .accommodations import MAX_EXTRA_ATTEMPTS, MAX_EXTRA_TIME, MAX_REASON

EVERY_QUIZ = ""


class GrantForm(FlaskForm):
    """What is granted, at which quiz, and why."""

    quiz = SelectField("Quiz", default=EVERY_QUIZ, validate_choice=True)
    extra_time = IntegerField(
        "Extra time",
        default=0,
        description="Percent on top of a time limit: 50 makes 30 minutes of 20.",
        validators=[NumberRange(0, MAX_EXTRA_TIME, f"Type a number from 0 to {MAX_EXTRA_TIME}.")],
        render_kw={"inputmode": "numeric", "min": 0, "max": MAX_EXTRA_TIME},
    )
    extra_attempts = IntegerField(
        "Extra attempts",
        default=0,
        description="On top of the quiz's limit. They may be used at once, whatever pause it asks for.",
        validators=[
            NumberRange(0, MAX_EXTRA_ATTEMPTS, f"Type a number from 0 to {MAX_EXTRA_ATTEMPTS}.")
        ],
        render_kw={"inputmode": "numeric", "min": 0, "max": MAX_EXTRA_ATTEMPTS},
    )
    reason = StringField(
        "Reason",
        description="Managers and instructors see it; it is kept.",
        validators=[
            DataRequired("Write why."),
            Length(max=MAX_REASON, message=f"Write at most {MAX_REASON} characters."),
        ],
        render_kw={"autocomplete": "off", "maxlength": MAX_REASON},
    )

    def offer(self, quizzes: Sequence[tuple[str, str]]) -> None:
        """Let the form choose among quizzes, each by its module's slug and title, or every one."""
        self.quiz.choices = [(EVERY_QUIZ, "Every quiz"), *quizzes]

    def validate_reason(self, field: StringField) -> None:
        field.data = (field.data or "").strip()
        if not field.data:
            raise ValidationError("Write why.")

    def validate_extra_attempts(self, field: IntegerField) -> None:
        if field.data and self.quiz.data == EVERY_QUIZ:
            raise ValidationError("Choose the quiz that the attempts are for.")
        if field.data == 0 and self.extra_time.data == 0:
            raise ValidationError("Grant extra time, extra attempts, or both.")
