"""What a preview finds at a path, how it stands with the check, and when it is out of date."""

import os
from itertools import pairwise
from pathlib import Path

import pytest

from lms.authoring.alone import check_path
from lms.authoring.preview.desk import Desk
from lms.authoring.preview.look import Look, Sheet, Tally, look_at
from lms.authoring.preview.watch import state_of
from tests.sample_content import (
    COURSE,
    LESSON,
    MODULE,
    PICTURE,
    QUIZ,
    QUIZ_FILE,
    changed,
    quiz_with,
    write_folder,
)

LESSON_FILE = "modules/privacy/lessons/01-right-amount.md"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "content")


def kinds(look: Look) -> dict[str, str]:
    return {name: sheet.kind for name, sheet in look.sheets.items()}


def only(look: Look) -> Sheet:
    (sheet,) = look.sheets.values()
    return sheet


def codes(sheet: Sheet) -> list[str]:
    return [problem.code for problem in sheet.problems]


# A look


def test_a_content_folder_has_its_courses_and_modules(content: Path) -> None:
    look = look_at(content)
    assert (look.fault, look.problems, look.tally) == ("", (), Tally(0, 0))
    assert [sheet.title for sheet in look.courses] == [
        "Onboarding",
        "Privacy refresher",
        "Yearly review",
    ]
    assert [(shelf.slug, shelf.title) for shelf in look.modules] == [
        ("handover", "Handing over"),
        ("privacy", "Privacy at work"),
    ]
    assert [sheet.name for sheet in look.modules[1].sheets] == [
        "modules/privacy/module.md",
        LESSON_FILE,
        "modules/privacy/lessons/02-desk-without-names.md",
        QUIZ_FILE,
    ]
    assert kinds(look)["courses/yearly.md"] == "course"
    assert kinds(look)["modules/privacy/module.md"] == "module"
    (picture,) = look.pictures.values()
    assert (picture.body, picture.media_type) == (PICTURE, "image/svg+xml")


@pytest.mark.parametrize("place", ["modules/privacy", "."])
def test_a_module_has_its_files(content: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    if place == ".":
        monkeypatch.chdir(content / "modules/privacy")
        look = look_at(Path())
    else:
        look = look_at(content / place)
    assert kinds(look) == {
        "module.md": "module",
        "lessons/01-right-amount.md": "lesson",
        "lessons/02-desk-without-names.md": "lesson",
        "quiz.md": "quiz",
    }
    assert (look.courses, len(look.pictures)) == ((), 1)


@pytest.mark.parametrize(
    ("inside", "kind", "title"),
    [
        (QUIZ_FILE, "quiz", "Privacy check"),
        (LESSON_FILE, "lesson", "The right amount"),
        ("modules/privacy/module.md", "module", "Privacy at work"),
        ("courses/onboarding.md", "course", "Onboarding"),
    ],
)
def test_a_file_stands_alone_with_the_pictures_of_its_module(
    content: Path, inside: str, kind: str, title: str
) -> None:
    look = look_at(content / inside)
    sheet = only(look)
    assert (sheet.name, sheet.kind, sheet.title) == (Path(inside).name, kind, title)
    assert len(look.pictures) == (kind != "course")


def test_findings_are_those_of_the_check_each_with_its_file(content: Path) -> None:
    write_folder(
        content,
        changed(
            quiz_with("- [ ] Nothing at all", "- [ ] All of the above")
            | {
                LESSON_FILE: LESSON.replace("minutes: 4", "minutes: x"),
                "modules/privacy/notes.txt": "",
                "modules/empty/lessons/01-x.md": LESSON,
                "courses/notes.txt": "",
            }
        ),
    )
    look = look_at(content)
    assert look.problems == check_path(content).problems
    assert look.tally == Tally(5, 1)
    assert codes(look.sheets[LESSON_FILE]) == ["bad-setting"]
    assert look.sheets[QUIZ_FILE].tally == Tally(0, 1)
    empty, _handover, privacy = look.modules
    assert (empty.title, [problem.code for problem in empty.loose]) == ("empty", ["missing-file"])
    assert [problem.code for problem in privacy.loose] == ["unknown-file"]
    assert privacy.tally == Tally(2, 1)
    assert [Path(problem.path).name for problem in look.loose] == ["notes.txt"]


def test_the_findings_of_a_module_that_one_stands_in(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (content / QUIZ_FILE).write_text(QUIZ.replace("pass: 80%", "pass: 80"))
    monkeypatch.chdir(content / "modules/privacy")
    assert codes(look_at(Path()).sheets["quiz.md"]) == ["bad-setting"]
    assert codes(only(look_at(Path("quiz.md")))) == ["bad-setting"]


def test_a_quiz_knows_the_objectives_of_a_module_that_can_be_read(content: Path) -> None:
    sheet = look_at(content).sheets[QUIZ_FILE]
    assert list(sheet.objectives or ()) == ["choose-amount", "spot-leaks"]
    (content / "modules/privacy/module.md").write_text("---\ntitle: x\n---\n")
    assert look_at(content).sheets[QUIZ_FILE].objectives is None


@pytest.mark.parametrize("front", ["", "---\ntitle:\n---\n", "---\ntitle: '  '\n---\n"])
def test_a_file_without_a_title_goes_by_its_name(content: Path, front: str) -> None:
    (content / LESSON_FILE).write_text(front)
    assert look_at(content).sheets[LESSON_FILE].title == "01-right-amount.md"


def test_files_that_cannot_be_read_have_a_sheet_that_says_so(content: Path) -> None:
    (content / LESSON_FILE).write_bytes(b"\xff")
    (content / "modules/privacy/figures/late.svg").mkdir()
    (content / "courses/yearly.md").write_bytes(b"\xff")
    look = look_at(content)
    sheet = look.sheets[LESSON_FILE]
    assert (sheet.text, codes(sheet)) == (None, ["not-utf-8"])
    assert [problem.code for problem in look.modules[1].loose] == ["unreadable"]
    assert [problem.code for problem in look.loose] == ["not-utf-8"]


def test_a_name_that_is_no_text_has_an_address_all_the_same(content: Path) -> None:
    name = os.fsdecode(b"01-\xff.md")
    (content / "modules/privacy/lessons" / name).write_text(LESSON)
    sheet = look_at(content).sheets[r"modules/privacy/lessons/01-\udcff.md"]
    assert codes(sheet) == ["bad-name"]


def test_a_file_that_is_gone_is_a_sheet_that_says_so(tmp_path: Path) -> None:
    sheet = only(look_at(tmp_path / "quiz.md"))
    assert (sheet.name, sheet.text, codes(sheet)) == ("quiz.md", None, ["unreadable"])


def test_a_loop_of_links_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").symlink_to(tmp_path / "lesson.md")
    assert codes(only(look_at(tmp_path / "lesson.md"))) == ["unreadable"]


@pytest.mark.parametrize("name", ["empty", "nowhere", "notes.txt"])
def test_what_holds_no_content_is_said_in_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    look = look_at(tmp_path / name)
    assert look.fault.startswith(f"{tmp_path / name} is not a content folder")
    assert look.sheets == {}


def test_a_folder_that_goes_while_one_stands_in_it_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "gone"
    place.mkdir()
    monkeypatch.chdir(place)
    place.rmdir()
    assert look_at(Path("quiz.md")).fault == "quiz.md cannot be read: No such file or directory."
    before = state_of(Path("quiz.md"))
    monkeypatch.chdir(tmp_path)
    assert state_of(Path("quiz.md")) != before


def test_an_empty_content_folder_has_nothing_and_no_fault(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    look = look_at(tmp_path)
    assert (look.fault, look.sheets) == ("", {})


# The state of the files


def save(file: Path, text: str) -> None:
    """Save `text` a second later than whatever was there."""
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    os.utime(file, ns=(before + 10**9, before + 10**9))


@pytest.mark.parametrize(
    ("root", "file"),
    [
        (".", "courses/onboarding.md"),
        (".", "courses/new.md"),
        (".", LESSON_FILE),
        (".", "modules/notes.txt"),
        (".", "modules/new/module.md"),
        ("modules/privacy", "modules/privacy/quiz.md"),
        ("modules/privacy", "modules/privacy/figures/chart.svg"),
        (QUIZ_FILE, QUIZ_FILE),
        (QUIZ_FILE, "modules/privacy/module.md"),
        (LESSON_FILE, LESSON_FILE),
        (LESSON_FILE, "modules/privacy/figures/new.svg"),
        ("courses/onboarding.md", "modules/privacy/quiz.md"),
    ],
)
def test_saving_a_file_makes_another_state(content: Path, root: str, file: str) -> None:
    states = [state_of(content / root), state_of(content / root)]
    save(content / file, "one")
    states.append(state_of(content / root))
    save(content / file, "two")
    states.append(state_of(content / root))
    (content / file).unlink()
    states.append(state_of(content / root))
    assert states[0] == states[1]
    assert all(before != after for before, after in pairwise(states[1:]))


def test_a_new_folder_makes_another_state(tmp_path: Path) -> None:
    states = [state_of(tmp_path)]
    for inside in (
        "lessons",
        "figures",
        "courses",
        "modules",
        "modules/new",
        "modules/new/lessons",
    ):
        (tmp_path / inside).mkdir()
        states.append(state_of(tmp_path))
    assert len(set(states)) == len(states)


def test_what_is_not_content_makes_no_other_state(content: Path) -> None:
    before = state_of(content)
    save(content / "README.md", "one")
    save(content / "modules/privacy/.quiz.md.swp", "one")
    assert state_of(content) == before


@pytest.mark.parametrize("name", ["nowhere", "nowhere/quiz.md", "link.md"])
def test_what_cannot_be_looked_at_has_a_state_too(tmp_path: Path, name: str) -> None:
    (tmp_path / "link.md").symlink_to(tmp_path / "nowhere")
    assert state_of(tmp_path / name) == state_of(tmp_path / name)


# The desk


def test_the_files_are_read_again_only_when_they_changed(content: Path) -> None:
    desk = Desk(content)
    first = desk.glance()
    assert desk.glance() is first
    assert desk.state() == first.state
    save(content / QUIZ_FILE, QUIZ.replace("title: Privacy check", "title: Another check"))
    second = desk.glance()
    assert second.look.sheets[QUIZ_FILE].title == "Another check"
    assert first.look.sheets[QUIZ_FILE].title == "Privacy check"
    assert second.state != first.state


def test_a_practice_quiz_needs_no_module(tmp_path: Path) -> None:
    (tmp_path / "practice.md").write_text(QUIZ)
    sheet = only(look_at(tmp_path / "practice.md"))
    assert (sheet.kind, sheet.objectives, sheet.problems) == ("quiz", None, ())
    (tmp_path / "module.md").write_text(MODULE.replace("spot-leaks", "other"))
    assert set(codes(only(look_at(tmp_path / "practice.md")))) == {"unknown-objective"}
    (tmp_path / "course.md").write_text(COURSE)
    assert only(look_at(tmp_path / "course.md")).kind == "course"
