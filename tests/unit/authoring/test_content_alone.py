"""One file or one module by itself: what it is taken for, and what beside it is used."""

from pathlib import Path

import pytest

from lms.authoring.alone import check_path, kind_of, quiz_files, read_quiz
from lms.authoring.findings import to_annotation, to_json
from lms.authoring.folder import NotAContentFolder
from lms.foundation.problems import Problem, Severity
from tests.sample_content import COURSE, LESSON, MODULE, QUIZ, changed, write_folder

MODULE_FOLDER = Path("modules/privacy")
LESSON_FILE = MODULE_FOLDER / "lessons/01-right-amount.md"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "content")


def codes(path: Path) -> list[str]:
    return [
        f"{problem.line}:{problem.column} {problem.code}" for problem in check_path(path).problems
    ]


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        (".", "3 courses and 2 modules are in order."),
        ("modules/privacy", "{path} is in order."),
        ("modules/privacy/module.md", "{path} is in order."),
        ("modules/privacy/quiz.md", "{path} is in order."),
        ("modules/privacy/lessons/01-right-amount.md", "{path} is in order."),
        ("courses/onboarding.md", "{path} is in order."),
    ],
)
def test_what_is_in_order_says_so(content: Path, inside: str, sentence: str) -> None:
    path = content / inside
    findings = check_path(path)
    assert findings.problems == ()
    assert findings.in_order == sentence.format(path=path)


@pytest.mark.parametrize(
    ("inside", "path"),
    [
        ("modules/privacy", "."),
        ("modules/privacy", "quiz.md"),
        ("modules/privacy/lessons", ".."),
        ("modules/privacy/lessons", "01-right-amount.md"),
        ("courses", "onboarding.md"),
    ],
)
def test_a_path_from_where_one_stands(
    content: Path, monkeypatch: pytest.MonkeyPatch, inside: str, path: str
) -> None:
    monkeypatch.chdir(content / inside)
    assert check_path(Path(path)).problems == ()


def test_problems_are_named_by_the_path_that_was_given(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (content / LESSON_FILE).write_text(LESSON.replace("minutes: 4", "minutes: x"))
    monkeypatch.chdir(content / LESSON_FILE.parent)
    (problem,) = check_path(Path(LESSON_FILE.name)).problems
    assert (problem.path, problem.code) == ("01-right-amount.md", "bad-setting")


def test_a_quiz_has_the_pictures_and_objectives_of_its_module(content: Path) -> None:
    text = QUIZ.replace("Five questions.", "![x](figures/chart.svg) ![y](figures/none.svg)")
    (content / MODULE_FOLDER / "quiz.md").write_text(text.replace("spot-leaks", "spot-leeks", 1))
    assert [code.split()[1] for code in codes(content / MODULE_FOLDER / "quiz.md")] == [
        "missing-image",
        "unknown-objective",
    ]


def test_objectives_are_not_looked_at_without_a_module(tmp_path: Path) -> None:
    (tmp_path / "practice.md").write_text(QUIZ)
    assert codes(tmp_path / "practice.md") == []
    assert read_quiz(tmp_path / "practice.md").quiz is not None
    (tmp_path / "module.md").write_text("---\ntitle: x\n---\n")
    assert codes(tmp_path / "practice.md") == []


def test_a_lesson_has_the_pictures_of_its_module(content: Path) -> None:
    (content / LESSON_FILE).write_text(LESSON.replace("chart.svg", "chrat.svg"))
    assert codes(content / LESSON_FILE) == ["8:1 missing-image"]


def test_a_lesson_in_its_place_has_the_name_of_one(content: Path, tmp_path: Path) -> None:
    wrong = content / MODULE_FOLDER / "lessons/first.md"
    wrong.write_text(LESSON)
    assert codes(wrong) == ["1:1 bad-name"]
    alone = tmp_path / "draft.md"
    alone.write_text(LESSON.replace("![A chart with one page taken out]", "[x]"))
    assert codes(alone) == ["8:1 broken-link"]


def test_a_course_has_the_modules_beside_it(content: Path, tmp_path: Path) -> None:
    wrong = COURSE.replace("- handover", "- handovr")
    (content / "courses/onboarding.md").write_text(wrong)
    assert codes(content / "courses/onboarding.md") == ["7:5 unknown-module"]
    (tmp_path / "draft.md").write_text(wrong)
    assert codes(tmp_path / "draft.md") == []


def test_a_course_of_another_name_has_its_modules_beside_it_too(content: Path) -> None:
    (content / "draft.md").write_text(COURSE.replace("- handover", "- handovr"))
    assert codes(content / "draft.md") == ["7:5 unknown-module"]


def test_a_module_has_the_faults_of_all_its_files(content: Path) -> None:
    folder = content / MODULE_FOLDER
    (folder / "notes.txt").touch()
    (folder / "quiz.md").write_text(QUIZ.replace("pass: 80%", "pass: 80"))
    found = [(Path(problem.path).name, problem.code) for problem in check_path(folder).problems]
    assert found == [("notes.txt", "unknown-file"), ("quiz.md", "bad-setting")]


def test_a_file_that_cannot_be_read_has_that_one_fault(tmp_path: Path) -> None:
    assert codes(tmp_path / "nowhere.md") == ["1:1 unreadable"]
    (tmp_path / "latin.md").write_bytes(b"\xff")
    assert codes(tmp_path / "latin.md") == ["1:1 not-utf-8"]
    parsed = read_quiz(tmp_path / "latin.md")
    assert (parsed.quiz, [problem.code for problem in parsed.problems]) == (None, ["not-utf-8"])


@pytest.mark.parametrize("name", ["nowhere", "notes.txt", "empty", "folder.md"])
def test_what_is_nothing_of_the_kind_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(NotAContentFolder, match=r"one \.md file, can be checked too"):
        check_path(tmp_path / name)


@pytest.mark.parametrize("only", ["lessons", "quiz.md", "module.md"])
def test_anything_of_a_module_makes_a_module(tmp_path: Path, only: str) -> None:
    folder = tmp_path / "privacy"
    folder.mkdir()
    if only.endswith(".md"):
        (folder / only).write_text(QUIZ if only == "quiz.md" else MODULE)
    else:
        (folder / only).mkdir()
    assert "1:1 missing-file" in codes(folder)


# What a file is


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("quiz.md", LESSON, "quiz"),
        ("module.md", QUIZ, "module"),
        ("courses/any.md", QUIZ, "course"),
        ("lessons/any.md", QUIZ, "lesson"),
        ("any.md", COURSE, "course"),
        ("any.md", MODULE, "module"),
        ("any.md", LESSON, "lesson"),
        ("any.md", QUIZ, "quiz"),
        ("any.md", "", "quiz"),
        ("any.md", "minutes: 4\n", "quiz"),
    ],
)
def test_a_file_is_known_by_its_place_or_by_what_it_says(name: str, text: str, kind: str) -> None:
    assert kind_of(Path("somewhere") / name, text) == kind


def test_the_quizzes_at_a_path(content: Path) -> None:
    quiz = content / MODULE_FOLDER / "quiz.md"
    write_folder(content, changed({"modules/.hidden/quiz.md": QUIZ}))
    assert list(quiz_files(content)) == [quiz]
    assert list(quiz_files(content / MODULE_FOLDER)) == [quiz]
    assert list(quiz_files(quiz)) == [quiz]
    assert list(quiz_files(content / LESSON_FILE)) == []
    assert list(quiz_files(content / "nowhere.md")) == []
    assert list(quiz_files(content / "modules/handover")) == []


# For programs

PROBLEM = Problem("a,b:c%.md", 3, 5, "bad-id", "write\r\n`x`: 50%, or", Severity.WARNING)


def test_a_problem_as_json() -> None:
    assert to_json([PROBLEM]) == [
        {
            "path": "a,b:c%.md",
            "line": 3,
            "column": 5,
            "code": "bad-id",
            "severity": "warning",
            "message": "write\r\n`x`: 50%, or",
        }
    ]


def test_a_problem_as_an_annotation() -> None:
    assert to_annotation(PROBLEM) == (
        "::warning file=a%2Cb%3Ac%25.md,line=3,col=5,title=bad-id::write%0D%0A`x`: 50%25, or"
    )
