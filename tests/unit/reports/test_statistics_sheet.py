"""What the statistics page says, in words; and that it says nothing too early."""

from collections.abc import Sequence
from fractions import Fraction

import pytest

from lms.quizzes.format import parse_quiz
from lms.quizzes.model import Quiz
from lms.quizzes.statistics import ENOUGH, QuizStatistics, Sitting, items_of, quiz_statistics
from lms.reports.sheet import (
    Figure,
    QuestionSheet,
    most_concerning_first,
    question_sheets,
    quiz_sheet,
)

QUIZ = """---
title: Rounds
pass: 50%
---

# Rounds

Three questions.

## First
`id: first`

- [x] yes
- [ ] no

## Second
`id: second`

**Answer:** `word`

## Third
`id: third`

- [x] yes
- [ ] no
"""


def read(text: str = QUIZ) -> Quiz:
    quiz = parse_quiz(text, "quiz.md").quiz
    assert quiz is not None
    return quiz


def statistics(
    rows: Sequence[str], seconds: int | None = None, quiz: Quiz | None = None
) -> QuizStatistics:
    """Of rows such as `101`; who has a point chose the right option."""
    items = items_of(quiz or read())
    return quiz_statistics(
        items,
        [
            Sitting(
                scores={item.id: Fraction(int(d)) for item, d in zip(items, row, strict=True)},
                chosen={
                    item.id: frozenset({1 if d == "1" else 2})
                    for item, d in zip(items, row, strict=True)
                },
                seconds={} if seconds is None else {"first": seconds},
            )
            for row in rows
        ],
    )


def sheets(rows: Sequence[str], seconds: int | None = None) -> tuple[QuestionSheet, ...]:
    return question_sheets(read(), statistics(rows, seconds))


def values(figures: Sequence[Figure]) -> dict[str, str]:
    return {figure.name: figure.value.replace("\xa0", " ") for figure in figures}


MIXED = ["111", "110", "100", "000", "111"] * 2


def test_a_quiz_in_words() -> None:
    sheet = quiz_sheet(read(), statistics(MIXED))
    assert values(sheet.figures) == {
        "First attempts": "10",
        "Average score": "60%",
        "Spread of the scores": "41%",
        "Reach the pass mark": "60%",
        "Alpha": "0.79",
        "Standard error": "19%",
    }
    assert not any(figure.reason for figure in sheet.figures)
    assert sheet.concerns == ()


def test_a_question_in_words() -> None:
    first, second, third = sheets(MIXED, seconds=75)
    assert (first.number, first.id, first.title) == (1, "first", "First")
    assert values(first.figures) == {
        "First attempts": "10",
        "Facility": "80%",
        "Discrimination": "56",
        "Efficiency": "100",
        "Median time": "1 min 15 s",
        "Left blank": "0",
    }
    assert [(o.letter, o.text, o.is_right, o.count, o.share) for o in first.options] == [
        ("A", "yes", True, 8, 80.0),
        ("B", "no", False, 2, 20.0),
    ]
    assert [option.tells for option in first.options] == ["0.56", "−0.56"]
    assert [figure.share for figure in second.figures] == [None, 60, None, None, None]
    assert second.options == ()
    assert "Left blank" not in values(second.figures)
    assert (third.number, values(third.figures)["Facility"]) == (3, "40%")


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (59, "59 s"), (60, "1 min 0 s")])
def test_a_time_in_words(seconds: int, words: str) -> None:
    assert values(sheets(MIXED, seconds)[0].figures)["Median time"] == words


def test_a_figure_that_there_is_not_comes_with_its_reason() -> None:
    same = ["111"] * ENOUGH
    figures = {figure.name: figure for figure in quiz_sheet(read(), statistics(same)).figures}
    for name in ("Alpha", "Standard error"):
        assert figures[name].value == "–"
        assert "everyone has the same score" in figures[name].reason
    figures = {figure.name: figure for figure in sheets(same)[0].figures}
    for name in ("Discrimination", "Efficiency"):
        assert figures[name].value == "–"
        assert "everyone has the same points here" in figures[name].reason
    assert figures["Median time"] == Figure("Median time", "–", "no answer came from an open page")
    assert figures["Facility"] == Figure("Facility", "100%", share=100)
    assert [option.tells for option in sheets(same)[0].options] == ["–", "–"]


def test_a_little_less_than_nothing_is_nothing() -> None:
    rows = ["1" * 3, "0" * 3] * 200 + ["100", "011", "011"]
    tells = {option.tells for sheet in sheets(rows) for option in sheet.options}
    assert "−0.00" not in tells
    # The first question agrees with the rest exactly as often as not, but for one attempt.
    even = ["100", "011", "111", "000"] * 50 + ["100", "111", "100"]
    assert {option.tells for option in sheets(even)[0].options} == {"0.00"}


def test_nothing_is_said_of_too_few() -> None:
    few = statistics(MIXED[:-1])
    assert quiz_sheet(read(), few) == quiz_sheet(read(), statistics([]))
    assert quiz_sheet(read(), few).figures == ()
    for sheet in question_sheets(read(), few):
        assert sheet.note == (
            "So far 9 first attempts had this question as it is worded now;"
            " figures appear from 10 on."
        )
        assert (sheet.figures, sheet.options, sheet.concerns) == ((), (), ())
    assert "So far no first attempt had" in sheets([])[0].note
    assert "So far 1 first attempt had" in sheets(["111"])[0].note


def test_a_void_question_has_no_figures() -> None:
    quiz = read(QUIZ.replace("`id: first`", "`id: first` `void: full`"))
    first, second, _ = question_sheets(quiz, statistics(["111"] * ENOUGH, quiz=quiz))
    assert "This question is void" in first.note
    assert (first.figures, first.concerns) == ((), ())
    assert second.concerns


def test_the_most_concerning_first() -> None:
    # The third is missed by the strong alone; the second does nearly as the rest does.
    rows = ["110", "110", "110", "110", "001", "001", "101", "010", "001", "110"]
    found = sheets(rows)
    order = most_concerning_first(found)
    assert order[0].id == "third"
    assert "Strong learners miss this one more than weak ones: check its key." in order[0].concerns
    counts = [len(sheet.concerns) for sheet in order]
    assert counts == sorted(counts, reverse=True)
    # Where nothing is known all are alike, and stay in the order of the file.
    assert [sheet.number for sheet in most_concerning_first(sheets([]))] == [1, 2, 3]
