"""What the tests of the command share: the command over a database of each kind, a content folder."""

from pathlib import Path

import pytest

from lms.foundation.database import Database
from tests.cli.command import Run, run_with
from tests.sample_content import write_folder


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    """The command over an upgraded, empty database of each kind."""
    return run_with(
        {
            "LMS_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "LMS_INSTANCE_PATH": str(tmp_path / "instance"),
        }
    )


@pytest.fixture
def run_empty(empty_address: str, tmp_path: Path) -> Run:
    """The command over a database of each kind without any table."""
    return run_with(
        {"LMS_DATABASE_URL": empty_address, "LMS_INSTANCE_PATH": str(tmp_path / "instance")}
    )


@pytest.fixture
def content(tmp_path: Path) -> str:
    """A content folder in order."""
    return str(write_folder(tmp_path / "content"))
