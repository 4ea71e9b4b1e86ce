"""Checking a whole content folder: what is published of a good one, every fault of a broken one."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from lms.authoring.check import Checked, check_folder
from lms.authoring.folder import read_folder
from lms.foundation.problems import Severity
from tests.sample_content import (
    COURSE,
    FILES,
    LESSON,
    MODULE,
    OTHER_LESSON,
    OTHER_MODULE,
    PICTURE,
    QUIZ,
    QUIZ_FILE,
    REFRESHER,
    changed,
    folder_of,
    quiz_with,
    write_folder,
)

CONTENT = Path(__file__).parents[3] / "content"
LESSONS = "modules/privacy/lessons"


def checked(changes: Mapping[str, str | None]) -> Checked:
    return check_folder(folder_of(changed(changes)))


def faults(result: Checked) -> list[str]:
    """`path:line:column code`, with `?` after a warning."""
    return [
        f"{problem.path}:{problem.line}:{problem.column} {problem.code}"
        + ("?" if problem.severity is Severity.WARNING else "")
        for problem in result.problems
    ]


# A folder in order


def test_the_sample_is_in_order_and_ready_to_be_published() -> None:
    result = check_folder(folder_of(FILES))
    assert faults(result) == []
    assert result.can_be_published
    assert list(result.modules) == ["handover", "privacy"]
    assert list(result.courses) == ["onboarding", "refresher", "yearly"]
    privacy = result.modules["privacy"]
    digest = sha256(PICTURE).hexdigest()
    assert privacy.figures == {"figures/chart.svg": digest}
    assert result.pictures[digest].body == PICTURE
    assert result.pictures[digest].media_type == "image/svg+xml"
    assert privacy.source["quiz.md"] == QUIZ
    assert set(privacy.source) == {
        "module.md",
        "quiz.md",
        "lessons/01-right-amount.md",
        "lessons/02-desk-without-names.md",
    }
    assert result.courses["onboarding"].source == {"course.md": COURSE}


def test_what_pages_show_is_rendered_at_once() -> None:
    result = check_folder(folder_of(FILES))
    page = result.modules["privacy"].page
    assert page["objectives"] == [
        "Choose the amount of information that a request needs",
        "Spot what gives patients away",
    ]
    assert [(one["slug"], one["title"], one["minutes"]) for one in page["lessons"]] == [
        ("right-amount", "The right amount", 4),
        ("desk-without-names", "A desk without names", 3),
    ]
    digest = sha256(PICTURE).hexdigest()
    assert f'src="/figures/{digest}/chart.svg"' in page["lessons"][0]["html"]
    assert page["quiz"] == {
        "title": "Privacy check",
        "introduction": "<p>Five questions. The lessons may be read again.</p>",
        "question_count": 5,
        "points": "5",
        "pass_mark": "4/5",
        "attempts": 3,
        "time_limit_seconds": None,
        "cooldown_seconds": None,
        "record": "highest",
    }
    assert result.modules["handover"].page["quiz"] is None
    course = result.courses["onboarding"].page
    assert course["modules"] == ["privacy", "handover"]
    assert (course["hours"], course["validity_months"]) == ("2.5", 12)
    assert "Begin with the first lesson" in course["about"]


def test_nothing_of_the_key_is_in_what_pages_show() -> None:
    page = check_folder(folder_of(FILES)).modules["privacy"].page
    assert "Toldlater" not in repr(page)
    assert "keytext" not in repr(page)


def test_the_same_files_have_the_same_digest_and_others_another() -> None:
    first, again = check_folder(folder_of(FILES)), check_folder(folder_of(FILES))
    assert first == again
    other = checked({f"{LESSONS}/01-right-amount.md": LESSON + "\nOne more line.\n"})
    assert other.modules["privacy"].digest != first.modules["privacy"].digest
    assert other.modules["handover"].digest == first.modules["handover"].digest
    assert other.courses["onboarding"].digest == first.courses["onboarding"].digest


def test_another_picture_is_another_revision() -> None:
    files = dict(FILES) | {"modules/privacy/figures/chart.svg": PICTURE + b"\n"}
    one, other = check_folder(folder_of(FILES)), check_folder(folder_of(files))
    assert one.modules["privacy"].digest != other.modules["privacy"].digest
    assert set(one.pictures) != set(other.pictures)


def test_the_content_that_comes_with_the_product_is_in_order_and_raises_no_doubt() -> None:
    result = check_folder(read_folder(CONTENT))
    assert faults(result) == []
    assert result.courses


# One fault at a time


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"courses/onboarding.md": COURSE.replace("- handover", "- handovr")},
            "courses/onboarding.md:7:5 unknown-module",
        ),
        (
            {"courses/onboarding.md": COURSE.replace("hours: 2.5", "hours: some")},
            "courses/onboarding.md:9:8 bad-setting",
        ),
        ({"courses/Two Words.md": COURSE}, "courses/Two Words.md:1:1 bad-name"),
        (
            {
                "courses/refresher.md": REFRESHER.replace("- privacy", "- handover"),
            },
            "courses/refresher.md:7:12 nothing-to-complete",
        ),
        ({"modules/handover/module.md": None}, "modules/handover/module.md:1:1 missing-file"),
        (
            {"modules/handover/lessons/01-before-you-leave.md": None},
            "modules/handover:1:1 missing-file",
        ),
        ({f"{LESSONS}/3-third.md": LESSON}, f"{LESSONS}/3-third.md:1:1 bad-name"),
        ({f"{LESSONS}/03-{'x' * 101}.md": LESSON}, f"{LESSONS}/03-{'x' * 101}.md:1:1 bad-name"),
        (
            {f"{LESSONS}/03-right-amount.md": LESSON},
            f"{LESSONS}/03-right-amount.md:1:1 repeated-lesson",
        ),
        (
            {f"{LESSONS}/01-right-amount.md": LESSON.replace("chart.svg", "chart.png")},
            f"{LESSONS}/01-right-amount.md:8:1 missing-image",
        ),
        (
            # As a lesson would write it; a quiz lies one folder higher.
            quiz_with("Five questions.", "![x](../figures/chart.svg)"),
            "modules/privacy/quiz.md:11:6 missing-image",
        ),
        (
            quiz_with(
                "`objective: choose-amount`\n\n- [ ] The", "`objective: choose`\n\n- [ ] The"
            ),
            "modules/privacy/quiz.md:14:13 unknown-objective",
        ),
        (
            quiz_with("- [x] The part", "- [ ] The part"),
            "modules/privacy/quiz.md:13:1 no-right-answer",
        ),
    ],
)
def test_a_fault_is_found_where_it_stands(changes: dict[str, str | None], expected: str) -> None:
    result = checked(changes)
    assert faults(result) == [expected]
    assert not result.can_be_published


def test_nothing_is_made_of_a_file_at_fault() -> None:
    result = checked(
        {
            "courses/onboarding.md": COURSE.replace("title", "titel"),
            "modules/handover/module.md": OTHER_MODULE.replace("summary", "sumary"),
        }
    )
    assert set(result.courses) == {"refresher", "yearly"}
    assert set(result.modules) == {"privacy"}


def test_a_course_is_told_of_the_module_it_may_mean() -> None:
    result = checked({"courses/onboarding.md": COURSE.replace("- handover", "- handovr")})
    assert result.problems[0].message == ("there is no module `handovr`: did you mean `handover`?")


def test_courses_without_any_module_there() -> None:
    files = {path: body for path, body in FILES.items() if path.startswith("courses/")}
    result = check_folder(folder_of(files))
    assert faults(result)[:2] == [
        "courses/onboarding.md:6:5 unknown-module",
        "courses/onboarding.md:7:5 unknown-module",
    ]
    assert result.problems[0].message == "there is no module `privacy`"


def test_an_objective_that_no_question_tests_is_a_warning() -> None:
    result = checked(
        {"modules/privacy/module.md": MODULE.replace("---\n\nTwo", "  x: X\n---\n\nTwo")}
    )
    assert faults(result) == ["modules/privacy/module.md:7:6 objective-untested?"]
    assert result.can_be_published
    assert "privacy" in result.modules


def test_an_answer_that_nobody_grades_tests_no_objective() -> None:
    module = MODULE.replace("---\n\nTwo", "  x: X\n---\n\nTwo")
    reflection = "\n## What now?\n`id: what-now` `objective: x`\n\n**Reflect:**\n"
    result = checked({"modules/privacy/module.md": module, QUIZ_FILE: QUIZ + reflection})
    assert faults(result) == ["modules/privacy/module.md:7:6 objective-untested?"]


def test_a_module_without_its_own_file_still_has_its_lessons_and_quiz_checked() -> None:
    result = checked(
        {
            "modules/privacy/module.md": None,
            f"{LESSONS}/01-right-amount.md": LESSON.replace("minutes: 4", "minutes: x"),
            **quiz_with("pass: 80%", "pass: 80"),
        }
    )
    assert faults(result) == [
        f"{LESSONS}/01-right-amount.md:3:10 bad-setting",
        "modules/privacy/module.md:1:1 missing-file",
        "modules/privacy/quiz.md:3:7 bad-setting",
    ]


# All at once


def test_every_fault_of_a_broken_folder_in_one_run(tmp_path: Path) -> None:
    broken = changed(
        {
            # Bad YAML, an unknown module, a wrong setting.
            "courses/onboarding.md": COURSE.replace("title: Onboarding", "title: [Onboarding"),
            "courses/refresher.md": REFRESHER.replace("- privacy", "- privasy"),
            "courses/yearly.md": COURSE.replace("hours", "ours"),
            # A repeated id, no right answer, a missing image, a setting that cannot be read.
            "modules/privacy/quiz.md": QUIZ.replace("`id: desk`", "`id: payer`")
            .replace("- [x] False", "- [ ] False")
            .replace("Five questions.", "![x](figures/none.svg)")
            .replace("attempts: 3", "attempts: none"),
            f"{LESSONS}/01-right-amount.md": LESSON.replace("../figures/", "figures/"),
            # A bad name of a lesson.
            f"{LESSONS}/second.md": LESSON,
        }
    )
    broken["modules/handover/module.md"] = OTHER_MODULE.encode().replace(b"Say", b"S\xe4y")
    broken["modules/handover/lessons/01-before-you-leave.md"] = OTHER_LESSON.encode("utf-16")
    broken["modules/handover/lessons/notes.txt"] = b"notes"
    root = write_folder(tmp_path, broken)
    result = check_folder(read_folder(root))
    assert [fault.removeprefix(f"{root}/") for fault in faults(result)] == [
        "courses/onboarding.md:3:8 yaml",
        "courses/refresher.md:6:5 unknown-module",
        "courses/yearly.md:1:1 missing-setting",
        "courses/yearly.md:9:1 unknown-setting",
        "modules/handover/lessons/01-before-you-leave.md:1:1 not-utf-8",
        "modules/handover/lessons/notes.txt:1:1 unknown-file",
        "modules/handover/module.md:3:11 not-utf-8",
        f"{LESSONS}/01-right-amount.md:8:1 missing-image",
        f"{LESSONS}/second.md:1:1 bad-name",
        "modules/privacy/quiz.md:4:11 bad-setting",
        "modules/privacy/quiz.md:11:6 missing-image",
        "modules/privacy/quiz.md:34:1 repeated-id",
        "modules/privacy/quiz.md:47:1 no-right-answer",
    ]
    assert all(problem.message for problem in result.problems)
    assert not result.can_be_published


def test_a_file_that_cannot_be_read_has_that_one_fault(tmp_path: Path) -> None:
    files = dict(FILES)
    for path in FILES:
        if path.startswith("modules/handover/"):
            files[path] = b"\xff"
    files["modules/privacy/figures/chart.svg"] = b"x" * (1024 * 1024 + 1)
    result = check_folder(read_folder(write_folder(tmp_path, files)))
    assert [problem.code for problem in result.problems] == ["not-utf-8", "not-utf-8", "too-large"]
