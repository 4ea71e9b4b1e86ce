"""The main job, as a person does it: from the sign-in to a verified certificate."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.live_server import LiveServer

from .conftest import Check, NewContext, add_person, follow, sign_in
from .key import answer, sets_of

# The shortest course that comes with the product.
MODULE = "legal-and-ethical-basics"
COURSE = "/courses/privacy-and-ethics"
TITLE = "Privacy and Ethics (annual)"


def no_check(_page: Page) -> None:
    """Without JavaScript nothing can look at the page from inside."""


@pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "no-javascript"])
def test_a_trainee_gets_from_sign_in_to_a_certificate(
    scripts: bool, site: LiveServer, new_context: NewContext, accessible: Check
) -> None:
    check = accessible if scripts else no_check
    name = f"path-{'with' if scripts else 'without'}"
    add_person(site, "Rosa Lindqvist", name)
    phone = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": scripts}
    context = new_context(**phone)
    page = context.new_page()
    page.goto(site.address)
    check(page)
    sign_in(page, site, name)
    expect(page.get_by_role("heading", name="Hello, Rosa")).to_be_visible()
    check(page)
    follow(page.get_by_role("link", name="Courses", exact=True))
    check(page)
    follow(page.get_by_role("link", name=TITLE))
    check(page)
    follow(page.get_by_role("button", name="Start this course"))
    check(page)
    follow(page.get_by_role("link", name="Start", exact=True))
    read_lessons(page, check)
    expect(page).to_have_url(re.compile(f"{COURSE}/{MODULE}/quiz"))
    page = take_quiz(page, MODULE, site, name, scripts, new_context, phone, check)
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()
    check(page)
    follow(page.get_by_role("link", name="Go on with the course"))
    sign_statement(page, check)
    see_certificate(page, site, new_context, phone, check)


def read_lessons(page: Page, check: Check) -> None:
    """Finish lesson after lesson until the quiz."""
    for _ in range(10):
        done = page.get_by_role("button", name="Mark as finished and go on")
        if done.count() == 0:
            return
        check(page)
        follow(done)


def take_quiz(
    page: Page,
    module: str,
    site: LiveServer,
    name: str,
    scripts: bool,
    new_context: NewContext,
    phone: dict[str, object],
    check: Check,
) -> Page:
    """Take a quiz with an interruption: half on one device, half on another. The second one's page."""
    check(page)
    follow(page.get_by_role("button", name="Start the quiz"))
    check(page)
    sets = sets_of(page)
    half = len(sets) // 2
    given = [answer(one, module) for one in sets[:half]]
    if scripts:
        expect(page.locator("[data-state]")).to_have_text("All answers saved")
    else:
        follow(page.get_by_role("button", name="Save", exact=True))
        expect(page.get_by_text("Your answers are saved.")).to_be_visible()
    address = page.url
    page.context.close()

    page = new_context(**phone).new_page()
    sign_in(page, site, name)
    follow(page.get_by_role("link", name=re.compile("^Continue")))
    follow(page.get_by_role("link", name="Continue the attempt"))
    assert page.url == address
    expect(page.get_by_role("button", name="Submit", exact=True)).to_be_visible()
    assert [shown_answer(one) for one in sets_of(page)[:half]] == given
    for one in sets_of(page)[half:-1]:
        answer(one, module)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("1 question has no answer yet.")).to_be_visible()
    check(page)
    answer(sets_of(page)[-1], module)
    follow(page.get_by_role("button", name="Submit anyway"))
    return page


def shown_answer(fieldset: Locator) -> list[str]:
    """What a question's inputs hold, as a form would send it."""
    chosen = [one.get_attribute("value") or "" for one in fieldset.locator("input:checked").all()]
    typed = fieldset.locator("input.form-control")
    return sorted(chosen) if typed.count() == 0 else [typed.input_value()]


def sign_statement(page: Page, check: Check) -> None:
    """Sign what the course asks for, at the second try."""
    follow(page.get_by_role("link", name="Sign the statement"))
    check(page)
    name = page.get_by_label("Your full name")
    name.fill("Rosa Lindquist")
    follow(page.get_by_role("button", name="Sign and complete the course"))
    expect(page.get_by_text("in your account, which is Rosa Lindqvist")).to_be_visible()
    check(page)
    name.fill("rosa lindqvist")
    follow(page.get_by_role("button", name="Sign and complete the course"))
    expect(page.get_by_text("You have signed the statement")).to_be_visible()
    check(page)


def see_certificate(
    page: Page, site: LiveServer, new_context: NewContext, phone: dict[str, object], check: Check
) -> None:
    """The certificate as a page and as a PDF, and what a stranger sees of it."""
    follow(page.get_by_role("link", name="See your certificate"))
    check(page)
    follow(page.get_by_role("link", name=re.compile(f"^View.*{re.escape(TITLE)}")).first)
    check(page)
    number = re.search(r"RND(-\w{4}){3}", page.url)
    assert number is not None
    pdf = page.request.get(f"{site.address}/certificates/{number[0]}.pdf")
    assert pdf.body().startswith(b"%PDF")

    stranger = new_context(**phone).new_page()
    stranger.goto(f"{site.address}/verify")
    check(stranger)
    stranger.get_by_role("textbox").fill(number[0].lower())
    follow(stranger.get_by_role("button").first)
    expect(stranger.get_by_text("Rosa Lindqvist")).to_be_visible()
    check(stranger)
