"""The files of courses, modules and lessons: what their front matter may say, and what is wrong with it.

Pure: text in, values and problems out. Quizzes have a format of their own, in their own room.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Generic, Literal, TypeVar

from markdown_it.token import Token
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from lms.foundation import frontmatter, markdown
from lms.foundation.frontmatter import suggestion
from lms.foundation.markdown import ImageResolver
from lms.foundation.problems import Problem, has_errors

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LESSON_FILE = re.compile(r"(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Statement = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]


def _is_slug(value: str) -> bool:
    return len(value) <= 100 and SLUG.fullmatch(value) is not None


def _slug(value: str) -> str:
    if not _is_slug(value):
        raise ValueError(f"`{value}` is not a slug: use lower-case letters, digits and hyphens")
    return value


def _some_modules(value: list[str]) -> list[str]:
    if not value:
        raise ValueError("a course needs one module at least")
    repeated = {slug for slug in value if value.count(slug) > 1}
    if repeated:
        raise ValueError(f"`{min(repeated)}` is listed twice: keep one")
    return value


def _some_objectives(value: dict[str, str]) -> dict[str, str]:
    if not value:
        raise ValueError("name one objective at least")
    return value


SlugText = Annotated[str, AfterValidator(_slug)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


SettingsT = TypeVar("SettingsT", bound=_Settings)


class LessonSettings(_Settings):
    """Front matter of `lessons/NN-slug.md`."""

    title: Line
    # Honest reading time.
    minutes: int = Field(ge=1, le=240)


class ModuleSettings(_Settings):
    """Front matter of `module.md`."""

    title: Line
    summary: Sentence
    # What the learner can do afterwards, by a short id that quiz questions name.
    objectives: Annotated[dict[SlugText, Sentence], AfterValidator(_some_objectives)]


class CourseSettings(_Settings):
    """Front matter of `courses/<slug>.md`."""

    title: Line
    summary: Sentence
    audience: Sentence
    modules: Annotated[list[SlugText], AfterValidator(_some_modules)]
    # What completes the course.
    pass_rule: Literal["lessons-and-quizzes", "lessons", "quizzes"] = "lessons-and-quizzes"
    # How long its certificate is good for; without it, for ever.
    validity_months: int | None = Field(default=None, ge=1, le=600)
    # Hours of instruction it counts for.
    hours: Decimal = Field(gt=0, le=1000, max_digits=6, decimal_places=2)
    # Whether a module's quiz waits for its lessons.
    quizzes_open: Literal["after-lessons", "at-once"] = "after-lessons"
    # Whether lessons and quizzes finished before the enrolment count.
    earlier_work: Literal["counts", "does-not-count"] = "counts"
    # What the learner signs when all else is done, as plain text; without it nothing is signed.
    attestation: Statement = ""
    # Whether nobody new may begin it. Whoever is enrolled goes on, and every record stays.
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Generic[SettingsT]):
    """A file that was read: its settings, where they stand, and its body as HTML."""

    settings: SettingsT
    html: str
    # Line and column of each setting, by its keys and indexes.
    places: Mapping[tuple[str | int, ...], tuple[int, int]]


def read_lesson(
    text: str, path: str, images: Collection[str], resolve_image: ImageResolver
) -> tuple[Document[LessonSettings] | None, list[Problem]]:
    """A lesson, or None, and everything wrong with its file."""
    return _read(text, path, LessonSettings, images, resolve_image)


def read_module(
    text: str, path: str, images: Collection[str], resolve_image: ImageResolver
) -> tuple[Document[ModuleSettings] | None, list[Problem]]:
    """A module's own file, or None, and everything wrong with it."""
    return _read(text, path, ModuleSettings, images, resolve_image)


def read_course(
    text: str, path: str, quizzes: Mapping[str, bool] | None
) -> tuple[Document[CourseSettings] | None, list[Problem]]:
    """A course's file, or None, and everything wrong with it. It can show no images.

    `quizzes` tells of each module that there is whether it has a quiz; None leaves modules unchecked.
    """
    return _read(
        text,
        path,
        CourseSettings,
        None,
        lambda _: None,
        lambda parts: [] if quizzes is None else _check_modules(parts, path, quizzes),
    )


def check_slug(slug: str, path: str) -> list[Problem]:
    """A problem where a file or folder name cannot be an address."""
    try:
        _slug(slug)
    except ValueError as error:
        return [Problem(path, 1, 1, "bad-name", f"the name {error}")]
    return []


def _read(
    text: str,
    path: str,
    model: type[SettingsT],
    images: Collection[str] | None,
    resolve_image: ImageResolver,
    check: Callable[[frontmatter.Split], list[Problem]] = lambda _: [],
) -> tuple[Document[SettingsT] | None, list[Problem]]:
    settings, parts, problems = frontmatter.read(text, path, model)
    problems += check(parts)
    tokens = markdown.parse(parts.body)
    problems += markdown.check_references(tokens, path, parts.body_line, images)
    problems += _check_headings(tokens, path, parts.body_line)
    if settings is None or has_errors(problems):
        return None, problems
    html = markdown.render_tokens(tokens, resolve_image)
    return Document(settings=settings, html=html, places=parts.places), problems


def _check_modules(
    parts: frontmatter.Split, path: str, quizzes: Mapping[str, bool]
) -> list[Problem]:
    """Modules that are not there; or, where all are, a rule that would ask for nothing at all.

    It looks at what was typed, so that another setting's fault does not hide these until it is mended.
    What is no slug at all is told of already.
    """
    typed = parts.values.get("modules")
    slugs = {
        index: slug
        for index, slug in enumerate(typed if isinstance(typed, list) else ())
        if isinstance(slug, str) and _is_slug(slug)
    }
    unknown = [
        Problem(
            path,
            *parts.places[("modules", index)],
            "unknown-module",
            f"there is no module `{slug}`" + (suggestion(slug, sorted(quizzes)) if quizzes else ""),
        )
        for index, slug in slugs.items()
        if slug not in quizzes
    ]
    asks_for_quizzes = parts.values.get("pass_rule") == "quizzes"
    if unknown or not slugs or not asks_for_quizzes or any(map(quizzes.get, slugs.values())):
        return unknown
    message = "`pass_rule`: no module of this course has a quiz, so nothing would complete it"
    return [Problem(path, *parts.places[("pass_rule",)], "nothing-to-complete", message)]


def _check_headings(tokens: Sequence[Token], path: str, body_line: int) -> list[Problem]:
    """The page's own heading is the title: a second one would confuse whoever listens to the page."""
    return [
        Problem(
            path,
            (token.map[0] if token.map else 0) + body_line,
            1,
            "top-heading",
            "the title stands in the front matter: begin the text's headings at `##`",
        )
        for token in tokens
        if token.type == "heading_open" and token.tag == "h1"
    ]
