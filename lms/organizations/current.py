"""The organization that a request is about, as far as the signed-in person may see it."""

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, g, request

from lms.accounts.access import Access, allows, person, rule_of
from lms.foundation import audit, web

from .scopes import Scope, scopes_of


def scopes() -> Sequence[Scope]:
    """Every organization that the signed-in person manages, or manages a team of."""
    if "scopes" not in g:
        who = person()
        g.scopes = scopes_of(web.session(), who.id, is_administrator=who.is_administrator)
    return g.scopes


def scope_or_404(slug: str) -> Scope:
    """The one with that slug; any other is 404, whether it exists or not."""
    return next((one for one in scopes() if one.slug == slug), None) or abort(404)


def whole_or_404(slug: str) -> Scope:
    """The one with that slug for what takes a manager of all of it; 404 to a team's manager."""
    scope = scope_or_404(slug)
    return scope if scope.is_whole else abort(404)


def may_open(endpoint: str) -> bool:
    """Whether the signed-in person may open that page for the organization at hand."""
    rule = rule_of(current_app, endpoint)
    slug = (request.view_args or {}).get("slug")
    if rule is Access.MANAGER and slug is not None:
        # They may manage all of another organization, and only a team of this one.
        return any(one.slug == slug and one.is_whole for one in scopes())
    return allows(rule, person())


def record(
    scope: Scope, action: str, subject_kind: str, subject_id: int, subject_name: str, **details: Any
) -> None:
    """Append to the audit trail that the signed-in person did this; shortly before the commit."""
    who = person()
    act = audit.Act(action, subject_kind, subject_id, subject_name, scope.organization_id, details)
    audit.record(web.session(), audit.Actor(who.name, who.id), act, web.now())
