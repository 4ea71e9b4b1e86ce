"""The application of a preview: every kind of page, what it refuses, and how it comes back from faults."""

import os
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jinja2 import BytecodeCache

from lms.authoring.preview.application import create_preview
from tests.sample_content import (
    LESSON,
    PICTURE,
    PLEDGE,
    PLEDGE_FILE,
    QUIZ,
    QUIZ_FILE,
    write_folder,
)
from tests.types_content import FILES

LESSON_FILE = "modules/privacy/lessons/01-right-amount.md"
FIGURE = f"/figures/{sha256(PICTURE).hexdigest()}/chart.svg"
Open = Callable[..., FlaskClient]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return write_folder(write_folder(tmp_path / "content"), FILES)


@pytest.fixture
def open_at(compiled_templates: BytecodeCache) -> Open:
    """A function that gives a browser on a preview of a path."""

    def open_preview(root: Path, *, loopback_only: bool = True) -> FlaskClient:
        app = create_preview(root, loopback_only=loopback_only)
        app.config.update(TESTING=True)
        app.jinja_env.bytecode_cache = compiled_templates
        return app.test_client()

    return open_preview


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == status, answer.text
    return " ".join(answer.text.split())


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


# Pages


def test_the_overview_leads_to_every_file_and_counts_what_is_wrong(
    content: Path, open_at: Open
) -> None:
    write_folder(
        content,
        {
            QUIZ_FILE: QUIZ.replace("Nothing at all", "All of the above").encode(),
            LESSON_FILE: LESSON.replace("minutes: 4", "minutes: x").encode(),
            "modules/privacy/notes.txt": b"",
        },
    )
    client = open_at(content)
    html = page(client, "/")
    said = words(html)
    assert "The check found 2 errors, 1 warning." in said
    assert "Privacy at work 2 errors 1 warning" in said
    assert "nothing is made of `notes.txt` here" in said
    assert "Quiz: Privacy check 1 warning" in said
    assert "The right amount 1 error" in said
    links = re.findall(r'href="(/files/[^"]+)"', html)
    assert len(links) == 4 + 2 + 4 + 3
    for link in links:
        page(client, link)


def test_a_quiz_is_shown_with_its_rules(content: Path, open_at: Open) -> None:
    client = open_at(content)
    said = words(page(client, f"/files/{QUIZ_FILE}"))
    assert "Time limit none Pause between attempts none What counts your best attempt" in said
    rules = "attempts: 3\ntime_limit: 20 min\ncooldown: 1 day\nrecord: last\n"
    write_folder(content, {QUIZ_FILE: QUIZ.replace("attempts: 3\n", rules).encode()})
    said = words(page(client, f"/files/{QUIZ_FILE}"))
    assert "Time limit 20 min Pause between attempts 1 day What counts your last attempt" in said


def test_a_lesson_is_shown_with_its_picture(content: Path, open_at: Open) -> None:
    client = open_at(content)
    html = page(client, f"/files/{LESSON_FILE}")
    assert "<h1>The right amount</h1>" in html
    assert "his payer asks for <em>everything</em>" in html
    assert f'<img src="{FIGURE}"' in html
    assert "Nothing found in this file." in html
    answer = client.get(FIGURE)
    assert (answer.data, answer.mimetype) == (PICTURE, "image/svg+xml")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_findings_stand_beside_the_text_with_their_places(content: Path, open_at: Open) -> None:
    text = QUIZ.replace("Nothing at all", "All of the above")
    (content / QUIZ_FILE).write_text(text)
    said = words(page(open_at(content), f"/files/{QUIZ_FILE}"))
    assert "Warning line 20, column 7 shuffled options have nothing" in said
    assert "all-of-the-above In all files: 1 warning" in said


def test_a_quiz_shows_each_question_with_its_key(content: Path, open_at: Open) -> None:
    html = page(open_at(content), f"/files/{QUIZ_FILE}")
    said = words(html)
    assert 'type="radio" name="answer-payer" value="2"' in html
    assert "Line 13 Id payer Type single Points 1 Objective choose-amount" in said
    for told in (
        "Toldlater: a payer needs less than that.",
        "If left out: Toldlater: you saw through the list.",
        "To a right answer Toldlater: well chosen.",
        "To any other answer Toldlater: think of the purpose.",
        "Why Toldlater: payment is held to the minimum.",
        "lecture (0%) Toldlater: that is one-sided.",
        "each attempt draws 1 of these 2 questions",
        "28 to 32 days",
    ):
        assert told in said
    assert "Nevertold" not in html
    assert "ordering" not in html


def test_a_question_of_every_other_type_is_shown(content: Path, open_at: Open) -> None:
    html = page(open_at(content), "/files/modules/types/quiz.md")
    said = words(html)
    for told in (
        "Type matching Points 3",
        "Belongs to none: 30 calendar days",
        "Your order Reconcile medicines before discharge Right",
        "Gap 3: keytext visit or face-to-face visit",
        "Type reflection Points not graded",
        "Type survey",
        "I accept this statement",
    ):
        assert told in said
    assert re.search(r'src="/static/js/ordering\.js\?v=\w+"', html)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (
            "courses/onboarding.md",
            "Good for 12 months Begin with the first lesson. Modules Privacy",
        ),
        ("courses/yearly.md", "Counts for 1 hour Certificate Does not expire"),
        ("modules/privacy/module.md", "choose-amount Choose the amount of information"),
    ],
)
def test_courses_and_modules_have_a_page_too(
    content: Path, open_at: Open, file: str, told: str
) -> None:
    assert told in words(page(open_at(content), f"/files/{file}"))


def test_a_statement_is_shown(content: Path, open_at: Open) -> None:
    (content / PLEDGE_FILE).write_text(PLEDGE)
    said = words(page(open_at(content), f"/files/{PLEDGE_FILE}"))
    assert "Statement to sign I have read the lessons. I keep to them." in said


def test_a_module_that_is_not_there_goes_by_its_slug(content: Path, open_at: Open) -> None:
    course = content / "courses/onboarding.md"
    course.write_text(course.read_text().replace("- handover", "- handovr"))
    said = words(page(open_at(content), "/files/courses/onboarding.md"))
    assert "there is no module `handovr`" in said
    assert "Privacy at work handovr" in said


@pytest.mark.parametrize("inside", ["modules/privacy", QUIZ_FILE, LESSON_FILE])
def test_a_module_or_a_file_by_itself(content: Path, open_at: Open, inside: str) -> None:
    client = open_at(content / inside)
    answer = client.get("/", follow_redirects=True)
    assert answer.status_code == 200
    is_folder = inside == "modules/privacy"
    assert ("In all files" in answer.text) is False
    assert answer.request.path == ("/" if is_folder else f"/files/{Path(inside).name}")
    assert page(client, "/files/quiz.md", 404 if inside == LESSON_FILE else 200)


# Faults


def test_errors_are_shown_in_the_source_and_the_next_save_recovers(
    content: Path, open_at: Open
) -> None:
    client = open_at(content)
    (content / QUIZ_FILE).write_text(QUIZ.replace("pass: 80%", "pass: eighty <b>"))
    html = page(client, f"/files/{QUIZ_FILE}")
    said = words(html)
    assert "This file cannot be shown yet." in said
    assert "Line 3, column 7 `pass`: write a percentage" in said
    assert "pass: eighty &lt;b&gt;" in html
    assert "What do you send to a payer?" not in said
    (content / QUIZ_FILE).write_text(QUIZ)
    assert "What do you send to a payer?" in page(client, f"/files/{QUIZ_FILE}")


def test_the_state_changes_with_the_files_and_is_that_of_the_page(
    content: Path, open_at: Open
) -> None:
    client = open_at(content)
    before = client.get("/changes").text
    assert f'data-state="{before}"' in page(client, f"/files/{LESSON_FILE}")
    (content / LESSON_FILE).write_text(f"{LESSON}\nMore.\n")
    after = client.get("/changes").text
    assert after != before
    assert f'data-state="{after}"' in page(client, f"/files/{LESSON_FILE}")


def test_a_file_that_vanishes_says_so_and_comes_back(content: Path, open_at: Open) -> None:
    client = open_at(content)
    (content / LESSON_FILE).rename(content / "kept.md")
    said = page(client, f"/files/{LESSON_FILE}", 404)
    assert "This file is not there" in said
    assert "data-state" in said
    (content / "kept.md").rename(content / LESSON_FILE)
    page(client, f"/files/{LESSON_FILE}")


def test_a_single_file_that_vanishes_or_cannot_be_read_says_so(
    content: Path, open_at: Open
) -> None:
    client = open_at(content / QUIZ_FILE)
    (content / QUIZ_FILE).unlink()
    assert "No such file or directory" in page(client, "/files/quiz.md")
    (content / QUIZ_FILE).write_bytes(b"\xff")
    assert "save the file as UTF-8" in page(client, "/files/quiz.md")


def test_a_folder_without_content_says_so_and_is_looked_at_again(
    tmp_path: Path, open_at: Open
) -> None:
    client = open_at(tmp_path / "content")
    assert "is not a content folder" in page(client, "/")
    assert "is not a content folder" in page(client, "/files/quiz.md", 404)
    (tmp_path / "content/modules").mkdir(parents=True)
    assert "no courses and no modules in this folder yet" in page(client, "/")
    write_folder(tmp_path / "content")
    assert "Privacy at work" in page(client, "/")


def test_findings_of_no_module_and_names_that_are_no_text(content: Path, open_at: Open) -> None:
    (content / "courses/notes.txt").touch()
    (content / "modules/privacy/lessons" / os.fsdecode(b"01-\xff.md")).write_text(LESSON)
    (content / os.fsdecode(b"modules/\xff")).mkdir()
    client = open_at(content)
    html = page(client, "/")
    assert "Findings of no course or module" in html
    for link in re.findall(r'href="(/files/[^"]+)"', html):
        page(client, link)


def test_a_great_many_findings_are_counted_and_not_all_listed(content: Path, open_at: Open) -> None:
    images = "".join(f"![x](none-{number}.svg)\n\n" for number in range(300))
    (content / LESSON_FILE).write_text(LESSON + images)
    said = words(page(open_at(content), f"/files/{LESSON_FILE}"))
    assert "In this file: 300 errors" in said
    assert "And 80 more." in said


# What it refuses


@pytest.mark.parametrize(
    "address",
    [
        "/files/../secret.md",
        "/files/%2e%2e/secret.md",
        "/files//etc/passwd",
        "/files/modules/privacy/../../secret.md",
        "/files/modules/privacy/figures/chart.svg",
        "/files/modules/privacy/%00",
        "/figures/../secret.md",
        "/figures/modules/privacy",
        f"/figures/{'0' * 64}/chart.svg",
        f"/figures/{'0' * 64}/..%2f..%2fsecret.md",
        "/nowhere",
    ],
)
def test_nothing_but_the_files_of_the_preview_is_served(
    content: Path, tmp_path: Path, open_at: Open, address: str
) -> None:
    (tmp_path / "secret.md").write_text("Nevertold")
    assert "Nevertold" not in page(open_at(content), address, 404)


@pytest.mark.parametrize("address", ["/", f"/files/{LESSON_FILE}", "/changes", FIGURE, "/nowhere"])
def test_a_page_from_elsewhere_gets_nothing(content: Path, open_at: Open, address: str) -> None:
    client = open_at(content)
    answer = client.get(address, headers={"Host": "evil.example:8001"})
    assert answer.status_code == 403
    assert "open it as http://127.0.0.1" in answer.text
    assert str(content) not in answer.text
    assert client.get(address, headers={"Host": "localhost:8001"}).status_code != 403


def test_a_preview_that_is_open_to_others_answers_them(content: Path, open_at: Open) -> None:
    client = open_at(content, loopback_only=False)
    assert client.get("/", headers={"Host": "desk.example:8001"}).status_code == 200


def test_it_takes_nothing_but_questions(content: Path, open_at: Open) -> None:
    client = open_at(content)
    for method in (client.post, client.put, client.delete):
        assert method("/").status_code == 405


def test_every_answer_has_the_headers_of_the_product(content: Path, open_at: Open) -> None:
    client = open_at(content)
    for address in ("/", "/changes", "/nowhere", "/static/js/preview.js"):
        with client.get(address) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in client.get("/").headers


def test_a_fault_of_our_own_is_a_page_and_no_traceback(content: Path, open_at: Open) -> None:
    client = open_at(content)
    client.application.config.update(TESTING=False)
    client.application.extensions["rounds_preview"] = None
    answer = client.get("/")
    assert answer.status_code == 500
    assert "The terminal in which the preview runs says why." in answer.text
    assert "Traceback" not in answer.text
