"""Tell one wording of a question from another, whatever it looks like in the file."""

import hashlib
from collections.abc import Iterable, Iterator

from lms.foundation.markdown import walk

from .canonical import canonical_blocks
from .document import Section
from .settings import canonical_settings, key_of
from .source import Block

_SPACES = ("softbreak", "hardbreak")


def digest_of(section: Section) -> str:
    """16 hexadecimal digits for the wording, the key and the settings of a section.

    Nothing that `lms format` does makes a difference, for it is the canonical form that is looked at:
    neither space, escapes and the order of settings and labels, nor the id, which is no wording.
    """
    settings = canonical_settings(span for span in section.settings if key_of(span) != "id")
    words = " ".join("".join(_words(canonical_blocks(section, settings))).split())
    return hashlib.sha256(words.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _words(blocks: Iterable[Block]) -> Iterator[str]:
    """What blocks say and how they are built, in pieces."""
    for token in walk(token for block in blocks for token in block.tokens):
        if token.nesting > 0:
            about = (token.attrs.get("href"), token.attrs.get("title"), token.meta.get("checked"))
            yield f" <{token.tag}{about}>"
        elif token.nesting < 0:
            yield f"</{token.tag}> "
        elif token.type == "image":
            yield f"<img {token.attrs['src']} {token.attrs.get('title', '')}>"
        elif token.type in _SPACES:
            yield " "
        elif token.type != "inline":
            yield f"<{token.tag}>{token.content}" if token.tag else token.content
