"""Pages that look at the record as a whole."""

from flask import Blueprint, Flask, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access
from lms.foundation import web
from lms.quizzes.routes import quiz_of_revision
from lms.quizzes.statistics import ENOUGH, PAUSE

from . import item_statistics, sheet
from .charts import histogram
from .report_shelf import ReportShelf

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


def install(app: Flask) -> None:
    """Give `app` the shelf on which its process keeps statistics."""
    app.extensions["rounds_reports"] = ReportShelf()


@blueprint.get("/quizzes/<module_slug>")
@access(Access.INSTRUCTOR)
def quiz(module_slug: str) -> ResponseReturnValue:
    """What first attempts tell of a module's quiz and of each of its questions."""
    row = item_statistics.find_quiz(web.session(), module_slug)
    if row is None:
        abort(404, "There is no module with a quiz at this address.")
    quiz = quiz_of_revision(row.revision_id)
    shelf: ReportShelf = current_app.extensions["rounds_reports"]
    report = shelf.get(web.session(), row, quiz)
    statistics = report.statistics
    whole = sheet.quiz_sheet(quiz, statistics)
    questions = sheet.question_sheets(quiz, statistics)
    by_concern = request.args.get("order") == "concern"
    return render_template(
        "reports/quiz.html",
        row=row,
        module_slug=module_slug,
        quiz=quiz,
        report=report,
        whole=whole,
        chart=whole.figures
        and histogram(statistics.totals, quiz.drawn_points, quiz.settings.pass_mark),
        questions=sheet.most_concerning_first(questions) if by_concern else questions,
        concerning=[question for question in questions if question.concerns],
        by_concern=by_concern,
        enough=ENOUGH,
        pause=PAUSE // 60,
    )
