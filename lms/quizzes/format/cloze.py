"""Read code spans `[[…]]` in the stem as gaps to fill."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from markdown_it.token import Token

from lms.foundation.markdown import walk

from ..model import ClozeQuestion
from ..model.cloze import Gap, TextGap, gap_mark
from .bounds import BadKeyError, is_number
from .document import Section
from .gaps import is_gap, is_gap_text, read_gap
from .reader import QuestionFields, Reader
from .settings import SectionSettings
from .source import Source, Span


def claims(section: Section) -> bool:
    """Whether a gap stands in the stem, or in the heading where that is the stem."""
    inlines = _inlines(section) if section.stem else [section.heading.inline]
    return any(is_gap(token) for inline in inlines for token in walk(inline.children or []))


def read(
    source: Source, section: Section, settings: SectionSettings, fields: QuestionFields
) -> ClozeQuestion | None:
    """The gaps of the section's stem; None when one cannot be read."""
    inlines = _inlines(section)
    _report_heading(source, section)
    for inline in inlines:
        _report_wrapped(source, inline)
    numbers = count(1)
    spans = [span for span in source.spans(*inlines) if is_gap_text(span.text)]
    gaps = [_gap(source, span, numbers) for span in spans]
    known = tuple(gap for gap in gaps if gap)
    if not known or len(known) < len(gaps):
        return None
    return ClozeQuestion(**fields, gaps=known, shuffle=settings.shuffle)


def stem(source: Source, section: Section) -> str:
    """The stem with a mark in the place of every gap, so that nothing of the key is in it."""
    numbers = count(1)
    tokens = (token for block in section.stem for token in block.tokens)
    return source.html(_marked(token, numbers) if _has_gap(token) else token for token in tokens)


def _inlines(section: Section) -> list[Token]:
    return [token for block in section.stem for token in block.tokens if token.type == "inline"]


def _has_gap(token: Token) -> bool:
    return token.type == "inline" and any(map(is_gap, token.children or []))


def _marked(inline: Token, numbers: Iterator[int]) -> Token:
    """A copy of an inline token with marks for its gaps."""
    children = [
        Token("html_inline", "", 0, content=gap_mark(next(numbers))) if is_gap(token) else token
        for token in inline.children or []
    ]
    return replace(inline, children=children)


def _report_heading(source: Source, section: Section) -> None:
    for span in source.spans(section.heading.inline):
        if is_gap_text(span.text):
            message = "a gap stands in the text under the heading: ask there, and name it here"
            source.error(span.place, "bad-gap", message)


def _report_wrapped(source: Source, inline: Token) -> None:
    """Report gaps where nothing can be filled in: in links, and in the words for a picture."""
    depth = 0
    for token in inline.children or []:
        depth += token.nesting if token.type.startswith("link_") else 0
        is_wrapped = depth > 0 and is_gap(token)
        if is_wrapped or any(map(is_gap, walk(token.children or []))):
            message = "a gap cannot stand in a link or in the words for a picture"
            source.error(source.find(inline, "[["), "bad-gap", message)


def _gap(source: Source, span: Span, numbers: Iterator[int]) -> Gap | None:
    try:
        gap = read_gap(span.text, numbers)
    except BadKeyError as error:
        source.error(span.place, error.code, str(error))
        return None
    _warn_of_numbers(source, span, gap.answers if isinstance(gap, TextGap) else ())
    return gap


def _warn_of_numbers(source: Source, span: Span, answers: Sequence[str]) -> None:
    """Warn of numbers among alternatives: they are compared as text, and only with what was typed."""
    for answer in filter(is_number, answers):
        message = f"`{answer}` among alternatives is compared as text: alone it is a number"
        source.warning(span.place, "number-as-text", message)


READER = Reader(
    name="a text with gaps",
    labels=frozenset(),
    settings=frozenset({"shuffle"}),
    claims=claims,
    read=read,
    stem=stem,
)
