"""Which files a preview depends on, and whether any of them changed (pure)."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR

from ..folder import is_content_folder, module_files, visible


def state_of(root: Path) -> str:
    """A digest of the names, sizes and times of all files that a preview of `root` depends on.

    It changes when one of them is saved, appears or goes. Never raises: what cannot be looked at is a
    state as well.
    """
    whole = sha256()
    try:
        for file in _watched(root):
            whole.update(f"{file}\0{_state_of_file(file)}\0".encode("utf-8", "surrogateescape"))
    except OSError as error:
        whole.update(f"{error.filename}\0{error.strerror}".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()[:32]


def _state_of_file(file: Path) -> str:
    try:
        stat = file.stat()
    except OSError as error:
        return f"{error.strerror}"
    # The time of a folder changes with what an editor hides in it.
    return "folder" if S_ISDIR(stat.st_mode) else f"{stat.st_size} {stat.st_mtime_ns}"


def _watched(root: Path) -> Iterator[Path]:
    """The files and folders; of a single file also those beside it, for they decide what is wrong with it."""
    if is_content_folder(root):
        yield from _content_files(root)
    elif root.is_dir():
        yield from _module_files(root)
    else:
        place = root.absolute().parent
        if place.name == "courses":
            yield from _content_files(place.parent)
        else:
            yield from _module_files(place.parent if place.name == "lessons" else place)


def _content_files(root: Path) -> Iterator[Path]:
    yield from (root / "courses", root / "modules")
    yield from visible(root / "courses")
    for path in visible(root / "modules"):
        if path.is_dir():
            yield from _module_files(path)
        else:
            yield path


def _module_files(folder: Path) -> Iterator[Path]:
    yield from (folder, folder / "lessons", folder / "figures")
    yield from module_files(folder)
