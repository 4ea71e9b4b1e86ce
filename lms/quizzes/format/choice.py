"""Read a task list as the options of a choice."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from markdown_it.token import Token

from ..model import ChoiceQuestion, Option, Scoring
from .checkbox import complaint, is_task
from .document import Section
from .labels import NOT_CHOSEN, split_parts
from .reader import QuestionFields, Reader
from .settings import SectionSettings
from .source import Block, Place, Source, plain_text
from .weights import read_weight

LONG = 40
"""Characters a right option may have before its length can give it away."""


def claims(section: Section) -> bool:
    """Whether a task list is the response, and something in it is right."""
    return section.response is not None and not section.is_ungraded


def read(
    source: Source, section: Section, settings: SectionSettings, fields: QuestionFields
) -> ChoiceQuestion | None:
    """The choice that the section's task list offers; None when an option cannot be read."""
    assert section.response is not None
    known = read_options(source, section.response)
    if known is None:
        return None
    several = sum(option.correct for option in known) > 1
    question = ChoiceQuestion(
        **fields,
        options=known,
        select_many=several if settings.select_many is None else settings.select_many,
        scoring=settings.scoring or Scoring.ALL,
        shuffle=settings.shuffle and section.response.kind == "bullet_list",
    )
    if question.type == "true-false":
        question = replace(question, shuffle=False)
    places = [source.start_of(item.tokens[0]) for item in section.response.children]
    _check_key(source, section.place, question)
    _check_select(source, section.place, settings, question)
    _check_weights(source, question, places)
    _warn_of_length(source, question, places)
    return question


def read_options(source: Source, response: Block) -> tuple[Option, ...] | None:
    """The options of a task list; None when one of them cannot be read."""
    items = response.children
    options = [_option(source, item, number) for number, item in enumerate(items, start=1)]
    known = tuple(option for option in options if option)
    return known if len(known) == len(items) else None


def _option(source: Source, item: Block, number: int) -> Option | None:
    place = source.start_of(item.tokens[0])
    if not is_task(item) or not item.children:
        source.error(place, "not-a-checkbox", complaint(item))
        return None
    text, *quotes = item.children
    if text.kind != "paragraph" or any(block.kind != "blockquote" for block in quotes):
        message = "an option is one paragraph of text, and under it feedback in lines with `>`"
        source.error(place, "block-in-option", message)
        return None
    children, weight = _split_weight(text.inline.children or [])
    inside = [block for quote in quotes for block in quote.children]
    chosen, not_chosen = split_parts(source, inside, {NOT_CHOSEN})
    return Option(
        number=number,
        html=source.inline_html(children),
        text=plain_text(children),
        correct=bool(item.tokens[0].meta["checked"]),
        weight=weight,
        feedback=source.html(token for block in chosen for token in block.tokens),
        not_chosen_feedback="".join(part.html(source) for part in not_chosen),
    )


def _split_weight(children: Sequence[Token]) -> tuple[list[Token], Fraction | None]:
    """An option's text and the partial credit at its end; a percentage alone is the text."""
    last = children[-1] if len(children) > 1 else None
    weight = read_weight(last.content) if last and last.type == "code_inline" else None
    if weight is None:
        return list(children), None
    return list(children[:-1]), weight


def _check_key(source: Source, place: Place, question: ChoiceQuestion) -> None:
    """Report a list that is too short, and one in which nothing gives all of the points."""
    options = question.options
    if len(options) < 2:
        source.error(place, "too-few-options", "a choice has at least two options")
    right = [option for option in options if option.correct]
    texts = sorted(option.text.casefold() for option in options)
    if not right:
        source.error(place, "no-right-answer", "no option is right: write `[x]` for one")
    elif texts == ["false", "true"] and len(right) > 1:
        source.error(place, "no-right-answer", "True and False cannot both be right: tick one")
    elif not question.select_many and all(option.weight not in (None, 1) for option in right):
        message = "no option gives all of the points: take the percentage from a right one"
        source.error(place, "no-right-answer", message)


def _check_select(
    source: Source, place: Place, settings: SectionSettings, question: ChoiceQuestion
) -> None:
    right = sum(option.correct for option in question.options)
    if question.select_many and right == 1:
        message = "several options may be ticked but one only is right: is that meant?"
        source.warning(settings.places.get("select", place), "one-right-answer", message)
    if settings.scoring and not question.select_many:
        message = "`scoring` is for several right options; this question asks for one"
        source.error(settings.places["scoring"], "bad-setting", message)


def _check_weights(source: Source, question: ChoiceQuestion, places: Sequence[Place]) -> None:
    """Report percentages that contradict the ticks, the scoring or each other."""
    weighted = [option for option in question.options if option.weight is not None]
    for option in weighted:
        reason = _bad_weight(question, option.correct, option.weight or Fraction(0))
        if reason:
            source.error(places[option.number - 1], "bad-weight", reason)
    if not weighted or question.scoring is not Scoring.NET:
        return
    right = [option for option in question.options if option.correct]
    total = sum(Fraction(1, len(right)) if o.weight is None else o.weight for o in right)
    if right and total != 1:
        message = "the percentages of the right options must add up to 100%"
        source.error(places[right[0].number - 1], "bad-weight", message)


def _bad_weight(question: ChoiceQuestion, correct: bool, weight: Fraction) -> str:
    """Why an option cannot have this percentage; "" when it can."""
    if abs(weight) > 1:
        return "a percentage goes from -100% to 100%"
    if question.select_many and question.scoring is not Scoring.NET:
        return "a percentage among several right options needs the setting `scoring: net`"
    if correct and weight <= 0:
        return "a right option gives more than 0%"
    if not correct and (weight == 1 or (question.select_many and weight > 0)):
        return "an option that gives credit like a right one must be ticked: write `[x]`"
    return ""


def _warn_of_length(source: Source, question: ChoiceQuestion, places: Sequence[Place]) -> None:
    """Warn of right options that their length gives away: over 1.6 times the longest wrong one."""
    wrong = [len(option.text) for option in question.options if not option.correct]
    for option in question.options:
        length = len(option.text)
        if wrong and option.correct and length > LONG and length * 10 > max(wrong) * 16:
            message = "the right option is much longer than the wrong ones: make them alike"
            source.warning(places[option.number - 1], "long-answer", message)


READER = Reader(
    name="a choice",
    labels=frozenset(),
    settings=frozenset({"scoring", "select", "shuffle"}),
    claims=claims,
    read=read,
)
