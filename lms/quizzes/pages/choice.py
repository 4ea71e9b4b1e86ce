"""Choices on pages: options in the order that the paper drew."""

from dataclasses import dataclass

from ..draw import PaperItem
from ..grading import Response
from ..model import ChoiceQuestion, Option, SurveyQuestion
from .kind import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionToChoose:
    number: int
    html: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceForm:
    """Options to choose among; several where `select_many`."""

    select_many: bool
    options: tuple[OptionToChoose, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionInReview:
    """An option afterwards. While the key stays hidden, `is_right` is None and the feedback empty.

    `is_right` is None too where nothing is right or wrong.
    """

    html: str
    is_chosen: bool
    is_right: bool | None
    feedback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceReview:
    select_many: bool
    options: tuple[OptionInReview, ...]


def ask(
    question: ChoiceQuestion | SurveyQuestion, item: PaperItem, response: Response
) -> ChoiceForm:
    """The options to choose among, with those chosen so far."""
    chosen = _chosen(response)
    return ChoiceForm(
        select_many=question.select_many,
        options=tuple(
            OptionToChoose(
                number=option.number, html=option.html, is_chosen=option.number in chosen
            )
            for option in _shown(question, item)
        ),
    )


def review(
    question: ChoiceQuestion | SurveyQuestion,
    item: PaperItem,
    response: Response,
    shows_key: bool,
) -> ChoiceReview:
    """The options as they were chosen, and where the key may be seen what is said to each."""
    chosen = _chosen(response)
    return ChoiceReview(
        select_many=question.select_many,
        options=tuple(
            OptionInReview(
                html=option.html,
                is_chosen=option.number in chosen,
                is_right=option.correct if shows_key and question.is_graded else None,
                feedback=_feedback(option, is_chosen=option.number in chosen) if shows_key else "",
            )
            for option in _shown(question, item)
        ),
    )


def _feedback(option: Option, *, is_chosen: bool) -> str:
    """What the author says to this choice; a right option left out is explained all the same."""
    if is_chosen or (option.correct and not option.not_chosen_feedback):
        return option.feedback
    return option.not_chosen_feedback


def _chosen(response: Response) -> frozenset[object]:
    return frozenset(response if isinstance(response, list) else [response])


def _shown(question: ChoiceQuestion | SurveyQuestion, item: PaperItem) -> list[Option]:
    by_number = {option.number: option for option in question.options}
    return [by_number[number] for number in item.options]


KIND = Kind(template="choice", ask=ask, review=review)
