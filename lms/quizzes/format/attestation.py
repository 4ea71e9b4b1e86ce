"""Read what follows `**Attest:**` as a statement to accept."""

from ..model import AttestationQuestion
from .document import Section
from .reader import QuestionFields, Reader
from .settings import SectionSettings
from .source import Source

ATTEST = "attest"


def claims(section: Section) -> bool:
    """Whether `**Attest:**` is there."""
    return section.part(ATTEST) is not None


def read(
    source: Source, section: Section, settings: SectionSettings, fields: QuestionFields
) -> AttestationQuestion:
    """The statement that the section asks to accept; nothing after the label is reported elsewhere."""
    part = section.part(ATTEST)
    assert part is not None
    return AttestationQuestion(**fields, statement=part.html(source))


READER = Reader(
    name="an attestation",
    labels=frozenset({ATTEST}),
    settings=frozenset(),
    claims=claims,
    read=read,
    is_graded=False,
)
