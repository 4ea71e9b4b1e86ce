"""From the tokens of a quiz to its sections: heading, settings, stem, response, labelled parts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from lms.foundation import markdown
from lms.foundation.frontmatter import suggestion

from .checkbox import is_task_list
from .labels import NOT_CHOSEN, Part, report_swallowed_labels, split_parts
from .settings import UNGRADED, key_of, settings_spans
from .source import Block, Place, Source, Span, plain_text, split_blocks


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one `##` or `###` heading.

    `response` is the task list that answers the question, if there is one; a response of another
    kind is among `parts`.
    """

    heading: Block
    level: int
    place: Place
    settings: tuple[Span, ...]
    stem: tuple[Block, ...]
    response: Block | None
    parts: tuple[Part, ...]

    def part(self, label: str) -> Part | None:
        """The first part with this label."""
        return next((part for part in self.parts if part.label == label), None)

    @property
    def is_ungraded(self) -> bool:
        """Whether `ungraded` is among the settings, be it well written or not."""
        return any(key_of(span) == UNGRADED for span in self.settings)


@dataclass(frozen=True, slots=True)
class Document:
    """What stands before the first section, title included, and the sections in their order."""

    opening: tuple[Block, ...]
    sections: tuple[Section, ...]

    @property
    def introduction(self) -> list[Block]:
        """What stands under the title."""
        return [block for block in self.opening if block.kind != "heading"]


def read_document(source: Source, labels: Collection[str], images: Collection[str]) -> Document:
    """Read the body of `source`, whose labels may be `labels` and whose pictures may be `images`."""
    tokens = markdown.parse("\n".join(source.lines))
    source.check_references(tokens, images)
    _report_headings(source, tokens)
    # Footnotes, which are an error, stand after everything else wherever they were written.
    blocks = [block for block in split_blocks(tokens) if block.kind != "footnote_block"]
    starts = [index for index, block in enumerate(blocks) if _level(block) in (2, 3)]
    first = starts[0] if starts else len(blocks)
    _check_title(source, tokens, blocks, first)
    sections = [
        _section(source, blocks[start:end], labels)
        for start, end in pairwise([*starts, len(blocks)])
    ]
    return Document(tuple(blocks[:first]), tuple(sections))


def _level(block: Block) -> int:
    """The number of `#` of a heading; 0 for other blocks and for setext headings."""
    token = block.tokens[0]
    return len(token.markup) if block.kind == "heading" and "#" in token.markup else 0


def _report_headings(source: Source, tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type != "heading_open":
            continue
        place = source.find(token, "#" if "#" in token.markup else "")
        if "#" not in token.markup:
            message = (
                f"a line of `{token.markup}` under a text makes a heading of it: put an empty line"
                " between them, or write headings with `#`"
            )
            source.error(place, "setext-heading", message)
        elif len(token.markup) > 3:
            message = (
                "a quiz has headings of three levels: `#` title, `##` question, `###` in a pool"
            )
            source.error(place, "bad-heading", message)
        elif token.level:
            message = "a heading cannot stand inside a list or a quotation"
            source.error(place, "bad-heading", message)


def _check_title(
    source: Source, tokens: Sequence[Token], blocks: Sequence[Block], first: int
) -> None:
    """Report a title that is missing, and headings of its level that are none."""
    titles = [index for index, block in enumerate(blocks) if _level(block) == 1]
    if not titles or titles[0] > first:
        # A title underlined with `=` has its own error.
        if not any(token.type == "heading_open" and token.markup == "=" for token in tokens):
            message = "the quiz begins with its title: a line `# Title`"
            source.error(Place(source.body_line, 1), "title-missing", message)
    elif not blocks[titles[0]].inline.content:
        place = source.start_of(blocks[titles[0]].tokens[0])
        source.error(place, "title-missing", "write the title after the `#`")
    for index in titles[1:]:
        place = source.start_of(blocks[index].tokens[0])
        source.error(place, "bad-heading", "a quiz has one title: write `##` for a question")


def _section(source: Source, blocks: Sequence[Block], labels: Collection[str]) -> Section:
    heading = blocks[0]
    place = source.start_of(heading.tokens[0])
    if not heading.inline.content:
        source.error(place, "bad-heading", "write the title of the question after the `#`")
    body = [block for block in blocks[1:] if block.kind != "heading"]
    report_swallowed_labels(source, body, {*labels, NOT_CHOSEN})
    spans = settings_spans(source, body[0]) if body else None
    rest, parts = split_parts(source, body[1:] if spans else body, labels)
    lists = [index for index, block in enumerate(rest) if is_task_list(block)]
    response = lists[-1] if lists else None
    stem = rest if response is None else rest[:response]
    _report_broken_lists(source, rest)
    if response is not None:
        report_stray_blocks(source, rest[response + 1 :], labels)
    return Section(
        heading=heading,
        level=_level(heading),
        place=place,
        settings=tuple(spans or ()),
        stem=tuple(stem),
        response=None if response is None else rest[response],
        parts=tuple(parts),
    )


def _report_broken_lists(source: Source, blocks: Sequence[Block]) -> None:
    """Report what ends a task list although its author meant it to go on."""
    for block, following in pairwise(blocks):
        if not is_task_list(block):
            continue
        place = source.start_of(following.tokens[0])
        if following.kind == "blockquote":
            message = (
                "this `>` ends the list: indent it to stand under the text of its option,"
                " two spaces after `-`"
            )
            source.error(place, "broken-list", message)
        elif following.is_list:
            message = "this begins a second list: mark every option in the same way, as `- [ ]`"
            source.error(place, "broken-list", message)


def report_stray_blocks(source: Source, blocks: Sequence[Block], labels: Collection[str]) -> None:
    """Report blocks after the response that no label introduces."""
    for block in blocks:
        if block.kind == "blockquote" or block.is_list:
            continue
        place = source.start_of(block.tokens[0])
        message = "this stands after the response: move it above, or give it a label"
        if block.kind == "paragraph":
            words = plain_text(block.inline.children or []).partition(":")
            known = sorted(label.capitalize() for label in labels)
            message += suggestion(words[0], known) if words[1] else ", such as `**Explanation:**`"
        source.error(place, "stray-text", message)
