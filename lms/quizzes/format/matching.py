"""Read a table of two columns as pairs to match."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from ..model import MatchingQuestion, Pair, RightSide
from .document import Section
from .labels import block_under
from .reader import QuestionFields, Reader
from .settings import SectionSettings
from .source import Block, Place, Source, plain_text

MATCH = "match"

# A bar that separates cells; Markdown takes one with a backslash for text, even in code.
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands in a cell: its plain text, and its HTML. It is empty only if nothing stands there."""

    text: str
    html: str
    is_empty: bool
    place: Place


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of two cells."""

    left: _Cell
    right: _Cell


def claims(section: Section) -> bool:
    """Whether `**Match:**` is there."""
    return section.part(MATCH) is not None


def read(
    source: Source, section: Section, settings: SectionSettings, fields: QuestionFields
) -> MatchingQuestion | None:
    """The matching that the section's table asks for; None when the table cannot be read."""
    part = section.part(MATCH)
    assert part is not None
    table = block_under(source, part, "a table of two columns", lambda b: b.kind == "table")
    if table is None or not _has_two_columns(source, table):
        return None
    heading, *rows = (_row(source, cells) for cells in _rows(table))
    _report_cells(source, rows)
    _report_repeated(source, rows)
    sides: dict[str, RightSide] = {}
    for row in rows:
        number = len(sides) + 1
        side = RightSide(number=number, text=row.right.text, html=row.right.html)
        sides.setdefault(row.right.text, side)
    pairs = tuple(
        Pair(left=row.left.text, html=row.left.html, right=row.right.text)
        for row in rows
        if not row.left.is_empty
    )
    if len(pairs) < 2 or len(sides) < 2:
        message = "a matching has at least two left sides, and two right sides to choose from"
        source.error(part.place, "too-few-options", message)
    return MatchingQuestion(
        **fields,
        left_title=heading.left.html,
        right_title=heading.right.html,
        pairs=pairs,
        right_sides=tuple(sides.values()),
    )


def _rows(table: Block) -> Iterator[list[Token]]:
    """The inline tokens of each row's cells, the heading's first."""
    cells: list[Token] = []
    for token in table.tokens:
        if token.type == "inline":
            cells.append(token)
        elif token.type == "tr_close":
            yield cells
            cells = []


def _has_two_columns(source: Source, table: Block) -> bool:
    """Report the rows that do not have two cells; Markdown would drop the third without a word."""
    is_good = True
    for opening in (token for token in table.tokens if token.type == "tr_open"):
        line = source.lines[source.first_line(opening)].strip()
        cells = _BAR.split(line.removeprefix("|"))
        count = len(cells) - (len(cells) > 1 and not cells[-1].strip())
        is_heading = opening is table.tokens[2]
        # A row may leave out its right cell: that has an error of its own.
        if count > 2 or (is_heading and count < 2):
            message = f"a table to match has two columns, and here are {count}"
            source.error(source.start_of(opening), "match-columns", message)
            is_good = False
    return is_good


def _row(source: Source, cells: list[Token]) -> _Row:
    left, right = cells
    return _Row(_cell(source, left, ""), _cell(source, right, left.content))


def _cell(source: Source, inline: Token, after: str) -> _Cell:
    children = inline.children or []
    return _Cell(
        text=plain_text(children),
        html=source.inline_html(children),
        is_empty=not inline.content,
        place=source.find(inline, inline.content, after=after),
    )


def _report_cells(source: Source, rows: list[_Row]) -> None:
    """Report right cells without anything in them, and cells that hold a picture without words."""
    for row in rows:
        if row.right.is_empty:
            message = "the right side is empty: write what belongs to the left one"
            source.error(row.left.place, "empty-right", message)
        for cell in (row.left, row.right):
            if not cell.text and not cell.is_empty:
                message = "this cell has no words to choose by: give its picture alternative text"
                source.error(cell.place, "bad-cell", message)


def _report_repeated(source: Source, rows: list[_Row]) -> None:
    """Report left sides that come twice, and distractors that are no further choice."""
    lefts: set[str] = set()
    rights: set[str] = set()
    for row in sorted(rows, key=lambda row: row.left.is_empty):
        if row.left.text in lefts:
            message = f"`{row.left.text}` is the left side of two rows: keep one"
            source.error(row.left.place, "repeated-left", message)
        if row.left.is_empty and row.right.text and row.right.text in rights:
            message = f"`{row.right.text}` can be chosen already: a distractor is a text of its own"
            source.error(row.right.place, "repeated-answer", message)
        rights.add(row.right.text)
        if row.left.text:
            lefts.add(row.left.text)


READER = Reader(
    name="a matching",
    labels=frozenset({MATCH}),
    settings=frozenset(),
    claims=claims,
    read=read,
)
