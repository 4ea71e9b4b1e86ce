"""Check a whole content folder and make of it what can be published: pure.

Every fault of every file is found in one run; nothing is made of a folder with an error in it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from lms.courses import format as files
from lms.courses.revision import NewRevision, Picture, digest_of, picture_address
from lms.foundation.problems import Problem, Severity, has_errors
from lms.quizzes.format import ParsedQuiz, parse_quiz
from lms.quizzes.model import Quiz

from .folder import PICTURE_TYPES, ContentFolder, CourseFile, ModuleFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a folder holds, ready to be published where no problem is an error."""

    modules: Mapping[str, NewRevision]
    courses: Mapping[str, NewRevision]
    pictures: Mapping[str, Picture]
    problems: tuple[Problem, ...]

    @property
    def can_be_published(self) -> bool:
        return not has_errors(self.problems)


def check_folder(folder: ContentFolder) -> Checked:
    """Check every file of `folder`; problems come sorted by file and line."""
    problems = list(folder.problems)
    pictures: dict[str, Picture] = {}
    modules: dict[str, NewRevision] = {}
    for module in folder.modules:
        revision, found = check_module(module)
        problems += found
        if revision is not None:
            modules[module.slug] = revision
            for name, digest in revision.figures.items():
                media_type = PICTURE_TYPES[PurePosixPath(name).suffix.lower()]
                pictures[digest] = Picture(
                    digest=digest, media_type=media_type, body=module.pictures[name]
                )
    quizzes = {
        module.slug: "quiz.md" in module.texts.keys() | module.unread for module in folder.modules
    }
    courses: dict[str, NewRevision] = {}
    for course in folder.courses:
        revision, found = check_course(course, quizzes)
        problems += found
        if revision is not None:
            courses[course.slug] = revision
    return Checked(
        modules=modules, courses=courses, pictures=pictures, problems=tuple(sorted(problems))
    )


def check_course(
    course: CourseFile, quizzes: Mapping[str, bool] | None
) -> tuple[NewRevision | None, list[Problem]]:
    """A course's revision, or None, and everything wrong with its file.

    `quizzes` tells of each module that there is whether it has a quiz; None leaves modules unchecked.
    """
    document, problems = files.read_course(course.text, course.path, quizzes)
    problems += files.check_slug(course.slug, course.path)
    if document is None or has_errors(problems):
        return None, problems
    page = document.settings.model_dump(mode="json") | {"about": document.html}
    source = {"course.md": course.text}
    revision = NewRevision(
        slug=course.slug, digest=digest_of(source, {}), source=source, page=page, figures={}
    )
    return revision, problems


def check_module(module: ModuleFolder) -> tuple[NewRevision | None, list[Problem]]:
    """A module's revision, or None, and everything wrong with its files."""
    figures = figures_of(module)
    problems = files.check_slug(module.slug, module.path)
    document, found = read_module_file(module, figures)
    problems += found
    lessons, found = _read_lessons(module, figures)
    problems += found
    objectives = document.settings.objectives if document else None
    quiz, found = _read_quiz(module, figures, objectives)
    problems += found
    if document is None or module.unread or has_errors(problems):
        return None, problems
    if quiz is not None:
        problems += _untested(document, quiz, f"{module.path}/module.md")
    settings = document.settings
    page = {
        "title": settings.title,
        "summary": settings.summary,
        "introduction": document.html,
        "objectives": list(settings.objectives.values()),
        "lessons": lessons,
        "quiz": quiz and summarize(quiz),
    }
    revision = NewRevision(
        slug=module.slug,
        digest=digest_of(module.texts, figures),
        source=module.texts,
        page=page,
        figures=figures,
    )
    return revision, problems


def summarize(quiz: Quiz) -> dict[str, Any]:
    """What a learner may know of a quiz before starting it, as plain values."""
    return {
        "title": quiz.title,
        "introduction": quiz.introduction,
        "question_count": quiz.drawn_count,
        "points": str(quiz.drawn_points),
        "pass_mark": str(quiz.settings.pass_mark),
        "attempts": quiz.settings.attempts,
        "time_limit_seconds": _seconds(quiz.settings.time_limit),
        "cooldown_seconds": _seconds(quiz.settings.cooldown),
        "record": quiz.settings.record.value,
    }


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def figures_of(module: ModuleFolder) -> dict[str, str]:
    """The digests of a module's pictures by their names.

    Whoever shows a picture that is there but could not be read has no fault of their own: such a one
    has an empty digest.
    """
    figures = {name: sha256(body).hexdigest() for name, body in module.pictures.items()}
    return figures | dict.fromkeys(module.unread, "")


def read_module_file(
    module: ModuleFolder, figures: Mapping[str, str]
) -> tuple[files.Document[files.ModuleSettings] | None, list[Problem]]:
    """What module.md says, or None, and everything wrong with it."""
    path = f"{module.path}/module.md"
    if "module.md" in module.unread:
        return None, []
    if "module.md" not in module.texts:
        message = "the module has no module.md: write one with title, summary and objectives"
        return None, [Problem(path, 1, 1, "missing-file", message)]
    return files.read_module(module.texts["module.md"], path, figures, picture_address(figures))


def _read_lessons(
    module: ModuleFolder, figures: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    problems: list[Problem] = []
    lessons: list[dict[str, Any]] = []
    seen: dict[str, str] = {}
    for name in sorted(filter(_is_lesson, module.texts)):
        path = f"{module.path}/{name}"
        slug, found = lesson_slug(name.removeprefix("lessons/"), path)
        problems += found
        if not slug:
            continue
        if slug in seen:
            message = f"the lesson `{slug}` is there already, as {seen[slug]}: rename one"
            problems.append(Problem(path, 1, 1, "repeated-lesson", message))
        seen[slug] = name
        document, found = read_lesson_text(module.texts[name], path, figures)
        problems += found
        if document is not None:
            settings = document.settings
            lessons.append(
                {
                    "slug": slug,
                    "title": settings.title,
                    "minutes": settings.minutes,
                    "html": document.html,
                }
            )
    if not seen and not problems and not any(map(_is_lesson, module.unread)):
        message = "the module has no lesson: write lessons/01-some-name.md"
        problems.append(Problem(module.path, 1, 1, "missing-file", message))
    return lessons, problems


def read_lesson_text(
    text: str, path: str, figures: Mapping[str, str]
) -> tuple[files.Document[files.LessonSettings] | None, list[Problem]]:
    """A lesson that lies in `lessons/`, beside the figures of its module."""
    nearby = {f"../{name}": digest for name, digest in figures.items()}
    return files.read_lesson(text, path, nearby, picture_address(nearby))


def read_quiz_text(
    text: str, path: str, figures: Mapping[str, str], objectives: Collection[str] | None
) -> ParsedQuiz:
    """A quiz with the figures of its module; objectives of None are not looked at."""
    return parse_quiz(
        text,
        path,
        images=figures,
        objectives=objectives,
        resolve_image=picture_address(figures),
    )


def lesson_slug(file_name: str, path: str) -> tuple[str, list[Problem]]:
    """The address in a lesson's file name, "" where it has none, and what is wrong with the name."""
    match = files.LESSON_FILE.fullmatch(file_name)
    if match is None:
        message = "name the file by its place and its address, such as 01-patient-rights.md"
        return "", [Problem(path, 1, 1, "bad-name", message)]
    return match.group(2), files.check_slug(match.group(2), path)


def _is_lesson(name: str) -> bool:
    return name.startswith("lessons/")


def _read_quiz(
    module: ModuleFolder, figures: Mapping[str, str], objectives: Mapping[str, str] | None
) -> tuple[Quiz | None, list[Problem]]:
    if "quiz.md" not in module.texts:
        return None, []
    parsed = read_quiz_text(module.texts["quiz.md"], f"{module.path}/quiz.md", figures, objectives)
    return parsed.quiz, list(parsed.problems)


def _untested(
    document: files.Document[files.ModuleSettings], quiz: Quiz, path: str
) -> list[Problem]:
    tested = {question.objective for question in quiz.questions if question.is_graded}
    return [
        Problem(
            path,
            *document.places[("objectives", name)],
            "objective-untested",
            f"no question tests the objective `{name}`",
            Severity.WARNING,
        )
        for name in document.settings.objectives
        if name not in tested
    ]
