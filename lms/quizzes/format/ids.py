"""Write the ids that questions lack into their file: what `lms check --fix` does."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, zip_longest

from lms.foundation import frontmatter

from .document import Section, read_document
from .questions import question_id
from .settings import DRAW, MAX_ID, SectionSettings, read_settings
from .source import Source

_LINE_END = re.compile(r"(\r\n|\r|\n)")
_DEFINITION = re.compile(r"[ \t]*[:~][ \t]")


@dataclass(frozen=True, slots=True)
class _Asked:
    """The section of a question with its settings, and the id that it has or is known by so far."""

    section: Section
    settings: SectionSettings
    known_as: str

    @property
    def lacks_id(self) -> bool:
        return "id" not in self.settings.places and bool(self.known_as)


def write_ids(text: str) -> tuple[str, int]:
    """`text` with an id for each question that lacks one, and how many were written.

    An id is the one by which the question was known until now, made of its heading: whatever has been
    recorded under it stays where it belongs. Only where two would be alike a number is put behind the
    later one. A heading without Latin letters gets none. Nothing else in the text is changed, and its
    line ends stay what they are.
    """
    pieces = _LINE_END.split(text)
    questions = list(_questions(frontmatter.normalize(text)))
    written = 0
    taken = {question.known_as for question in questions}
    given = {question.known_as for question in questions if not question.lacks_id}
    for question in questions:
        if question.lacks_id:
            identity = _unlike(question.known_as, given, taken)
            given.add(identity)
            taken.add(identity)
            _insert(pieces, question.section, f"`id: {identity}`")
            written += 1
    return "".join(pieces), written


def _questions(text: str) -> Iterator[_Asked]:
    """The sections that are questions, in the order of the file; pools have no id."""
    parts = frontmatter.split(text)
    source = Source("", parts.body.split("\n"), parts.body_line, None)
    sections: Sequence[Section] = read_document(source, (), ()).sections
    for index, (section, following) in enumerate(zip_longest(sections, sections[1:])):
        settings = read_settings(source, section.settings)
        # A `###` under anything else is a question of a pool, whatever its settings say.
        is_in_pool = section.level == 3 and index > 0
        has_children = following is not None and following.level == 3
        if is_in_pool or not (has_children or DRAW in settings.places):
            yield _Asked(section, settings, question_id(section, settings))


def _unlike(wanted: str, given: set[str], taken: set[str]) -> str:
    """`wanted` where no question has it yet, else the first of `wanted-2`, `wanted-3`, … that is free."""
    if wanted not in given:
        return wanted
    numbered = (f"{wanted[: MAX_ID - len(f'-{n}')].strip('-')}-{n}" for n in count(2))
    return next(identity for identity in numbered if identity not in taken)


def _insert(pieces: list[str], section: Section, setting: str) -> None:
    """Put a setting before the others, or into a paragraph of its own under the heading.

    `pieces` are lines and line ends in turn. A line stays one piece, so that places keep their meaning.
    """
    if section.settings:
        place = section.settings[0].place
        index = 2 * (place.line - 1)
        line = pieces[index]
        pieces[index] = f"{line[: place.column - 1]}{setting} {line[place.column - 1 :]}"
        return
    index = 2 * (section.place.line - 1)
    is_last = index + 1 == len(pieces)
    end = "\n" if is_last else pieces[index + 1]
    pieces[index] += f"{end}{end}{setting}"
    if is_last:
        return
    # To Markdown a line of other white space, such as a no-break space, is a paragraph.
    is_right_under = pieces[index + 2].strip(" \t") != ""
    if is_right_under:
        pieces[index] += end
    # Up to one empty line below a paragraph it would be the definition of that; here it is a text.
    following = pieces[index + 2 : index + 3] if is_right_under else pieces[index + 4 : index + 5]
    if any(map(_DEFINITION.match, following)):
        pieces[index] += end
