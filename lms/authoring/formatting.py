"""The files of quizzes in their canonical form."""

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lms.foundation.problems import Problem
from lms.quizzes.format.formatting import format_quiz

from .alone import quiz_files, surroundings
from .folder import NotAContentFolder, is_content_folder, is_module_folder, read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class FormattedFile:
    """A quiz's file and the bytes of its canonical form, None where it has none: `problems` say why."""

    file: Path
    body: bytes | None
    has_changed: bool
    problems: tuple[Problem, ...]


def files_to_format(paths: Iterable[Path]) -> list[Path]:
    """The files of quizzes at `paths`, each once. Raises NotAContentFolder where none can be."""
    found: dict[Path, Path] = {}
    for path in paths:
        files = list(quiz_files(path))
        # A file that cannot be read is not known for a quiz: reading it again says why.
        is_unread = not path.is_dir() and read_text(path, []) is None
        if not files and not is_unread and not _may_lack_quizzes(path):
            raise NotAContentFolder(
                f"{path} is no quiz: only quizzes have a canonical form. Name a quiz, a module's folder,"
                " or a folder with courses/ and modules/ inside"
            )
        for file in files or [path] * is_unread:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _may_lack_quizzes(path: Path) -> bool:
    return path.is_dir() and (is_content_folder(path) or is_module_folder(path))


def format_file(file: Path) -> FormattedFile:
    """The canonical form of the quiz in `file`, which stays as it is."""
    problems: list[Problem] = []
    text = read_text(file, problems)
    if text is None:
        return FormattedFile(file=file, body=None, has_changed=False, problems=tuple(problems))
    formatted = format_quiz(text, str(file), **surroundings(file))
    body = None if formatted.text is None else formatted.text.encode()
    has_changed = body is not None and body != file.read_bytes()
    return FormattedFile(file=file, body=body, has_changed=has_changed, problems=formatted.problems)


def replace_file(file: Path, body: bytes) -> None:
    """Put `body` in the place of what is in `file`, at once or, where anything fails, not at all.

    Raises OSError, which names `file`.
    """
    # Of a link, what it leads to is replaced.
    target = file.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as written:
                written.write(body)
            shutil.copymode(target, name)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink()
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error
