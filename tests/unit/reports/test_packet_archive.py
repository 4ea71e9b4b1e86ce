"""The archive of a packet: it is decided by its files, read by every program, and read back strictly."""

import io
import struct
import zipfile
import zlib
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.reports import archive
from lms.reports.archive import BadArchive, is_safe_name, read, write

FILES = {"roster.csv": b"name\r\nAda\r\n", "lessons/a/quiz.md": b"# Quiz", "empty": b""}
names = st.from_regex(r"[a-z]{1,3}(/[a-z0-9]{1,3}\.md)?", fullmatch=True)


def zipped(
    files: dict[str, bytes], method: int = zipfile.ZIP_STORED, mode: Literal["w", "a"] = "w"
) -> bytes:
    """The ZIP that a common program makes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, mode, method) as packed:
        for name, body in files.items():
            packed.writestr(name, body)
    return target.getvalue()


def by_hand(name: bytes, body: bytes = b"x") -> bytes:
    """A file as it stands in an archive, under whatever name."""
    told = (20, 0, 0, 0, 0x21, zlib.crc32(body), len(body), len(body), len(name), 0)
    return struct.pack("<4s5H3I2H", b"PK\3\4", *told) + name + body


@given(st.dictionaries(names, st.binary(max_size=50), max_size=5))
def test_what_is_written_is_read_again_by_us_and_by_others(files: dict[str, bytes]) -> None:
    data = write(files)
    assert read(data) == files
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == sorted(files)
        assert {name: packed.read(name) for name in files} == files


def test_the_order_in_which_files_are_given_does_not_show() -> None:
    assert write(FILES) == write(dict(reversed(FILES.items())))


@pytest.mark.parametrize(
    "name",
    ["", "/etc/passwd", "../up", "a/../b", "a//b", "a/", "C:x", "a\\b", "é", ".hidden", "a/.b", "a\n",
     "x" * 251],
)  # fmt: skip
def test_a_name_that_could_lie_elsewhere_is_refused(name: str) -> None:
    assert not is_safe_name(name)
    with pytest.raises(ValueError, match="no name for a file"):
        write({name: b""})
    with pytest.raises(BadArchive, match="name that no packet has"):
        read(by_hand(name.encode()))


def test_more_than_an_archive_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = write(FILES)
    monkeypatch.setattr(archive, "MAX_FILES", 2)
    with pytest.raises(ValueError, match="more than one archive"):
        write(FILES)
    with pytest.raises(BadArchive, match="more files than any packet"):
        read(data)
    monkeypatch.setattr(archive, "MAX_BYTES", len(data) - 1)
    with pytest.raises(BadArchive, match="larger than any packet"):
        read(data)


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7 ...", b"\0" * 100])
def test_what_is_no_zip_is_told_so(data: bytes) -> None:
    with pytest.raises(BadArchive, match="not a ZIP file"):
        read(data)


def test_a_zip_that_another_program_made_is_told_so() -> None:
    with pytest.raises(BadArchive, match="packed again by another program"):
        read(zipped(FILES))
    with pytest.raises(BadArchive, match="compressed or packed in another way"):
        read(zipped({"bomb": b"0" * 1_000_000}, zipfile.ZIP_DEFLATED))


def test_every_cut_and_every_addition_is_found() -> None:
    data = write(FILES)
    for length in range(len(data)):
        with pytest.raises(BadArchive):
            read(data[:length])
    for more in (data + b"\0", data + data):
        with pytest.raises(BadArchive):
            read(more)


def test_files_in_another_order_or_twice_are_found() -> None:
    with pytest.raises(BadArchive, match="twice"):
        read(by_hand(b"a") + by_hand(b"a"))
    with pytest.raises(BadArchive, match="packed again"):
        read(by_hand(b"b") + by_hand(b"a"))
