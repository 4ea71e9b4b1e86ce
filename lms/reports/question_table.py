"""A quiz's questions and their figures as the rows of a file (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from lms.foundation.workbook import Cell
from lms.quizzes.statistics import ItemStatistics

from .sheet import QuestionSheet

HEADINGS = (
    "No.",
    "Question",
    "Id",
    "First attempts",
    "Facility",
    "Discrimination",
    "Efficiency",
    "Median time (seconds)",
    "Left blank",
    "In another wording",
    "To look at",
)


def question_rows(
    sheets: Sequence[QuestionSheet], items: Mapping[str, ItemStatistics]
) -> Iterator[Sequence[Cell]]:
    """The questions in the order of `sheets`, under `HEADINGS`, figures rounded as on the page.

    `items` are their figures by id. Where the page says why there are none, the last cell says it.
    """
    for sheet in sheets:
        item = items[sheet.id]
        figures = (None,) * 6 if sheet.note else _figures(item)
        told = sheet.note or " ".join(sheet.concerns)
        yield sheet.number, sheet.title, sheet.id, *figures, sheet.reworded, told


def _figures(item: ItemStatistics) -> tuple[Cell, ...]:
    facility = _whole(item.facility)
    return (
        item.attempts,
        None if facility is None else Fraction(facility, 100),
        _whole(item.discrimination),
        _whole(item.efficiency),
        _whole(item.seconds),
        item.blank,
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
