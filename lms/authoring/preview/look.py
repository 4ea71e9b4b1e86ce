"""Everything that a preview shows, as the files are at one moment (pure)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from pydantic import BaseModel

from lms.courses.revision import Picture
from lms.foundation import frontmatter
from lms.foundation.problems import Problem, Severity

from ..alone import check_path, kind_of
from ..check import figures_of, read_module_file
from ..folder import (
    PICTURE_TYPES,
    ModuleFolder,
    NotAContentFolder,
    is_content_folder,
    read_folder,
    read_module,
    read_text,
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings there are of each severity."""

    errors: int
    warnings: int


def tally(problems: Collection[Problem]) -> Tally:
    """Count `problems`."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    return Tally(errors, len(problems) - errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file that has a page. `name` is its path from what is previewed, and its address.

    `kind` is `course`, `module`, `lesson` or `quiz`. `text` is None when the file cannot be read. The
    figures (digests by name) and objectives are those of the module that it lies in; objectives of
    None are not known.
    """

    name: str
    kind: str
    title: str
    text: str | None
    figures: Mapping[str, str]
    objectives: Collection[str] | None
    problems: tuple[Problem, ...]

    @property
    def tally(self) -> Tally:
        return tally(self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A module, or the single file that is previewed, with all findings in its folder.

    `loose` are those that belong to none of its sheets: a file that is missing, or out of place.
    """

    slug: str
    title: str
    sheets: tuple[Sheet, ...]
    problems: tuple[Problem, ...]
    loose: tuple[Problem, ...]

    @property
    def tally(self) -> Tally:
        return tally(self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is previewed. `fault` says why there is nothing to show; "" where there is something.

    `problems` are all findings, `loose` those that belong to no course and no module. `pictures` go by
    their digests.
    """

    fault: str = ""
    courses: tuple[Sheet, ...] = ()
    modules: tuple[Shelf, ...] = ()
    problems: tuple[Problem, ...] = ()
    loose: tuple[Problem, ...] = ()
    pictures: Mapping[str, Picture]

    @property
    def tally(self) -> Tally:
        return tally(self.problems)

    @property
    def sheets(self) -> Mapping[str, Sheet]:
        """Every sheet by its name."""
        shelved = (sheet for shelf in self.modules for sheet in shelf.sheets)
        return {sheet.name: sheet for sheet in (*self.courses, *shelved)}


class _Titled(BaseModel):
    """What all four kinds of files have in their front matter."""

    title: str


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a file uses of the module that it lies in."""

    figures: Mapping[str, str]
    objectives: Collection[str] | None


_NOTHING = _Beside({}, None)
_KINDS = {"module.md": "module", "quiz.md": "quiz"}


def look_at(root: Path) -> Look:
    """What is at `root` now, with the findings of `lms check`. Never raises."""
    try:
        problems = check_path(root).problems
        if is_content_folder(root):
            return _look_at_folder(root, problems)
        if root.is_dir():
            return _look_at_module(root, problems)
        return _look_at_file(root, problems)
    except NotAContentFolder as error:
        return Look(fault=f"{error}.", pictures={})
    except OSError as error:
        # A folder that went between two steps of one look, or that may not be opened.
        return Look(
            fault=f"{error.filename or root} cannot be read: {error.strerror}.", pictures={}
        )


def _look_at_folder(root: Path, problems: tuple[Problem, ...]) -> Look:
    folder = read_folder(root)
    courses = tuple(
        _sheet(root, "course", Path(course.path), course.text, problems)
        for course in folder.courses
    )
    shelves = tuple(_shelf(root, module, problems) for module in folder.modules)
    shown = {problem for holder in (*courses, *shelves) for problem in holder.problems}
    return Look(
        courses=courses,
        modules=shelves,
        problems=problems,
        loose=tuple(problem for problem in problems if problem not in shown),
        pictures=dict(_pictures(folder.modules)),
    )


def _look_at_module(root: Path, problems: tuple[Problem, ...]) -> Look:
    module = read_module(root, [])
    shelf = _shelf(root, module, problems)
    return Look(modules=(shelf,), problems=problems, pictures=dict(_pictures([module])))


def _look_at_file(root: Path, problems: tuple[Problem, ...]) -> Look:
    text = read_text(root, [])
    kind = kind_of(root, text) if text is not None else "quiz"
    place = root.absolute().parent
    module = read_module(place.parent if kind == "lesson" else place, [])
    sheet = _sheet(root.parent, kind, root, text, problems, _beside(module))
    shelf = Shelf(slug=sheet.name, title=sheet.title, sheets=(sheet,), problems=problems, loose=())
    return Look(modules=(shelf,), problems=problems, pictures=dict(_pictures([module])))


def _shelf(root: Path, module: ModuleFolder, problems: tuple[Problem, ...]) -> Shelf:
    folder = Path(module.path)
    unread = (name for name in module.unread if name.endswith(".md"))
    texts = {**dict.fromkeys(unread), **module.texts}
    inside = tuple(problem for problem in problems if Path(problem.path).is_relative_to(folder))
    beside = _beside(module)
    sheets = tuple(
        _sheet(root, _KINDS.get(name, "lesson"), folder / name, texts[name], inside, beside)
        # The module's own file comes first, its quiz after the lessons.
        for name in sorted(texts, key=lambda name: (name != "module.md", name))
    )
    shown = {problem for sheet in sheets for problem in sheet.problems}
    return Shelf(
        slug=_readable(module.slug),
        title=_title(module.texts.get("module.md"), module.slug),
        sheets=sheets,
        problems=inside,
        loose=tuple(problem for problem in inside if problem not in shown),
    )


def _beside(module: ModuleFolder) -> _Beside:
    figures = figures_of(module)
    document, _ = read_module_file(module, figures)
    return _Beside(figures, document.settings.objectives if document else None)


def _sheet(
    root: Path,
    kind: str,
    path: Path,
    text: str | None,
    problems: Iterable[Problem],
    beside: _Beside = _NOTHING,
) -> Sheet:
    return Sheet(
        name=_readable(path.relative_to(root).as_posix()),
        kind=kind,
        title=_title(text, path.name),
        text=text,
        figures=beside.figures,
        objectives=beside.objectives,
        problems=tuple(problem for problem in problems if Path(problem.path) == path),
    )


def _title(text: str | None, name: str) -> str:
    """The title in the front matter, also where other things there are wrong; else the file's name."""
    titled = frontmatter.read(text, name, _Titled)[0] if text is not None else None
    return (titled.title.strip() if titled else "") or _readable(name)


def _readable(name: str) -> str:
    """A name of a file that can be written into a page and an address, whatever bytes it is made of."""
    return name.encode("utf-8", "backslashreplace").decode()


def _pictures(modules: Iterable[ModuleFolder]) -> Iterator[tuple[str, Picture]]:
    for module in modules:
        for name, body in module.pictures.items():
            digest = sha256(body).hexdigest()
            media_type = PICTURE_TYPES[PurePosixPath(name).suffix.lower()]
            yield digest, Picture(digest=digest, media_type=media_type, body=body)
