"""Without a connection a form stays where it is, with what was typed, and can be sent afterwards."""

from playwright.sync_api import expect

from tests.live_server import LiveServer

from .conftest import Check, NewContext, follow, sign_in


def test_a_form_that_cannot_be_sent_keeps_what_was_typed(
    site: LiveServer, new_context: NewContext, accessible: Check
) -> None:
    context = new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    sign_in(page, site, "manager@demo.example")
    page.goto(f"{site.address}/organizations/riverside/teams")
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("Weekend team")
    context.set_offline(True)
    for _ in range(2):
        page.get_by_role("button", name="Add the team").click()
        expect(page.get_by_role("alert")).to_contain_text("You are offline. Nothing was sent")
        expect(name).to_have_value("Weekend team")
    accessible(page)
    context.set_offline(False)
    expect(page.get_by_role("alert")).to_have_count(0)
    follow(page.get_by_role("button", name="Add the team"))
    expect(page.get_by_role("heading", name="Weekend team")).to_be_visible()
