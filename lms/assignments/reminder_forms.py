"""The form of how an organization reminds."""

import re

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from lms.accounts import zones

from .owing import Employer
from .reminders import Habits

MAX_DAYS = 90
MAX_REMINDERS = 5
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class HabitsForm(FlaskForm):
    """When reminders go out."""

    remind_days = StringField(
        "Days before something is due",
        description=f"Up to {MAX_REMINDERS} numbers from 1 to {MAX_DAYS}, such as 14, 3."
        " Empty for none: the letters of the assignment, of the day and of what is late go out anyway.",
        render_kw={"autocomplete": "off", "maxlength": 40},
    )
    quiet_from = SelectField("Quiet hours begin at", coerce=int)
    quiet_until = SelectField(
        "Quiet hours end at",
        coerce=int,
        description="By the reader's own clock. Two equal hours: no quiet hours.",
    )
    time_zone = SelectField(
        "Time zone",
        description="Days begin and end there: what is due on a day, is due until its midnight.",
    )

    @classmethod
    def showing(cls, employer: Employer) -> "HabitsForm":
        """The form, filled in with what is posted, or else with how it is now."""
        habits = employer.habits
        form = cls(
            remind_days=", ".join(map(str, habits.remind_days)),
            quiet_from=habits.quiet_from,
            quiet_until=habits.quiet_until,
            time_zone=habits.time_zone,
        )
        form.quiet_from.choices = form.quiet_until.choices = HOURS
        form.time_zone.choices = [
            (zone, zones.label(zone)) for zone in zones.offered(habits.time_zone)
        ]
        return form

    def validate_remind_days(self, field: StringField) -> None:
        parts = re.findall(r"[^\s,;]+", field.data or "")
        if len(parts) > MAX_REMINDERS:
            raise ValidationError(f"Give {MAX_REMINDERS} numbers at most.")
        for part in parts:
            if not re.fullmatch(r"[0-9]{1,3}", part) or not 1 <= int(part) <= MAX_DAYS:
                raise ValidationError(f"“{part}” is no number of days from 1 to {MAX_DAYS}.")

    def habits(self) -> Habits:
        """What the form says; of one that is valid."""
        days = {int(part) for part in re.findall(r"[0-9]+", self.remind_days.data or "")}
        return Habits(
            time_zone=self.time_zone.data,
            remind_days=sorted(days, reverse=True),
            quiet_from=self.quiet_from.data,
            quiet_until=self.quiet_until.data,
        )
