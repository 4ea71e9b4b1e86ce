"""The pages of the audit trail: an organization's own entries, and those of the whole site."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, render_template, request, url_for
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

from .audit_trail import Trail, entries_page, every_entry, titles_of
from .audit_words import (
    Titles,
    action_words,
    actions_offered,
    details_words,
    filters_of,
    moment_words,
)

blueprint = Blueprint("audit", __name__)

# The days and hours of the site are those of no organization.
ZONE = "UTC"
# Numbers of entries go no further: PostgreSQL refuses to look for more.
MAX_NUMBER = 2**63 - 1


@blueprint.get("/organizations/<slug>/audit")
@access(Access.MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """Who did what to whom, newest first."""
    return _page(current.whole_or_404(slug))


@blueprint.get(f"/organizations/<slug>/audit.{KIND}")
@access(Access.MANAGER)
def file(slug: str, kind: str) -> ResponseReturnValue:
    """The entries that the filters leave, as a file."""
    return _file(current.whole_or_404(slug), kind)


@blueprint.get("/audit")
@access(Access.ADMINISTRATOR)
def site() -> ResponseReturnValue:
    """The same of the whole site, what belongs to no organization included."""
    return _page(None)


@blueprint.get(f"/audit.{KIND}")
@access(Access.ADMINISTRATOR)
def site_file(kind: str) -> ResponseReturnValue:
    """The entries of the whole site that the filters leave, as a file."""
    return _file(None, kind)


def _page(scope: Scope | None) -> str:
    """The page of an organization, or of the site."""
    filters, titles, trail = filters_of(request.args), _titles(scope), _trail(scope)
    page = entries_page(
        web.session(), trail, filters, titles, before=_number("before"), after=_number("after")
    )
    return render_template(
        "reports/audit.html",
        organization=scope,
        address=url_for(".site") if scope is None else url_for(".overview", slug=scope.slug),
        time_zone=trail.zone,
        filters=filters,
        chosen=filters.chosen(),
        actions=actions_offered(filters.action, is_site=scope is None),
        page=page,
        action_words=action_words,
        details_words=details_words,
        titles=titles,
        moment_words=moment_words,
    )


def _file(scope: Scope | None, kind: str) -> ResponseReturnValue:
    """The file of an organization, or of the site with a column for the organization."""
    filters, titles, trail = filters_of(request.args), _titles(scope), _trail(scope)

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in every_entry(session, trail, filters, titles):
            told = details_words(one.details, titles, most=None)
            yield (
                one.number,
                sortable(one.at, trail.zone),
                *([one.organization_name] if scope is None else []),
                one.actor_name,
                action_words(one.action),
                one.subject_name,
                "; ".join(f"{label}: {words}" for label, words in told),
            )

    whose = ["Organization"] if scope is None else []
    headings = ("No.", f"When ({trail.zone})", *whose, "Done by", "What", "Done to", "Details")
    name = f"audit-{scope.slug if scope else 'site'}-{in_zone(web.now(), trail.zone).date()}"
    return download(Table(name, "Audit trail", headings, rows), kind)


def _trail(scope: Scope | None) -> Trail:
    return Trail(None, ZONE) if scope is None else Trail(scope.organization_id, scope.time_zone)


def _titles(scope: Scope | None) -> Titles:
    organization_id = None if scope is None else scope.organization_id
    return titles_of(web.session(), organization_id, courses.catalogue())


def _number(name: str) -> int | None:
    number = request.args.get(name, type=int)
    return None if number is None else min(max(number, 0), MAX_NUMBER)
