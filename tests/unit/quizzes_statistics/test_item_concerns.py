"""The sentences on what an author should look at."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from lms.quizzes.statistics import (
    ENOUGH,
    ItemStatistics,
    OptionStatistics,
    item_concerns,
    letter,
    quiz_concerns,
    quiz_statistics,
)


def item(**fields: object) -> ItemStatistics:
    usual = ItemStatistics(
        id="q",
        attempts=ENOUGH,
        reworded=0,
        facility=60.0,
        discrimination=40.0,
        efficiency=60.0,
        seconds=None,
        blank=0,
        options=(),
    )
    return replace(usual, **fields)  # pyright: ignore[reportArgumentType]


def option(**fields: object) -> OptionStatistics:
    usual = OptionStatistics(number=3, is_right=False, count=4, point_biserial=-0.2)
    return replace(usual, **fields)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("fields", "sentences"),
    [
        ({}, ()),
        ({"facility": 94.9}, ()),
        (
            {"facility": 95.0, "discrimination": None},
            ("Nearly everyone gets all the points: it tells little about anyone.",),
        ),
        (
            {"facility": 20.0},
            ("Nearly everyone misses this one: check its key and its wording.",),
        ),
        ({"facility": 20.1}, ()),
        ({"facility": None, "discrimination": None}, ()),
        (
            {"discrimination": -0.1},
            ("Strong learners miss this one more than weak ones: check its key.",),
        ),
        (
            {"discrimination": 19.9},
            ("Strong and weak learners do nearly alike: it tells little of what they know.",),
        ),
        ({"options": (option(),)}, ()),
        ({"options": (option(count=0, point_biserial=None),)}, ("Nobody chose option C.",)),
        (
            {"options": (option(count=0, point_biserial=None, is_right=True),)},
            ("Nobody chose option C, which is right.",),
        ),
        (
            {"options": (option(point_biserial=0.1),)},
            ("Strong learners choose option C more than weak ones: is it wrong?",),
        ),
        ({"options": (option(point_biserial=0.1, is_right=True),)}, ()),
        ({"options": (option(point_biserial=None),)}, ()),
        ({"facility": 1.0, "discrimination": -9.0, "attempts": ENOUGH - 1}, ()),
    ],
)
def test_what_an_author_should_look_at(fields: Mapping[str, object], sentences: object) -> None:
    assert item_concerns(item(**fields)) == sentences


def test_every_concern_of_a_question_is_said() -> None:
    bad = item(
        facility=5.0,
        discrimination=-3.0,
        options=(option(number=1, count=0), option(number=2, point_biserial=0.3)),
    )
    assert len(item_concerns(bad)) == 4


@pytest.mark.parametrize(
    ("attempts", "alpha", "number"),
    [(ENOUGH, 0.63, 1), (ENOUGH, 0.64, 0), (ENOUGH, None, 0), (ENOUGH - 1, 0.1, 0)],
)
def test_a_quiz_whose_questions_do_not_agree(
    attempts: int, alpha: float | None, number: int
) -> None:
    quiz = replace(quiz_statistics([], []), attempts=attempts, alpha=alpha)
    found = quiz_concerns(quiz)
    assert len(found) == number
    assert all("Alpha is 0.63; 0.64 is the least." in sentence for sentence in found)


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (3, "C"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")]
)
def test_letters_of_options(number: int, letters: str) -> None:
    assert letter(number) == letters
