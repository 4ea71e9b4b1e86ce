"""The one order and spelling of what stands in a section: blocks to write, and to tell wordings by."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from markdown_it.token import Token

from .answer import ANSWER, is_written_as_text
from .bounds import canonical
from .document import Section
from .gaps import canonical_gap, is_gap
from .labels import (
    AUTHOR_NOTE,
    CORRECT,
    EXPLANATION,
    HINT,
    INCORRECT,
    NOT_CHOSEN,
    Part,
    labelled,
    name,
)
from .ordering import ORDER
from .source import Block, plain_text
from .weights import canonical_weight

# What introduces a response stands before all of these.
_LABELS = (HINT, EXPLANATION, CORRECT, INCORRECT, AUTHOR_NOTE)

_PARAGRAPH = (Token("paragraph_open", "p", 1), Token("paragraph_close", "p", -1))
_TIGHT_PARAGRAPH = (
    Token("paragraph_open", "p", 1, hidden=True),
    Token("paragraph_close", "p", -1, hidden=True),
)


def canonical_blocks(section: Section, settings: Sequence[str]) -> list[Block]:
    """The blocks of a section with these settings. The section's own tokens stay as they are.

    Gaps, numbers, percentages and labels are spelt in one way, lists of answers are tight, and the
    labels stand in one order. A section with errors gets blocks too, though they may make no sense.
    """
    blocks = [section.heading]
    if settings:
        blocks.append(_paragraph(_joined(settings, " ")))
    blocks += map(_spell_gaps, section.stem)
    if section.response:
        blocks.append(_spell_list(section.response))
    for part in sorted(section.parts, key=_rank):
        blocks += _spell_part(part)
    return blocks


def _rank(part: Part) -> int:
    return _LABELS.index(part.label) + 1 if part.label in _LABELS else 0


def _paragraph(children: Iterable[Token]) -> Block:
    opening, closing = _PARAGRAPH
    return Block((opening, Token("inline", "", 0, children=list(children)), closing))


def _joined(codes: Iterable[str], between: str) -> list[Token]:
    """Code spans with this text between them."""
    children: list[Token] = []
    for code in codes:
        if children:
            children.append(Token("text", "", 0, content=between))
        children.append(Token("code_inline", "code", 0, content=code, markup="`"))
    return children


def _spell_gaps(block: Block) -> Block:
    """A block of a stem with its gaps spelt in one way."""
    return Block(tuple(_spell_gaps_in(token) for token in block.tokens))


def _spell_gaps_in(token: Token) -> Token:
    children = token.children or []
    if not any(map(is_gap, children)):
        return token
    spelt = [
        replace(child, content=canonical_gap(child.content)) if is_gap(child) else child
        for child in children
    ]
    return replace(token, children=spelt)


def _spell_list(block: Block) -> Block:
    """A list of options, answers or steps: numbered from 1 if at all, with no empty lines inside."""
    opening, closing = block.tokens[0], block.tokens[-1]
    attributes = {key: value for key, value in opening.attrs.items() if key != "start"}
    items = [token for item in block.children for token in _spell_item(item)]
    return Block((replace(opening, attrs=attributes), *items, closing))


def _spell_item(item: Block) -> list[Token]:
    """An item of such a list: its text, and all of its feedback in one quotation."""
    tokens: list[Token] = [item.tokens[0]]
    blocks = item.children
    quotes = [block for block in blocks if block.kind == "blockquote"]
    for block in blocks:
        if block.kind == "paragraph":
            opening, closing = _TIGHT_PARAGRAPH
            tokens += [opening, _spell_weight(block.inline), closing]
        elif block.kind != "blockquote":
            tokens += block.tokens
    if quotes:
        inside = [block for quote in quotes for block in quote.children]
        tokens.append(quotes[0].tokens[0])
        tokens += [token for block in inside for token in _spell_not_chosen(block).tokens]
        tokens.append(quotes[0].tokens[-1])
    return [*tokens, item.tokens[-1]]


def _spell_weight(inline: Token) -> Token:
    """The text of an item with the percentage at its end spelt in one way."""
    children = inline.children or []
    if len(children) < 2 or children[-1].type != "code_inline":
        return inline
    last = replace(children[-1], content=canonical_weight(children[-1].content))
    return replace(inline, children=[*children[:-1], last])


def _spell_not_chosen(block: Block) -> Block:
    rest = labelled(block, NOT_CHOSEN)
    return block if rest is None else _labelled(NOT_CHOSEN, rest)


def _spell_part(part: Part) -> list[Block]:
    """The paragraph of a label, and what stands under it."""
    rest, blocks = list(part.inline), list(part.blocks)
    if part.label == ANSWER and rest:
        rest = _spell_answer(part)
    if part.label in (ANSWER, ORDER) and blocks and blocks[0].is_list:
        blocks[0] = _spell_list(blocks[0])
    return [_labelled(part.label, rest), *blocks]


def _spell_answer(part: Part) -> list[Token]:
    """Text answers with `or` between them, or the one way to write a number."""
    if is_written_as_text(part):
        return _joined(
            (token.content.strip() for token in part.inline if token.type == "code_inline"), " or "
        )
    return [Token("text", "", 0, content=canonical(plain_text(part.inline)))]


def _labelled(label: str, rest: Sequence[Token]) -> Block:
    """A paragraph that begins with a label."""
    children = [
        Token("strong_open", "strong", 1, markup="**"),
        Token("text", "", 0, content=name(label).strip("*")),
        Token("strong_close", "strong", -1, markup="**"),
        *rest,
    ]
    if rest and rest[0].type == "text":
        # Text is escaped as a whole when it is written: the space must be a part of it.
        children[3] = replace(rest[0], content=f" {rest[0].content}")
    elif rest:
        children.insert(3, Token("text", "", 0, content=" "))
    return _paragraph(children)
