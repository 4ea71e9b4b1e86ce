"""No page of an employer is wider than its window, whatever people, teams and places are called."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms.accounts.models import User
from lms.foundation.database import Database
from lms.organizations.models import Membership, Team
from tests.live_server import LiveServer

from . import employer_pages
from .conftest import NewContext, sign_in

LONGEST = 200


@pytest.fixture
def long_site(tmp_path: Path, demo_site: Callable[[Path], LiveServer]) -> Iterator[LiveServer]:
    """The demo, where what somebody is called, or belongs to, is one word as long as may be."""
    server = demo_site(tmp_path)
    server.start()
    yield server
    server.stop()


def lengthen(site: LiveServer) -> None:
    database = Database(site.database_url)
    with database.transaction() as session:
        for user in session.scalars(sa.select(User).where(User.name != "Samuel Osei")):
            user.name = f"{user.id:W<{LONGEST}}"
        for team in session.scalars(sa.select(Team)):
            team.name = f"{team.id:Z<{LONGEST}}"
        for member in session.scalars(sa.select(Membership)):
            member.job_title, member.department, member.site = (one * LONGEST for one in "TDS")
    database.dispose()


def test_no_page_is_wider_than_its_window(long_site: LiveServer, new_context: NewContext) -> None:
    values = employer_pages.employer_values(long_site)
    lengthen(long_site)
    page = new_context().new_page()
    sign_in(page, long_site, "manager@demo.example")
    too_wide: list[str] = []
    for path in employer_pages.MANAGER:
        page.goto(long_site.address + path.format(**values))
        for width in (390, 800, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            shown = page.evaluate("document.documentElement.scrollWidth")
            if shown > width:
                too_wide.append(f"{path} at {width}: {shown}")
    assert too_wide == []
