"""A content folder on disk, read into plain values, with whatever in it cannot be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lms.foundation import frontmatter
from lms.foundation.problems import Problem
from lms.foundation.told import Told

PICTURE_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
MODULE_FILES = ("module.md", "quiz.md")
MODULE_PLACES = (
    "a module has module.md, quiz.md, .md files in lessons/, and "
    + ", ".join(PICTURE_TYPES)
    + " files in figures/"
)
MAX_FILE_BYTES = 1024 * 1024


class NotAContentFolder(Told):
    """The path does not hold `courses/` and `modules/`; the text says what was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFolder:
    """One folder of `modules/`: its texts and pictures by their path in it.

    `path` is where it stands, as problems should name it. `unread` are the files which are there but
    could not be read, so that nobody is told that they are missing.
    """

    slug: str
    path: str
    texts: Mapping[str, str]
    pictures: Mapping[str, bytes]
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFile:
    """One file of `courses/`."""

    slug: str
    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFolder:
    """Everything in a content folder, in the order of the names."""

    modules: tuple[ModuleFolder, ...]
    courses: tuple[CourseFile, ...]
    problems: tuple[Problem, ...]


def is_content_folder(path: Path) -> bool:
    """Whether `path` has one of the two folders that content is made of."""
    return (path / "courses").is_dir() or (path / "modules").is_dir()


def is_module_folder(path: Path) -> bool:
    """Whether anything in `path` is what only a module has."""
    return (path / "lessons").is_dir() or any((path / name).is_file() for name in MODULE_FILES)


def read_folder(root: Path) -> ContentFolder:
    """Read a content folder; files that cannot be read become problems.

    Raises NotAContentFolder when `root` has neither `courses/` nor `modules/`.
    """
    if not is_content_folder(root):
        raise NotAContentFolder(
            f"{root} is not a content folder: it needs courses/ and modules/ inside"
        )
    problems: list[Problem] = []
    courses = [
        CourseFile(slug=file.stem, path=str(file), text=text)
        for file in visible(root / "courses")
        if _is_course(file, problems) and (text := read_text(file, problems)) is not None
    ]
    modules = [
        read_module(folder, problems) for folder in visible(root / "modules") if folder.is_dir()
    ]
    return ContentFolder(modules=tuple(modules), courses=tuple(courses), problems=tuple(problems))


def _is_course(file: Path, problems: list[Problem]) -> bool:
    if file.suffix != ".md":
        problems.append(_unknown(file, "a course is one .md file"))
        return False
    return True


def read_module(folder: Path, problems: list[Problem]) -> ModuleFolder:
    """Read a module's folder; what is wrong with its files is added to `problems`."""
    texts: dict[str, str] = {}
    pictures: dict[str, bytes] = {}
    there: set[str] = set()
    for file in module_files(folder):
        path = file.relative_to(folder)
        name, place = path.as_posix(), path.parent.name
        if name in MODULE_FILES or (place == "lessons" and path.suffix == ".md"):
            if (text := read_text(file, problems)) is not None:
                texts[name] = text
        elif place == "figures" and path.suffix.lower() in PICTURE_TYPES:
            if (body := _read_bytes(file, problems)) is not None:
                pictures[name] = body
        else:
            problems.append(_unknown(file, MODULE_PLACES))
            continue
        there.add(name)
    return ModuleFolder(
        # Of `.` the name is what the folder is called from elsewhere.
        slug=folder.resolve().name if folder.name in ("", "..") else folder.name,
        path=str(folder),
        texts=texts,
        pictures=pictures,
        unread=frozenset(there - texts.keys() - pictures.keys()),
    )


def module_files(folder: Path) -> Iterator[Path]:
    """What is in a module's folder; of the two folders that a module has, what is in them."""
    for path in visible(folder):
        if path.name in ("lessons", "figures"):
            yield from visible(path)
        else:
            yield path


def _unknown(file: Path, expected: str) -> Problem:
    """Nothing is left out in silence: a quiz under a wrong name would be a module without a quiz."""
    message = f"nothing is made of `{file.name}` here: {expected}"
    return Problem(str(file), 1, 1, "unknown-file", message)


def visible(folder: Path) -> Iterator[Path]:
    """What is in `folder`, in the order of the names, without what begins with a dot."""
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _read_bytes(file: Path, problems: list[Problem]) -> bytes | None:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            problems.append(
                Problem(str(file), 1, 1, "too-large", "the file is over 1 MiB: shrink it")
            )
            return None
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        problems.append(
            Problem(str(file), 1, 1, "unreadable", f"the file cannot be read: {reason}")
        )
        return None


def read_text(file: Path, problems: list[Problem]) -> str | None:
    """The text of `file` with plain line ends; None, and one more of `problems`, when it has none."""
    body = _read_bytes(file, problems)
    if body is None:
        return None
    try:
        return frontmatter.normalize(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        column = error.start - body.rfind(b"\n", 0, error.start)
        message = "this is not UTF-8 text: save the file as UTF-8"
        problems.append(Problem(str(file), line, column, "not-utf-8", message))
        return None
