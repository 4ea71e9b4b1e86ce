"""`lms quiz`: one quiz at a terminal, without a database and without settings."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.cli import main
from tests.contract_quiz import TEXT
from tests.sample_content import FILES, QUIZ_FILE, changed, write_folder

LMS = Path(sys.executable).with_name("lms")
# No other command would accept these.
NO_SETTINGS = {"LMS_DATABASE_URL": "nonsense", "LMS_NONSENSE": "1"}
KEY = {"one": 2, "many": [1, 2, 3], "flag": 1, "word": "CUS", "number": "28"}

MANY_FILES = settings(
    max_examples=150,
    # Every example writes its own files into the one folder.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def run(*arguments: str | Path, input: str | bytes | None = None) -> Result:  # noqa: A002 - As click calls it.
    """The command in this process; an exception it lets out fails the test."""
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, words, input=input, env=NO_SETTINGS, catch_exceptions=False)


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    """A quiz by itself, under a name of its author's choice."""
    file = tmp_path / "practice.md"
    file.write_text(TEXT)
    return file


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    file = tmp_path / "broken.md"
    file.write_text(TEXT.replace("- [x] *second*", "- [ ] *second*").replace("points", "ponits"))
    return file


@pytest.fixture
def respond(tmp_path: Path) -> Callable[[Any], Path]:
    def write(responses: Any) -> Path:
        file = tmp_path / "responses.json"
        file.write_text(json.dumps(responses))
        return file

    return write


# Show


def test_a_quiz_is_shown_with_lines_and_key(quiz: Path) -> None:
    result = run("quiz", "show", quiz)
    assert result.exit_code == 0
    assert result.output.startswith(
        "Every type\n4 of 5 questions, 5.5 points, 62.5% to pass, 2 attempts\n\n"
        f"{quiz}:12: one (single, 2.5 points)\n"
        "  A stem.\n"
        "    1. [ ] first (50%)\n"
        "    2. [x] second\n"
        "    3. [ ] third\n\n"
    )
    assert f"{quiz}:63: number (number, 1 point)\n  How many?\n" in result.output
    assert result.output.endswith("    25.5 to 30.5 days\n")


def test_a_quiz_without_limit_says_so(quiz: Path) -> None:
    quiz.write_text(TEXT.replace("attempts: 2\n", ""))
    assert "attempts without limit" in run("quiz", "show", quiz).output


def test_a_quiz_is_shown_as_json(quiz: Path) -> None:
    result = run("quiz", "show", quiz, "--json")
    assert result.exit_code == 0
    shown = json.loads(result.stdout)
    assert [question["id"] for question in shown["questions"]] == list(KEY)
    assert shown["settings"]["attempts"] == 2


def test_the_quiz_of_a_module_has_its_pictures_and_objectives(tmp_path: Path) -> None:
    quiz = FILES[QUIZ_FILE].decode().replace("Five questions.", "![A chart](figures/chart.svg)")
    folder = write_folder(tmp_path, changed({QUIZ_FILE: quiz}))
    assert run("quiz", "show", folder / QUIZ_FILE).exit_code == 0
    other = quiz.replace("`objective: choose-amount`", "`objective: choose-amout`")
    write_folder(tmp_path, changed({QUIZ_FILE: other}))
    result = run("quiz", "show", folder / QUIZ_FILE)
    assert result.exit_code == 1
    assert "unknown-objective `choose-amout`" in result.output


@pytest.mark.parametrize("arguments", [("show",), ("grade", "RESPONSES")], ids=lambda a: a[0])
def test_the_problems_of_a_file_are_printed_as_the_check_prints_them(
    broken: Path, respond: Callable[[Any], Path], arguments: tuple[str, ...]
) -> None:
    command, *rest = arguments
    given = ["quiz", command, broken, *(respond({}) for _ in rest)]
    result = run(*given)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{broken}:12:1: no-right-answer no option is right: write `[x]` for one (error)",
        f"{broken}:13:11: unknown-setting `ponits` is not a setting here:"
        " did you mean `points`? (error)",
    ]
    # A program that wants JSON gets JSON or nothing.
    as_json = run(*given, "--json")
    assert (as_json.exit_code, as_json.stdout) == (1, "")
    assert as_json.stderr == result.stdout


@pytest.mark.parametrize("command", ["show", "grade"])
@pytest.mark.parametrize("name", ["nowhere.md", "folder", ""])
def test_a_file_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, respond: Callable[[Any], Path], command: str, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    rest = [respond({})] if command == "grade" else []
    result = run("quiz", command, tmp_path / name, *rest)
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1
    assert "unreadable the file cannot be read" in result.output


def test_a_file_that_is_no_text_is_a_sentence(quiz: Path) -> None:
    quiz.write_bytes(b"---\ntitle: \xff\n---\n")
    result = run("quiz", "show", quiz)
    assert (result.exit_code, result.output.split(" ")[1]) == (1, "not-utf-8")


# Grade


def test_responses_are_graded_in_words(quiz: Path, respond: Callable[[Any], Path]) -> None:
    result = run("quiz", "grade", quiz, respond({"one": 1, "word": "SBAR"}))
    assert result.exit_code == 0
    assert result.output == (
        "one: 1.25 of 2.5 (partly) Which one?\n  Half.\n  Pity.\n  No.\n"
        "many: 0 of 1 (blank) Which three?\n"
        "flag: 1 of 1 (right) Is it?\n"
        "word: 0 of 1 (wrong) What word?\n  No.\n"
        "number: 0 of 1 (blank) How many?\n"
        "2.25 of 6.5 points, 34%: not passed (62.5% to pass)\n"
    )


def test_responses_are_graded_as_json(quiz: Path, respond: Callable[[Any], Path]) -> None:
    result = run("quiz", "grade", quiz, respond(KEY), "--json")
    assert result.exit_code == 0
    graded = json.loads(result.stdout)
    assert (graded["score"], graded["maximum"]) == ("6.5", "6.5")
    assert (graded["percent"], graded["passed"]) == ("100", True)


def test_responses_come_from_standard_input_too(quiz: Path) -> None:
    result = run("quiz", "grade", quiz, "-", input=json.dumps(KEY))
    assert result.exit_code == 0
    assert result.output.endswith("6.5 of 6.5 points, 100%: passed (62.5% to pass)\n")
    refused = run("quiz", "grade", quiz, "-", "--json", input='{"one": "2"}')
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        "Error: standard input: The response to `one` must be the number of one option,"
        ' from 1 to 3; it is "2".\n'
    )


def test_a_wrong_shape_names_its_file_and_its_id(
    quiz: Path, respond: Callable[[Any], Path]
) -> None:
    file = respond({"nmber": "28"})
    result = run("quiz", "grade", quiz, file)
    assert result.exit_code == 1
    assert result.output == (
        f"Error: {file}: The quiz has no question `nmber`: did you mean `number`?\n"
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nowhere.json", "No such file or directory"), ("", "Is a directory")],
)
def test_responses_that_cannot_be_read_are_a_sentence(
    quiz: Path, tmp_path: Path, name: str, reason: str
) -> None:
    result = run("quiz", "grade", quiz, tmp_path / name)
    assert (result.exit_code, result.output) == (1, f"Error: {tmp_path / name}: {reason}\n")


def test_a_closed_standard_input_is_a_sentence(quiz: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", LMS, "quiz", "grade", quiz, "-"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "Error: Standard input is closed: there is nothing to read.\n"


# Whatever the input


def lines_of(text: str) -> st.SearchStrategy[str]:
    """Files made of the lines of `text`, left out, repeated and put in any order."""
    return st.lists(st.sampled_from(text.split("\n")), max_size=60).map("\n".join)


def edited(text: str) -> st.SearchStrategy[str]:
    """`text` after a few replacements."""
    edit = st.tuples(
        st.integers(0, len(text)),
        st.integers(0, 20),
        st.sampled_from(["", "\n", "`", "- [x] ", "## ", "\\ud800", "\x00", "**", "9" * 40, "é"]),
    )

    def apply(edits: list[tuple[int, int, str]]) -> str:
        made = text
        for position, length, piece in edits:
            made = made[:position] + piece + made[position + length :]
        return made

    return st.lists(edit, max_size=4).map(apply)


quiz_files = st.binary(max_size=200) | (
    lines_of(TEXT).map(lambda body: f"{TEXT[:40]}{body}") | edited(TEXT)
).map(str.encode)
response_files = (
    st.binary(max_size=100)
    | edited(json.dumps(KEY)).map(str.encode)
    | st.dictionaries(
        st.sampled_from([*KEY, "other"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    ).map(lambda made: json.dumps(made).encode())
)


@MANY_FILES
@given(quiz_bytes=quiz_files | st.just(TEXT.encode()), response_bytes=response_files)
def test_no_input_makes_a_traceback(
    tmp_path: Path, quiz_bytes: bytes, response_bytes: bytes
) -> None:
    """An exception that a command let out would be raised here."""
    quiz, responses = tmp_path / "quiz.md", tmp_path / "responses.json"
    quiz.write_bytes(quiz_bytes)
    responses.write_bytes(response_bytes)
    for arguments in (
        ("show", quiz),
        ("show", quiz, "--json"),
        ("grade", quiz, responses),
        ("grade", quiz, responses, "--json"),
    ):
        result = run("quiz", *arguments)
        assert result.exit_code in (0, 1)
        if result.exit_code == 1:
            assert result.output.strip()
        elif arguments[-1] == "--json":
            json.loads(result.stdout)


# Try

# Of which every paper is the same.
FIXED = TEXT.partition("## Draw\n")[0].replace("`id: one`", "`id: one` `shuffle: false`")


@pytest.fixture
def fixed(tmp_path: Path) -> Path:
    file = tmp_path / "fixed.md"
    file.write_text(FIXED)
    return file


def test_a_quiz_is_taken(fixed: Path) -> None:
    result = run("quiz", "try", fixed, "--seed", "5", input="9\n2\n1 2 3\n\n")
    assert result.exit_code == 0
    assert result.output == (
        "Every type\nSome words.\n\n"
        "Question 1 of 3 (2.5 points)\nWhich one?\nA stem.\n"
        "  1. first\n  2. second\n  3. third\n"
        "Number: 9\nType numbers from 1 to 3.\nNumber: 2\n\n"
        "Question 2 of 3 (1 point)\nWhich three?\n  1. a\n  2. b\n  3. c\n  4. d\n"
        "Numbers, with spaces: 1 2 3\n\n"
        "Question 3 of 3 (1 point)\nIs it?\n  1. True\n  2. False\nNumber: \n\n"
        "one: 2.5 of 2.5 (right) Which one?\n  Yes.\n  Because.\n"
        "many: 1 of 1 (right) Which three?\n  So.\n"
        "flag: 1 of 1 (right) Is it?\n  So.\n"
        "4.5 of 4.5 points, 100%: passed (62.5% to pass)\n"
        "The same paper again: --seed 5\n"
    )


def test_a_quiz_without_introduction_or_explanations(fixed: Path) -> None:
    text = fixed.read_text().replace("Some *words*.\n", "").replace("**Explanation:** So.", "")
    fixed.write_text(text)
    result = run("quiz", "try", fixed, input="\n\n\n")
    assert result.exit_code == 0
    assert result.output.startswith("Every type\n\nQuestion 1 of 3")
    assert "So." not in result.output


def test_the_seed_that_is_told_draws_the_same_paper(quiz: Path) -> None:
    first = run("quiz", "try", quiz, input="\n\n\n\n")
    assert first.exit_code == 0
    *_, seed = first.output.split()
    assert run("quiz", "try", quiz, "--seed", seed, input="\n\n\n\n").output == first.output


@pytest.mark.parametrize(("typed", "answered"), [("", 0), ("2\n", 1), ("2\n1\n9\n", 2)])
def test_the_end_of_the_input_leaves_politely(fixed: Path, typed: str, answered: int) -> None:
    result = run("quiz", "try", fixed, input=typed)
    assert result.exit_code == 0
    assert result.output.endswith(f"\nYou left after {answered} of 3 questions.\n")


def test_the_keys_that_interrupt_leave_politely(fixed: Path) -> None:
    with subprocess.Popen(
        [LMS, "quiz", "try", fixed],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        while not said.endswith("Number: "):
            letter = process.stdout.read(1)
            assert letter, said
            said += letter
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert rest.strip() == "You left after 0 of 3 questions."
    assert process.returncode == 0


def test_a_broken_quiz_cannot_be_taken(broken: Path) -> None:
    result = run("quiz", "try", broken, input="")
    assert result.exit_code == 1
    assert "no-right-answer" in result.output


def test_nothing_can_be_typed_into_a_closed_standard_input(quiz: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", LMS, "quiz", "try", quiz],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "Error: Standard input is closed: there is nothing to read.\n"


def test_what_is_typed_and_no_text_makes_no_traceback(quiz: Path) -> None:
    """It is refused, or an answer like another, as the terminal's encoding has it."""
    done = subprocess.run(
        [LMS, "quiz", "try", quiz], input=b"\xff\n" * 9, capture_output=True, check=False
    )
    assert done.returncode in (0, 1)
    assert done.stderr in (b"", b"Error: What was typed is not UTF-8 text.\n")
