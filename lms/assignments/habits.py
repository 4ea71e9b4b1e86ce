"""Changing how an organization reminds."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.organizations.models import Organization

from .owing import Employer
from .reminders import Habits


def change(session: Session, employer: Employer, wanted: Habits) -> Mapping[str, Any]:
    """Let the organization remind as `wanted`; what was and is each thing that changes, if anything."""
    changes = {
        name: {"before": before, "after": after}
        for name in ("time_zone", "remind_days", "quiet_from", "quiet_until")
        if (before := getattr(employer.habits, name)) != (after := getattr(wanted, name))
    }
    if changes:
        values = {name: change["after"] for name, change in changes.items()}
        session.execute(update(Organization).where(Organization.id == employer.id).values(**values))
    return changes
