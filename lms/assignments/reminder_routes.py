"""Pages on reminders: what goes out next, what was sent, and when an organization reminds."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access
from lms.courses.current import catalogue
from lms.foundation import web
from lms.organizations.current import record, whole_or_404
from lms.organizations.scopes import Scope

from . import habits, notice_log, outlook, owing
from .notice_log import KINDS, STATES, Filters
from .owing import Employer
from .reminder_forms import HabitsForm

blueprint = Blueprint("reminders", __name__)


@blueprint.get("/organizations/<slug>/reminders")
@access(Access.MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """What goes out on one of the next days, and to whom."""
    scope, employer = employer_or_404(slug)
    days = outlook.days_ahead(employer, web.now())
    day = day_asked_or_404(days) or days[0]
    return render_template(
        "assignments/reminders.html",
        organization=scope,
        days=days,
        day=day,
        kinds=KINDS,
        outlook=outlook.outlook(
            web.session(),
            employer,
            day,
            catalogue(),
            page=request.args.get("page", 1, type=int),
        ),
    )


@blueprint.get("/organizations/<slug>/reminders/letters/<int:obligation_id>/<day>")
@access(Access.MANAGER)
def letter(slug: str, obligation_id: int, day: str) -> ResponseReturnValue:
    """The letter that goes out on a day about an obligation, as it would read."""
    scope, employer = employer_or_404(slug)
    chosen = _day_or_404(day, outlook.days_ahead(employer, web.now()))
    found = outlook.preview(
        web.session(),
        employer,
        obligation_id,
        chosen,
        catalogue(),
        web.services().settings.base_url,
    )
    if found is None:
        abort(404, "No such letter goes out on that day.")
    return render_template(
        "assignments/reminder_letter.html", organization=scope, day=chosen, preview=found
    )


@blueprint.get("/organizations/<slug>/reminders/log")
@access(Access.MANAGER)
def log(slug: str) -> ResponseReturnValue:
    """What was sent to whom, what waits, and what failed and why."""
    scope = whole_or_404(slug)
    filters = Filters.of(request.args)
    page = notice_log.log_page(
        web.session(),
        scope.organization_id,
        filters,
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "assignments/reminder_log.html",
        organization=scope,
        filters=filters,
        page=page,
        kinds=KINDS,
        states=STATES,
    )


@blueprint.get("/organizations/<slug>/reminders/settings")
@access(Access.MANAGER)
def settings(slug: str) -> ResponseReturnValue:
    """The form of when the organization reminds."""
    scope, employer = employer_or_404(slug)
    return _settings_page(scope, HabitsForm.showing(employer))


@blueprint.post("/organizations/<slug>/reminders/settings")
@access(Access.MANAGER)
def save_settings(slug: str) -> ResponseReturnValue:
    """Change when the organization reminds."""
    scope, employer = employer_or_404(slug)
    form = HabitsForm.showing(employer)
    if not form.validate_on_submit():
        return _settings_page(scope, form), 422
    changes = habits.change(web.session(), employer, form.habits(), web.now())
    if changes:
        record(
            scope,
            "organization.reminders_changed",
            "organization",
            scope.organization_id,
            scope.name,
            **changes,
        )
    web.commit()
    flash("Saved. What waits already goes out by the new hours.", "success")
    if "time_zone" in changes:
        flash(
            "What is due on a day is due until midnight of the new time zone."
            " Learners’ pages say so within minutes.",
            "info",
        )
    return redirect(url_for("reminders.settings", slug=slug), code=303)


def employer_or_404(slug: str) -> tuple[Scope, Employer]:
    """The organization with that address as its manager sees it, and how it reminds."""
    scope = whole_or_404(slug)
    return scope, owing.find_employer(web.session(), scope.organization_id)


def day_asked_or_404(days: Sequence[date]) -> date | None:
    """The one of the days that the address names; None where it names none."""
    asked = request.args.get("day")
    return _day_or_404(asked, days) if asked else None


def _day_or_404(text: str, days: Sequence[date]) -> date:
    return next((day for day in days if day.isoformat() == text), None) or abort(
        404, "This page looks at the next two weeks."
    )


def _settings_page(scope: Scope, form: HabitsForm) -> str:
    return render_template("assignments/reminder_settings.html", organization=scope, form=form)
