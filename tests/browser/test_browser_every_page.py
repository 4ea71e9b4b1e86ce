"""Every page of every role, on a phone and on a desk, by day and by night: axe finds nothing."""

from fractions import Fraction
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.app import create_app
from lms.courses import service
from lms.courses.catalogue import Catalogue
from lms.courses.publications import load_catalogue
from lms.foundation.database import Database
from lms.foundation.settings import Settings
from lms.quizzes.models import Attempt
from lms.quizzes.shelf import QuizShelf
from tests.cohort import add_cohort, guesses
from tests.factories import BEGINNING, enrol, finish_lessons
from tests.live_server import LiveServer

from . import employer_pages
from .conftest import Check, NewContext, sign_in

STATISTICS = "/reports/quizzes/skills"
REGRADE = "/content/skills/regrade"
PLAN = f"{REGRADE}?policy=full-credit&question=sbar-contents"
FEW_STATISTICS = "/reports/quizzes/role-overview"
PHONE, DESK = ViewportSize(width=360, height=800), ViewportSize(width=1440, height=900)
# What of axe depends on colours and on the width.
LOOKS = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
PAGES = {
    "learner": (
        "/",
        "/courses",
        "/courses/care-coordinator-onboarding",
        "/courses/privacy-and-ethics",
        "/courses/privacy-and-ethics/statement",
        "/certificates",
        "/account",
        "/requests",
    ),
    "manager": ("/", *employer_pages.MANAGER, "/people/{account}/quizzes"),
    "instructor": (
        "/content",
        STATISTICS,
        f"{STATISTICS}?order=concern",
        FEW_STATISTICS,
        REGRADE,
        PLAN,
        "/people/{learner}/quizzes",
    ),
    "administrator": ("/organizations", "/accounts", "/accounts/{learner}", "/audit", "/content"),
}
PUBLIC = (
    "/sign-in",
    "/sign-in/number?code=riverside",
    "/forgotten",
    "/verify",
    "/verify/RND-0000-0000-0000",
    "/nowhere",
)


@pytest.fixture(scope="module")
def cohort(site: LiveServer) -> int:
    """Enough learners at one of the quizzes for its statistics to be shown; the id of one of them.

    The learner of the demo has a statement to sign.
    """
    database = Database(site.database_url)
    with database.transaction() as session:
        shelf = load_catalogue(session, None)
        course = shelf.courses["care-coordinator-onboarding"]
        module = course.module("skills")
        assert module is not None
        quiz = QuizShelf().get(session, module.revision_id)
        add_cohort(session, course, module, quiz, list(guesses(quiz, 40)))
        learner = session.scalars(select(Attempt.user_id).order_by(Attempt.id.desc())).first()
        assert learner is not None
        _reach_statement(session, shelf)
    database.dispose()
    return learner


@pytest.fixture(scope="module")
def values(site: LiveServer, cohort: int) -> dict[str, object]:
    """What stands in the places of the addresses."""
    return employer_pages.employer_values(site) | {"learner": cohort}


def _reach_statement(session: Session, shelf: Catalogue) -> None:
    """Let the learner of the demo do all that goes before a statement."""
    user_id = session.scalars(select(User.id).where(User.email == "learner@demo.example")).one()
    row = enrol(session, user_id, shelf.courses["privacy-and-ethics"])
    finish_lessons(session, row, shelf)
    module = shelf.courses["privacy-and-ethics"].modules[0]
    service.record_pass(
        session,
        user_id=user_id,
        module_id=module.id,
        module_revision_id=module.revision_id,
        score=Fraction(1),
        passed_at=BEGINNING,
        shelf=shelf,
        now=BEGINNING,
    )


@pytest.mark.parametrize(
    "roles", [("manager",), tuple(role for role in PAGES if role != "manager")]
)
def test_no_page_has_a_fault_that_axe_can_find(
    roles: tuple[str, ...],
    site: LiveServer,
    new_context: NewContext,
    accessible: Check,
    values: dict[str, object],
) -> None:
    for role in roles:
        page = _page(new_context)
        messages: list[str] = []
        page.on("console", lambda message: messages.append(message.text))  # noqa: B023
        sign_in(page, site, f"{role}@demo.example")
        for path in PAGES[role]:
            look_at(page, site.address + path.format(**values), accessible)
        assert messages == []


def test_no_public_page_has_a_fault_that_axe_can_find(
    site: LiveServer, new_context: NewContext, accessible: Check
) -> None:
    page = _page(new_context)
    for path in PUBLIC:
        look_at(page, site.address + path, accessible)


def _page(new_context: NewContext) -> Page:
    """A page whose colours change at once, and not while axe looks at them."""
    return new_context(viewport=PHONE, color_scheme="dark", reduced_motion="reduce").new_page()


def look_at(page: Page, address: str, accessible: Check) -> None:
    """Open a page on a phone by night, then on a desk by day: there its colours and widths are others."""
    answer = page.goto(address)
    assert answer is not None
    # A number that no certificate has is a page too.
    assert answer.ok or address.endswith(PUBLIC), page.url
    accessible(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)
    accessible(page, *LOOKS)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)


def test_no_page_of_an_employer_is_left_out(tmp_path: Path, values: dict[str, object]) -> None:
    settings = Settings(instance_path=tmp_path, database_url=f"sqlite:///{tmp_path}/none.sqlite")
    app = create_app(settings)
    adapter = app.url_map.bind("localhost")
    seen = {
        adapter.match(path.format(**values).split("?")[0])[0] for path in employer_pages.MANAGER
    }
    there = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "slug" in rule.arguments and "GET" in (rule.methods or ())
    }
    assert there - seen == employer_pages.FILES


def test_what_a_members_page_folds_away_is_there_without_scripts(
    site: LiveServer, new_context: NewContext, values: dict[str, object], accessible: Check
) -> None:
    address = f"{site.address}{employer_pages.HERE}/people/{values['luis']}"
    page = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    sign_in(page, site, "manager@demo.example")
    page.goto(address)
    for name in ("Record a leave", "Change position or role", "History of positions", "Leaving"):
        page.locator("summary", has_text=name).focus()
        page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Positions so far")).to_be_visible()
    expect(page.get_by_role("button", name="Luis Herrera has left")).to_be_visible()
    page.get_by_label("Reports to").fill("nobody at all")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nobody in this organization")).to_be_visible()
    # Axe passes over what is folded, and needs scripts.
    page = _page(new_context)
    sign_in(page, site, "manager@demo.example")
    page.goto(address)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    accessible(page)


@pytest.mark.usefixtures("cohort")
def test_a_concern_leads_to_its_question(site: LiveServer, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, site, "instructor@demo.example")
    page.goto(site.address + STATISTICS)
    links = page.get_by_role("region", name="To look at").get_by_role("link")
    link = links.last
    title = link.inner_text()
    link.click()
    expect(page.locator(":target").get_by_role("heading", name=title, exact=True)).to_be_visible()


def test_the_menu_and_an_option_can_be_reached_with_the_keyboard(
    site: LiveServer, new_context: NewContext
) -> None:
    page = new_context().new_page()
    sign_in(page, site, "learner@demo.example")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
