"""Quizzes that a process keeps: parsed once for each revision, which never changes."""

import threading
from collections import OrderedDict

from sqlalchemy.orm import Session

from lms.courses.models import ModuleRevision
from lms.courses.revision import picture_address

from .format import read_published
from .model import Quiz

KEPT = 200


class QuizShelf:
    """The last used quizzes, by the id of their module's revision."""

    def __init__(self) -> None:
        self._quizzes: OrderedDict[int, Quiz] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, session: Session, revision_id: int) -> Quiz:
        """The quiz of a module's revision. Raises LookupError where the revision has none."""
        with self._lock:
            if revision_id in self._quizzes:
                self._quizzes.move_to_end(revision_id)
                return self._quizzes[revision_id]
        quiz = _load(session, revision_id)
        with self._lock:
            self._quizzes[revision_id] = quiz
            while len(self._quizzes) > KEPT:
                self._quizzes.popitem(last=False)
        return quiz


def _load(session: Session, revision_id: int) -> Quiz:
    revision = session.get_one(ModuleRevision, revision_id)
    quiz = read_published(
        revision.source["quiz.md"],
        images=revision.figures,
        resolve_image=picture_address(revision.figures),
    )
    if quiz is None:
        raise LookupError(f"the quiz of module revision {revision_id} can no longer be read")
    return quiz
