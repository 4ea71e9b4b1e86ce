"""Pages of quizzes: what awaits the learner, the attempt, its result."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.accounts.access import Access, access, person
from lms.courses import current
from lms.courses.catalogue import Course, Module, QuizSummary
from lms.foundation import web
from lms.foundation.written import Written

from . import attempts, forms, grading, pages, service
from .attempts import AttemptRow, AttemptSummary, QuizHistory
from .grading import BadResponse, QuestionMark, read_response, with_points
from .model import Question, Quiz, QuizSettings, Record, Review
from .shelf import QuizShelf
from .terms import Allowance, GradeOfAttempt, Standing, extended, grade_of_record

blueprint = Blueprint("quizzes", __name__)


def install(app: Flask) -> None:
    """Give `app` the shelf on which its process keeps parsed quizzes, and its templates `quiz_head`."""
    app.extensions["rounds_quizzes"] = QuizShelf()
    written = Written(app, "quizzes/_head.html")

    @app.template_global()
    def quiz_head(
        course: Course, module: Module, attempts_left: int | None, allowance: Allowance
    ) -> Markup:
        """What the quiz of a module is; most learners have the same number of attempts left."""
        terms = module.quiz
        assert terms is not None
        return written.part(
            (
                web.this_request().root_path,
                course.slug,
                course.title,
                module.revision_id,
                attempts_left,
                allowance.extra_attempts,
                allowance.extra_time,
            ),
            course=course,
            module=module,
            quiz=terms,
            attempts_left=attempts_left,
            allowance=allowance,
            time_limit=extended(terms.time_limit, allowance.extra_time),
        )


def quiz_shelf() -> QuizShelf:
    """The quizzes that this process keeps."""
    return current_app.extensions["rounds_quizzes"]


def quiz_of_revision(revision_id: int) -> Quiz:
    """The quiz of a module's revision."""
    return quiz_shelf().get(web.session(), revision_id)


def attempt_or_404(attempt_id: int) -> AttemptRow:
    """The signed-in person's own attempt."""
    attempt = attempts.find_attempt(web.session(), attempt_id, person().id)
    if attempt is None:
        abort(404)
    return attempt


@blueprint.get("/courses/<course_slug>/<module_slug>/quiz")
@access(Access.SIGNED_IN)
def quiz(course_slug: str, module_slug: str) -> ResponseReturnValue:
    """What awaits: questions, pass mark, attempts left, and the attempts so far."""
    place = current.place_or_404(course_slug, module_slug)
    terms = place.module.quiz
    if terms is None:
        abort(404, "This module has no quiz.")
    since = place.enrolment.counts_from
    history = attempts.history_at(web.session(), place.enrolment.user_id, place.module.id)
    done, allowance = history.since(since), history.allowance(since)
    return render_template(
        "quizzes/quiz.html",
        course=place.course,
        module=place.module,
        quiz=terms,
        part=place.part,
        attempts=done,
        allowance=allowance,
        standing=_standing(terms, history, since),
        record=_record(Record(terms.record), done, terms.pass_mark),
        time_limit=extended(terms.time_limit, allowance.extra_time),
        open_attempt=next((one for one in done if one.submitted_at is None), None),
    )


def _record(rule: Record, done: list[AttemptSummary], pass_mark: Fraction) -> GradeOfAttempt | None:
    return grade_of_record(rule, [one.grade for one in done if one.grade], pass_mark)


@blueprint.post("/courses/<course_slug>/<module_slug>/quiz/start")
@access(Access.SIGNED_IN)
def start(course_slug: str, module_slug: str) -> ResponseReturnValue:
    """Start an attempt, or go on with the open one."""
    place = current.place_or_404(course_slug, module_slug)
    address = url_for("quizzes.quiz", course_slug=course_slug, module_slug=module_slug)
    if place.module.quiz is None:
        abort(404, "This module has no quiz.")
    step = place.part.quiz
    if step is None or not step.is_open:
        flash("The quiz opens when the module's lessons are finished.", "warning")
        return redirect(address, code=303)
    try:
        attempt_id = service.start(
            web.session(),
            enrolment=place.enrolment,
            module=place.module,
            quiz=quiz_of_revision(place.module.revision_id),
            seed=secrets.randbits(32),
            now=web.now(),
        )
    except service.NoAttemptLeft:
        flash("You have used every attempt at this quiz. Your manager can help you on.", "warning")
        return redirect(address, code=303)
    except service.TooEarly:
        # The page says when the next attempt may start.
        return redirect(address, code=303)
    web.commit()
    return redirect(url_for("quizzes.attempt", attempt_id=attempt_id), code=303)


@blueprint.get("/attempts/<int:attempt_id>")
@access(Access.SIGNED_IN)
def attempt(attempt_id: int) -> ResponseReturnValue:
    """The questions of an open attempt, with the answers saved so far."""
    found = attempt_or_404(attempt_id)
    if found.submitted_at is not None:
        return redirect(url_for("quizzes.result", attempt_id=found.id), code=303)
    return _attempt_page(found, asks_to_confirm="unanswered" in request.args)


def _attempt_page(
    attempt: AttemptRow, *, faults: dict[str, str] | None = None, asks_to_confirm: bool = False
) -> str:
    quiz = quiz_of_revision(attempt.module_revision_id)
    if attempt.is_over(web.now()):
        return render_template("quizzes/time_up.html", attempt=attempt, quiz=quiz)
    answers, drawn = _answers(attempt), quiz.by_id
    questions = [
        pages.to_answer(drawn[item.question_id], item, position, answers.get(item.question_id))
        for position, item in enumerate(attempt.paper.items, 1)
    ]
    unanswered = [question for question in questions if not question.is_answered]
    return render_template(
        "quizzes/attempt.html",
        attempt=attempt,
        quiz=quiz,
        questions=questions,
        unanswered=unanswered,
        asks_to_confirm=asks_to_confirm and bool(unanswered),
        faults=faults or {},
        page=secrets.token_hex(8),
        seconds_left=attempt.closes_at and int((attempt.closes_at - web.now()).total_seconds()),
    )


def _answers(attempt: AttemptRow) -> dict[str, grading.Response]:
    """The latest answer to each question that has one."""
    saved = attempts.answers_of(web.session(), attempt.id)
    return {question_id: answer.value for question_id, answer in saved.items()}


@blueprint.post("/attempts/<int:attempt_id>/answers")
@access(Access.SIGNED_IN)
def save_answer(attempt_id: int) -> ResponseReturnValue:
    """Save one answer of an open page. The answer to this says truthfully whether it is kept."""
    found = attempt_or_404(attempt_id)
    question = _questions(found).get(request.form.get("question", ""))
    order = forms.read_sequence(request.form)
    if question is None or order is None:
        abort(400)
    try:
        value = read_response(question, request.form.getlist("value"))
        service.save_from_page(
            web.session(),
            found,
            question_id=question.id,
            value=value,
            page=order[0],
            sequence=order[1],
            now=web.now(),
        )
    except BadResponse as fault:
        return jsonify(saved=False, message=str(fault)), 422
    except service.AttemptClosed:
        _close(found)
        return jsonify(saved=False, result=url_for("quizzes.result", attempt_id=found.id)), 409
    web.commit()
    answered = grading.is_answered(question, value)
    return jsonify(saved=True, value=pages.encode(question, value), answered=answered)


def _questions(attempt: AttemptRow) -> dict[str, Question]:
    """The questions that the attempt drew, by id: no other can be answered in it."""
    every = quiz_of_revision(attempt.module_revision_id).by_id
    return {item.question_id: every[item.question_id] for item in attempt.paper.items}


@blueprint.post("/attempts/<int:attempt_id>")
@access(Access.SIGNED_IN)
def save_or_submit(attempt_id: int) -> ResponseReturnValue:
    """Save the whole form and, where that is asked, submit the attempt."""
    found = attempt_or_404(attempt_id)
    result = redirect(url_for("quizzes.result", attempt_id=found.id), code=303)
    form = forms.read_answers(_questions(found).values(), request.form)
    try:
        service.save_from_form(web.session(), found, form.changed, web.now())
    except service.AttemptClosed:
        if _close(found):
            flash("Your time was up: what was saved until then is graded.", "warning")
        return result
    if form.faults:
        web.commit()
        return _attempt_page(found, faults=form.faults), 422
    action = request.form.get("action")
    if action == "submit" and _unanswered(found):
        web.commit()
        address = url_for("quizzes.attempt", attempt_id=found.id, unanswered="ask")
        return redirect(address, code=303)
    if action in ("submit", "submit-anyway"):
        _close(found)
        return result
    web.commit()
    flash("Your answers are saved. Come back whenever you like.", "success")
    return redirect(url_for("quizzes.attempt", attempt_id=found.id), code=303)


def _close(attempt: AttemptRow) -> bool:
    """Submit the attempt unless that is done already; whether this call was the one that did it."""
    quiz = quiz_of_revision(attempt.module_revision_id)
    claimed = service.submit(
        web.session(), attempt, quiz=quiz, shelf=current.catalogue(), now=web.now()
    )
    web.commit()
    return claimed


def _unanswered(attempt: AttemptRow) -> bool:
    answers = _answers(attempt)
    return not all(
        grading.is_answered(question, answers.get(question_id))
        for question_id, question in _questions(attempt).items()
    )


@blueprint.get("/attempts/<int:attempt_id>/result")
@access(Access.SIGNED_IN)
def result(attempt_id: int) -> ResponseReturnValue:
    """Score and, as far as the quiz's review rule lets it be seen by now, feedback and key."""
    found = attempt_or_404(attempt_id)
    if found.submitted_at is None:
        return redirect(url_for("quizzes.attempt", attempt_id=found.id), code=303)
    quiz = quiz_of_revision(found.module_revision_id)
    history = attempts.history_at(web.session(), found.user_id, found.module_id)
    done = history.since(found.counts_from)
    course, module, terms = _in_force(found, quiz)
    standing = _standing(terms, history, found.counts_from)
    shows_key = _shows_key(quiz.settings.review, done, standing.attempts_left)
    answers = _answers(found)
    graded = grading.grade_paper(quiz, [item.question_id for item in found.paper.items], answers)
    grade = attempts.grade_of(web.session(), found.id)
    return render_template(
        "quizzes/result.html",
        attempt=found,
        quiz=quiz,
        summary=next(one for one in done if one.id == found.id),
        record=_record(Record(terms.record), done, terms.pass_mark),
        rule=terms.record,
        attempt_count=len(done),
        standing=standing,
        shows_key=shows_key,
        needs_acceptance=any(mark.prevents_pass for mark in graded.marks),
        grade=grade,
        questions=_reviewed(found, quiz, answers, graded, grade.marks, shows_key=shows_key),
        course=course,
        module=module,
    )


def _in_force(
    attempt: AttemptRow, quiz: Quiz
) -> tuple[Course | None, Module | None, QuizSummary | QuizSettings]:
    """The attempt's course and module as they are now, and the terms on which one may start again."""
    course = current.catalogue().courses.get(attempt.course_slug)
    module = course.module(attempt.module_slug) if course else None
    return course, module, module.quiz if module and module.quiz else quiz.settings


def _standing(terms: QuizSummary | QuizSettings, history: QuizHistory, since: datetime) -> Standing:
    """What the learner may do at the quiz, where work counts since a moment."""
    return service.standing_after(
        history.since(since),
        limit=terms.attempts,
        cooldown=terms.cooldown,
        allowance=history.allowance(since),
        now=web.now(),
    )


def _shows_key(review: Review, done: list[AttemptSummary], left: int | None) -> bool:
    """Whether the key may be seen: under `after-pass`, once it can give nothing away any more.

    That is after a pass, or when every attempt is used and the last of them submitted.
    """
    if review is Review.AFTER_PASS:
        are_over = left == 0 and all(one.submitted_at for one in done)
        return are_over or any(one.passed for one in done)
    return review is Review.AFTER_ATTEMPT


def _reviewed(
    attempt: AttemptRow,
    quiz: Quiz,
    answers: dict[str, grading.Response],
    graded: grading.Result,
    kept: Mapping[str, QuestionMark],
    *,
    shows_key: bool,
) -> list[pages.QuestionInReview]:
    """The attempt's questions with what was answered; the points are those of the grade in force."""
    if quiz.settings.review is Review.NEVER:
        return []
    drawn = quiz.by_id
    return [
        pages.in_review(
            drawn[item.question_id],
            item,
            position,
            answers.get(item.question_id),
            # A key that was mended since is not shown: it is another one than the points come from.
            with_points(mark, kept[item.question_id]),
            shows_key=shows_key and mark.score == kept[item.question_id].score,
        )
        for position, (item, mark) in enumerate(
            zip(attempt.paper.items, graded.marks, strict=True), 1
        )
    ]
