"""A ZIP that is decided byte by byte by the files in it (pure).

Files are stored and not compressed, in the order of their names, with one date for all. So whoever
reads an archive can make it again from its files and compare: a changed byte shows wherever it is, in a
header that no program looks at too. And no file is larger inside than outside: there are no ZIP bombs.
"""

import re
import struct
import zlib
from collections.abc import Mapping

# A packet is read whole: this much fits into a machine's memory, and into a ZIP without extensions.
MAX_BYTES = 2**31
MAX_FILES = 65_000
MAX_NAME = 250
# 1 January 1980, the first day a ZIP can name.
_DATE = 0x0021
_VERSION = 20
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_CENTRAL_HEADER = struct.Struct("<4s6H3I5H2I")
_END_RECORD = struct.Struct("<4s4H2IH")
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
# Unix, and a plain file that its owner may write and everybody read.
_MADE_BY, _MODE = 3 << 8 | _VERSION, 0o100644 << 16


class BadArchive(ValueError):
    """Why some bytes are not an archive as they are written here, in a sentence."""


def is_safe_name(name: str) -> bool:
    """Whether a file of that name lies where it seems to lie, on every machine."""
    return len(name) <= MAX_NAME and _NAME.fullmatch(name) is not None


def write(files: Mapping[str, bytes]) -> bytes:
    """The archive of some files. Raises ValueError for a name that is not safe, or for too much."""
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_BYTES:
        raise ValueError("This is more than one archive can hold.")
    locals_, central, offset = [], [], 0
    for name in sorted(files):
        if not is_safe_name(name):
            raise ValueError(f"{name!r} is no name for a file in an archive.")
        body, encoded = files[name], name.encode("ascii")
        told = (0, 0, 0, _DATE, zlib.crc32(body), len(body), len(body), len(encoded), 0)
        local = _LOCAL_HEADER.pack(_LOCAL, _VERSION, *told) + encoded
        locals_ += [local, body]
        entry = (_CENTRAL, _MADE_BY, _VERSION, *told, 0, 0, 0, _MODE, offset)
        central.append(_CENTRAL_HEADER.pack(*entry) + encoded)
        offset += len(local) + len(body)
    directory = b"".join(central)
    end = (_END, 0, 0, len(files), len(files), len(directory), offset, 0)
    return b"".join([*locals_, directory, _END_RECORD.pack(*end)])


def read(data: bytes) -> dict[str, bytes]:
    """The files of an archive that `write` wrote, and of no other. Raises BadArchive."""
    if len(data) > MAX_BYTES:
        raise BadArchive("The file is larger than any packet.")
    if data[:4] not in (_LOCAL, _END):
        raise BadArchive("The file is not a ZIP file.")
    files: dict[str, bytes] = {}
    position = 0
    while data[position : position + 4] == _LOCAL:
        name, body, position = _file_at(data, position)
        if name in files:
            raise BadArchive(f"It holds {name} twice.")
        if len(files) == MAX_FILES:
            raise BadArchive("It holds more files than any packet.")
        files[name] = body
    if list(files) != sorted(files) or write(files) != data:
        raise BadArchive(
            "It was altered, damaged, or packed again by another program: between the files, or in what"
            " the ZIP says of them."
        )
    return files


def _file_at(data: bytes, position: int) -> tuple[str, bytes, int]:
    """Name and bytes of the file that begins at `position`, and where the next one begins."""
    begins = position + _LOCAL_HEADER.size
    if begins > len(data):
        raise BadArchive("It ends in the middle of a file.")
    header = _LOCAL_HEADER.unpack(data[position:begins])
    _, _, flags, method, _, _, checksum, stored, size, name_length, extra = header
    if method != 0 or flags != 0 or extra != 0 or size != stored:
        raise BadArchive(
            "It holds a file that is compressed or packed in another way, as no packet does: check the"
            " packet as it was downloaded."
        )
    encoded = data[begins : begins + name_length]
    name = encoded.decode("ascii", errors="replace")
    if not is_safe_name(name):
        raise BadArchive("It holds a file with a name that no packet has.")
    body = data[begins + name_length : begins + name_length + size]
    if len(encoded) != name_length or len(body) != size:
        raise BadArchive("It ends in the middle of a file.")
    if zlib.crc32(body) != checksum:
        raise BadArchive(f"{name} was altered or damaged: it is not what the ZIP says of it.")
    return name, body, begins + name_length + size
