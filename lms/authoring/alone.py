"""One file of content, or one module, by itself, with what stands beside it where that is there (pure)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from lms.courses import format as files
from lms.courses.revision import picture_address
from lms.foundation import frontmatter
from lms.foundation.markdown import ImageResolver
from lms.foundation.problems import Problem
from lms.quizzes.format import ParsedQuiz, parse_quiz

from .check import (
    check_course,
    check_folder,
    check_module,
    figures_of,
    lesson_slug,
    read_lesson_text,
    read_module_file,
)
from .folder import (
    CourseFile,
    NotAContentFolder,
    is_content_folder,
    is_module_folder,
    read_folder,
    read_module,
    read_text,
)

_OWN_KEY = re.compile(r"^(modules|minutes|objectives)\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is wrong with content, sorted by place, and the sentence for when no error is in it."""

    problems: tuple[Problem, ...]
    in_order: str


def check_path(path: Path) -> Findings:
    """Check a content folder, a module's folder, or one file as far as it can be checked alone.

    What stands beside a file is used where it is there: a quiz or a lesson has the pictures of its
    module, a quiz also the objectives, and a course the other modules. Raises NotAContentFolder for a
    path that is none of these.
    """
    if is_content_folder(path):
        checked = check_folder(read_folder(path))
        sentence = (
            f"{len(checked.courses)} courses and {len(checked.modules)} modules are in order."
        )
        return Findings(problems=checked.problems, in_order=sentence)
    problems: list[Problem] = []
    if path.is_dir() and is_module_folder(path):
        module = read_module(path, problems)
        problems += check_module(module)[1]
    elif path.suffix == ".md" and not path.is_dir():
        text = read_text(path, problems)
        if text is not None:
            problems += _CHECKS[kind_of(path, text)](path, text)
    else:
        raise NotAContentFolder(
            f"{path} is not a content folder: it needs courses/ and modules/ inside."
            " A module's folder, or one .md file, can be checked too"
        )
    return Findings(problems=tuple(sorted(problems)), in_order=f"{path} is in order.")


def kind_of(file: Path, text: str) -> str:
    """`course`, `module`, `lesson` or `quiz`: by the place of the file, else by what only one has."""
    if file.name in ("module.md", "quiz.md"):
        return file.name.removesuffix(".md")
    place = file.resolve().parent.name
    if place in ("courses", "lessons"):
        return place.removesuffix("s")
    found = _OWN_KEY.search(frontmatter.split(text).yaml_text or "")
    kinds = {"modules": "course", "minutes": "lesson", "objectives": "module"}
    return kinds[found[1]] if found else "quiz"


def quiz_files(path: Path) -> Iterator[Path]:
    """The files of quizzes at a path that `check_path` takes."""
    if is_content_folder(path):
        yield from sorted((path / "modules").glob("[!.]*/quiz.md"))
    elif path.is_dir():
        yield from path.glob("quiz.md")
    elif (text := read_text(path, [])) is not None and kind_of(path, text) == "quiz":
        yield path


def read_quiz(file: Path) -> ParsedQuiz:
    """The quiz in `file`, with the pictures and the objectives of the folder it lies in.

    Without a module.md that can be read, the objectives that questions name are not looked at.
    """
    problems: list[Problem] = []
    text = read_text(file, problems)
    if text is None:
        return ParsedQuiz(quiz=None, problems=tuple(problems))
    return _parse_quiz(file, text)


def _parse_quiz(file: Path, text: str) -> ParsedQuiz:
    return parse_quiz(text, str(file), **surroundings(file))


class Surroundings(TypedDict):
    """What reading a quiz takes from the folder that it lies in."""

    images: Mapping[str, str]
    objectives: Mapping[str, str] | None
    resolve_image: ImageResolver


def surroundings(file: Path) -> Surroundings:
    """The pictures and the objectives of the folder that a quiz lies in."""
    module = read_module(file.parent, [])
    figures = figures_of(module)
    document, _ = read_module_file(module, figures)
    return Surroundings(
        images=figures,
        objectives=document.settings.objectives if document else None,
        resolve_image=picture_address(figures),
    )


def _check_quiz(file: Path, text: str) -> list[Problem]:
    return list(_parse_quiz(file, text).problems)


def _check_lesson(file: Path, text: str) -> list[Problem]:
    place = file.resolve().parent
    _, problems = lesson_slug(file.name, str(file)) if place.name == "lessons" else ("", [])
    figures = figures_of(read_module(place.parent, []))
    return problems + read_lesson_text(text, str(file), figures)[1]


def _check_module_file(file: Path, text: str) -> list[Problem]:
    figures = figures_of(read_module(file.parent, []))
    return files.read_module(text, str(file), figures, picture_address(figures))[1]


def _check_course(file: Path, text: str) -> list[Problem]:
    place = file.resolve().parent
    modules = place.parent / "modules" if place.name == "courses" else place / "modules"
    quizzes = (
        {folder.name: (folder / "quiz.md").is_file() for folder in modules.iterdir()}
        if modules.is_dir()
        else None
    )
    return check_course(CourseFile(slug=file.stem, path=str(file), text=text), quizzes)[1]


_CHECKS: dict[str, Callable[[Path, str], list[Problem]]] = {
    "course": _check_course,
    "module": _check_module_file,
    "lesson": _check_lesson,
    "quiz": _check_quiz,
}
