"""Read a quiz from its Markdown; see the documentation of the quiz format for the grammar."""

from collections.abc import Collection
from dataclasses import dataclass

from lms.foundation import frontmatter
from lms.foundation.markdown import ImageResolver
from lms.foundation.problems import Problem, has_errors

from ..lint import lint
from ..model import Quiz
from . import attestation, choice, cloze, matching, number, ordering, reflection, survey, text
from .document import read_document
from .items import questions_of, read_items
from .labels import AFTER_RESPONSE
from .questions import Rules
from .settings import FrontMatter
from .source import Place, Source

__all__ = ["LABELS", "ParsedQuiz", "parse_quiz"]

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
    document = read_document(source, LABELS, images)
    items = read_items(source, document.sections, Rules(_READERS, objectives))
    if not document.sections:
        message = "the quiz has no questions: write a `##` heading for each"
        source.error(Place(source.body_line, 1), "no-questions", message)
    # The linter is asked here and not only when content is checked, so that whoever reads a quiz gets
    # every finding in one run, and warnings also while another question still has an error.
    headings = [section.place.line for section in document.sections]
    lines = frontmatter.normalize(text).split("\n")
    source.problems += lint(path, lines, questions_of(items), headings)
    found = tuple(sorted(set(source.problems)))
    if front is None or has_errors(found):
        return ParsedQuiz(quiz=None, problems=found)
    introduction = source.html(t for block in document.introduction for t in block.tokens)
    quiz = Quiz(
        title=front.title, settings=front.settings(), introduction=introduction, items=items
    )
    return ParsedQuiz(quiz=quiz, problems=found)
