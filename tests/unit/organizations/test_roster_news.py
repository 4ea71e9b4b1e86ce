"""News of members: told once to whoever listens, and not at all where it concerns nobody."""

from datetime import UTC, datetime
from typing import Any

import pytest
from blinker import Signal

from lms.organizations import signals

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ids", "told"),
    [([3, 5, 3], [frozenset({3, 5})]), (None, [None]), ([], []), (set(), [])],
)
def test_whoever_listens_hears_of_whom_it_concerns(
    ids: Any, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # An application of another test listens to the signal that the whole process shares.
    alone = Signal()
    monkeypatch.setattr(signals, "roster_changed", alone)
    heard: list[Any] = []

    def listen(_sender: object, *, membership_ids: Any, organization_id: int, **_rest: Any) -> None:
        assert organization_id == 7
        heard.append(membership_ids)

    with alone.connected_to(listen):
        signals.tell("a session", 7, ids, NOW)
    assert heard == told
