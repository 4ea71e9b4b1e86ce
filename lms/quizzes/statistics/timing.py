"""How long a question takes, told from the moments at which answers were saved.

The time from the save before, or from the start of the attempt, to a save belongs to the question
that was saved: an open page saves each answer as it is given. What a question took in an attempt is
the sum of its times, for an answer may be changed. A longer gap than `PAUSE` is no work and is left
out.

What that cannot know: thinking about a question that is then left blank goes to the next one that is
saved, as does reading the page to its end at first; and a plain form saves all answers at once, so
that its saves are the time of no question. They still end the time before them.
"""

from collections.abc import Iterable

PAUSE = 600
"""The longest gap between two saves that is taken for work, in seconds: after that it is a pause."""


Save = tuple[str, bool, int]
"""The question, whether an open page saved it (or a plain form), and the second, of any count."""


def time_per_question(started: int, saves: Iterable[Save]) -> dict[str, int]:
    """Seconds for each question of one attempt whose time is known; `saves` in their order.

    `started` is the second of the attempt's start, in the count of the saves.
    """
    times: dict[str, int] = {}
    before = started
    for question_id, from_page, second in saves:
        gap = second - before
        before = second
        if from_page and gap <= PAUSE:
            times[question_id] = times.get(question_id, 0) + gap
    return times
