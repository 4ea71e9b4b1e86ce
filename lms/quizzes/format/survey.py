"""Read a task list with the setting `ungraded` as the options of a survey."""

from dataclasses import replace

from ..model import SurveyQuestion
from .choice import read_options
from .document import Section
from .reader import QuestionFields, Reader
from .settings import UNGRADED, SectionSettings
from .source import Source


def claims(section: Section) -> bool:
    """Whether a task list is the response, and nothing in it is right or wrong."""
    return section.response is not None and section.is_ungraded


def read(
    source: Source, section: Section, settings: SectionSettings, fields: QuestionFields
) -> SurveyQuestion | None:
    """The survey that the section's task list makes; None when an option cannot be read.

    Ticks say no more than in a choice without `select`: with two of them several may be ticked. The
    options keep their order unless `shuffle: true` is written there, for most of them are scales.
    """
    assert section.response is not None
    options = read_options(source, section.response)
    if options is None:
        return None
    if len(options) < 2:
        source.error(section.place, "too-few-options", "a survey has at least two options")
    for option, item in zip(options, section.response.children, strict=True):
        if option.weight is not None:
            place = source.start_of(item.tokens[0])
            message = "a survey gives no credit: take the percentage away, or put text after it"
            source.error(place, "bad-weight", message)
    several = sum(option.correct for option in options) > 1
    return SurveyQuestion(
        **fields,
        options=tuple(replace(option, correct=False, weight=None) for option in options),
        select_many=several if settings.select_many is None else settings.select_many,
        shuffle="shuffle" in settings.places
        and settings.shuffle
        and section.response.kind == "bullet_list",
    )


READER = Reader(
    name="a survey",
    labels=frozenset(),
    settings=frozenset({UNGRADED, "select", "shuffle"}),
    claims=claims,
    read=read,
    is_graded=False,
)
