"""Labels: a word in bold with a colon, at the start of a top-level paragraph."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from .source import Block, Place, Source, inline_of

HINT = "hint"
EXPLANATION = "explanation"
CORRECT = "correct"
INCORRECT = "incorrect"
AUTHOR_NOTE = "author note"
REFLECT = "reflect"
NOT_CHOSEN = "not chosen"

AFTER_RESPONSE = frozenset({HINT, EXPLANATION, CORRECT, INCORRECT, AUTHOR_NOTE})
REPEATABLE = frozenset({HINT, AUTHOR_NOTE})
# The heading or the stem may have said everything.
MAY_BE_EMPTY = frozenset({REFLECT})


@dataclass(frozen=True, slots=True)
class Part:
    """What a label introduces: the rest of its paragraph, and the blocks up to the next label.

    `label` is in lower case and without the colon. `paragraph` is the whole paragraph in the source.
    """

    label: str
    place: Place
    paragraph: Block
    inline: tuple[Token, ...]
    blocks: tuple[Block, ...]

    @property
    def is_empty(self) -> bool:
        return not self.inline and not self.blocks

    def find(self, source: Source, needle: str) -> Place:
        """Where `needle` stands in the paragraph after the label."""
        inline = self.paragraph.inline
        return source.find(inline, needle, after=f":{_visible(inline)[0].markup}")

    def html(self, source: Source) -> str:
        """The part as HTML, as if its label had never been there. It can be rendered once only."""
        opening, _, closing = self.paragraph.tokens
        first = [opening, inline_of(self.inline), closing] if self.inline else []
        return source.html(first + [token for block in self.blocks for token in block.tokens])


def name(label: str) -> str:
    """A label as its author writes it."""
    return f"**{label.capitalize()}:**"


def labelled(block: Block, label: str) -> tuple[Token, ...] | None:
    """What stands after this label in a paragraph, None where another or none stands there."""
    if block.kind != "paragraph":
        return None
    children = _visible(block.inline)
    found, colon = _bold_label(children)
    return _trim_start(children[3:]) if colon and found == label else None


def split_parts(
    source: Source, blocks: Sequence[Block], known: Collection[str]
) -> tuple[list[Block], list[Part]]:
    """The blocks before the first of the `known` labels, and the parts that the labels introduce.

    Reports parts that say nothing, and labels twice where one is meant.
    """
    before: list[Block] = []
    parts: list[Part] = []
    for block in blocks:
        found = _label_of(source, block, known)
        if found:
            place = source.find(block.inline, _visible(block.inline)[0].markup)
            parts.append(Part(found[0], place, block, found[1], ()))
        elif parts:
            last = parts[-1]
            parts[-1] = Part(
                last.label, last.place, last.paragraph, last.inline, (*last.blocks, block)
            )
        else:
            before.append(block)
    _report_parts(source, parts)
    return before, parts


def _label_of(
    source: Source, block: Block, known: Collection[str]
) -> tuple[str, tuple[Token, ...]] | None:
    """The label at the start of `block` and the rest of its paragraph, or None."""
    if block.kind != "paragraph":
        return None
    children = _visible(block.inline)
    label, colon = _bold_label(children)
    rest = children[3:]
    if label not in known:
        return None
    if not colon:
        if not rest or not rest[0].content.startswith(":"):
            return None
        rest[0].content = rest[0].content[1:]
        message = f"put the colon of the label inside the bold: `{name(label)}`"
        source.error(source.start_of(block.tokens[0]), "bad-label", message)
    return label, _trim_start(rest)


def _visible(inline: Token) -> list[Token]:
    """The children without the empty texts that the parser leaves around bold words."""
    return [token for token in inline.children or [] if token.type != "text" or token.content]


def _bold_label(children: Sequence[Token]) -> tuple[str, bool]:
    """The bold words that `children` start with, in lower case, and whether a colon ends them."""
    if [token.type for token in children[:3]] != ["strong_open", "text", "strong_close"]:
        return "", False
    words = " ".join(children[1].content.casefold().split())
    return words.removesuffix(":"), words.endswith(":")


def _trim_start(children: Sequence[Token]) -> tuple[Token, ...]:
    """`children` without the space they begin with."""
    rest = list(children)
    while rest and (_is_break(rest[0]) or (rest[0].type == "text" and rest[0].content.isspace())):
        del rest[0]
    if rest and rest[0].type == "text":
        rest[0] = replace(rest[0], content=rest[0].content.lstrip())
    return tuple(rest)


def block_under(
    source: Source, part: Part, wanted: str, fits: Callable[[Block], bool]
) -> Block | None:
    """The block of the kind that `wanted` names, if it stands under the label of `part`.

    It stands there alone: words beside the label, and other blocks, are reported.
    """
    if part.inline:
        place = part.find(source, part.inline[0].content.strip() or part.inline[0].markup)
        message = f"`{name(part.label)}` stands alone, over {wanted}: move these words above it"
        source.error(place, "stray-text", message)
    for index, block in enumerate(part.blocks):
        if index == 0 and not fits(block):
            message = f"under `{name(part.label)}` stands {wanted}"
            source.error(source.start_of(block.tokens[0]), "bad-response", message)
            return None
        if index > 0:
            message = f"under `{name(part.label)}` stands {wanted} alone: move this above the label"
            source.error(source.start_of(block.tokens[0]), "stray-text", message)
    return part.blocks[0] if part.blocks else None


def _is_break(token: Token) -> bool:
    return token.type in ("softbreak", "hardbreak")


def _report_parts(source: Source, parts: Sequence[Part]) -> None:
    seen: set[str] = set()
    for part in parts:
        if part.is_empty and part.label not in MAY_BE_EMPTY:
            message = f"nothing stands after `{name(part.label)}`: write it, or take the label away"
            source.error(part.place, "empty-label", message)
        if part.label in seen and part.label not in REPEATABLE:
            message = f"`{name(part.label)}` stands here twice: make one of both"
            source.error(part.place, "repeated-label", message)
        seen.add(part.label)


def report_swallowed_labels(
    source: Source, blocks: Sequence[Block], known: Collection[str]
) -> None:
    """Report labels on a later line of a paragraph: Markdown takes them for more of its text.

    Without this error a hint could show the explanation that its author wrote on the next line.
    """
    for token in (token for block in blocks for token in block.tokens if token.type == "inline"):
        children = _visible(token)
        for index, child in enumerate(children):
            label, colon = _bold_label(children[index + 1 :]) if _is_break(child) else ("", False)
            if colon and label in known:
                place = source.find(token, children[index + 2].content)
                message = f"put an empty line before `{name(label)}`"
                source.error(place, "swallowed-label", message)
