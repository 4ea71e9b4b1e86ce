"""What templates write values with: the wordings, and moments in the signed-in person's zone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from flask import Flask
from flask_login import current_user
from werkzeug.local import LocalProxy

from .clock import in_zone
from .options import options
from .wording import NBSP, date_in_full, minutes, paragraphs, percent, points, span

# Whoever reads: what is asked of the proxy looks them up each time, by a longer way.
_reader: Callable[[], Any] = cast("LocalProxy[Any]", current_user)._get_current_object


def install(app: Flask) -> None:
    """Give the templates their filters."""
    app.add_template_filter(day)
    app.add_template_filter(day_in)
    app.add_template_filter(date_in_full, "date")
    app.add_template_filter(moment)
    app.add_template_filter(percent)
    app.add_template_filter(points)
    app.add_template_filter(minutes)
    app.add_template_filter(span)
    app.add_template_filter(paragraphs)
    app.add_template_filter(iso)
    app.add_template_filter("{:,}".format, "thousands")
    app.add_template_filter(options)


def day(value: datetime) -> str:
    """The date as the signed-in person's calendar shows it, such as `21 November 2026`."""
    return date_in_full(in_zone(value, _zone()).date())


def day_in(value: datetime, zone: str) -> str:
    """The date by the clocks of `zone`: employers' pages tell days of facts by the organization's."""
    return date_in_full(in_zone(value, zone).date())


def moment(value: datetime) -> str:
    """Date and time in the signed-in person's zone, such as `21 November 2026, 14:05 UTC`."""
    local = in_zone(value, _zone())
    return f"{day(value)}, {local:%H:%M}{NBSP}{local.tzname()}"


def iso(value: datetime) -> str:
    """The moment for a machine, for a `datetime` attribute."""
    return value.isoformat(timespec="seconds")


def _zone() -> str:
    return getattr(_reader(), "time_zone", "UTC")
