"""The terms on which attempts are taken: how many, how long, when again, and which one counts (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from .model import Record

GRACE = timedelta(seconds=30)
"""How much later than its time an answer may arrive: it was given in time and travelled slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one learner was granted at one quiz, beyond what everybody has.

    `extra_time` is in percent of the time limit. `attempts_granted_at` is when an extra attempt was
    last granted: whoever grants one means that it may be used at once.
    """

    extra_time: int = 0
    extra_attempts: int = 0
    attempts_granted_at: datetime | None = None


NO_ALLOWANCE = Allowance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a learner may do at a quiz.

    `attempts_left` is None where there is no limit. `next_start` is the moment from which the next
    attempt may start, None where it may start at once.
    """

    attempts_left: int | None
    next_start: datetime | None


@dataclass(frozen=True, slots=True)
class GradeOfAttempt:
    """What an attempt was worth, as a share from 0 to 1, and whether it passed.

    It may fail with points enough, when a statement was not accepted.
    """

    share: Fraction
    passed: bool


def extended(time_limit: timedelta | None, extra_time: int) -> timedelta | None:
    """How long an attempt may take, with `extra_time` percent on top; None where it has no limit."""
    return None if time_limit is None else time_limit * (100 + extra_time) / 100


def is_over(closes_at: datetime | None, now: datetime) -> bool:
    """Whether nothing can be answered any more because the time, and the grace after it, are past."""
    return closes_at is not None and now > closes_at + GRACE


def standing(
    *,
    limit: int | None,
    cooldown: timedelta | None,
    allowance: Allowance,
    used: int,
    last_ended_at: datetime | None,
    now: datetime,
) -> Standing:
    """What a learner may do who started `used` attempts, the last of which ended at `last_ended_at`."""
    left = None if limit is None else max(0, limit + allowance.extra_attempts - used)
    next_start = None
    if cooldown is not None and last_ended_at is not None:
        granted = allowance.attempts_granted_at
        is_lifted = granted is not None and granted >= last_ended_at
        if now < last_ended_at + cooldown and not is_lifted:
            next_start = last_ended_at + cooldown
    return Standing(attempts_left=left, next_start=next_start)


def grade_of_record(
    rule: Record, grades: Sequence[GradeOfAttempt], pass_mark: Fraction
) -> GradeOfAttempt | None:
    """The grade that counts, of the grades of a learner's attempts, oldest first; None without any.

    The highest is the best of those that passed, if any did. The average passes when it reaches
    `pass_mark`, unless the last attempt failed with points enough, for another reason than its points.
    """
    if not grades:
        return None
    if rule is Record.FIRST:
        return grades[0]
    last = grades[-1]
    if rule is Record.LAST:
        return last
    if rule is Record.HIGHEST:
        return max(grades, key=lambda grade: (grade.passed, grade.share))
    mean = sum((grade.share for grade in grades), Fraction(0)) / len(grades)
    is_held_back = not last.passed and last.share >= pass_mark
    return GradeOfAttempt(mean, mean >= pass_mark and not is_held_back)


def pass_earned(
    rule: Record, grades: Sequence[GradeOfAttempt], pass_mark: Fraction
) -> Fraction | None:
    """The score with which the quiz is passed by the last of `grades`; None where it does not pass it.

    Under the highest every attempt that passes earns a pass with its own score, under the first only
    the first can. Under the last and the average it is the grade of record as it now stands.
    """
    last = grades[-1]
    if rule is Record.HIGHEST:
        return last.share if last.passed else None
    if rule is Record.FIRST and len(grades) > 1:
        return None
    record = grade_of_record(rule, grades, pass_mark)
    return record.share if record and record.passed else None
