"""One quiz file while it is read: its lines, its blocks, and the problems found so far."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from lms.foundation import markdown
from lms.foundation.markdown import ImageResolver
from lms.foundation.problems import Problem, Severity

_SPACES = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line and a column of the file, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Span:
    """A code span: what it holds, and where its first backtick stands."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Block:
    """One block of Markdown: its opening token, what it contains, and its closing token."""

    tokens: tuple[Token, ...]

    @property
    def kind(self) -> str:
        return self.tokens[0].type.removesuffix("_open")

    @property
    def is_list(self) -> bool:
        return self.kind in ("bullet_list", "ordered_list")

    @property
    def children(self) -> list["Block"]:
        return split_blocks(self.tokens[1:-1])

    @property
    def inline(self) -> Token:
        """The text of a paragraph or a heading."""
        return self.tokens[1]


def split_blocks(tokens: Iterable[Token]) -> list[Block]:
    """The blocks, side by side, that `tokens` are made of."""
    found: list[Block] = []
    current: list[Token] = []
    depth = 0
    for token in tokens:
        current.append(token)
        depth += token.nesting
        if depth == 0:
            found.append(Block(tuple(current)))
            current = []
    return found


def plain_text(children: Iterable[Token]) -> str:
    """What inline tokens say, without their markup; pictures say their alternative text."""
    return " ".join("".join(map(_text_of, children)).split())


def _text_of(token: Token) -> str:
    if token.type == "image":
        return plain_text(token.children or [])
    return " " if token.type in ("softbreak", "hardbreak") else token.content


MAX_LINE = 4_000
"""Characters of a line, some two printed pages.

The time to read one grows with the square of its length where all of it is brackets or colons.
"""


@dataclass(slots=True)
class Source:
    """The body of a file, from line `body_line` on, and what is wrong with the file.

    `regex_steps` is what the regular expressions in the key so far can cost, in steps of the matcher.
    Without `has_limits` neither that nor the length of a line has a bound.
    """

    path: str
    lines: Sequence[str]
    body_line: int
    resolve_image: ImageResolver | None
    problems: list[Problem] = field(default_factory=list)
    regex_steps: int = 0
    has_limits: bool = True

    def error(self, place: Place, code: str, message: str) -> None:
        self.problems.append(Problem(self.path, place.line, place.column, code, message))

    def warning(self, place: Place, code: str, message: str) -> None:
        problem = Problem(self.path, place.line, place.column, code, message, Severity.WARNING)
        self.problems.append(problem)

    def cut_long_lines(self) -> None:
        """Report lines of more than MAX_LINE characters, and go on without what is beyond."""
        for number, line in enumerate(self.lines):
            if len(line) > MAX_LINE:
                message = f"this line has more than {MAX_LINE:,} characters: break it into several"
                self.error(Place(self.body_line + number, MAX_LINE + 1), "long-line", message)
        self.lines = [line[:MAX_LINE] for line in self.lines]

    def first_line(self, token: Token) -> int:
        """The number, from 0 in the body, of the first line of `token`."""
        return token.map[0] if token.map else 0

    def start_of(self, token: Token) -> Place:
        """Where a block's opening token, or an inline token, begins: its first visible character."""
        return self._place(token, 0)

    def find(self, token: Token, needle: str, after: str = "") -> Place:
        """Where `needle` stands in the source of `token`, after `after`; else where `token` begins."""
        raw = self._raw(token)
        start = max(0, raw.find(after)) + len(after)
        return self._place(token, max(0, raw.find(needle, start)))

    def spans(self, *inlines: Token) -> list[Span]:
        """The code spans of inline tokens in order, each with its place.

        The cells of a table's row share the source of the row.
        """
        found: list[Span] = []
        lines, position = None, 0
        for inline in inlines:
            if inline.map != lines:
                lines, position = inline.map, 0
            for child in inline.children or []:
                if child.type == "code_inline":
                    at = self._position_of(child, self._raw(inline), position)
                    found.append(Span(child.content, self._place(inline, at)))
                    position = at + len(child.markup) + len(child.content)
        return found

    def _position_of(self, code: Token, raw: str, start: int) -> int:
        """Where a code span stands in `raw`; `start` when it cannot be found as it is.

        Markdown trims a code span, joins its lines, and in a table takes backslashes from its bars.
        """
        written = f"{code.markup}{code.content}"
        in_table = written.replace("|", "\\|")
        places = [raw.find(written, start), raw.find(in_table, start)]
        return min((place for place in places if place >= 0), default=start)

    def html(self, tokens: Iterable[Token]) -> str:
        """Blocks as HTML, with single spaces between words. Tokens can be rendered once only."""
        shown = list(tokens)
        for token in markdown.walk(shown):
            # A page shows no more than one space, and whatever tidies the file leaves no more.
            if token.type == "text":
                token.content = _SPACES.sub(" ", token.content)
        return markdown.render_tokens(shown, self.resolve_image).strip()

    def inline_html(self, children: Sequence[Token]) -> str:
        """Inline tokens as HTML without a paragraph around them. Tokens can be rendered once only."""
        return self.html([inline_of(children)])

    def check_references(self, tokens: Iterable[Token], images: Iterable[str]) -> None:
        """Report pictures that are missing or say nothing, links that lead nowhere, and footnotes."""
        known = frozenset(images)
        for block in tokens:
            if block.type == "inline" and block.map:
                for token in markdown.walk(block.children or []):
                    if token.type in ("image", "link_open", "footnote_ref"):
                        self._check_reference(block, token, known)

    def _check_reference(self, block: Token, token: Token, images: frozenset[str]) -> None:
        if token.type == "footnote_ref":
            message = "a quiz has no footnotes: name the source in the explanation"
            self.error(self.find(block, "[^"), "footnote", message)
            return
        target = str(token.attrs.get("src", token.attrs.get("href", "")))
        place = self.find(block, target)
        # The children of a picture are its alternative text: they are visited on their own.
        alone = inline_of([replace(token, children=None)])
        found = markdown.check_references([alone], self.path, place.line, images)
        self.problems += [replace(problem, column=place.column) for problem in found]

    def _raw(self, token: Token) -> str:
        first, end = token.map or (0, 1)
        return "\n".join(self.lines[first : max(end, first + 1)])

    def _place(self, token: Token, position: int) -> Place:
        """The place of `position` in the source of `token`; at its start, indentation is skipped."""
        before = self._raw(token)[:position].split("\n")
        line = self.first_line(token) + len(before) - 1
        column = len(before[-1])
        if not position:
            text = self.lines[line]
            column = len(text) - len(text.lstrip())
        return Place(self.body_line + line, column + 1)


def inline_of(children: Sequence[Token]) -> Token:
    """An inline token that holds `children`."""
    return Token("inline", "", 0, children=list(children))
