"""Read a quiz from its Markdown; see the documentation of the quiz format for the grammar."""

from collections.abc import Collection
from dataclasses import dataclass

from lms.foundation import frontmatter
from lms.foundation.markdown import ImageResolver
from lms.foundation.problems import Problem, has_errors

from ..lint import lint
from ..model import Pool, Question, Quiz
from . import attestation, choice, cloze, matching, number, ordering, reflection, survey, text
from .document import Document, read_document
from .items import questions_of, read_items
from .labels import AFTER_RESPONSE
from .questions import Rules
from .settings import FrontMatter
from .source import Place, Source

__all__ = ["LABELS", "ParsedQuiz", "parse_quiz", "read_published"]

_READERS = (
    choice.READER,
    text.READER,
    number.READER,
    matching.READER,
    ordering.READER,
    cloze.READER,
    attestation.READER,
    reflection.READER,
    survey.READER,
)

LABELS = AFTER_RESPONSE.union(*(reader.labels for reader in _READERS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedQuiz:
    """A quiz, None when any problem is an error, and everything found in its file, by place."""

    quiz: Quiz | None
    problems: tuple[Problem, ...]


def parse_quiz(
    text: str,
    path: str,
    *,
    images: Collection[str] = (),
    objectives: Collection[str] | None = None,
    resolve_image: ImageResolver | None = None,
) -> ParsedQuiz:
    """Read the quiz in `text`, the file `path`. Never raises, whatever `text` is.

    `images` are the sources that pictures may have, and `resolve_image` gives their addresses.
    `objectives` are the ids that questions may name; None leaves them unchecked.
    """
    front, parts, problems = frontmatter.read(text, path, FrontMatter)
    source = Source(path, parts.body.split("\n"), parts.body_line, resolve_image, problems)
    source.cut_long_lines()
    document, items = _read_body(source, images, objectives)
    # The linter is asked here and not only when content is checked, so that whoever reads a quiz gets
    # every finding in one run, and warnings also while another question still has an error.
    headings = [section.place.line for section in document.sections]
    lines = frontmatter.normalize(text).split("\n")
    source.problems += lint(path, lines, questions_of(items), headings)
    found = tuple(sorted(set(source.problems)))
    if front is None or has_errors(found):
        return ParsedQuiz(quiz=None, problems=found)
    return ParsedQuiz(quiz=_quiz(source, front, document, items), problems=found)


def read_published(
    text: str, *, images: Collection[str], resolve_image: ImageResolver | None
) -> Quiz | None:
    """The quiz in a text that was published, None where it cannot be read; see `parse_quiz`.

    Attempts are graded by it for as long as they are kept. The limits of today may be narrower than
    those under which it was published: they do not count here, and slips were told of then.
    """
    front, parts, problems = frontmatter.read(text, "", FrontMatter)
    source = Source(
        "", parts.body.split("\n"), parts.body_line, resolve_image, problems, has_limits=False
    )
    document, items = _read_body(source, images, None)
    if front is None or has_errors(source.problems):
        return None
    return _quiz(source, front, document, items)


def _read_body(
    source: Source, images: Collection[str], objectives: Collection[str] | None
) -> tuple[Document, tuple[Question | Pool, ...]]:
    document = read_document(source, LABELS, images)
    items = read_items(source, document.sections, Rules(_READERS, objectives))
    if not document.sections:
        message = "the quiz has no questions: write a `##` heading for each"
        source.error(Place(source.body_line, 1), "no-questions", message)
    return document, items


def _quiz(
    source: Source, front: FrontMatter, document: Document, items: tuple[Question | Pool, ...]
) -> Quiz:
    introduction = source.html(t for block in document.introduction for t in block.tokens)
    return Quiz(
        title=front.title, settings=front.settings(), introduction=introduction, items=items
    )
