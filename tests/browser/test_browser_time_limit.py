"""A timed attempt in a browser: the clock is seen, little time is said, and the end is not missed."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lms.foundation.shipped import shipped
from tests.live_server import LiveServer

from .conftest import Check, NewContext, add_person
from .key import answer, sets_of
from .test_browser_nothing_is_lost import ALL_SAVED, MODULE, open_attempt, state

MINUTES = 20


@pytest.fixture(scope="module")
def timed_site(
    tmp_path_factory: pytest.TempPathFactory, demo_site: Callable[[Path], LiveServer]
) -> Iterator[LiveServer]:
    """A site whose first quiz has a time limit."""
    folder = tmp_path_factory.mktemp("timed")
    content = folder / "content"
    shutil.copytree(shipped("content"), content)
    quiz = content / "modules" / MODULE / "quiz.md"
    text = quiz.read_text(encoding="utf-8")
    quiz.write_text(text.replace("---\n", f"---\ntime_limit: {MINUTES} min\n", 1), encoding="utf-8")
    server = demo_site(folder)
    server.run("publish", str(content))
    server.start()
    yield server
    server.stop()


def go_to(page: Page, seconds_left: int) -> None:
    """Let the page's time jump to where so much is left, however much has passed by itself."""
    minutes, seconds = page.locator("[data-clock]").inner_text().split(":")
    page.clock.fast_forward((int(minutes) * 60 + int(seconds) - seconds_left) * 1000)


def test_the_page_submits_when_the_time_is_up(
    timed_site: LiveServer, new_context: NewContext, accessible: Check
) -> None:
    page = new_context().new_page()
    page.clock.install()
    open_attempt(page, timed_site, "learner@demo.example")
    clock = page.locator("[data-clock]")
    expect(clock).to_have_text(re.compile(r"(20:00|1\d:\d\d)"))
    accessible(page)
    first, second = sets_of(page)[:2]
    answer(first, MODULE)
    expect(state(page)).to_have_text(ALL_SAVED)
    go_to(page, seconds_left=5 * 60)
    expect(clock).to_have_text(re.compile(r"(5:00|4:\d\d)"))
    expect(page.locator("[data-time-said]")).to_have_text("5 min left")
    go_to(page, seconds_left=60)
    expect(page.locator("[data-time-said]")).to_have_text("1 min left")
    answer(second, MODULE)
    page.clock.fast_forward(60 * 1000)
    page.wait_for_url(re.compile("/result$"))
    # What was answered last is graded, whether it was saved before the time was up or came with the form.
    expect(page.locator(".review-head .pill-done")).to_have_count(2)
    accessible(page)


def test_without_scripts_the_end_is_told(timed_site: LiveServer, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    add_person(timed_site, "Ada Okafor", "ada.okafor")
    open_attempt(page, timed_site, "ada.okafor")
    expect(page.get_by_text("Your time is up on")).to_be_visible()
    expect(page.locator("[data-time-left]")).to_be_hidden()
