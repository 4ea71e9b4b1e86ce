"""A question of each type in a browser: by keyboard, by pointer, and without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.live_server import LiveServer
from tests.sample_content import write_folder
from tests.types_content import FILES, RIGHT

from .conftest import Check, NewContext, add_person, follow, sign_in

ALL_SAVED = "All answers saved"
ORDER = RIGHT["toc-order"]


@pytest.fixture(scope="module")
def types_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A site with one course, whose quiz has a question of each type."""
    folder = tmp_path_factory.mktemp("types")
    server = LiveServer(folder, f"sqlite:///{folder / 'rounds.sqlite'}")
    server.run("upgrade")
    server.run("publish", str(write_folder(folder / "content", FILES)))
    server.start()
    yield server
    server.stop()


def open_attempt(page: Page, site: LiveServer, name: str) -> None:
    """Sign in as a new learner, enrol, and start the quiz."""
    add_person(site, "Ada Okafor", name)
    sign_in(page, site, name)
    page.goto(f"{site.address}/courses/types")
    follow(page.get_by_role("button", name="Start this course"))
    page.goto(f"{site.address}/courses/types/types/quiz")
    follow(page.get_by_role("button", name="Start the quiz"))
    expect(page.locator("#attempt-form")).to_be_visible()


def question(page: Page, name: str) -> Locator:
    return page.locator(f"[data-question='{name}']")


def shown_order(page: Page) -> list[str]:
    items = question(page, "toc-order").locator("[data-text]").all()
    return [item.get_attribute("data-text") or "" for item in items]


def chosen_order(page: Page) -> list[str]:
    return [field.input_value() for field in question(page, "toc-order").locator("select").all()]


def expect_saved(page: Page) -> None:
    expect(page.locator("[data-state]")).to_have_text(ALL_SAVED)


def submit(page: Page, check: Check) -> None:
    page.get_by_role("button", name="Submit", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()
    expect(page.get_by_text("8 of 8 points")).to_be_visible()
    check(page)


def order_by_keyboard(page: Page) -> None:
    """Move each item up to its place with its button, which keeps the focus on the way."""
    ordering = question(page, "toc-order")
    said = ordering.locator("[aria-live]")
    for place, text in enumerate(ORDER, start=1):
        button = ordering.get_by_role("button", name=f"Move up: {text}")
        button.focus()
        for now in range(shown_order(page).index(text), place - 1, -1):
            page.keyboard.press("Enter")
            expect(said).to_have_text(f"{text}: place {now} of 4")
            expect(button).to_be_focused()
    keep = ordering.get_by_role("button", name="Keep this order")
    if keep.is_visible():
        keep.press("Enter")
        expect(said).to_have_text("This order is your answer.")


def test_every_type_is_answered_by_keyboard(
    types_site: LiveServer, new_context: NewContext, accessible: Check
) -> None:
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    open_attempt(page, types_site, "keyboard")
    accessible(page)
    for row, words in (("Interactive", "2 b"), ("high", "7 c"), ("moderate", "14")):
        question(page, "toc-match").get_by_label(re.compile(row)).focus()
        page.keyboard.type(words)
    order_by_keyboard(page)
    cloze = question(page, "toc-cloze")
    for number, words in enumerate(("2", "reconcile", "visit"), start=1):
        cloze.get_by_label(f"Gap {number} of 3").focus()
        page.keyboard.type("keytext visit" if words == "visit" else words)
    question(page, "next-shift").get_by_label("Your thoughts").focus()
    page.keyboard.type("Call earlier.\nAnd listen.")
    question(page, "tools").get_by_label("Neither").focus()
    page.keyboard.press("Space")
    attestation = question(page, "attest-privacy")
    attestation.get_by_label("I accept this statement").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-answered]")).to_have_text("5")
    page.keyboard.press("Tab")
    page.keyboard.type("Ada Okafor")
    page.keyboard.press("Tab")
    expect(page.locator("[data-answered]")).to_have_text("6")
    expect_saved(page)
    accessible(page)
    submit(page, accessible)
    assert messages == []


def test_every_type_is_answered_without_scripts(
    types_site: LiveServer, new_context: NewContext
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    open_attempt(page, types_site, "plain")
    rows = question(page, "toc-match").locator("select").all()
    for field, value in zip(rows, RIGHT["toc-match"], strict=True):
        field.select_option(value)
    for place, text in enumerate(ORDER, start=1):
        question(page, "toc-order").get_by_label(f"Place {place}").select_option(text)
    cloze = question(page, "toc-cloze")
    cloze.get_by_label("Gap 1 of 3").fill("2")
    cloze.get_by_label("Gap 2 of 3").select_option("reconcile")
    cloze.get_by_label("Gap 3 of 3").fill("Face-to-face visit")
    question(page, "next-shift").get_by_label("Your thoughts").fill("Call earlier.\nAnd listen.")
    question(page, "tools").get_by_label("Neither").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your answers are saved.")).to_be_visible()
    attestation = question(page, "attest-privacy")
    attestation.get_by_label("I accept this statement").check()
    attestation.get_by_label("Your full name").fill("Ada Okafor")
    submit(page, lambda _page: None)
    expect(page.get_by_text("Call earlier.")).to_be_visible()


def test_items_are_dragged_into_their_order(
    types_site: LiveServer, new_context: NewContext
) -> None:
    page = new_context(viewport={"width": 800, "height": 900}).new_page()
    open_attempt(page, types_site, "pointer")
    before = shown_order(page)
    assert chosen_order(page) == [""] * 4
    items = question(page, "toc-order").locator("[data-text]")
    items.first.scroll_into_view_if_needed()
    handle = items.first.locator(".ordering-handle").bounding_box()
    last = items.last.bounding_box()
    assert handle is not None
    assert last is not None
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 10, last["y"] + last["height"], steps=20)
    page.mouse.up()
    moved = [*before[1:], before[0]]
    expect(question(page, "toc-order").locator("[aria-live]")).to_have_text(
        f"{before[0]}: place 4 of 4"
    )
    assert shown_order(page) == chosen_order(page) == moved
    expect_saved(page)
    page.reload()
    assert shown_order(page) == chosen_order(page) == moved


def test_items_are_put_in_order_by_touch(types_site: LiveServer, new_context: NewContext) -> None:
    page = new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ).new_page()
    open_attempt(page, types_site, "finger")
    ordering = question(page, "toc-order")
    ordering.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
    first, second, third, last = shown_order(page)
    said = ordering.locator("[aria-live]")
    ordering.get_by_role("button", name=f"Move up: {second}").tap()
    expect(said).to_have_text(f"{second}: place 1 of 4")
    assert shown_order(page) == chosen_order(page) == [second, first, third, last]
    scrolled = page.evaluate("scrollY")
    drag_by_touch(page, ordering.locator(".ordering-handle").first, ordering.locator("li").nth(2))
    expect(said).to_have_text(f"{second}: place 3 of 4")
    assert shown_order(page) == chosen_order(page) == [first, third, second, last]
    # The finger moved the item and not the page.
    assert page.evaluate("scrollY") == scrolled
    expect_saved(page)


def drag_by_touch(page: Page, handle: Locator, target: Locator) -> None:
    """Lay a finger on `handle`, and lift it at the lower end of `target`."""
    begin, end = handle.bounding_box(), target.bounding_box()
    assert begin is not None
    assert end is not None
    x, y = begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2
    way = end["y"] + end["height"] - y
    device = page.context.new_cdp_session(page)

    def touch(kind: str, *places: float) -> None:
        points = [{"x": x, "y": place} for place in places]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", y)
    for step in range(1, 21):
        touch("touchMove", y + way * step / 20)
    touch("touchEnd")


def test_a_handle_that_was_only_touched_is_no_answer(
    types_site: LiveServer, new_context: NewContext
) -> None:
    page = new_context().new_page()
    open_attempt(page, types_site, "touched")
    question(page, "toc-order").locator(".ordering-handle").first.click()
    assert chosen_order(page) == [""] * 4
    expect(page.locator("[data-answered]")).to_have_text("0")


def test_what_is_filled_in_part_is_saved_and_asked_about(
    types_site: LiveServer, new_context: NewContext, accessible: Check
) -> None:
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    open_attempt(page, types_site, "partly")
    question(page, "attest-privacy").get_by_label("I accept this statement").check()
    expect(question(page, "attest-privacy").locator("[data-note]")).to_have_text("Saved so far")
    gap = question(page, "toc-cloze").get_by_label("Gap 2 of 3")
    gap.select_option("reconcile")
    note = question(page, "toc-cloze").locator("[data-note]")
    expect(note).to_have_text("Saved so far")
    expect(page.locator("[data-answered]")).to_have_text("0")
    page.get_by_role("button", name="Submit", exact=True).click()
    asked = page.get_by_role("alert")
    expect(asked).to_contain_text("4 questions have no answer yet. 2 questions are answered only")
    accessible(page)
    asked.get_by_role("link", name="(1 of 3 filled)").click()
    expect(question(page, "toc-cloze")).to_be_focused()
    gap.select_option("")
    expect(note).to_have_text("Cleared")


def test_what_could_not_be_sent_comes_back_in_its_place(
    types_site: LiveServer, new_context: NewContext
) -> None:
    page = new_context().new_page()
    open_attempt(page, types_site, "offline")
    page.route("**/answers", lambda route: route.abort())
    question(page, "toc-cloze").get_by_label("Gap 3 of 3").fill("visit")
    question(page, "toc-match").get_by_label(re.compile("moderate")).select_option(
        RIGHT["toc-match"][2]
    )
    question(page, "toc-order").get_by_role("button", name=re.compile("^Move down")).first.click()
    order = chosen_order(page)
    attestation = question(page, "attest-privacy")
    attestation.get_by_label("Your full name").fill("accepted")
    attestation.get_by_label("Your full name").blur()
    expect(page.locator("[data-state]")).to_have_text("Not saved, trying again")
    page.unroute("**/answers")
    page.reload()
    expect_saved(page)
    cloze = question(page, "toc-cloze")
    assert [cloze.get_by_label(f"Gap {n} of 3").input_value() for n in (1, 2, 3)] == [
        "",
        "",
        "visit",
    ]
    rows = question(page, "toc-match").locator("select").all()
    assert [row.input_value() for row in rows] == ["", "", RIGHT["toc-match"][2]]
    assert shown_order(page) == chosen_order(page) == order
    expect(attestation.get_by_label("I accept this statement")).not_to_be_checked()
    expect(attestation.get_by_label("Your full name")).to_have_value("accepted")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_axe_finds_nothing_on_the_pages_of_any_type(
    width: int,
    scheme: str,
    types_site: LiveServer,
    new_context: NewContext,
    accessible: Check,
) -> None:
    """Untouched, and in a review where everything is wrong or missing."""
    page = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    open_attempt(page, types_site, f"axe-{width}-{scheme}")
    accessible(page)
    question(page, "toc-cloze").get_by_label("Gap 3 of 3").fill("call")
    question(page, "toc-match").locator("select").first.select_option(index=1)
    question(page, "toc-order").get_by_role("button", name=re.compile("^Move down")).first.click()
    expect_saved(page)
    follow(page.get_by_role("button", name="Submit", exact=True))
    accessible(page)
    follow(page.get_by_role("button", name="Submit anyway"))
    expect(page.get_by_text("The statement was not accepted")).to_be_visible()
    accessible(page)
