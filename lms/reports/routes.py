"""Pages that look at the record as a whole."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, Flask, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access
from lms.foundation import web
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.workbook import Cell
from lms.quizzes.model import Quiz
from lms.quizzes.routes import quiz_of_revision
from lms.quizzes.statistics import ENOUGH, PAUSE

from . import item_statistics, sheet
from .charts import histogram
from .item_statistics import QuizReport, QuizRow
from .question_table import HEADINGS, question_rows
from .report_shelf import ReportShelf
from .sheet import QuestionSheet

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


def install(app: Flask) -> None:
    """Give `app` the shelf on which its process keeps statistics."""
    app.extensions["rounds_reports"] = ReportShelf()


@blueprint.get("/quizzes/<module_slug>")
@access(Access.INSTRUCTOR)
def quiz(module_slug: str) -> ResponseReturnValue:
    """What first attempts tell of a module's quiz and of each of its questions."""
    row, quiz, report = _report_or_404(module_slug)
    statistics = report.statistics
    whole = sheet.quiz_sheet(quiz, statistics)
    questions = sheet.question_sheets(quiz, statistics)
    return render_template(
        "reports/quiz.html",
        row=row,
        module_slug=module_slug,
        quiz=quiz,
        report=report,
        whole=whole,
        chart=whole.figures
        and histogram(statistics.totals, quiz.drawn_points, quiz.settings.pass_mark),
        questions=_in_order(questions),
        concerning=[question for question in questions if question.concerns],
        by_concern=_by_concern(),
        enough=ENOUGH,
        pause=PAUSE // 60,
    )


@blueprint.get(f"/quizzes/<module_slug>/questions.{KIND}")
@access(Access.INSTRUCTOR)
def questions_file(module_slug: str, kind: str) -> ResponseReturnValue:
    """The questions with their figures, as a file: none before there are enough attempts."""
    _row, quiz, report = _report_or_404(module_slug)
    shown = ()
    if report.attempts >= ENOUGH:
        shown = _in_order(sheet.question_sheets(quiz, report.statistics))
    items = {item.id: item for item in report.statistics.items}

    def rows(_session: Session) -> Iterator[Sequence[Cell]]:
        return question_rows(shown, items)

    return download(Table(f"questions-{module_slug}", "Questions", HEADINGS, rows), kind)


def _report_or_404(module_slug: str) -> tuple[QuizRow, Quiz, QuizReport]:
    row = item_statistics.find_quiz(web.session(), module_slug)
    if row is None:
        abort(404, "There is no module with a quiz at this address.")
    quiz = quiz_of_revision(row.revision_id)
    shelf: ReportShelf = current_app.extensions["rounds_reports"]
    return row, quiz, shelf.get(web.session(), row, quiz)


def _by_concern() -> bool:
    return request.args.get("order") == "concern"


def _in_order(questions: Sequence[QuestionSheet]) -> Sequence[QuestionSheet]:
    """The questions in the order that the address asks for."""
    return sheet.most_concerning_first(questions) if _by_concern() else questions
