"""The page of an organization's audit trail."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access
from lms.courses import current as courses
from lms.foundation import web
from lms.foundation.clock import in_zone, sortable
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.workbook import Cell
from lms.organizations import current
from lms.organizations.scopes import Scope

from .audit_trail import entries_page, every_entry, titles_of
from .audit_words import ACTIONS, Titles, action_words, details_words, filters_of, moment_words

blueprint = Blueprint("audit", __name__)

# Numbers of entries go no further: PostgreSQL refuses to look for more.
MAX_NUMBER = 2**63 - 1


@blueprint.get("/organizations/<slug>/audit")
@access(Access.MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """Who did what to whom, newest first."""
    scope = current.whole_or_404(slug)
    filters, titles = filters_of(request.args), _titles(scope)
    page = entries_page(
        web.session(),
        scope.organization_id,
        scope.time_zone,
        filters,
        titles,
        before=_number("before"),
        after=_number("after"),
    )
    actions = dict(ACTIONS)
    if filters.action:
        actions.setdefault(filters.action, action_words(filters.action))
    return render_template(
        "reports/audit.html",
        organization=scope,
        filters=filters,
        chosen=filters.chosen(),
        actions=actions,
        page=page,
        action_words=action_words,
        details_words=details_words,
        titles=titles,
        moment_words=moment_words,
    )


@blueprint.get(f"/organizations/<slug>/audit.{KIND}")
@access(Access.MANAGER)
def file(slug: str, kind: str) -> ResponseReturnValue:
    """The entries that the filters leave, as a file."""
    scope = current.whole_or_404(slug)
    filters, titles = filters_of(request.args), _titles(scope)

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        found = every_entry(session, scope.organization_id, scope.time_zone, filters, titles)
        for one in found:
            told = details_words(one.details, titles, most=None)
            yield (
                one.number,
                sortable(one.at, scope.time_zone),
                one.actor_name,
                action_words(one.action),
                one.subject_name,
                "; ".join(f"{label}: {words}" for label, words in told),
            )

    headings = ("No.", f"When ({scope.time_zone})", "Done by", "What", "Done to", "Details")
    today = in_zone(web.now(), scope.time_zone).date()
    return download(Table(f"audit-{slug}-{today}", "Audit trail", headings, rows), kind)


def _titles(scope: Scope) -> Titles:
    return titles_of(web.session(), scope.organization_id, courses.catalogue())


def _number(name: str) -> int | None:
    number = request.args.get(name, type=int)
    return None if number is None else min(max(number, 0), MAX_NUMBER)
