"""How long a question takes, told from the moments at which answers were saved.

The time from the save before, or from the start of the attempt, to a save belongs to the question
that was saved: an open page saves each answer as it is given. What a question took in an attempt is
the sum of its times, for an answer may be changed. A longer gap than `PAUSE` is no work and is left
out.

What that cannot know: thinking about a question that is then left blank goes to the next one that is
saved, as does reading the page to its end at first; and a plain form saves all answers at once, so
that its saves are the time of no question. They still end the time before them.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

PAUSE = timedelta(minutes=10)
"""The longest gap between two saves that is taken for work: nobody thinks longer about one answer."""


class Save(NamedTuple):
    """An answer as it was saved, by an open page or by a plain form."""

    question_id: str
    from_page: bool
    saved_at: datetime


def time_per_question(started_at: datetime, saves: Iterable[Save]) -> dict[str, int]:
    """Whole seconds for each question of one attempt whose time is known; `saves` in their order."""
    times: dict[str, timedelta] = defaultdict(timedelta)
    before = started_at
    for question_id, from_page, saved_at in saves:
        gap = saved_at - before
        before = saved_at
        if from_page and gap <= PAUSE:
            times[question_id] += gap
    return {question_id: round(time.total_seconds()) for question_id, time in times.items()}
