"""A server that is told to stop, and of which a process does not listen."""

from pathlib import Path

import pytest

from lms.foundation.database import Database
from tests.live_server import LiveServer


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_server_stops_though_a_process_of_it_does_not(database: Database, tmp_path: Path) -> None:
    server = LiveServer(tmp_path, database.url.render_as_string(hide_password=False))
    server.start()
    server.suspend_workers()
    # It fails by a time-out where the server waits for that process.
    server.stop()
