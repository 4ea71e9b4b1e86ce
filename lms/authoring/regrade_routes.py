"""The page on which an instructor grades a quiz again after its key was mended."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lms.accounts.access import Access, access, person
from lms.courses import current
from lms.courses.catalogue import Module
from lms.foundation import web
from lms.foundation.clock import in_zone
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.wording import counted
from lms.foundation.workbook import Cell
from lms.quizzes import regrades
from lms.quizzes.regrade_plan import Scope
from lms.quizzes.regrades import PlanOutdated
from lms.quizzes.regrading import Policy
from lms.quizzes.routes import quiz_of_revision, quiz_shelf
from lms.quizzes.terms import GradeOfAttempt

from .regrading import POLICIES, preview, questions_to_choose

blueprint = Blueprint("regrades", __name__)

MAX_REASON = 500
# What a page lists; the rest is counted, and the file lists it all.
SHOWN = 200
HEADINGS = (
    "Learner",
    "Attempt",
    "Submitted",
    "Score now",
    "Passed now",
    "Score after",
    "Passed after",
    "Changes",
)


@blueprint.get("/content/<module_slug>/regrade")
@access(Access.INSTRUCTOR)
def regrade(module_slug: str) -> ResponseReturnValue:
    """Choose questions and a policy; with both chosen, what it would change."""
    return _page(module_or_404(module_slug), request.args)


@blueprint.post("/content/<module_slug>/regrade")
@access(Access.INSTRUCTOR)
def apply(module_slug: str) -> ResponseReturnValue:
    """Apply the plan that was looked at."""
    module = module_or_404(module_slug)
    reason = " ".join(request.form.get("reason", "").split())
    scope = _scope(module, request.form)
    if scope is None:
        return _page(module, request.form), 422
    if not reason or len(reason) > MAX_REASON:
        fault = "Write why." if not reason else f"Write at most {MAX_REASON} characters."
        return _page(module, request.form, fault=fault), 422
    try:
        applied = regrades.apply(
            web.session(),
            scope,
            digest=request.form.get("digest", ""),
            reason=reason,
            by_id=person().id,
            by_name=person().name,
            quizzes=quiz_shelf(),
            shelf=current.catalogue(),
            now=web.now(),
        )
    except PlanOutdated:
        web.session().rollback()
        fault = "Something was submitted or graded since you looked. This is the plan as it is now."
        return _page(module, request.form, fault=fault), 409
    web.commit()
    flash(f"Done: {counted(len(applied.changed), 'attempt')} graded again.", "success")
    return redirect(url_for("regrades.regrade", module_slug=module.slug), code=303)


@blueprint.get(f"/content/<module_slug>/regrade.{KIND}")
@access(Access.INSTRUCTOR)
def plan_file(module_slug: str, kind: str) -> ResponseReturnValue:
    """Every attempt of the plan that was asked for, before and after, as a file; none without a plan."""
    module = module_or_404(module_slug)
    scope = _scope(module, request.args)
    found = preview(web.session(), scope, module, quiz_shelf()).attempts if scope else ()
    zone = person().time_zone

    def rows(_session: Session) -> Iterator[Sequence[Cell]]:
        for one in found:
            submitted = in_zone(one.submitted_at, zone).date()
            grades = (*_grade(one.before), *_grade(one.grade_after))
            yield one.learner, one.number, submitted, *grades, "yes" if one.changes else "no"

    return download(Table(f"regrade-{module_slug}", "Regrade", HEADINGS, rows), kind)


def _grade(one: GradeOfAttempt) -> tuple[Fraction, str]:
    return one.share, "yes" if one.passed else "no"


def module_or_404(slug: str) -> Module:
    """The published module with that slug, which has a quiz."""
    module = current.catalogue().modules.get(slug)
    if module is None or module.quiz is None:
        abort(404, "There is no quiz at this address.")
    return module


def _scope(module: Module, chosen: MultiDict[str, str]) -> Scope | None:
    """What was chosen; None where that is not enough, or not to be had."""
    policy = chosen.get("policy", "")
    known = questions_to_choose(web.session(), module, quiz_shelf())
    question_ids = [id_ for id_ in dict.fromkeys(chosen.getlist("question")) if id_ in known]
    if not question_ids or policy not in set(Policy):
        return None
    return Scope(
        module_id=module.id,
        revision_id=module.revision_id,
        question_ids=tuple(question_ids),
        policy=Policy(policy),
    )


def _page(module: Module, chosen: MultiDict[str, str], *, fault: str = "") -> str:
    quiz = quiz_of_revision(module.revision_id)
    scope = _scope(module, chosen)
    known = questions_to_choose(web.session(), module, quiz_shelf())
    return render_template(
        "authoring/regrade.html",
        module=module,
        questions=[(id_, _title(quiz.by_id, id_), count) for id_, count in known.items()],
        policies=POLICIES,
        chosen_policy=chosen.get("policy", Policy.NEW_KEY.value),
        chosen_questions=chosen.getlist("question")
        or [id_ for id_, count in known.items() if count],
        was_asked="policy" in chosen,
        preview=scope and preview(web.session(), scope, module, quiz_shelf()),
        chosen_plan=scope and _as_asked(scope),
        shown=SHOWN,
        reason=chosen.get("reason", ""),
        fault=fault,
        done=regrades.list_for(web.session(), module.id),
    )


def _as_asked(scope: Scope) -> list[tuple[str, str]]:
    """What an address holds for this plan."""
    return [("policy", scope.policy.value), *(("question", id_) for id_ in scope.question_ids)]


def _title(questions: Mapping[str, object], question_id: str) -> str:
    question = questions.get(question_id)
    return getattr(question, "title", question_id)
