"""`lms check` on one file, for machines, and where it mends: one problem said in three ways."""

import json
from pathlib import Path

import pytest

from tests.cli.command import run_with
from tests.sample_content import QUIZ, changed, write_folder


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A quiz with an error and a warning."""
    file = tmp_path / "practice.md"
    file.write_text(QUIZ.replace("- [x] The part", "- [ ] The part").replace("`id: desk` ", ""))
    return file


def test_one_file_is_checked_alone(faulty: Path) -> None:
    result = run_with({})("check", str(faulty))
    assert result.exit_code == 1
    assert [line.split(" ")[1] for line in result.output.splitlines()] == [
        "no-right-answer",
        "missing-id",
    ]
    faulty.write_text(QUIZ)
    done = run_with({})("check", str(faulty))
    assert (done.exit_code, done.output) == (0, f"{faulty} is in order.\n")


def test_problems_come_as_json(faulty: Path) -> None:
    result = run_with({})("check", str(faulty), "--json")
    assert result.exit_code == 1
    first, second = json.loads(result.stdout)
    assert (first["path"], first["line"], first["column"]) == (str(faulty), 13, 1)
    assert (first["code"], first["severity"]) == ("no-right-answer", "error")
    assert (second["code"], second["severity"]) == ("missing-id", "warning")
    faulty.write_text(QUIZ)
    in_order = run_with({})("check", str(faulty), "--json")
    assert (in_order.exit_code, in_order.output) == (0, "[]\n")


def test_problems_come_as_annotations(faulty: Path) -> None:
    result = run_with({})("check", str(faulty), "--github")
    assert result.exit_code == 1
    error, warning = result.output.splitlines()
    assert error.startswith(f"::error file={faulty},line=13,col=1,title=no-right-answer::no option")
    assert warning.startswith("::warning ")


def test_missing_ids_are_written(tmp_path: Path) -> None:
    quiz = QUIZ.replace("`id: desk` ", "").replace("`id: payer` ", "")
    folder = write_folder(tmp_path, changed({"modules/privacy/quiz.md": quiz}))
    file = folder / "modules/privacy/quiz.md"
    result = run_with({})("check", str(folder), "--fix")
    assert result.exit_code == 0
    assert result.output == (f"{file}: wrote 2 ids.\n3 courses and 2 modules are in order.\n")
    assert "\n`id: what-do-you-send-to-a-payer` `objective: choose-amount`\n" in file.read_text()
    again = run_with({})("check", str(folder), "--fix", "--json")
    assert (again.exit_code, again.output) == (0, "[]\n")


def test_what_was_fixed_is_told_beside_the_json(faulty: Path) -> None:
    result = run_with({})("check", str(faulty), "--fix", "--json")
    assert result.stderr == f"{faulty}: wrote 1 id.\n"
    assert [problem["code"] for problem in json.loads(result.stdout)] == ["no-right-answer"]


def test_a_file_that_cannot_be_read_is_not_fixed(tmp_path: Path) -> None:
    body = b"---\ntitle: \xff\n---\n## Q\n"
    folder = write_folder(tmp_path, changed({}) | {"modules/privacy/quiz.md": body})
    result = run_with({})("check", str(folder), "--fix")
    assert result.exit_code == 1
    assert (folder / "modules/privacy/quiz.md").read_bytes() == body


@pytest.mark.parametrize("options", [("--json", "--github"), ("--fix",)], ids=" ".join)
def test_options_that_make_no_sense_are_refused(options: tuple[str, ...]) -> None:
    assert run_with({})("check", *options).exit_code == 2
