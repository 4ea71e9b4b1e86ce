"""What the page calls saved is saved: through kills of the server, lost connections and second tabs."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from lms.accounts import service as accounts
from lms.courses.publications import load_catalogue
from lms.foundation.database import Database
from tests.factories import enrol, finish_lessons
from tests.live_server import LiveServer

from .conftest import NewContext, add_person, follow, sign_in
from .key import answer, sets_of

MODULE = "role-overview"
COURSE = "care-coordinator-onboarding"
QUIZ = f"/courses/{COURSE}/{MODULE}/quiz"
ALL_SAVED = "All answers saved"
NOT_SAVED = "Not saved, trying again"


@pytest.fixture
def own_site(tmp_path: Path, demo_site: Callable[[Path], LiveServer]) -> Iterator[LiveServer]:
    """A site that a test may kill."""
    server = demo_site(tmp_path)
    server.start()
    yield server
    server.stop()


def open_attempt(page: Page, site: LiveServer, name: str) -> None:
    """Start the first quiz, as somebody who has finished the lessons before it."""
    database = Database(site.database_url)
    with database.transaction() as session:
        user = accounts.find_by_name(session, name)
        assert user is not None
        shelf = load_catalogue(session, None)
        row = enrol(session, user.id, shelf.courses[COURSE])
        finish_lessons(session, row, shelf, modules=[MODULE], now=row.counts_from)
    database.dispose()
    sign_in(page, site, name)
    page.goto(f"{site.address}{QUIZ}")
    follow(page.get_by_role("button", name="Start the quiz"))
    expect(page.locator("#attempt-form")).to_be_visible()


def begin(site: LiveServer, context: BrowserContext, full_name: str, user_name: str) -> Page:
    """The page of an attempt that somebody new has started."""
    add_person(site, full_name, user_name)
    page = context.new_page()
    open_attempt(page, site, user_name)
    return page


def state(page: Page) -> Locator:
    """The line that tells whether everything is saved."""
    return page.locator("[data-state]")


def test_a_server_killed_between_answers_loses_none_that_the_page_called_saved(
    own_site: LiveServer, new_context: NewContext
) -> None:
    page = new_context().new_page()
    open_attempt(page, own_site, "learner@demo.example")
    for number, fieldset in enumerate(sets_of(page)):
        answer(fieldset, MODULE)
        expect(state(page)).to_have_text(ALL_SAVED)
        if number % 4 == 1:
            own_site.kill()
            own_site.start()
    own_site.kill()
    own_site.start()
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()
    expect(page.get_by_text("100%")).to_be_visible()
    database = sqlite3.connect(own_site.database_url.removeprefix("sqlite:///"))
    try:
        graded = database.execute(
            "SELECT count(*) FROM grade JOIN attempt ON attempt.id = attempt_id"
            " JOIN user ON user.id = user_id WHERE email = 'learner@demo.example'"
        )
        assert graded.fetchone() == (1,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        database.close()


def test_an_answer_given_while_the_server_is_down_says_so_and_is_saved_when_it_is_back(
    own_site: LiveServer, new_context: NewContext
) -> None:
    page = new_context().new_page()
    open_attempt(page, own_site, "learner@demo.example")
    first, second = sets_of(page)[:2]
    own_site.kill()
    answer(first, MODULE)
    expect(state(page)).to_have_text(NOT_SAVED)
    answer(second, MODULE)
    own_site.start()
    expect(state(page)).to_have_text(ALL_SAVED)
    page.reload()
    expect(page.locator("[data-answered]")).to_have_text("2")


def test_an_answer_that_could_not_be_sent_is_there_after_a_reload(
    site: LiveServer, new_context: NewContext
) -> None:
    context = new_context()
    page = begin(site, context, "Noor Haddad", "offline")
    page.route("**/answers", lambda route: route.abort())
    answer(sets_of(page)[0], MODULE)
    expect(state(page)).to_have_text(NOT_SAVED)
    page.unroute("**/answers")
    page.reload()
    expect(state(page)).to_have_text(ALL_SAVED)
    expect(page.locator("[data-answered]")).to_have_text("1")
    other = new_context().new_page()
    sign_in(other, site, "offline")
    other.goto(page.url)
    expect(other.locator("[data-answered]")).to_have_text("1")


def test_a_submit_without_a_connection_keeps_every_answer(
    site: LiveServer, new_context: NewContext
) -> None:
    context = new_context()
    page = begin(site, context, "Mira Novak", "submit")
    submit = page.get_by_role("button", name="Submit", exact=True)
    context.set_offline(True)
    typed = page.get_by_label("Your answer").first
    typed.fill("a plan")
    submit.click()
    expect(state(page)).to_have_text(re.compile("You are offline|Not saved"))
    expect(typed).to_have_value("a plan")
    context.set_offline(False)
    expect(state(page)).to_have_text(ALL_SAVED)
    # Nor does the browser always know that there is no connection.
    page.route("**/attempts/**", lambda route: route.abort())
    typed.fill("a care plan")
    submit.click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/attempts/**")
    page.goto(f"{site.address}{QUIZ}")
    follow(page.get_by_role("link", name="Continue the attempt"))
    expect(typed).to_have_value("a care plan")
    expect(state(page)).to_have_text(ALL_SAVED)
    expect(page.locator("[data-answered]")).to_have_text("1")


def test_a_second_tab_with_older_answers_does_not_wipe_newer_ones(
    site: LiveServer, new_context: NewContext
) -> None:
    context = new_context()
    stale = begin(site, context, "Ines Duarte", "tabs")
    fresh = context.new_page()
    fresh.goto(stale.url)
    for fieldset in sets_of(fresh):
        answer(fieldset, MODULE)
    expect(state(fresh)).to_have_text(ALL_SAVED)
    stale.get_by_role("button", name="Submit", exact=True).click()
    expect(stale.get_by_role("heading", name="Passed")).to_be_visible()
    fresh.locator(".option:not(:has(:checked))").first.click()
    expect(fresh).to_have_url(re.compile("/result$"))


def test_a_double_click_on_submit_gives_one_grade(
    site: LiveServer, new_context: NewContext
) -> None:
    page = begin(site, new_context(), "Tomas Berg", "double")
    for fieldset in sets_of(page):
        answer(fieldset, MODULE)
    page.get_by_role("button", name="Submit", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()
    page.goto(f"{site.address}{QUIZ}")
    expect(page.get_by_role("link", name=re.compile("^Attempt "))).to_have_count(1)


def test_the_page_goes_on_saving_after_a_new_sign_in_in_another_tab(
    site: LiveServer, new_context: NewContext
) -> None:
    context = new_context()
    page = begin(site, context, "Ayo Bello", "expired")
    context.clear_cookies()
    answer(sets_of(page)[0], MODULE)
    expect(state(page)).to_contain_text("please sign in again")
    other = context.new_page()
    sign_in(other, site, "expired")
    expect(state(page)).to_have_text(ALL_SAVED)
