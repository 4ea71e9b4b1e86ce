"""`lms format`: what it changes, what it says, and when it fails."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.command import LMS, fails, run_process, run_with
from tests.pure_modules import ROOT
from tests.sample_content import QUIZ, write_folder

run = run_with({})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "content")


def test_quizzes_are_formatted_once(folder: Path) -> None:
    file = folder / "modules/privacy/quiz.md"
    before = file.read_bytes()
    would = run("format", str(folder), "--check")
    assert (would.exit_code, would.output) == (
        1,
        f"Would format {file}.\n0 of 1 quizzes were in canonical form.\n",
    )
    assert file.read_bytes() == before
    done = run("format", str(folder))
    assert (done.exit_code, done.output) == (
        0,
        f"Formatted {file}.\n0 of 1 quizzes were in canonical form.\n",
    )
    assert file.read_bytes() != before
    for options in ((), ("--check",)):
        again = run("format", str(folder), *options)
        assert (again.exit_code, again.output) == (0, "1 of 1 quizzes were in canonical form.\n")
    assert run("check", str(folder)).exit_code == 0


def test_missing_ids_are_written(tmp_path: Path) -> None:
    file = tmp_path / "practice.md"
    file.write_text(QUIZ.replace("`id: payer` ", ""))
    assert run("format", str(file)).exit_code == 0
    assert "\n\n`id: what-do-you-send-to-a-payer` `objective: choose-amount`\n" in file.read_text()


def test_a_quiz_with_errors_stays_and_the_others_are_formatted(folder: Path) -> None:
    other = folder / "modules/handover/quiz.md"
    broken = QUIZ.replace("- [x] The part", "- [ ] The part")
    other.write_text(broken)
    result = run("format", str(folder))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert f"{other}:13:1: no-right-answer " in result.output
    assert lines[-2:] == [
        f"Formatted {folder / 'modules/privacy/quiz.md'}.",
        "0 of 2 quizzes were in canonical form.",
    ]
    assert other.read_text() == broken


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(None, "unreadable", id="missing"),
        pytest.param(b"---\ntitle: \xff\n---\n", "not-utf-8", id="not-text"),
        pytest.param(b"", "front-matter-missing", id="empty"),
    ],
)
def test_a_file_that_is_no_text(tmp_path: Path, body: bytes | None, code: str) -> None:
    file = tmp_path / "quiz.md"
    if body is not None:
        file.write_bytes(body)
    result = run("format", str(file))
    assert result.exit_code == 1
    assert code in result.output


def test_what_is_no_quiz(folder: Path, tmp_path: Path) -> None:
    fails(run("format", str(folder / "modules/privacy/module.md")), "is no quiz")
    fails(run("format", str(tmp_path)), "is no quiz")
    assert run("format").exit_code == 2


def test_a_file_stays_whole_where_writing_fails(tmp_path: Path) -> None:
    file = tmp_path / "quiz.md"
    file.write_text(QUIZ)
    # No file may grow beyond nothing: what a full disk does, too.
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 0; exec "$0" format "$1"', LMS, file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"Error: {file}: File too large\n"
    assert file.read_text() == QUIZ
    assert [one.name for one in tmp_path.iterdir()] == ["quiz.md"]


def test_the_content_that_comes_with_rounds_is_in_canonical_form() -> None:
    done = run_process("format", "--check", str(ROOT / "content"))
    assert (done.returncode, done.stdout) == (0, "15 of 15 quizzes were in canonical form.\n")


def test_a_module_of_which_nothing_is_a_quiz(folder: Path) -> None:
    result = run("format", str(folder / "modules/handover"))
    assert (result.exit_code, result.output) == (0, "There is no quiz here.\n")
