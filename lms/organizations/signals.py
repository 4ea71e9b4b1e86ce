"""News that travels upward, in the same thread and transaction; `app` decides who listens (pure)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from blinker import Namespace

_signals = Namespace()

# Somebody joined, left, came back, was placed elsewhere, changed teams, or is on leave other than before.
# Sent with: session, organization_id, membership_ids (a set, or None for everybody), now.
roster_changed = _signals.signal("roster-changed")


def tell(
    session: Any, organization_id: int, membership_ids: Collection[int] | None, now: datetime
) -> None:
    """Send `roster_changed`, unless it concerns nobody."""
    if membership_ids is None or membership_ids:
        roster_changed.send(
            None,
            session=session,
            organization_id=organization_id,
            membership_ids=None if membership_ids is None else frozenset(membership_ids),
            now=now,
        )
