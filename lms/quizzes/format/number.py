"""Read what follows `**Answer:**` bare, without code, as a number."""

from ..model import NumberQuestion
from .answer import ANSWER, is_written_as_text
from .bounds import BadKeyError, read_bounds
from .document import Section
from .reader import QuestionFields, Reader
from .settings import SectionSettings
from .source import Source, plain_text


def claims(section: Section) -> bool:
    """Whether `**Answer:**` is there with no code after it: anything else is read as a number."""
    part = section.part(ANSWER)
    return part is not None and not is_written_as_text(part)


def read(
    source: Source, section: Section, settings: SectionSettings, fields: QuestionFields
) -> NumberQuestion | None:
    """The number that the section asks for; None when its key cannot be read."""
    part = section.part(ANSWER)
    assert part is not None
    if part.blocks:
        message = "a number has nothing under it: give text answers in code, or add a label"
        source.error(source.start_of(part.blocks[0].tokens[0]), "stray-text", message)
    if not part.inline:
        return None
    place = part.find(source, part.inline[0].content)
    try:
        if any(token.type not in ("text", "softbreak") for token in part.inline):
            message = "a number stands bare, without bold, links or code"
            raise BadKeyError("bad-answer", message)
        bounds = read_bounds(plain_text(part.inline))
    except BadKeyError as error:
        source.error(place, error.code, str(error))
        return None
    return NumberQuestion(
        **fields, low=bounds.low, high=bounds.high, value=bounds.value, unit=bounds.unit
    )


READER = Reader(
    name="a number",
    labels=frozenset({ANSWER}),
    settings=frozenset(),
    claims=claims,
    read=read,
)
