"""How values are written on pages: dates, shares, scores, durations."""

from datetime import datetime
from fractions import Fraction

from flask import Flask
from flask_login import current_user

from .clock import in_zone

NBSP = "\N{NO-BREAK SPACE}"


def install(app: Flask) -> None:
    """Give the templates their filters."""
    app.add_template_filter(day)
    app.add_template_filter(moment)
    app.add_template_filter(percent)
    app.add_template_filter(points)
    app.add_template_filter(minutes)
    app.add_template_filter(iso)


def day(value: datetime) -> str:
    """The date as the signed-in person's calendar shows it, such as `21 November 2026`."""
    local = in_zone(value, _zone())
    return f"{local.day}{NBSP}{local:%B}{NBSP}{local.year}"


def moment(value: datetime) -> str:
    """Date and time in the signed-in person's zone, such as `21 November 2026, 14:05 UTC`."""
    local = in_zone(value, _zone())
    return f"{day(value)}, {local:%H:%M}{NBSP}{local.tzname()}"


def iso(value: datetime) -> str:
    """The moment for a machine, for a `datetime` attribute."""
    return value.isoformat(timespec="seconds")


def percent(value: Fraction) -> str:
    """A share as whole percents, rounded down: 79.9 % must never read as a pass mark of 80 %."""
    return f"{int(value * 100)}%"


def points(value: Fraction) -> str:
    """Points with two decimals at most, without trailing zeros: `7`, `2.5`, `0.33`."""
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return text or "0"


def minutes(value: int) -> str:
    """A duration such as `45 min` or `1 h 20 min`."""
    hours, rest = divmod(int(value), 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h" + (f" {rest}{NBSP}min" if rest else "")


def _zone() -> str:
    return getattr(current_user, "time_zone", "UTC")
