"""Grade answers again after a key was mended: what one attempt is worth by a policy (pure)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from .carryover import NotComparable, carry_over
from .draw import Paper
from .grading import QuestionMark, Response, grade_paper, grade_question
from .model import Question, Quiz


class Policy(StrEnum):
    """Whose key counts for the questions that are graded again."""

    # Everybody who was put the question has all of its points.
    FULL_CREDIT = "full-credit"
    # The better of the two, in the points that the question had when it was answered.
    EITHER_KEY = "either-key"
    # As if the question had always been as it is now, its points included.
    NEW_KEY = "new-key"
    # As it was: no regrade, or the undoing of one.
    ORIGINAL_KEY = "original-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regraded:
    """What an attempt is worth now, its marks by question id.

    `not_compared` are the questions for which what was answered has no counterpart in the new wording:
    they keep the mark they had.
    """

    marks: Mapping[str, QuestionMark]
    passed: bool
    not_compared: tuple[str, ...]

    @property
    def score(self) -> Fraction:
        return sum((mark.score for mark in self.marks.values()), Fraction(0))

    @property
    def maximum(self) -> Fraction:
        return sum((mark.maximum for mark in self.marks.values()), Fraction(0))


def regrade(
    *,
    quiz: Quiz,
    mended: Quiz,
    paper: Paper,
    responses: Mapping[str, Response],
    marks: Mapping[str, QuestionMark],
    question_ids: Collection[str],
    policy: Policy,
) -> Regraded:
    """Grade the questions of an attempt again, by `policy`; all others keep the marks in force.

    `quiz` is the one that was taken, `mended` the one with the new key. The pass mark, and that every
    statement has to be accepted, stay as they were when the attempt was started.
    """
    after = dict(marks)
    not_compared: list[str] = []
    for item in paper.items:
        if item.question_id not in question_ids:
            continue
        question = quiz.by_id[item.question_id]
        response = responses.get(question.id)
        try:
            after[question.id] = _mark(question, mended.by_id.get(question.id), response, policy)
        except NotComparable:
            not_compared.append(question.id)
    original = grade_paper(quiz, [item.question_id for item in paper.items], responses)
    score = sum((mark.score for mark in after.values()), Fraction(0))
    maximum = sum((mark.maximum for mark in after.values()), Fraction(0))
    share = score / maximum if maximum else Fraction(1)
    return Regraded(
        marks=after,
        passed=share >= quiz.settings.pass_mark
        and not any(mark.prevents_pass for mark in original.marks),
        not_compared=tuple(not_compared),
    )


def _mark(
    question: Question, mended: Question | None, response: Response, policy: Policy
) -> QuestionMark:
    if policy is Policy.FULL_CREDIT:
        return QuestionMark(question.points, question.points)
    original = grade_question(question, response)
    if policy is Policy.ORIGINAL_KEY:
        return QuestionMark(original.score, original.maximum)
    if mended is None:
        raise NotComparable
    new = grade_question(mended, carry_over(question, mended, response))
    if policy is Policy.NEW_KEY:
        return QuestionMark(new.score, new.maximum)
    share = new.score / new.maximum if new.maximum else Fraction(0)
    return QuestionMark(max(original.score, share * original.maximum), original.maximum)
