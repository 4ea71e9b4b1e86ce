"""The organization that a request is about, as far as the signed-in person may see it."""

from collections.abc import Sequence

from flask import abort

from lms.accounts.access import person
from lms.foundation import web

from .scopes import Scope, scopes_of


def scopes() -> Sequence[Scope]:
    """Every organization that the signed-in person manages, or manages a team of."""
    who = person()
    return scopes_of(web.session(), who.id, is_administrator=who.is_administrator)


def scope_or_404(slug: str) -> Scope:
    """The one with that slug; any other is 404, whether it exists or not."""
    return next((one for one in scopes() if one.slug == slug), None) or abort(404)


def whole_or_404(slug: str) -> Scope:
    """The one with that slug for what takes a manager of all of it; 404 to a team's manager."""
    scope = scope_or_404(slug)
    return scope if scope.is_whole else abort(404)
