"""Surveys in the contract: options by their numbers, none of them right."""

from typing import Any

from ..model import SurveyQuestion
from ..plaintext import text_of
from .choice import option_shape, read_options
from .kind import Kind


def _describe(question: SurveyQuestion) -> dict[str, Any]:
    return {
        "select_many": question.select_many,
        "shuffle": question.shuffle,
        "options": [
            {"number": option.number, "text": option.text, "html": option.html}
            for option in question.options
        ],
    }


def _key(question: SurveyQuestion) -> list[str]:
    return [f"{option.number}. {text_of(option.html)}" for option in question.options]


KIND = Kind(describe=_describe, key=_key, shape=option_shape, read=read_options)
