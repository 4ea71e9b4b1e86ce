"""Pages of courses: the learner's home, the catalogue, a course, a lesson."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lms.accounts.access import Access, access, person
from lms.foundation import headers, web
from lms.foundation.addresses import address_of

from . import attestations, current, service
from .attestations import NameDiffers
from .catalogue import Course, Lesson, Stop
from .current import Place
from .due import due_in_words
from .forms import SignForm
from .models import Figure
from .progress import NOTHING, CourseProgress, Step, around, progress_in
from .service import EnrolmentRow

blueprint = Blueprint("courses", __name__)


# Jinja calls a filter directly, and a function in a roundabout way that takes longer than this does.
@blueprint.app_template_filter("address_in")
def step_address(step: Step | Stop, course: Course) -> str:
    """Where a step of a course is done: the lesson's page or the quiz's."""
    module = step.module.slug
    if step.lesson is None:
        return address_of("quizzes.quiz", course_slug=course.slug, module_slug=module)
    return address_of(
        "courses.lesson", course_slug=course.slug, module_slug=module, lesson_slug=step.lesson.slug
    )


@blueprint.get("/")
@access(Access.SIGNED_IN)
def home() -> ResponseReturnValue:
    """What must I do, by when, how far am I."""
    shelf = current.catalogue()
    record = service.record_of(web.session(), person().id)
    cards = []
    for row in record.enrolments:
        course = shelf.course_by_id(row.course_id)
        if course is not None:
            cards.append(_card(course, row, record.progress_in(course, row)))
    cards.sort(key=_urgency)
    return render_template(
        "courses/home.html",
        open_cards=[card for card in cards if not card["completed_at"]],
        done_cards=[card for card in cards if card["completed_at"]],
        other_courses=[course for course in shelf.offered if record.enrolment_in(course) is None],
    )


def _card(course: Course, row: EnrolmentRow, progress: CourseProgress) -> dict[str, Any]:
    return {
        "course": course,
        "progress": progress,
        "completed_at": row.completed_at,
        "deadline": row.due,
        "due": row.due and due_in_words(row.due, web.now()),
    }


def _urgency(card: dict[str, Any]) -> tuple[bool, float, str]:
    """What is due first comes first; what has no date comes after all that has."""
    deadline = card["deadline"]
    return deadline is None, deadline.at.timestamp() if deadline else 0.0, card["course"].title


@blueprint.get("/courses")
@access(Access.SIGNED_IN)
def catalogue() -> ResponseReturnValue:
    """Every course that is offered, and those that one has begun."""
    record = service.record_of(web.session(), person().id)
    enrolments = {row.course_id: row for row in record.enrolments}
    shelf = current.catalogue()
    return render_template(
        "courses/catalogue.html",
        courses=[
            course
            for course in shelf.courses.values()
            if not course.is_withdrawn or course.id in enrolments
        ],
        enrolments=enrolments,
    )


@blueprint.get("/courses/<course_slug>")
@access(Access.SIGNED_IN)
def course(course_slug: str) -> ResponseReturnValue:
    """A course: what it is about, its modules, how far I am, what is next."""
    found = current.course_or_404(course_slug)
    record = service.record_of(web.session(), person().id)
    row = record.enrolment_in(found)
    return render_template(
        "courses/course.html",
        course=found,
        enrolment=row,
        progress=record.progress_in(found, row) if row else progress_in(found, NOTHING),
        due=row and row.due and due_in_words(row.due, web.now()),
    )


@blueprint.post("/courses/<course_slug>/complete")
@access(Access.SIGNED_IN)
def complete(course_slug: str) -> ResponseReturnValue:
    """Complete a course whose rule is met already, as when a new revision asks for less."""
    found = current.course_or_404(course_slug)
    service.complete_courses(web.session(), user_id=person().id, courses=[found], now=web.now())
    web.commit()
    return redirect(url_for("courses.course", course_slug=found.slug), code=303)


@blueprint.post("/courses/<course_slug>/enrol")
@access(Access.SIGNED_IN)
def enrol(course_slug: str) -> ResponseReturnValue:
    """Start a course of one's own accord."""
    found = current.course_or_404(course_slug)
    if found.is_withdrawn:
        abort(403, description="This course is no longer offered. Whoever has begun it can go on.")
    service.enrol(web.session(), user_id=person().id, course=found, now=web.now())
    web.commit()
    return redirect(url_for("courses.course", course_slug=found.slug), code=303)


@blueprint.get("/courses/<course_slug>/statement")
@access(Access.SIGNED_IN)
def statement(course_slug: str) -> ResponseReturnValue:
    """The statement of a course: to be signed when all else is done, or as it was signed."""
    found, row, progress = _statement_or_404(course_slug)
    return _statement_page(
        found, row, progress, SignForm(found.attestation, person().name, formdata=None)
    )


@blueprint.post("/courses/<course_slug>/statement")
@access(Access.SIGNED_IN)
def sign(course_slug: str) -> ResponseReturnValue:
    """Sign the statement of a course, which completes it."""
    found, row, progress = _statement_or_404(course_slug)
    form = SignForm(found.attestation, person().name)
    if not form.validate():
        return _statement_page(found, row, progress, form), 422
    try:
        is_signed = attestations.sign(
            web.session(),
            user_id=person().id,
            course=found,
            typed_name=form.name.data or "",
            now=web.now(),
        )
    except NameDiffers as fault:
        form.name.errors = [str(fault)]
        return _statement_page(found, row, progress, form), 422
    web.commit()
    if is_signed:
        flash("You have signed the statement and completed the course.", "success")
    return redirect(url_for("courses.course", course_slug=found.slug), code=303)


def _statement_or_404(course_slug: str) -> tuple[Course, EnrolmentRow, CourseProgress]:
    """A course with a statement, or with one that was signed, and how far I am in it."""
    found = current.course_or_404(course_slug)
    record = service.record_of(web.session(), person().id)
    row = record.enrolment_in(found)
    if row is None or not (found.attestation or row.signed_at):
        abort(404, "There is no statement for you to sign at this address.")
    return found, row, record.progress_in(found, row)


def _statement_page(
    found: Course, row: EnrolmentRow, progress: CourseProgress, form: SignForm
) -> str:
    return render_template(
        "courses/statement.html",
        course=found,
        enrolment=row,
        progress=progress,
        form=form,
        signed=attestations.signed_for(web.session(), row.id) if row.signed_at else None,
    )


@blueprint.get("/courses/<course_slug>/<module_slug>/lessons/<lesson_slug>")
@access(Access.SIGNED_IN)
def lesson(course_slug: str, module_slug: str, lesson_slug: str) -> ResponseReturnValue:
    """A lesson to read; reading it is not finishing it."""
    place = current.place_or_404(course_slug, module_slug)
    found = _lesson_or_404(place, lesson_slug)
    before, after = around(place.course, found)
    return render_template(
        "courses/lesson.html",
        course=place.course,
        module=place.module,
        lesson=found,
        part=place.part,
        is_done=any(step.is_done for step in place.part.steps if step.lesson is found),
        before=before,
        after=after,
    )


@blueprint.post("/courses/<course_slug>/<module_slug>/lessons/<lesson_slug>/finish")
@access(Access.SIGNED_IN)
def finish(course_slug: str, module_slug: str, lesson_slug: str) -> ResponseReturnValue:
    """Mark a lesson as finished and go on to what is next."""
    place = current.place_or_404(course_slug, module_slug)
    found = _lesson_or_404(place, lesson_slug)
    service.finish_lesson(
        web.session(),
        enrolment=place.enrolment,
        module=place.module,
        lesson_slug=found.slug,
        shelf=current.catalogue(),
        now=web.now(),
    )
    web.commit()
    _before, after = around(place.course, found)
    if after is None:
        flash("That was the last lesson of this course.", "success")
        return redirect(url_for("courses.course", course_slug=place.course.slug), code=303)
    return redirect(step_address(after, place.course), code=303)


def _lesson_or_404(place: Place, slug: str) -> Lesson:
    found = place.module.lesson(slug)
    if found is None:
        abort(404, "There is no lesson at this address; it may have been renamed.")
    return found


@blueprint.get("/figures/<digest>/<name>")
@access(Access.PUBLIC)
def figure(digest: str, name: str) -> ResponseReturnValue:
    """A picture of a lesson. Its address names its bytes, so a browser may keep it for ever."""
    row = (
        web.session()
        .execute(select(Figure.media_type, Figure.body).where(Figure.digest == digest))
        .first()
    )
    if row is None:
        abort(404)
    response = Response(row.body, mimetype=row.media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = headers.PICTURE_POLICY
    return response
