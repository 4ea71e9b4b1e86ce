"""Every page of every role, on a phone and on a desk, by day and by night: axe finds nothing."""

import pytest

from tests.live_server import LiveServer

from .conftest import Check, NewContext, sign_in

PAGES = {
    "learner": (
        "/",
        "/courses",
        "/courses/care-coordinator-onboarding",
        "/certificates",
        "/account",
    ),
    "manager": ("/", "/people", "/organizations/riverside/invite"),
    "instructor": ("/content",),
    "administrator": ("/people", "/content"),
}
PUBLIC = ("/sign-in", "/forgotten", "/verify", "/verify/RND-0000-0000-0000", "/nowhere")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_has_a_fault_that_axe_can_find(
    width: int, scheme: str, site: LiveServer, new_context: NewContext, accessible: Check
) -> None:
    for role, paths in PAGES.items():
        context = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        messages: list[str] = []
        page.on("console", lambda message: messages.append(message.text))  # noqa: B023
        sign_in(page, site, f"{role}@demo.example")
        for path in paths:
            page.goto(site.address + path)
            accessible(page)
        assert messages == []
    page = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    for path in PUBLIC:
        page.goto(site.address + path)
        accessible(page)


def test_the_menu_and_an_option_can_be_reached_with_the_keyboard(
    site: LiveServer, new_context: NewContext
) -> None:
    page = new_context().new_page()
    sign_in(page, site, "learner@demo.example")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
