"""Accounts that belong to no organization: who they are, and erasing their data."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access, person
from lms.accounts.models import User
from lms.foundation import web
from lms.foundation.clock import in_zone
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.workbook import Cell

from . import erasing, unaffiliated
from .errors import NotErasable
from .forms import EraseForm
from .routes import blueprint, carry_out
from .terms import BASES, LAWS, YEARS, Outlook

ACCOUNTS = ("Name", "Signs in as", "Role", "Since", "Erased on")


@blueprint.get("/accounts")
@access(Access.ADMINISTRATOR)
def accounts() -> ResponseReturnValue:
    """The accounts that belong to no organization."""
    search, number = request.args.get("q", ""), request.args.get("page", 1, type=int)
    return render_template(
        "retention/accounts.html",
        search=search,
        page=unaffiliated.accounts_page(web.session(), search=search, page=number),
    )


@blueprint.get(f"/accounts.{KIND}")
@access(Access.ADMINISTRATOR)
def accounts_file(kind: str) -> ResponseReturnValue:
    """The list as the search leaves it, as a file."""
    search = request.args.get("q", "")

    def day(moment: datetime | None) -> date | None:
        return moment and in_zone(moment, erasing.ZONE).date()

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in unaffiliated.every_account(session, search=search):
            # What of an erased account is still there to sign in with says nothing.
            named = "" if one.erased_at else one.sign_in_name
            yield one.name, named, one.role.capitalize(), day(one.created_at), day(one.erased_at)

    name = f"accounts-{in_zone(web.now(), erasing.ZONE).date()}"
    return download(Table(name, "Accounts", ACCOUNTS, rows), kind)


@blueprint.get("/accounts/<int:user_id>")
@access(Access.ADMINISTRATOR)
def account(user_id: int) -> ResponseReturnValue:
    """What is kept of such an account and until when, and the way to erase it."""
    found = _account_or_404(user_id)
    return _page(found, _outlook(found))


@blueprint.post("/accounts/<int:user_id>/erase")
@access(Access.ADMINISTRATOR)
def erase_account(user_id: int) -> ResponseReturnValue:
    """Erase such an account's data as far as no law wants it kept."""
    found = _account_or_404(user_id)
    outlook = _outlook(found)
    form = EraseForm(found.name, is_over=outlook.is_over)
    if outlook.obstacles or not form.validate_on_submit():
        return _page(found, outlook, form), 422
    try:
        carry_out(found, form, zone=erasing.ZONE, organization_id=None)
    except NotErasable:
        # Somebody let them into an organization or gave them a role a moment ago.
        web.session().rollback()
        found = _account_or_404(user_id)
        return _page(found, _outlook(found), form), 409
    web.commit()
    flash("Erased. What is left is told below.", "success")
    return redirect(url_for("retention.account", user_id=user_id), code=303)


def _account_or_404(user_id: int) -> User:
    return unaffiliated.find_account(web.session(), user_id) or abort(
        404, "There is no account without an organization at this address."
    )


def _outlook(found: User) -> Outlook:
    return erasing.outlook(
        web.session(), found.id, by_id=person().id, zone=erasing.ZONE, now=web.now()
    )


def _page(found: User, outlook: Outlook, form: EraseForm | None = None) -> str:
    return render_template(
        "retention/account.html",
        user=found,
        outlook=outlook,
        laws=LAWS,
        bases=BASES,
        years=YEARS,
        erase_form=form or EraseForm(found.name, is_over=outlook.is_over, formdata=None),
    )
