"""A quiz in its one canonical form: what `lms format` writes."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import Any

from lms.foundation import frontmatter
from lms.foundation.markdown import ImageResolver, document_parser, walk
from lms.foundation.problems import Problem

from ..model import Pool, Question, Quiz
from . import LABELS, parse_quiz
from .canonical import canonical_blocks
from .document import read_document
from .settings import FrontMatter, canonical_settings, key_of
from .source import Source, Span
from .writing import to_markdown

_SETTING = re.compile(r"([^:]+?)\s*:\s*(.*?)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormattedQuiz:
    """The canonical text of a quiz, None when it has none, and everything found in its file."""

    text: str | None
    problems: tuple[Problem, ...]


def format_quiz(
    text: str,
    path: str,
    *,
    images: Collection[str] = (),
    objectives: Collection[str] | None = None,
    resolve_image: ImageResolver | None = None,
) -> FormattedQuiz:
    """Write the quiz in `text` in its canonical form, with the ids that its questions lack.

    The parameters are those of `parse_quiz`. A quiz with errors has no canonical form; nor has one of
    which something would be lost or would mean another thing, which is an error of its own. Never
    raises, whatever `text` is.
    """
    parse = partial(
        parse_quiz, path=path, images=images, objectives=objectives, resolve_image=resolve_image
    )
    parsed = parse(text)
    if parsed.quiz is None:
        return FormattedQuiz(text=None, problems=parsed.problems)
    written = _written(parsed.quiz, text, path)
    lost = _unused_definitions(text, path)
    if not lost:
        lost = _changes(parsed.quiz, parse(written).quiz, path)
    problems = tuple(sorted((*parsed.problems, *lost)))
    return FormattedQuiz(text=None if lost else written, problems=problems)


def _written(quiz: Quiz, text: str, path: str) -> str:
    """The canonical form of `text`, which `quiz` was read from."""
    _, parts, _ = frontmatter.read(text, path, FrontMatter)
    source = Source(path, parts.body.split("\n"), parts.body_line, None)
    document = read_document(source, LABELS, ())
    ids = {question.line: question.id for question in quiz.questions}
    blocks = list(document.opening)
    for section in document.sections:
        settings = list(section.settings)
        if section.place.line in ids and "id" not in map(key_of, settings):
            settings.append(Span(f"id: {ids[section.place.line]}", section.place))
        blocks += canonical_blocks(section, canonical_settings(settings))
    return f"---\n{_front_matter(parts)}\n---\n\n{to_markdown(blocks)}"


def _front_matter(parts: frontmatter.Split) -> str:
    """The settings of a quiz in their order, one space before each value.

    Where anything but a setting has a line of its own, be it a comment or the rest of a long value,
    the front matter stays as its author wrote it.
    """
    assert parts.yaml_text is not None
    lines = parts.yaml_text.split("\n")
    places = {where[0]: place for where, place in parts.places.items() if where[1:] == ("",)}
    if sorted(places.values()) != [(number, 1) for number in range(2, len(lines) + 2)]:
        return parts.yaml_text
    names = [info.alias or name for name, info in FrontMatter.model_fields.items()]
    ordered = sorted(places, key=lambda key: names.index(str(key)))
    return "\n".join(_SETTING.sub(r"\1: \2", lines[places[key][0] - 2], count=1) for key in ordered)


def _unused_definitions(text: str, path: str) -> list[Problem]:
    """Definitions of links that nothing uses: writing gives every link its address in its place."""
    parts = frontmatter.split(text)
    found: dict[str, Mapping[str, Any]] = {}
    tokens = document_parser().parse(parts.body, found)
    used = {
        (token.attrs.get("src", token.attrs.get("href")), token.attrs.get("title", ""))
        for token in walk(tokens)
    }
    return [
        Problem(
            path,
            parts.body_line + definition["map"][0],
            1,
            "unused-definition",
            f"no link uses `[{label.lower()}]`, and it would be lost: take it away; notes of authors"
            " stand after `**Author note:**`",
        )
        for label, definition in found.get("references", {}).items()
        if (definition["href"], definition["title"]) not in used
    ]


def _changes(wanted: Quiz, got: Quiz | None, path: str) -> list[Problem]:
    """Where a written quiz does not mean what it should: some escapes in Markdown have no way back."""
    before, after = _without_lines(wanted), got and _without_lines(got)
    if before == after:
        return []
    pairs = zip_longest(before.items, after.items if after else (), wanted.items)
    line = next((item.line for one, other, item in pairs if item and one != other), 1)
    message = (
        "what stands here would not mean the same in canonical form: write it more plainly, with fewer"
        " escapes and without white space that nobody sees"
    )
    return [Problem(path, line, 1, "no-canonical-form", message)]


def _without_lines(quiz: Quiz) -> Quiz:
    """A quiz as if it stood nowhere: writing moves lines."""
    items: list[Question | Pool] = []
    for item in quiz.items:
        if isinstance(item, Pool):
            questions = tuple(replace(question, line=0) for question in item.questions)
            items.append(replace(item, line=0, questions=questions))
        else:
            items.append(replace(item, line=0))
    return replace(quiz, items=tuple(items))
