"""A learner's quizzes as a manager or an instructor sees them: how far, what is granted, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access, person
from lms.courses import current
from lms.courses import service as courses
from lms.courses.catalogue import Course, Module, QuizSummary
from lms.foundation import audit, web
from lms.quizzes import accommodations, service
from lms.quizzes.accommodation_forms import EVERY_QUIZ, GrantForm
from lms.quizzes.accommodations import AccommodationRow
from lms.quizzes.attempts import AttemptSummary, attempts_of
from lms.quizzes.model import Record
from lms.quizzes.terms import Allowance, GradeOfAttempt, Standing, grade_of_record

from . import supervision
from .supervision import Supervised

blueprint = Blueprint("accommodations", __name__)


@dataclass(frozen=True, slots=True)
class LearnersQuiz:
    """A quiz of a course that the learner takes, and where they stand at it."""

    course: Course
    module: Module
    quiz: QuizSummary
    attempts: Sequence[AttemptSummary]
    record: GradeOfAttempt | None
    allowance: Allowance
    standing: Standing


def supervised_or_404(user_id: int) -> Supervised:
    """The learner, whom the signed-in manager or instructor looks after."""
    return supervision.find(web.session(), user_id, person()) or abort(404)


@blueprint.get("/people/<int:user_id>/quizzes")
@access(Access.SUPERVISOR)
def learner(user_id: int) -> ResponseReturnValue:
    """Where a learner stands at each quiz, and what they are granted."""
    found = supervised_or_404(user_id)
    quizzes, granted = quizzes_of(found)
    return _page(_offering(quizzes, GrantForm(formdata=None)), found, quizzes, granted)


@blueprint.post("/people/<int:user_id>/quizzes")
@access(Access.SUPERVISOR)
def grant(user_id: int) -> ResponseReturnValue:
    """Grant a learner more time, or further attempts."""
    found = supervised_or_404(user_id)
    quizzes, granted = quizzes_of(found)
    form = _offering(quizzes, GrantForm())
    if not form.validate_on_submit():
        return _page(form, found, quizzes, granted), 422
    by_slug = {one.module.slug: one.module.id for one in quizzes}
    given = {name: getattr(form, name).data or 0 for name in ("extra_time", "extra_attempts")}
    accommodations.grant(
        web.session(),
        user_id=found.learner.id,
        module_id=None if form.quiz.data == EVERY_QUIZ else by_slug[form.quiz.data],
        **given,
        reason=form.reason.data or "",
        organization_id=found.between.told,
        by_id=person().id,
        now=web.now(),
    )
    # Not the reason, which may be about somebody's health: it stays with what was granted.
    _record("accommodation.granted", found, form.quiz.data, given)
    web.commit()
    flash(f"Granted to {found.learner.name}, from the next attempt on.", "success")
    return redirect(url_for("accommodations.learner", user_id=user_id), code=303)


@blueprint.post("/people/<int:user_id>/accommodations/<int:accommodation_id>/withdraw")
@access(Access.SUPERVISOR)
def withdraw(user_id: int, accommodation_id: int) -> ResponseReturnValue:
    """Withdraw what a learner was granted; what they started with it stays."""
    found = supervised_or_404(user_id)
    granted = accommodations.list_for(web.session(), user_id)
    chosen = (row for row in granted if row.id == accommodation_id and found.may_read(row))
    row = next(chosen, None) or abort(404)
    withdrawn = accommodations.withdraw(
        web.session(),
        accommodation_id=accommodation_id,
        user_id=user_id,
        by_id=person().id,
        now=web.now(),
    )
    if withdrawn:
        given = {"extra_time": row.extra_time, "extra_attempts": row.extra_attempts}
        _record("accommodation.withdrawn", found, row.module_slug, given)
        flash("Withdrawn. It no longer holds for further attempts.", "success")
    web.commit()
    return redirect(url_for("accommodations.learner", user_id=user_id), code=303)


def _record(
    action: str, found: Supervised, module_slug: str | None, given: Mapping[str, int]
) -> None:
    who, learner, told = person(), found.learner, found.between.told
    details = {"quiz": module_slug or "every quiz", **given}
    act = audit.Act(action, "person", learner.id, learner.name, told, details)
    audit.record(web.session(), audit.Actor(who.name, who.id), act, web.now())


def _offering(quizzes: Sequence[LearnersQuiz], form: GrantForm) -> GrantForm:
    form.offer([(one.module.slug, one.module.title) for one in quizzes])
    return form


def _page(
    form: GrantForm,
    found: Supervised,
    quizzes: Sequence[LearnersQuiz],
    granted: Sequence[AccommodationRow],
) -> str:
    return render_template(
        "quizzes/learner.html",
        learner=found.learner,
        may_read=found.may_read,
        quizzes=quizzes,
        granted=granted,
        titles={one.module.slug: one.module.title for one in quizzes},
        form=form,
    )


def quizzes_of(supervised: Supervised) -> tuple[list[LearnersQuiz], Sequence[AccommodationRow]]:
    """Every quiz of the courses to be seen, each once: in the course where most of the attempts count."""
    catalogue, session, user_id = current.catalogue(), web.session(), supervised.learner.id
    seen = supervision.enrolments_seen(session, supervised)
    enrolments = [row for row in courses.record_of(session, user_id).enrolments if row.id in seen]
    attempts = attempts_of(session, user_id)
    granted = accommodations.list_for(session, user_id)
    found: dict[str, LearnersQuiz] = {}
    for enrolment in sorted(enrolments, key=lambda row: row.counts_from):
        course = catalogue.course_by_id(enrolment.course_id)
        for module in course.modules if course else ():
            if course and module.quiz and module.slug not in found:
                found[module.slug] = _standing(
                    course, module, module.quiz, enrolment.counts_from, attempts, granted
                )
    return list(found.values()), granted


def _standing(
    course: Course,
    module: Module,
    quiz: QuizSummary,
    since: datetime,
    attempts: Sequence[AttemptSummary],
    granted: Sequence[AccommodationRow],
) -> LearnersQuiz:
    done = [one for one in attempts if one.module_id == module.id and one.started_at >= since]
    in_force = [row for row in granted if row.withdrawn_at is None]
    allowance = accommodations.sum_of(
        (row for row in in_force if row.module_slug in (None, module.slug)), since
    )
    return LearnersQuiz(
        course=course,
        module=module,
        quiz=quiz,
        attempts=done,
        record=grade_of_record(
            Record(quiz.record), [one.grade for one in done if one.grade], quiz.pass_mark
        ),
        allowance=allowance,
        standing=service.standing_after(
            done,
            limit=quiz.attempts,
            cooldown=quiz.cooldown,
            allowance=allowance,
            now=web.now(),
        ),
    )
