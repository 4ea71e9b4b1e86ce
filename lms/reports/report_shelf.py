"""Statistics that a process keeps: a quiz nobody was at since is not reckoned again."""

import threading
from collections import OrderedDict
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lms.foundation.database import fetch
from lms.quizzes.model import Quiz
from lms.quizzes.models import Attempt, Grade

from .item_statistics import QuizReport, QuizRow, read_report

KEPT = 100


class _Version(NamedTuple):
    """What a report was made of: the quiz, and the grades that there were at it.

    Every submitted attempt and every regrade appends a grade, and answers are saved before. The count
    is there because of two transactions at once the one with the later id may commit first.
    """

    revision_id: int
    last_grade_id: int | None
    grades: int


_GRADES = (
    select(func.max(Grade.id), func.count())
    .join(Attempt, Attempt.id == Grade.attempt_id)
    .where(Attempt.module_id == bindparam("module_id"))
)


class ReportShelf:
    """The reports last asked for, one for each module."""

    def __init__(self) -> None:
        self._reports: OrderedDict[int, tuple[_Version, QuizReport]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, session: Session, row: QuizRow, quiz: Quiz) -> QuizReport:
        """The figures of `quiz`, which is the one in `row`: one query, and two more after any change."""
        [(last_grade_id, grades)] = fetch(session, _GRADES, module_id=row.module_id)
        version = _Version(row.revision_id, last_grade_id, grades)
        with self._lock:
            kept = self._reports.get(row.module_id)
            if kept is not None and kept[0] == version:
                self._reports.move_to_end(row.module_id)
                return kept[1]
        report = read_report(session, module_id=row.module_id, quiz=quiz)
        with self._lock:
            self._reports[row.module_id] = version, report
            self._reports.move_to_end(row.module_id)
            while len(self._reports) > KEPT:
                self._reports.popitem(last=False)
        return report
