"""Measure item statistics of a million marks: `python -m benchmarks.statistics`.

Both figures are ratios to floors of the same run. The first floor is one pass of plain Python over
the marks, which adds their points. The second is one pass over the marks as SQLite gives them to
Python's own driver. Floors and statistics take turns, and the median of the ratios counts.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from lms.authoring.check import check_folder
from lms.courses import publications
from lms.foundation import migrations
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.quizzes.grading import grade_paper
from lms.quizzes.model import Quiz
from lms.quizzes.shelf import QuizShelf
from lms.quizzes.statistics import Sitting, items_of, quiz_statistics, sitting_of
from lms.reports.item_statistics import find_quiz, read_report
from tests.cohort import add_cohort, guesses
from tests.sample_content import FILES, QUIZ_FILE, folder_of

ATTEMPTS = 20_000
QUESTIONS = 50
TURNS = 3
HEAD = "---\ntitle: Fifty questions\npass: 80%\n---\n\n# Fifty questions\n\nOne after the other.\n"
QUESTION = """
## Question {0}
`id: question-{0}`

- [x] The right one of {0}
- [ ] The second
- [ ] The third
- [ ] The fourth

**Explanation:** The first is right.
"""


def main() -> None:
    """Make the attempts, measure, print one table."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statistics.sqlite"
        database = Database(f"sqlite:///{path}")
        with console.status(f"Making {ATTEMPTS * QUESTIONS:,} marks"):
            quiz = _prepare(database)
            sittings = _sittings(quiz)
        table = Table(title=f"Statistics of {ATTEMPTS * QUESTIONS:,} marks")
        for heading in ("from", "seconds", "floor", "floor's seconds", "ratio"):
            table.add_column(heading, justify="left" if heading in ("from", "floor") else "right")
        items = items_of(quiz)
        points = [score.numerator for sitting in sittings for score in sitting.scores.values()]
        _row(
            table,
            ("attempts in memory", lambda: quiz_statistics(items, sittings)),
            ("one pass of Python", lambda: _pass(points)),
        )
        _row(
            table,
            ("the database", lambda: _report(database, quiz)),
            ("one pass of Python", lambda: _pass(points)),
        )
        _row(
            table,
            ("the database", lambda: _report(database, quiz)),
            ("one pass over SQLite's rows", lambda: _rows(path)),
        )
        database.dispose()
    console.print(table)


def _prepare(database: Database) -> Quiz:
    """A database with the learners' attempts; the quiz that they were at."""
    migrations.upgrade(database)
    text = HEAD + "".join(QUESTION.format(number) for number in range(QUESTIONS))
    checked = check_folder(folder_of({**FILES, QUIZ_FILE: text.encode()}))
    with database.transaction() as session:
        published = publications.publish(
            session,
            modules=checked.modules,
            courses=checked.courses,
            pictures=checked.pictures,
            by_id=None,
            by_name="benchmark",
            note="",
            is_material=False,
            now=system_clock(),
        )
        course = publications.load_catalogue(session, published.number).courses["onboarding"]
        module = course.module("privacy")
        assert module is not None
        quiz = QuizShelf().get(session, module.revision_id)
        add_cohort(session, course, module, quiz, list(guesses(quiz, ATTEMPTS)))
    return quiz


def _sittings(quiz: Quiz) -> list[Sitting]:
    paper = [question.id for question in quiz.questions]
    return [
        sitting_of(grade_paper(quiz, paper, answers), answers)
        for answers in guesses(quiz, ATTEMPTS)
    ]


def _report(database: Database, quiz: Quiz) -> None:
    with database.reading_session() as session:
        row = find_quiz(session, "privacy")
        assert row is not None
        report = read_report(session, module_id=row.module_id, quiz=quiz)
        assert report.statistics.attempts == ATTEMPTS


def _pass(points: Sequence[int]) -> int:
    total = 0
    for score in points:
        total += score
    return total


def _rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT grade_id, question_id, score FROM mark")
        return sum(score == "1" for _grade, _question, score in rows)


def _row(
    table: Table,
    work: tuple[str, Callable[[], object]],
    floor: tuple[str, Callable[[], object]],
) -> None:
    times, floors = [], []
    for _ in range(TURNS):
        floors.append(_seconds(floor[1]))
        times.append(_seconds(work[1]))
    ratio = median(taken / least for taken, least in zip(times, floors, strict=True))
    table.add_row(
        work[0], f"{median(times):.2f}", floor[0], f"{median(floors):.2f}", f"{ratio:.1f}"
    )


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
