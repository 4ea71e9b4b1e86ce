"""Read code spans, or a list of them, as the answers of a short text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..grading.text import exact, loose
from ..model import AnswerKind, Match, TextAnswer, TextQuestion
from .answer import ANSWER, is_written_as_text
from .bounds import is_number
from .document import Section
from .labels import Part
from .reader import QuestionFields, Reader
from .regex import MAX_STEPS, UnsafeRegexError, steps_of
from .settings import SectionSettings
from .source import Block, Place, Source, Span
from .weights import read_weight

_BETWEEN = re.compile(r"\s*[,;/]?\s*(?:or)?\s*")
_STRUCK = ["s_open", "code_inline", "s_close"]
_ITEMS = (["code_inline"], ["code_inline", "code_inline"], _STRUCK)
_REGEX = re.compile(r"/(.+)/([A-Za-z]*)")


@dataclass(frozen=True, slots=True)
class _Placed:
    """An answer and where its code span stands."""

    answer: TextAnswer
    place: Place


def claims(section: Section) -> bool:
    """Whether `**Answer:**` is there with code or a list after it."""
    part = section.part(ANSWER)
    return part is not None and is_written_as_text(part)


def read(
    source: Source, section: Section, settings: SectionSettings, fields: QuestionFields
) -> TextQuestion | None:
    """The short text that the section asks for; None when it has no answer that can be read."""
    part = section.part(ANSWER)
    assert part is not None
    match = settings.match or Match.LOOSE
    placed = _paragraph(source, part) + _list(source, part)
    _report_repeated(source, placed, match)
    answers = tuple(item.answer for item in placed)
    if all(answer.weight != 1 for answer in answers):
        message = "no answer gives all of the points: write one that does after `**Answer:**`"
        source.error(part.place, "no-right-answer", message)
        return None
    return TextQuestion(**fields, answers=answers, match=match)


def _paragraph(source: Source, part: Part) -> list[_Placed]:
    """The right answers in the paragraph of the label."""
    for token in part.inline:
        if token.type in ("code_inline", "softbreak"):
            continue
        if token.type != "text" or not _BETWEEN.fullmatch(token.content):
            message = "only code and the word `or` may stand here: put the whole answer into code"
            place = part.find(source, token.content.strip() or token.markup)
            source.error(place, "bad-answer", message)
    spans = source.spans(part.paragraph.inline)
    return [item for span in spans for item in _answer(source, span, Fraction(1), "")]


def _list(source: Source, part: Part) -> list[_Placed]:
    """The answers in the list under the label, each with its weight and feedback."""
    placed: list[_Placed] = []
    for index, block in enumerate(part.blocks):
        place = source.start_of(block.tokens[0])
        if index == 0 and block.is_list:
            for item in block.children:
                placed += _item(source, item)
        elif block.kind == "blockquote":
            message = "this `>` ends the list: indent it to stand under its answer"
            source.error(place, "broken-list", message)
        else:
            message = (
                "under `**Answer:**` stands one list of answers: give this a label, or move it"
            )
            source.error(place, "stray-text", message)
    return placed


def _item(source: Source, item: Block) -> list[_Placed]:
    """The answer of one item; none when it cannot be read."""
    blocks = item.children
    inline = blocks[0].inline if blocks and blocks[0].kind == "paragraph" else None
    children = inline.children if inline and inline.children else []
    kinds = [token.type for token in children if token.type != "text" or token.content.strip()]
    quotes = blocks[1:]
    if inline is None or kinds not in _ITEMS or any(b.kind != "blockquote" for b in quotes):
        message = (
            "an item is one answer in code, then its percentage in code if it is not 100%, and"
            " feedback in lines with `>`; a known wrong answer is struck and has no percentage"
        )
        source.error(source.start_of(item.tokens[0]), "bad-answer", message)
        return []
    spans = source.spans(inline)
    weight = Fraction(0) if kinds == _STRUCK else _weight(source, spans[1:])
    inside = (token for quote in quotes for block in quote.children for token in block.tokens)
    return _answer(source, spans[0], weight, source.html(inside))


def _weight(source: Source, spans: Sequence[Span]) -> Fraction:
    """The weight that the code span after an answer says; 1 without one."""
    if not spans:
        return Fraction(1)
    weight = read_weight(spans[0].text)
    if weight is None or not 0 < weight <= 1:
        message = "after an answer stands a percentage above 0% up to 100%; strike a wrong answer"
        source.error(spans[0].place, "bad-weight", message)
        return Fraction(1)
    return weight


def _answer(source: Source, span: Span, weight: Fraction, feedback: str) -> list[_Placed]:
    """The answer that a code span holds; none when it cannot be read."""
    pattern, kind, flags = span.text.strip(), AnswerKind.TEXT, ""
    if found := _REGEX.fullmatch(pattern):
        pattern, kind, flags = found[1], AnswerKind.REGEX, found[2]
        if not _is_regex_allowed(source, span.place, pattern, flags):
            return []
    elif not pattern:
        source.error(span.place, "bad-answer", "write the answer between the backticks")
        return []
    elif is_number(pattern):
        message = (
            f"`{pattern}` in code is compared as text; write a number without backticks, and a"
            " percentage for an answer in a list"
        )
        source.warning(span.place, "number-as-text", message)
    answer = TextAnswer(
        pattern=pattern, kind=kind, ignore_case=flags == "i", weight=weight, feedback=feedback
    )
    return [_Placed(answer, span.place)]


def _is_regex_allowed(source: Source, place: Place, pattern: str, flags: str) -> bool:
    if flags not in ("", "i"):
        message = f"`{flags}` is not a flag here: write `i` to ignore case, or nothing"
        source.error(place, "bad-answer", message)
        return False
    if not source.has_limits:
        return True
    try:
        steps = steps_of(pattern)
    except UnsafeRegexError as error:
        source.error(place, "unsafe-regex", f"this regular expression {error}")
        return False
    # A paper is graded at once: many patterns add up, each of them in order by itself.
    if source.regex_steps + steps > MAX_STEPS:
        message = (
            "this regular expression and those before it can match in too many ways together:"
            " use `*`, `+`, `?` and `|` less in this quiz"
        )
        source.error(place, "unsafe-regex", message)
        return False
    source.regex_steps += steps
    return True


def _report_repeated(source: Source, placed: Sequence[_Placed], match: Match) -> None:
    """Report answers that say the same to the grader: the later one could never be found."""
    seen: set[tuple[AnswerKind, str]] = set()
    for item in placed:
        answer = item.answer
        pattern = answer.pattern
        if answer.kind is AnswerKind.TEXT:
            pattern = exact(pattern) if match is Match.EXACT else loose(pattern)
        if (answer.kind, pattern) in seen:
            message = f"`{answer.pattern}` stands here twice: keep one"
            source.error(item.place, "repeated-answer", message)
        seen.add((answer.kind, pattern))


READER = Reader(
    name="a short text",
    labels=frozenset({ANSWER}),
    settings=frozenset({"match"}),
    claims=claims,
    read=read,
)
