"""Measure reading a quiz of 1,000 questions and grading 100,000 responses: `python -m benchmarks.quizzes`.

Each figure is a multiple of a floor measured in the same run, in turns: for reading, what
markdown-it-py needs to parse the same text and does nothing with it; for grading, a loop over the same
responses that looks at each. Times are those of the processor, so that other work disturbs less.
"""

import gc
import time
from collections.abc import Callable
from itertools import cycle, islice
from statistics import median

from rich.console import Console
from rich.table import Table

from lms.foundation import markdown
from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import Response, grade_question
from lms.quizzes.model import Question, Quiz

QUESTIONS = 1_000
RESPONSES = 100_000
TURNS = 7

FRONT = "---\ntitle: A long quiz\npass: 80%\n---\n\n# A long quiz\n\nTake your time.\n"
# One question of each graded type, with what a learner may answer: right, in part, wrong, or nothing.
KINDS: tuple[tuple[str, tuple[Response, ...]], ...] = (
    (
        "- [ ] The complete record\n  > A payer needs less than that.\n"
        "- [x] The part that the *request* needs\n  > Yes: that is the least.\n"
        "- [ ] Nothing at all\n",
        (2, 1, 3, None),
    ),
    (
        "- [x] An empty notepad\n- [x] A locked telephone\n- [ ] A list of patients\n"
        "  > It names everybody.\n- [ ] A calendar with names\n",
        ([1, 2], [1], [3, 4], []),
    ),
    (
        "**Answer:** `teach-back` or `the teach-back method`\n\n"
        "- ~~`lecture`~~\n  > That is one-sided.\n",
        ("Teach-back", "the teach-back method", "lecture", ""),
    ),
    ("**Answer:** 28..32 days\n", ("30", "28 days", "7", None)),
    (
        "**Match:**\n\n| Contact | Within |\n| --- | --- |\n| A call | 2 days |\n"
        "| A visit | 7 days |\n| A letter | 14 days |\n",
        (
            {"A call": "2 days", "A visit": "7 days", "A letter": "14 days"},
            {"A call": "2 days"},
            {"A call": "14 days"},
            None,
        ),
    ),
    (
        "**Order:**\n\n1. Ask\n2. Listen\n3. Write it down\n",
        ([1, 2, 3], [2, 1, 3], [0, 1, 0], None),
    ),
    (
        "Call within `[[2]]` days and `[[(x) reconcile | ( ) forget]]` the `[[medicines]]`.\n",
        (["2", "reconcile", "medicines"], ["2", "", ""], ["3", "forget", "bills"], None),
    ),
)


def main() -> None:
    """Measure both and print one table."""
    text = _long_quiz()
    parsed = parse_quiz(text, "quiz.md")
    assert parsed.quiz is not None, parsed.problems[:3]
    answered = _responses(parsed.quiz)
    table = Table(title="Quizzes, in one process")
    table.add_column("work")
    for heading in ("floor ms", "ms", "times the floor"):
        table.add_column(heading, justify="right")
    _row(
        table,
        f"read {QUESTIONS:,} questions, {len(text) // 1024} kB",
        floor=lambda: markdown.parse(text),
        work=lambda: parse_quiz(text, "quiz.md"),
    )
    _row(
        table,
        f"grade {RESPONSES:,} responses",
        floor=lambda: _look_at(answered),
        work=lambda: _grade(answered),
    )
    Console().print(table)


def _long_quiz() -> str:
    questions = (
        f"\n## What is right in case {number}?\n`id: case-{number}`\n\n"
        f"The patient's **chart** says what happened; see the [rule](https://example.org/{number}).\n\n"
        f"{body}\n**Explanation:** The rule of case {number} says so.\n"
        for number, (body, _) in enumerate(islice(cycle(KINDS), QUESTIONS), start=1)
    )
    return FRONT + "".join(questions)


def _responses(quiz: Quiz) -> list[tuple[Question, Response]]:
    given = [
        (question, response)
        for question, (_, responses) in zip(quiz.questions, cycle(KINDS), strict=False)
        for response in responses
    ]
    return list(islice(cycle(given), RESPONSES))


def _look_at(answered: list[tuple[Question, Response]]) -> int:
    return sum(1 for _question, response in answered if response)


def _grade(answered: list[tuple[Question, Response]]) -> int:
    return sum(1 for question, response in answered if grade_question(question, response).score)


def _row(
    table: Table, label: str, *, floor: Callable[[], object], work: Callable[[], object]
) -> None:
    floors, works = [], []
    for _ in range(TURNS):
        floors.append(_seconds(floor))
        works.append(_seconds(work))
    ratio = median(mine / theirs for mine, theirs in zip(works, floors, strict=True))
    table.add_row(label, *(f"{1000 * median(t):,.0f}" for t in (floors, works)), f"{ratio:.1f}")


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
