"""Whatever is in a content file, checking it finds problems and never raises."""

import random
from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.authoring.check import check_course, check_module
from lms.authoring.folder import CourseFile, ModuleFolder
from lms.foundation.problems import Problem
from tests.sample_content import COURSE, LESSON, MODULE, PICTURE, QUIZ

# 10,000 in all, at well under 5 ms each.
RANDOM_EXAMPLES = 500
MUTATED_EXAMPLES = 2_000

TEXTS = {
    "course.md": COURSE,
    "module.md": MODULE,
    "lessons/01-right-amount.md": LESSON,
    "quiz.md": QUIZ,
}
# What a format pays attention to is more likely to trip it up than a random letter.
SPARKS = [
    *"\n\t\r\0 `*_~[]()<>#|:-=+\\\"'&%!?/.,;0123456789",
    "\n\n", "---\n", "# ", "## ", "### ", "- [ ] ", "- [x] ", "> ", "    ", "```", "|-|\n", "[[2]]",
    "**Answer:** ", "**Explanation:**", "`id: x`", "`draw: 9`", "`points: 0`", "`-25%`", "~~`a`~~",
    "/(a+)+/", "1..2", "80 ± 5%", "![x](y)", "[^1]", "[^1]: ", "*a", "&a ", "{", "}", "!!python/",
    "é", "\u0301", "\u2028", "\ufeff", "\u202e", "𝟛", "٣", "²", "null", "~", "<<: ",
]  # fmt: skip


def check(texts: Mapping[str, str]) -> list[Problem]:
    """Everything wrong with a module and a course of these files."""
    module = ModuleFolder(
        slug="privacy",
        path="modules/privacy",
        texts={name: text for name, text in texts.items() if name != "course.md"},
        pictures={"figures/chart.svg": PICTURE},
    )
    course = CourseFile(slug="onboarding", path="courses/onboarding.md", text=texts["course.md"])
    revision, problems = check_module(module)
    _, more = check_course(course, {"privacy": revision is not None, "handover": False})
    return problems + more


def check_one(name: str, text: str) -> None:
    """The sample with another text in one file: problems, if any, stand in that file, at a place."""
    lines = text.count("\n") + text.count("\r") + 2
    for problem in check(TEXTS | {name: text}):
        assert problem.path
        assert problem.message
        assert problem.column >= 1
        assert 1 <= problem.line <= max(lines, 30)


each_file = pytest.mark.parametrize("name", list(TEXTS))
many: Callable[[int], settings] = lambda number: settings(  # noqa: E731
    max_examples=number,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def test_the_sample_itself_is_in_order() -> None:
    assert check(TEXTS) == []


@each_file
@many(RANDOM_EXAMPLES)
@given(
    body=st.binary(max_size=300) | st.text(max_size=300).map(str.encode), is_fronted=st.booleans()
)
def test_random_files(name: str, body: bytes, *, is_fronted: bool) -> None:
    head = TEXTS[name].split("\n---\n")[0] + "\n---\n" if is_fronted else ""
    check_one(name, head + body.decode(errors="replace"))


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
    check_one(name, mutated(TEXTS[name], random.Random(seed)))
