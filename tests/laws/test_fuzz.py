"""Whatever is in a content file, checking it finds problems and never raises."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.authoring.check import check_course, check_module
from lms.authoring.folder import CourseFile, ModuleFolder
from lms.foundation.problems import Problem
from tests.sample_content import COURSE, LESSON, MODULE, PICTURE, QUIZ

# How often each of the four kinds of file is tried: 10,000 times in all.
RANDOM_EXAMPLES = 1_000
MUTATED_EXAMPLES = 1_500

SAMPLE = {
    "course.md": COURSE,
    "module.md": MODULE,
    "lessons/01-right-amount.md": LESSON,
    "quiz.md": QUIZ,
}
# What stands beside the file that is tried is short, for it is read every time.
NEIGHBOURS = {
    "module.md": MODULE,
    "lessons/02-short.md": "---\ntitle: Short\nminutes: 1\n---\n\nText.\n",
}
# What a format pays attention to is more likely to trip it up than a random letter.
SPARKS = [
    *"\n\t\r\0 `*_~[]()<>#|:-=+\\\"'&%!?/.,;0123456789",
    "\n\n", "---\n", "# ", "## ", "### ", "- [ ] ", "- [x] ", "> ", "    ", "```", "|-|\n", "[[2]]",
    "**Answer:** ", "**Explanation:**", "`id: x`", "`draw: 9`", "`points: 0`", "`-25%`", "~~`a`~~",
    "/(a+)+/", "1..2", "80 ± 5%", "![x](y)", "[^1]", "[^1]: ", "*a", "&a ", "{", "}", "!!python/",
    "é", "\u0301", "\u2028", "\ufeff", "\u202e", "𝟛", "٣", "²", "null", "~", "<<: ",
]  # fmt: skip


def check(name: str, text: str) -> list[Problem]:
    """Everything wrong when a file of that name says `text`."""
    if name == "course.md":
        course = CourseFile(slug="onboarding", path=name, text=text)
        return check_course(course, {"privacy": True, "handover": False})[1]
    module = ModuleFolder(
        slug="privacy",
        path="privacy",
        texts=NEIGHBOURS | {name: text},
        pictures={"figures/chart.svg": PICTURE},
    )
    return check_module(module)[1]


def check_well(name: str, text: str) -> None:
    """Every problem has words and, in the file that is tried, a place that is there."""
    lines = text.count("\n") + text.count("\r") + 1
    for problem in check(name, text):
        assert problem.message
        assert problem.column >= 1
        assert problem.line >= 1
        assert problem.line <= lines or not problem.path.endswith(name)


each_file = pytest.mark.parametrize("name", list(SAMPLE))


def many(number: int) -> settings:
    return settings(
        max_examples=number,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


@pytest.mark.parametrize("name", ["course.md", "lessons/01-right-amount.md", "quiz.md"])
def test_the_sample_itself_is_in_order(name: str) -> None:
    assert [problem for problem in check(name, SAMPLE[name]) if problem.path.endswith(name)] == []


@each_file
@many(RANDOM_EXAMPLES)
@given(
    body=st.binary(max_size=300) | st.text(max_size=300).map(str.encode), is_fronted=st.booleans()
)
def test_random_files(name: str, body: bytes, *, is_fronted: bool) -> None:
    head = SAMPLE[name].split("\n---\n")[0] + "\n---\n" if is_fronted else ""
    check_well(name, head + body.decode(errors="replace"))


def mutated(text: str, chance: random.Random) -> str:
    """`text` after a few cuts, copies, swaps and insertions."""
    for _ in range(chance.randint(1, 6)):
        start, end = sorted(chance.choices(range(len(text) + 1), k=2))
        end = min(end, start + chance.choice((1, 3, 20, 200)))
        piece = text[start:end]
        place = chance.randint(0, len(text))
        text = chance.choice(
            (
                text[:start] + text[end:],
                text[:start] + chance.choice(SPARKS) + text[start:],
                text[:start] + chance.choice(SPARKS) + text[end:],
                text[:place] + piece + text[place:],
                text[:start] + piece[::-1] + text[end:],
            )
        )
    return text


@each_file
@many(MUTATED_EXAMPLES)
@given(seed=st.integers(0, 2**32))
def test_mutated_files(name: str, seed: int) -> None:
    check_well(name, mutated(SAMPLE[name], random.Random(seed)))  # noqa: S311 - It makes faults, not secrets.
