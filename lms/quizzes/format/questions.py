"""From a section to a question: the fields every type has, then the one type that claims it."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.foundation.frontmatter import suggestion
from lms.foundation.markdown import walk

from ..model import Question
from .checkbox import is_task_list
from .digest import digest_of
from .document import Section
from .labels import CORRECT, EXPLANATION, HINT, INCORRECT, name
from .reader import QuestionFields, Reader
from .settings import DRAW, MAX_ID, SectionSettings
from .source import Source, plain_text

COMMON_SETTINGS = frozenset({"id", "tags", "objective"})
GRADED_SETTINGS = frozenset({"points", "void"})

_STRAY_GAP = re.compile(r"\[\[[^\[\]]*\]\]")


@dataclass(frozen=True, slots=True)
class Rules:
    """What may stand in a question: the types, and the module's objectives."""

    readers: Sequence[Reader]
    objectives: Collection[str] | None


def read_question(
    source: Source, section: Section, settings: SectionSettings, rules: Rules
) -> Question | None:
    """The question that `section` asks; None when it cannot be read. What is wrong is reported."""
    _check_objective(source, settings, rules.objectives)
    _report_stray_gaps(source, section)
    _check_id(source, section, settings)
    claims = [reader for reader in rules.readers if reader.claims(section)]
    if all(reader.is_graded for reader in claims):
        _check_explanation(source, section)
    else:
        _report_verdicts(source, section)
    if not claims:
        _report_no_response(source, section)
    elif len(claims) > 1:
        message = f"this is {claims[0].name} and {claims[1].name} at once: make two questions of it"
        source.error(section.place, "two-responses", message)
    else:
        _check_settings(source, settings, claims[0])
        fields = _fields(source, section, settings, claims[0])
        return claims[0].read(source, section, settings, fields)
    return None


def question_id(section: Section, settings: SectionSettings) -> str:
    """The id its author gave, else one made of the heading; "" when that has no Latin letters."""
    if settings.id is not None:
        return settings.id
    heading = unicodedata.normalize("NFKD", _title(section).casefold())
    words = re.sub(r"[^a-z0-9]+", "-", heading.encode("ascii", "ignore").decode())
    return words.strip("-")[:MAX_ID].strip("-")


def has_response(section: Section, rules: Rules) -> bool:
    """Whether anything in `section` is meant to be answered."""
    return any(reader.claims(section) for reader in rules.readers)


def _title(section: Section) -> str:
    return plain_text(section.heading.inline.children or [])


def _fields(
    source: Source, section: Section, settings: SectionSettings, reader: Reader
) -> QuestionFields:
    """The fields that do not depend on the type. The tokens they come from are rendered here."""
    # Rendering changes tokens, so that the digest must come first.
    digest = digest_of(section)
    return QuestionFields(
        id=question_id(section, settings),
        title=_title(section),
        heading=source.inline_html(section.heading.inline.children or []),
        stem=reader.stem(source, section),
        points=settings.points if reader.is_graded else Fraction(0),
        objective=settings.objective,
        tags=settings.tags,
        hints=tuple(part.html(source) for part in section.parts if part.label == HINT),
        explanation=_message(source, section, EXPLANATION),
        correct_message=_message(source, section, CORRECT),
        incorrect_message=_message(source, section, INCORRECT),
        void=settings.void,
        line=section.place.line,
        digest=digest,
    )


def _message(source: Source, section: Section, label: str) -> str:
    part = section.part(label)
    return part.html(source) if part else ""


def _check_id(source: Source, section: Section, settings: SectionSettings) -> None:
    if "id" in settings.places:
        return
    made = question_id(section, settings)
    if made:
        message = (
            f"the question has no id of its own, and a new heading gives it another: `id: {made}`"
        )
        source.warning(section.place, "missing-id", message)
    else:
        message = "no id can be made of this heading: add one in code, such as `id: hand-off-2`"
        source.error(section.place, "bad-id", message)


def _check_explanation(source: Source, section: Section) -> None:
    if section.part(EXPLANATION) is None:
        message = "the learner gets no explanation: add `**Explanation:**`"
        source.warning(section.place, "no-explanation", message)


def _report_verdicts(source: Source, section: Section) -> None:
    """Report labels for right and wrong answers where there are none."""
    for part in section.parts:
        if part.label in (CORRECT, INCORRECT):
            message = f"`{name(part.label)}` is never shown: nothing here is right or wrong"
            source.error(part.place, "bad-label", message)


def _check_objective(
    source: Source, settings: SectionSettings, objectives: Collection[str] | None
) -> None:
    objective = settings.objective
    if objective is None or objectives is None or objective in objectives:
        return
    hint = suggestion(objective, list(objectives)) if objectives else ", which has none"
    message = f"`{objective}` is no objective of this module{hint}"
    source.error(settings.places["objective"], "unknown-objective", message)


def _check_settings(source: Source, settings: SectionSettings, reader: Reader) -> None:
    """Report settings that mean nothing to this type."""
    known = COMMON_SETTINGS | reader.settings
    if reader.is_graded:
        known |= GRADED_SETTINGS
    for key, place in settings.places.items():
        if key == DRAW:
            message = "`draw` is for a `##` heading with `###` questions under it"
            source.error(place, "bad-setting", message)
        elif key not in known:
            source.error(place, "bad-setting", f"`{key}` means nothing here: this is {reader.name}")


def _report_stray_gaps(source: Source, section: Section) -> None:
    inlines = [token for block in section.stem for token in block.tokens if token.type == "inline"]
    for inline in [section.heading.inline, *inlines]:
        for child in walk(inline.children or []):
            if child.type == "text" and _STRAY_GAP.search(child.content):
                message = "a gap needs backticks: write `[[2]]` as code"
                source.error(source.find(inline, "[["), "stray-gap", message)


def _report_no_response(source: Source, section: Section) -> None:
    message = "nothing here can be answered: add a task list, or `**Answer:**` and what is right"
    for part in section.parts:
        if any(is_task_list(block) for block in part.blocks):
            message = f"the options stand after `{name(part.label)}`: move them above it"
    source.error(section.place, "no-response", message)
