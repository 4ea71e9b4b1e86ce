"""A quiz's questions and their figures as the rows of a file."""

from fractions import Fraction

from lms.quizzes.statistics import ItemStatistics
from lms.reports.question_table import HEADINGS, question_rows
from lms.reports.sheet import QuestionSheet


def sheet(number: int, id_: str, note: str = "", concerns: tuple[str, ...] = ()) -> QuestionSheet:
    return QuestionSheet(
        number=number,
        id=id_,
        title=f"What is {id_}?",
        reworded=2,
        note=note,
        figures=(),
        options=(),
        concerns=concerns,
        rank=(),
    )


def item(id_: str, facility: float | None, discrimination: float | None) -> ItemStatistics:
    return ItemStatistics(
        id=id_,
        attempts=12,
        reworded=2,
        facility=facility,
        discrimination=discrimination,
        efficiency=None,
        seconds=75.4,
        blank=None,
        options=(),
    )


def test_figures_are_rounded_and_what_has_none_says_why() -> None:
    sheets = (
        sheet(2, "b", concerns=("Too easy.", "Tells nothing.")),
        sheet(1, "a", note="This question is void."),
        sheet(3, "c"),
    )
    items = {"a": item("a", 100, 3), "b": item("b", 66.6, -12.4), "c": item("c", None, None)}
    found = [dict(zip(HEADINGS, row, strict=True)) for row in question_rows(sheets, items)]
    assert found[0] == {
        "No.": 2,
        "Question": "What is b?",
        "Id": "b",
        "First attempts": 12,
        "Facility": Fraction(67, 100),
        "Discrimination": -12,
        "Efficiency": None,
        "Median time (seconds)": 75,
        "Left blank": None,
        "In another wording": 2,
        "To look at": "Too easy. Tells nothing.",
    }
    assert found[1]["First attempts"] is None
    assert found[1]["To look at"] == "This question is void."
    assert found[2]["Facility"] is None
