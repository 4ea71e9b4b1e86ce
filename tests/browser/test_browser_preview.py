"""A preview in a browser: it follows what is saved, by itself or by its link, and axe finds nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.live_preview import LivePreview
from tests.sample_content import LESSON, QUIZ, QUIZ_FILE, write_folder
from tests.types_content import FILES

from .conftest import Check, NewContext

LESSON_FILE = "modules/privacy/lessons/01-right-amount.md"
SLIP = QUIZ.replace("Nothing at all", "All of the above")
BROKEN = QUIZ.replace("pass: 80%", "pass: 80")
PAGES = (
    "/",
    f"/files/{LESSON_FILE}",
    f"/files/{QUIZ_FILE}",
    "/files/modules/types/quiz.md",
    "/files/modules/broken/quiz.md",
    "/files/modules/privacy/module.md",
    "/files/courses/onboarding.md",
)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return write_folder(write_folder(tmp_path / "content"), FILES)


@pytest.fixture
def preview(content: Path) -> Iterator[LivePreview]:
    started = LivePreview(content)
    yield started
    started.interrupt()


def expect_findings(page: Page, words: str) -> None:
    expect(page.get_by_role("complementary", name="Findings")).to_contain_text(words)


def test_a_page_follows_what_is_saved(
    content: Path, preview: LivePreview, new_context: NewContext
) -> None:
    page = new_context(viewport={"width": 1280, "height": 700}).new_page()
    page.goto(f"{preview.address}/files/{QUIZ_FILE}")
    expect(page.get_by_text("Reloads when you save")).to_be_visible()
    expect_findings(page, "Nothing found in this file.")
    expect(page.get_by_role("radio", name="Nothing at all")).to_be_visible()
    page.get_by_text("A password may be lent").scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    assert place > 0

    (content / QUIZ_FILE).write_text(SLIP)
    expect_findings(page, "line 20, column 7")
    expect(page.get_by_role("radio", name="All of the above")).to_be_attached()
    page.wait_for_function(f"Math.abs(scrollY - {place}) < 5")

    (content / QUIZ_FILE).write_text(BROKEN)
    expect(page.get_by_text("This file cannot be shown yet.")).to_be_visible()
    (content / QUIZ_FILE).unlink()
    expect(page.get_by_role("heading", name="This file is not there")).to_be_visible()
    (content / QUIZ_FILE).write_text(QUIZ)
    expect_findings(page, "Nothing found in this file.")


def test_a_page_says_when_the_preview_has_stopped(content: Path, new_context: NewContext) -> None:
    preview = LivePreview(content)
    page = new_context().new_page()
    page.goto(f"{preview.address}/files/{LESSON_FILE}")
    expect(page.get_by_role("status")).to_be_empty()
    preview.interrupt()
    expect(page.get_by_role("status")).to_contain_text("The preview has stopped.")


def test_without_scripts_a_link_looks_again(
    content: Path, preview: LivePreview, new_context: NewContext
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{preview.address}/files/{LESSON_FILE}")
    expect(page.get_by_text("Reloads when you save")).to_be_hidden()
    (content / LESSON_FILE).write_text(LESSON.replace("wheelchair", "walking frame"))
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("Mr. Ortiz needs a walking frame")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_no_page_has_a_fault_that_axe_can_find(
    width: int,
    scheme: str,
    content: Path,
    preview: LivePreview,
    new_context: NewContext,
    accessible: Check,
) -> None:
    write_folder(
        content, {QUIZ_FILE: SLIP.encode(), "modules/broken/quiz.md": (BROKEN * 3).encode()}
    )
    page = new_context(viewport={"width": width, "height": 500}, color_scheme=scheme).new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    for path in PAGES:
        page.goto(preview.address + path)
        accessible(page)
    assert messages == []
    page.goto(f"{preview.address}/files/nowhere")
    accessible(page)
