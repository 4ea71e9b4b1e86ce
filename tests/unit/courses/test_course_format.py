"""What the files of courses, modules and lessons may say."""

from decimal import Decimal

import pytest

from lms.courses import format as files
from lms.foundation.problems import Problem

LESSON = "---\ntitle: A lesson\nminutes: 5\n---\n\nText.\n"
MODULE = (
    "---\ntitle: A module\nsummary: What it is for.\n"
    "objectives:\n  explain-it: Explain it\n---\n\nText.\n"
)
COURSE = (
    "---\ntitle: A course\nsummary: What it is for.\naudience: Everybody\n"
    "modules:\n  - one\n  - two\nhours: 1.5\n---\n\nText.\n"
)


def shown(problems: list[Problem]) -> list[str]:
    return [f"{problem.line}:{problem.column} {problem.code}" for problem in problems]


def lesson_faults(text: str) -> list[str]:
    document, problems = files.read_lesson(text, "01-x.md", ["../figures/a.svg"], lambda _: None)
    assert (document is None) == bool(problems)
    return shown(problems)


def course_problems(old: str, new: str) -> list[Problem]:
    assert old in COURSE
    document, problems = files.read_course(COURSE.replace(old, new), "c.md", None)
    assert (document is None) == bool(problems)
    return problems


def test_a_lesson_is_read() -> None:
    text = LESSON + "\n![A chart](../figures/a.svg)\n"
    document, problems = files.read_lesson(
        text, "01-x.md", ["../figures/a.svg"], lambda source: f"/kept/{source}"
    )
    assert problems == []
    assert document is not None
    assert (document.settings.title, document.settings.minutes) == ("A lesson", 5)
    assert "<p>Text.</p>" in document.html
    assert 'src="/kept/../figures/a.svg"' in document.html
    assert document.places["minutes",] == (3, 10)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("---\ntitle", "title", "1:1 front-matter-missing"),
        ("title: A lesson", "title: [A", "3:8 yaml"),
        ("title: A lesson\n", "", "1:1 missing-setting"),
        ("title: A lesson", "title: ''", "2:8 bad-setting"),
        ("A lesson", "x" * 201, "2:8 bad-setting"),
        ("minutes: 5", "minutes: 0", "3:10 bad-setting"),
        ("minutes: 5", "minutes: 241", "3:10 bad-setting"),
        ("minutes: 5", "minutes: five", "3:10 bad-setting"),
        ("minutes: 5", "minutes: 5\nminutes: 6", "4:1 repeated-key"),
        ("minutes: 5", "minutes: 5\nminuts: 6", "4:1 unknown-setting"),
        ("Text.", "# Text", "6:1 top-heading"),
        ("Text.", "Text\n====", "6:1 top-heading"),
        ("Text.", "![A chart](../figures/b.svg)", "6:1 missing-image"),
        ("Text.", "[there](../other.md)", "6:1 broken-link"),
    ],
)
def test_a_lesson_at_fault(old: str, new: str, fault: str) -> None:
    assert old in LESSON
    assert lesson_faults(LESSON.replace(old, new)) == [fault]


def test_every_fault_of_a_lesson_in_one_run() -> None:
    text = LESSON.replace("minutes: 5", "minutes: 0") + "\n# One\n\n![x](y.svg)\n\n# Two\n"
    assert lesson_faults(text) == [
        "3:10 bad-setting",
        "10:1 missing-image",
        "8:1 top-heading",
        "12:1 top-heading",
    ]


def test_a_warning_alone_keeps_the_lesson() -> None:
    document, problems = files.read_lesson(
        LESSON + "\n![](../figures/a.svg)\n", "01-x.md", ["../figures/a.svg"], lambda _: None
    )
    assert document is not None
    assert shown(problems) == ["8:1 alt-missing"]


def test_a_module_is_read() -> None:
    document, problems = files.read_module(MODULE, "module.md", [], lambda _: None)
    assert problems == []
    assert document is not None
    assert document.settings.objectives == {"explain-it": "Explain it"}
    assert document.html == "<p>Text.</p>\n"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("\n  explain-it: Explain it", " {}", "4:13 bad-setting"),
        ("explain-it:", "Explain it:", "5:3 bad-setting"),
        ("explain-it:", f"{'x' * 101}:", "5:3 bad-setting"),
        ("Explain it", "''", "5:15 bad-setting"),
        ("summary: What it is for.\n", "", "1:1 missing-setting"),
    ],
)
def test_a_module_at_fault(old: str, new: str, fault: str) -> None:
    assert old in MODULE
    document, problems = files.read_module(
        MODULE.replace(old, new), "module.md", [], lambda _: None
    )
    assert document is None
    assert shown(problems) == [fault]


def test_a_course_is_read_and_what_it_leaves_out_has_a_usual_value() -> None:
    document, problems = files.read_course(COURSE, "c.md", None)
    assert problems == []
    assert document is not None
    assert document.settings.model_dump() == {
        "title": "A course",
        "summary": "What it is for.",
        "audience": "Everybody",
        "modules": ["one", "two"],
        "pass_rule": "lessons-and-quizzes",
        "validity_months": None,
        "hours": Decimal("1.5"),
        "quizzes_open": "after-lessons",
        "earlier_work": "counts",
        "attestation": "",
        "withdrawn": False,
    }
    assert document.places["modules", 1] == (7, 5)


def test_a_course_with_a_statement() -> None:
    text = COURSE.replace("hours", "attestation: |\n  I have read it.\n\n  I keep to it.\nhours")
    document, problems = files.read_course(text, "c.md", None)
    assert problems == []
    assert document is not None
    assert document.settings.attestation == "I have read it.\n\nI keep to it."


@pytest.mark.parametrize(
    ("old", "new", "fault", "words"),
    [
        ("\n  - one\n  - two", " []", "5:10 bad-setting", "one module at least"),
        ("- two", "- one", "6:3 bad-setting", "`one` is listed twice"),
        ("- two", "- Two", "7:5 bad-setting", "`Two` is not a slug"),
        ("- two", "- two-", "7:5 bad-setting", "`two-` is not a slug"),
        ("hours: 1.5", "hours: 0", "8:8 bad-setting", "greater than 0"),
        ("hours: 1.5", "hours: 0.333", "8:8 bad-setting", "2 decimal places"),
        ("hours: 1.5", "hours: NaN", "8:8 bad-setting", "finite"),
        ("hours: 1.5", "hours: 1.5\npass_rule: all", "9:12 bad-setting", "it should be"),
        ("hours: 1.5", "hours: 1.5\nvalidity_months: 0", "9:18 bad-setting", "greater than"),
        ("hours: 1.5", "hours: 1.5\nquizzes_open: never", "9:15 bad-setting", "it should be"),
        ("hours: 1.5", "hours: 1.5\nearlier_work: no", "9:15 bad-setting", "it should be"),
        ("hours: 1.5", "hours: 1.5\nattestation:", "9:13 bad-setting", "valid string"),
        ("hours: 1.5", "hours: 1.5\nattestation: ' '", "9:14 bad-setting", "1 character"),
        ("hours: 1.5", f"hours: 1.5\nattestation: {'x' * 5001}", "9:14 bad-setting", "5000"),
        ("hours: 1.5", "hours: 1.5\nvalidity: 1", "9:1 unknown-setting", "`validity_months`"),
        ("hours: 1.5\n", "", "1:1 missing-setting", "`hours` is missing"),
        ("Text.", "![x](a.svg)", "11:1 misplaced-image", "a.svg` cannot be shown here"),
    ],
)
def test_a_course_at_fault(old: str, new: str, fault: str, words: str) -> None:
    (problem,) = course_problems(old, new)
    assert shown([problem]) == [fault]
    assert words in problem.message


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"- two": "- too"}, ["7:5 unknown-module"]),
        ({"- two": "- too", "hours: 1.5": "hours: x"}, ["7:5 unknown-module", "8:8 bad-setting"]),
        ({"- two": "- too", "title:": "titel:"}, ["1:1", "2:1", "7:5 unknown-module"]),
        ({"- two": "- too", "Text.": "# Text"}, ["7:5 unknown-module", "11:1 top-heading"]),
        # What cannot be a module's name has that one fault.
        ({"- two": "- Two"}, ["7:5 bad-setting"]),
        ({"- two": f"- {'x' * 101}"}, ["7:5 bad-setting"]),
        ({"- two": "- a: b"}, ["7:5 bad-setting"]),
        ({"\n  - one\n  - two": " one"}, ["5:10 bad-setting"]),
        ({"modules:\n  - one\n  - two\n": ""}, ["1:1 missing-setting"]),
        # None of these modules has a quiz.
        ({"hours: 1.5": "hours: 1.5\npass_rule: lessons"}, []),
        ({"hours: 1.5": "hours: 1.5\npass_rule: quizzes"}, ["9:12 nothing-to-complete"]),
        (
            {"hours: 1.5": "hours: x\npass_rule: quizzes"},
            ["8:8 bad-setting", "9:12 nothing-to-complete"],
        ),
        ({"hours: 1.5": "hours: 1.5\npass_rule: quizzes", "- two": "- three"}, []),
    ],
)
def test_modules_are_looked_for_whatever_else_is_wrong(
    changes: dict[str, str], faults: list[str]
) -> None:
    text = COURSE
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    quizzes = {"one": False, "two": False, "three": True}
    document, problems = files.read_course(text, "c.md", quizzes)
    assert (document is None) == bool(problems)
    found = shown(sorted(problems))
    assert [fault[: len(start)] for fault, start in zip(found, faults, strict=True)] == faults


def test_a_course_of_modules_where_there_are_none() -> None:
    _, problems = files.read_course(COURSE, "c.md", {})
    assert [problem.message for problem in problems] == [
        "there is no module `one`",
        "there is no module `two`",
    ]


@pytest.mark.parametrize("slug", ["a", "a1", "1-a", "role-overview", "x" * 100])
def test_a_name_that_can_be_an_address(slug: str) -> None:
    assert files.check_slug(slug, "here") == []


@pytest.mark.parametrize("slug", ["", "A", "a_b", "-a", "a-", "a--b", "é", "a b", "a/b", "x" * 101])
def test_a_name_that_cannot(slug: str) -> None:
    (problem,) = files.check_slug(slug, "here")
    assert str(problem).startswith("here:1:1: bad-name the name `")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("01-patient-rights.md", "patient-rights"),
        ("99-a.md", "a"),
        ("1-a.md", None),
        ("001-a.md", None),
        ("01_a.md", None),
        ("01-A.md", None),
        ("01-.md", None),
        ("01-a.txt", None),
    ],
)
def test_names_of_lesson_files(name: str, slug: str | None) -> None:
    match = files.LESSON_FILE.fullmatch(name)
    assert (match and match.group(2)) == slug
