"""A browser, a real server, and people to be."""

import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from lms.accounts import passwords
from lms.accounts import service as accounts
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from tests.live_server import LiveServer

PASSWORD = "seven quiet hallways"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HAS_FAILED = pytest.StashKey[bool]()
Check = Callable[..., None]
NewContext = Callable[..., BrowserContext]
# A busy machine may need long for what is right; what is wrong fails all the same.
LONGEST_MS = 120_000
expect.set_options(timeout=LONGEST_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip("Chromium is not installed"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without what it would ask of the network."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[HAS_FAILED] = report.failed
    return report


@pytest.fixture
def new_context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[NewContext]:
    """A function that opens a browser profile of its own; a failed test leaves pictures of its pages."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        context.set_default_timeout(LONGEST_MS)
        contexts.append(context)
        return context

    yield make
    for number, page in enumerate(page for context in contexts for page in context.pages):
        if request.node.stash.get(HAS_FAILED, False):
            name = re.sub(r"\W+", "-", request.node.name)
            page.screenshot(path=f"test-results/{name}-{number}.png", full_page=True)
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make run` sets up on SQLite, made once for all processes of a run: sites are copies of it."""
    folder = tmp_path_factory.getbasetemp()
    # Each of several processes has a folder in that of the run; the folder of a single one lies beside
    # those of other runs, whose demo is of another day or another version.
    made = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "demo-folder"
    if not made.exists():
        own = tmp_path_factory.mktemp("demo")
        server = LiveServer(own, _database_in(own))
        server.run("demo", LMS_DEMO_PASSWORD=PASSWORD)
        server.stop()
        # Another process may have made it meanwhile: then that one counts.
        with suppress(OSError):
            own.rename(made)
    return made


@pytest.fixture(scope="session")
def demo_site(demo_folder: Path) -> Callable[[Path], LiveServer]:
    """A function that gives the demo's site in a folder, not yet started."""

    def make(folder: Path) -> LiveServer:
        shutil.copytree(demo_folder, folder, dirs_exist_ok=True)
        return LiveServer(folder, _database_in(folder))

    return make


def _database_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'rounds.sqlite'}"


@pytest.fixture(scope="session")
def site(
    tmp_path_factory: pytest.TempPathFactory, demo_site: Callable[[Path], LiveServer]
) -> Iterator[LiveServer]:
    """The site as `make run` sets it up."""
    server = demo_site(tmp_path_factory.mktemp("site"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def accessible() -> Check:
    """A function that fails when axe finds a fault in a page, or the page is wider than its window.

    `rules` are those that axe tries; all of them if there are none.
    """

    def check(page: Page, *rules: str) -> None:
        options: dict[str, object] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = {"type": "rule", "values": list(rules)}
        faults = Axe().run(page, options=options).response["violations"]
        told = [
            f"{fault['id']}: {fault['help']} ({fault['nodes'][0]['target']})" for fault in faults
        ]
        assert not told, f"{page.url}: {told}"
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{page.url} is {overflow} px wider than its window"

    return check


def sign_in(page: Page, site: LiveServer, name: str, password: str = PASSWORD) -> None:
    """Sign in by the form."""
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("E-mail or user name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    follow(page.get_by_role("button", name="Sign in"))
    assert page.url == f"{site.address}/"


def follow(way: Locator) -> None:
    """Click what leads to another page, and wait until all of that page is there.

    What reads a page at once, and does not wait for anything on it, needs this: a page that has begun
    to arrive holds its first questions and no button yet.
    """
    with way.page.expect_event("load"):
        way.click()


def add_person(site: LiveServer, full_name: str, user_name: str) -> int:
    """A learner who signs in with a user name and the password of these tests; their id."""
    database = Database(site.database_url)
    with database.transaction() as session:
        user = accounts.create_user(
            session,
            name=full_name,
            user_name=user_name,
            password_hash=_password_hash(),
            now=system_clock(),
        )
        user_id = user.id
    database.dispose()
    return user_id


@cache
def _password_hash() -> str:
    return passwords.choose(PASSWORD, names=())
