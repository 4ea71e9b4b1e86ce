"""Reading a content folder from a disk."""

from pathlib import Path

import pytest

from lms.authoring.folder import ContentFolder, NotAContentFolder, read_folder
from tests.sample_content import FILES, folder_of, write_folder


def faults(folder: ContentFolder, root: Path) -> list[str]:
    return [
        f"{Path(problem.path).relative_to(root)}:{problem.line}:{problem.column} {problem.code}"
        for problem in folder.problems
    ]


def test_a_folder_is_read_as_it_lies_there(tmp_path: Path) -> None:
    folder = read_folder(write_folder(tmp_path))
    expected = folder_of(FILES)
    assert folder.problems == ()
    assert [course.slug for course in folder.courses] == ["onboarding", "refresher", "yearly"]
    assert [course.text for course in folder.courses] == [one.text for one in expected.courses]
    assert [module.slug for module in folder.modules] == ["handover", "privacy"]
    assert [module.texts for module in folder.modules] == [one.texts for one in expected.modules]
    assert [module.pictures for module in folder.modules] == [
        one.pictures for one in expected.modules
    ]
    assert folder.modules[1].path == str(tmp_path / "modules" / "privacy")
    assert folder.courses[0].path == str(tmp_path / "courses" / "onboarding.md")


def test_line_ends_and_a_byte_order_mark_make_no_difference(tmp_path: Path) -> None:
    windows = {
        path: body if path.endswith(".svg") else b"\xef\xbb\xbf" + body.replace(b"\n", b"\r\n")
        for path, body in FILES.items()
    }
    folder = read_folder(write_folder(tmp_path, windows))
    assert folder.problems == ()
    assert [module.texts for module in folder.modules] == [
        one.texts for one in folder_of(FILES).modules
    ]


@pytest.mark.parametrize("kept", ["courses", "modules"])
def test_half_a_folder_is_one(tmp_path: Path, kept: str) -> None:
    folder = read_folder(
        write_folder(tmp_path, {path: b for path, b in FILES.items() if path.startswith(kept)})
    )
    assert (len(folder.courses), len(folder.modules)) in ((3, 0), (0, 2))


@pytest.mark.parametrize("name", ["", "missing", "courses/onboarding.md"])
def test_another_path_is_none(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path / "elsewhere")
    with pytest.raises(NotAContentFolder, match="it needs courses/ and modules/ inside"):
        read_folder(tmp_path / name)


def test_what_is_hidden_is_left_alone(tmp_path: Path) -> None:
    write_folder(tmp_path)
    hidden = ["courses/.draft.md", "modules/.git/config", "modules/privacy/lessons/.01-x.md.swp"]
    write_folder(tmp_path, dict.fromkeys(hidden, b"\xff"))
    assert read_folder(tmp_path) == read_folder(write_folder(tmp_path))
    assert read_folder(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("modules/privacy/quizz.md", "modules/privacy/quizz.md:1:1 unknown-file"),
        ("modules/privacy/Quiz.md", "modules/privacy/Quiz.md:1:1 unknown-file"),
        ("modules/privacy/chart.svg", "modules/privacy/chart.svg:1:1 unknown-file"),
        ("modules/privacy/lesson/01-a.md", "modules/privacy/lesson:1:1 unknown-file"),
        ("modules/privacy/lessons/chart.svg", "modules/privacy/lessons/chart.svg:1:1 unknown-file"),
        ("modules/privacy/lessons/more/a.md", "modules/privacy/lessons/more:1:1 unknown-file"),
        ("modules/privacy/figures/a.md", "modules/privacy/figures/a.md:1:1 unknown-file"),
        ("modules/privacy/figures/a.gif", "modules/privacy/figures/a.gif:1:1 unknown-file"),
        ("modules/privacy/figures/README", "modules/privacy/figures/README:1:1 unknown-file"),
        ("courses/yearly.markdown", "courses/yearly.markdown:1:1 unknown-file"),
    ],
)
def test_a_file_that_nothing_is_made_of_is_said(tmp_path: Path, path: str, fault: str) -> None:
    # Left out in silence, a quiz under a wrong name would be a module without one.
    folder = read_folder(write_folder(tmp_path, dict(FILES) | {path: b"x"}))
    assert faults(folder, tmp_path) == [fault]
    assert [module.texts for module in folder.modules] == [
        one.texts for one in folder_of(FILES).modules
    ]


@pytest.mark.parametrize("suffix", [".svg", ".png", ".jpg", ".jpeg", ".webp", ".PNG"])
def test_pictures(tmp_path: Path, suffix: str) -> None:
    name = f"figures/b{suffix}"
    folder = read_folder(write_folder(tmp_path, dict(FILES) | {f"modules/privacy/{name}": b"\xff"}))
    assert folder.problems == ()
    assert folder.modules[1].pictures[name] == b"\xff"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"\xff", "1:1"),
        (b"---\ntitle: caf\xe9\n---\n", "2:11"),
        (b"---\r\ntitle: \xe2\x82\r\n", "2:8"),
        ("---\ntitle: é".encode("utf-16"), "1:1"),
    ],
)
def test_text_that_is_not_utf_8(tmp_path: Path, body: bytes, place: str) -> None:
    files = dict(FILES) | {"courses/yearly.md": body, "modules/handover/module.md": body}
    folder = read_folder(write_folder(tmp_path, files))
    assert faults(folder, tmp_path) == [
        f"courses/yearly.md:{place} not-utf-8",
        f"modules/handover/module.md:{place} not-utf-8",
    ]
    assert [course.slug for course in folder.courses] == ["onboarding", "refresher"]
    assert "module.md" not in folder.modules[0].texts


@pytest.mark.parametrize("path", ["modules/privacy/quiz.md", "modules/privacy/figures/chart.svg"])
def test_a_file_of_more_than_a_mebibyte(tmp_path: Path, path: str) -> None:
    files = dict(FILES) | {path: b"x" * 1024 * 1024}
    assert read_folder(write_folder(tmp_path, files)).problems == ()
    files[path] += b"x"
    assert faults(read_folder(write_folder(tmp_path, files)), tmp_path) == [f"{path}:1:1 too-large"]


def test_what_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path)
    shut = {
        tmp_path / "courses/yearly.md": PermissionError(13, "Permission denied"),
        tmp_path / "modules/privacy/figures/chart.svg": OSError(),
    }
    read_bytes = Path.read_bytes

    def read(path: Path) -> bytes:
        if path in shut:
            raise shut[path]
        return read_bytes(path)

    # Root opens every file, so that no file on the disk could show it.
    monkeypatch.setattr(Path, "read_bytes", read)
    folder = read_folder(tmp_path)
    assert faults(folder, tmp_path) == [
        "courses/yearly.md:1:1 unreadable",
        "modules/privacy/figures/chart.svg:1:1 unreadable",
    ]
    assert [problem.message for problem in folder.problems] == [
        "the file cannot be read: Permission denied",
        "the file cannot be read: it cannot be opened",
    ]


def test_a_folder_with_the_name_of_a_file(tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / "courses/more.md").mkdir()
    (tmp_path / "modules/privacy/lessons/03-more.md").mkdir()
    assert faults(read_folder(tmp_path), tmp_path) == [
        "courses/more.md:1:1 unreadable",
        "modules/privacy/lessons/03-more.md:1:1 unreadable",
    ]
