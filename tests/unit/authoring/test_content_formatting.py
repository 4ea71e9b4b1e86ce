"""Files in canonical form: which are quizzes, what is read with them, and how they are replaced."""

from pathlib import Path

import pytest

from lms.authoring.folder import NotAContentFolder
from lms.authoring.formatting import files_to_format, format_file, replace_file
from tests.sample_content import QUIZ, write_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "content")


def test_the_quizzes_of_a_folder_a_module_and_a_file(folder: Path) -> None:
    privacy = folder / "modules/privacy"
    quizzes = [privacy / "quiz.md"]
    assert files_to_format([folder]) == quizzes
    assert files_to_format([privacy]) == quizzes
    assert files_to_format([privacy / "quiz.md"]) == quizzes
    assert files_to_format([folder, privacy, privacy / "quiz.md"]) == quizzes
    # A module may do without a quiz.
    assert files_to_format([folder / "modules/handover"]) == []


@pytest.mark.parametrize(
    "name", ["modules/privacy/module.md", "courses", "modules/privacy/lessons"]
)
def test_what_is_no_quiz_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(NotAContentFolder, match="is no quiz"):
        files_to_format([folder / name])


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    missing = tmp_path / "quiz.md"
    assert files_to_format([missing]) == [missing]
    formatted = format_file(missing)
    assert (formatted.body, formatted.has_changed) == (None, False)
    assert [problem.code for problem in formatted.problems] == ["unreadable"]


def test_pictures_and_objectives_of_the_module_are_known(folder: Path) -> None:
    file = folder / "modules/privacy/quiz.md"
    first = format_file(file)
    assert first.body is not None
    assert b"\n\n`id: payer` `" in first.body
    assert first.has_changed
    file.write_bytes(first.body)
    assert not format_file(file).has_changed
    file.write_bytes(first.body.replace(b"\n", b"\r\n"))
    assert format_file(file).has_changed


def test_a_quiz_with_errors_keeps_its_problems(tmp_path: Path) -> None:
    file = tmp_path / "quiz.md"
    file.write_text(QUIZ.replace("- [x] The part", "- [ ] The part"))
    formatted = format_file(file)
    assert (formatted.body, formatted.has_changed) == (None, False)
    assert "no-right-answer" in {problem.code for problem in formatted.problems}


def test_a_file_is_replaced_with_its_mode_and_through_links(tmp_path: Path) -> None:
    file = tmp_path / "quiz.md"
    file.write_bytes(b"before")
    file.chmod(0o640)
    link = tmp_path / "link.md"
    link.symlink_to(file)
    replace_file(link, b"after")
    assert link.is_symlink()
    assert file.read_bytes() == b"after"
    assert file.stat().st_mode & 0o777 == 0o640
    assert {one.name for one in tmp_path.iterdir()} == {"link.md", "quiz.md"}


def test_where_replacing_fails_the_file_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "quiz.md"
    folder.mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        replace_file(folder, b"after")
    assert caught.value.filename == str(folder)
    assert [one.name for one in tmp_path.iterdir()] == ["quiz.md"]
    with pytest.raises(FileNotFoundError) as missing:
        replace_file(tmp_path / "nowhere/quiz.md", b"after")
    assert missing.value.filename == str(tmp_path / "nowhere/quiz.md")
