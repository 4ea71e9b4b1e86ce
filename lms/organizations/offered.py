"""What the filters of a page offer, and the way to a team whose name was typed into one of them."""

from urllib.parse import urlencode

from flask import abort, redirect, request

from lms.foundation import web

from .choices import Choices, filter_choices, teams_called, typed_name
from .filters import TYPED_TEAM, Filters
from .scopes import Scope


def offered(scope: Scope, filters: Filters) -> Choices:
    """What the people of a scope can be filtered by on the page that is asked for.

    Where the address names a team by what was typed, and it is clear which is meant, the request ends
    here: it is sent to the address that holds the team's id and the other filters.
    """
    typed = typed_name(request.args.get(TYPED_TEAM, ""))
    found = teams_called(web.session(), scope, typed) if typed else {}
    if len(found) == 1:
        others = {
            key: value for key, value in request.args.items() if key not in (TYPED_TEAM, "page")
        }
        team = {"team": str(*found)}
        abort(redirect(f"{request.script_root}{request.path}?{urlencode(others | team)}"))
    return filter_choices(web.session(), scope, filters.team_id).with_found(typed, found)
