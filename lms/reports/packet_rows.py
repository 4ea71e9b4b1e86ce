"""What the people of an evidence packet did: completions, lessons, attempts, and what they signed.

Each query has the same condition, `is_its_business`: what another employer has had somebody do who belongs
to both is in no packet of this one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lms.certificates.models import Certificate
from lms.courses.models import (
    Attestation,
    CourseCompletion,
    CourseRevision,
    Enrolment,
    LessonCompletion,
    Module,
    ModuleRevision,
)
from lms.quizzes.grading.attestation import signature
from lms.quizzes.model import AttestationQuestion
from lms.quizzes.models import Attempt, Grade, Regrade, Response
from lms.quizzes.plaintext import text_of
from lms.quizzes.shelf import QuizShelf

from .packet_people import Reader, Row


@dataclass(frozen=True)
class Learning(Reader):
    """What the people of a packet did in its course."""

    @cached_property
    def _completed(self) -> Sequence[Any]:
        """Every completion of the course until the end of the period, oldest first."""
        query = (
            select(
                Enrolment.user_id,
                CourseCompletion.completed_at,
                CourseCompletion.score,
                CourseRevision.number,
                CourseCompletion.module_revisions,
                Certificate.number.label("certificate"),
                Certificate.expires_at,
                Enrolment.counts_from,
            )
            .join(Enrolment, Enrolment.id == CourseCompletion.enrolment_id)
            .join(CourseRevision, CourseRevision.id == CourseCompletion.course_revision_id)
            .outerjoin(Certificate, Certificate.course_completion_id == CourseCompletion.id)
            .where(
                Enrolment.course_id == self.period.course_id,
                CourseCompletion.completed_at < self.period.end,
                self.belongs(Enrolment.user_id),
                self.is_its_business,
            )
            .order_by(CourseCompletion.completed_at, CourseCompletion.id)
        )
        return list(self.rows(query))

    @cached_property
    def _in_period(self) -> Sequence[Any]:
        return [row for row in self._completed if self.period.holds(row.completed_at)]

    def roster(self, elsewhere: Mapping[int, date]) -> list[Row]:
        """The rows of roster.csv; `elsewhere` are the days of the last completions vouched for."""
        last: dict[int, object] = {row.user_id: row.completed_at for row in self._completed}
        days = {row.user_id: self.day(row.completed_at) for row in self._completed}
        for user_id, day in elsewhere.items():
            here = days.get(user_id)
            if here is None or day > here:
                last[user_id] = day
        return [
            (
                *person.named_last,
                person.stay.position.hired_on,
                self.day(person.stay.since),
                self.day(person.stay.until),
                last.get(user_id),
            )
            for user_id, person in self.people.items()
        ]

    def completions(self) -> list[Row]:
        """The rows of completions.csv."""
        return [
            (
                *self.people[row.user_id].named_at(row.completed_at),
                row.completed_at,
                row.score,
                row.number,
                "; ".join(
                    f"{slug} {number}" for slug, number in sorted(row.module_revisions.items())
                ),
                row.certificate,
                row.expires_at,
                None,
                None,
                None,
            )
            for row in self._in_period
        ]

    @cached_property
    def certificates(self) -> list[str]:
        """The numbers of the certificates that the completions of the period earned."""
        return sorted({row.certificate for row in self._in_period if row.certificate})

    @cached_property
    def named_revisions(self) -> set[tuple[str, int]]:
        """Slug and number of each revision of a module that a completion, a lesson or an attempt names."""
        named = {
            (slug, number)
            for row in self._in_period
            for slug, number in row.module_revisions.items()
        }
        return named | {(row.slug, row.revision) for row in (*self._attempted, *self._finished)}

    @cached_property
    def named_courses(self) -> set[int]:
        """The numbers of the course's revisions that completions name."""
        return {row.number for row in self._in_period}

    @cached_property
    def _since(self) -> Mapping[int, datetime]:
        """From when on work is told of, of those of whom earlier work counts for a completion in the period."""
        since: dict[int, datetime] = {}
        for row in self._in_period:
            since[row.user_id] = min(row.counts_from, since.get(row.user_id, self.period.start))
        return since

    @cached_property
    def _begun(self) -> Mapping[int, datetime]:
        """From when on lessons count for the course, of everybody who takes it."""
        query = (
            select(Enrolment.user_id, func.min(Enrolment.counts_from))
            .where(
                Enrolment.course_id == self.period.course_id,
                self.belongs(Enrolment.user_id),
                self.is_its_business,
            )
            .group_by(Enrolment.user_id)
        )
        return {row[0]: row[1] for row in self.rows(query)}

    @cached_property
    def _finished(self) -> Sequence[Any]:
        """The lessons finished in the period, and earlier ones that count for a completion in it."""
        query = (
            select(
                LessonCompletion.user_id,
                Module.slug,
                ModuleRevision.number.label("revision"),
                LessonCompletion.lesson_slug,
                LessonCompletion.completed_at,
            )
            .join(Module, Module.id == LessonCompletion.module_id)
            .join(ModuleRevision, ModuleRevision.id == LessonCompletion.module_revision_id)
            .where(
                Module.slug.in_(self.slugs),
                LessonCompletion.completed_at < self.period.end,
                self.belongs(LessonCompletion.user_id),
            )
            .order_by(LessonCompletion.completed_at, LessonCompletion.id)
        )
        start, since, begun = self.period.start, self._since, self._begun
        return [
            row
            for row in self.rows(query)
            if row.user_id in begun
            and row.completed_at >= max(begun[row.user_id], since.get(row.user_id, start))
        ]

    def lessons(self) -> list[Row]:
        """The rows of lessons.csv."""
        return [
            (
                *self.people[row.user_id].named,
                row.slug,
                row.revision,
                row.lesson_slug,
                row.completed_at,
            )
            for row in self._finished
        ]

    @cached_property
    def _attempted(self) -> Sequence[Any]:
        """The attempts of the period, and earlier ones that count for a completion in it."""
        latest, later = aliased(Grade), aliased(Grade)
        is_latest = ~(
            select(later.id)
            .where(later.attempt_id == Attempt.id, later.number > latest.number)
            .correlate(Attempt, latest)
            .exists()
        )
        query = (
            select(
                Attempt.user_id,
                Attempt.id,
                Module.slug,
                ModuleRevision.number.label("revision"),
                ModuleRevision.id.label("revision_id"),
                Attempt.number,
                Attempt.started_at,
                Attempt.submitted_at,
                Attempt.timed_out,
                latest.score,
                latest.maximum,
                latest.passed,
                latest.graded_at,
                Regrade.reason,
            )
            .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
            .join(Module, Module.id == Attempt.module_id)
            .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
            .outerjoin(latest, (latest.attempt_id == Attempt.id) & is_latest)
            .outerjoin(Regrade, Regrade.id == latest.regrade_id)
            .where(
                Module.slug.in_(self.slugs),
                Attempt.submitted_at < self.period.end,
                self.belongs(Attempt.user_id),
                self.is_its_business,
            )
            .order_by(Attempt.submitted_at, Attempt.id)
        )
        return [
            row
            for row in self.rows(query)
            if row.submitted_at >= self._since.get(row.user_id, self.period.start)
        ]

    @cached_property
    def slugs(self) -> list[str]:
        """Every module that the course ever had."""
        pages = self.session.scalars(
            select(CourseRevision.rendered).where(CourseRevision.course_id == self.period.course_id)
        )
        return sorted({slug for page in pages for slug in page["modules"]})

    def attempts(self) -> list[Row]:
        """The rows of attempts.csv."""
        return [
            (
                *self.people[row.user_id].named,
                row.slug,
                row.revision,
                row.number,
                row.started_at,
                row.submitted_at,
                row.timed_out,
                None if row.score is None else _points(row.score),
                None if row.maximum is None else _points(row.maximum),
                row.passed,
                row.graded_at,
                row.reason,
            )
            for row in self._attempted
        ]

    def attestations(self) -> list[Row]:
        """The rows of attestations.csv: what was signed for the course, and in its quizzes."""
        query = (
            select(
                Enrolment.user_id,
                Attestation.signed_name,
                Attestation.signed_at,
                Attestation.statement,
            )
            .join(Enrolment, Enrolment.id == Attestation.enrolment_id)
            .where(
                Enrolment.course_id == self.period.course_id,
                Attestation.signed_at >= self.period.start,
                Attestation.signed_at < self.period.end,
                self.belongs(Enrolment.user_id),
                self.is_its_business,
            )
            .order_by(Attestation.signed_at, Attestation.id)
        )
        rows: list[Row] = [
            (*self.people[row.user_id].named, *row[1:], "course") for row in self.rows(query)
        ]
        return rows + self._signed_in_quizzes()

    def _signed_in_quizzes(self) -> list[Row]:
        attempts = {row.id: row for row in self._attempted}
        statements = self._statements({row.revision_id for row in self._attempted})
        if not statements:
            return []
        query = (
            select(
                Attempt.user_id,
                Response.attempt_id,
                Response.question_id,
                Response.value,
                Response.saved_at,
            )
            .join(Attempt, Attempt.id == Response.attempt_id)
            .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
            .where(
                Response.question_id.in_(sorted({question_id for _, question_id in statements})),
                Attempt.submitted_at < self.period.end,
                self.belongs(Attempt.user_id),
                self.is_its_business,
            )
            .order_by(Response.id)
        )
        # The latest response to a question is the answer.
        given = {
            (row.attempt_id, row.question_id): row
            for row in self.rows(query)
            if row.attempt_id in attempts
        }
        found: list[Row] = []
        for (attempt_id, question_id), row in given.items():
            attempt = attempts[attempt_id]
            statement = statements.get((attempt.revision_id, question_id))
            is_ticked, name = signature(row.value)
            if statement is not None and is_ticked and name:
                where = (
                    f"quiz of {attempt.slug}, revision {attempt.revision}, attempt {attempt.number}"
                )
                person = self.people[row.user_id]
                found.append((*person.named, name, row.saved_at, statement, where))
        return found

    def _statements(self, revision_ids: set[int]) -> dict[tuple[int, str], str]:
        """The statement of each attestation in these revisions' quizzes."""
        quizzes = QuizShelf()
        return {
            (revision_id, question.id): " ".join(text_of(question.statement).split())
            for revision_id in sorted(revision_ids)
            for question in quizzes.get(self.session, revision_id).by_id.values()
            if isinstance(question, AttestationQuestion)
        }


def _points(value: Fraction) -> str:
    """Points as a decimal number, as exact as people write them."""
    whole, thousandths = divmod(int(value * 1000), 1000)
    return f"{whole}.{thousandths:03}".rstrip("0").rstrip(".")
