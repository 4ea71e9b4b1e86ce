"""What HTML of a question says, as plain text: for terminals, and for the linter."""

from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {"aside", "blockquote", "dd", "dl", "dt", "div", "figcaption", "figure", "li", "ol", "p", "pre"}
    | {"table", "tr", "ul", "br", "hr"}
)
_CELLS = frozenset({"td", "th"})
# A terminal obeys some of the control characters, and a quiz has no business to command it.
_CONTROLS = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (9, 10)}


@dataclass(frozen=True, slots=True)
class PlainText:
    """The words of some HTML.

    `text` has a line for each block; code and pictures stand in it as they are read out. `outside_code`
    is the same without what stands in code. `alternatives` are the texts of the pictures.
    """

    text: str
    outside_code: str
    alternatives: tuple[str, ...]


@dataclass(slots=True)
class _Words:
    pieces: list[str] = field(default_factory=list)

    def joined(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self.pieces).split("\n"))
        return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    """Gathers words; the HTML is our own, so that every element is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.every, self.outside_code = _Words(), _Words()
        self.alternatives: list[str] = []
        self.code_depth = 0
        self.is_preformatted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        if tag == "code":
            self.code_depth += 1
        elif tag == "pre":
            self.is_preformatted = True
        elif tag == "li":
            self._add("- ")
        elif tag == "img":
            alternative = dict(attrs).get("alt") or ""
            self.alternatives.append(alternative)
            self._add(f"[{alternative}]")

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)
        if tag == "code":
            self.code_depth -= 1
        elif tag == "pre":
            self.is_preformatted = False

    def handle_data(self, data: str) -> None:
        # A line break of the source is a space, but not in a block of code.
        self._add(data if self.is_preformatted else data.replace("\n", " "))

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._add("\n")
        elif tag in _CELLS:
            self._add(" ")

    def _add(self, words: str) -> None:
        self.every.pieces.append(words)
        if not self.code_depth or words.isspace():
            self.outside_code.pieces.append(words)


def read_html(html: str) -> PlainText:
    """The words of `html`, which our own Markdown made."""
    if "<" not in html:
        # Most options and headings are plain, and the parser takes many times as long.
        text = printable(" ".join(unescape(html).split()))
        return PlainText(text=text, outside_code=text, alternatives=())
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return PlainText(
        text=printable(reader.every.joined()),
        outside_code=printable(reader.outside_code.joined()),
        alternatives=tuple(reader.alternatives),
    )


def text_of(html: str) -> str:
    """The words of `html` alone."""
    return read_html(html).text


def printable(text: str) -> str:
    """`text` without the control characters that a terminal would obey."""
    return text.translate(_CONTROLS)
