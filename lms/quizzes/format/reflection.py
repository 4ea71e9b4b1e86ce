"""Read `**Reflect:**` as a question for free text."""

from ..model import ReflectionQuestion
from .document import Section
from .labels import REFLECT
from .reader import QuestionFields, Reader
from .settings import SectionSettings
from .source import Source


def claims(section: Section) -> bool:
    """Whether `**Reflect:**` is there."""
    return section.part(REFLECT) is not None


def read(
    source: Source, section: Section, settings: SectionSettings, fields: QuestionFields
) -> ReflectionQuestion:
    """What the section asks to think about; nothing need stand after the label."""
    part = section.part(REFLECT)
    assert part is not None
    return ReflectionQuestion(**fields, prompt=part.html(source))


READER = Reader(
    name="a reflection",
    labels=frozenset({REFLECT}),
    settings=frozenset(),
    claims=claims,
    read=read,
    is_graded=False,
)
