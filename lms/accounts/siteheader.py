"""The head of every page: where the signed-in person may go, their name, and the way out.

A person's pages all begin with the same one. It is written once and remembered under all that it
depends on: with its addresses and its form it takes as long to write as a query takes.
"""

from functools import lru_cache
from typing import Any

from flask import Flask, Request
from markupsafe import Markup

from .access import Access, allows

KEPT = 2_000
PLACES = {
    "courses.home": ("Home", Access.SIGNED_IN),
    "courses.catalogue": ("Courses", Access.SIGNED_IN),
    "certificates.mine": ("Certificates", Access.SIGNED_IN),
    "organizations.mine": ("Manage", Access.TEAM_MANAGER),
    "authoring.content": ("Content", Access.INSTRUCTOR),
}
RULES = (Access.SIGNED_IN, Access.TEAM_MANAGER, Access.INSTRUCTOR)


def install(app: Flask) -> None:
    """Give the templates of `app` the head of the page, as `site_header`."""

    @lru_cache(KEPT)
    def written(
        _root: str, here: str | None, name: str | None, rules: tuple[Access, ...], form_token: str
    ) -> Markup:
        template = app.jinja_env.get_template("_header.html")
        places = [(place, label) for place, (label, rule) in PLACES.items() if rule in rules]
        return Markup(  # noqa: S704 - The template has escaped what it holds.
            template.render(here=here, places=places, name=name, form_token=form_token)
        )

    @app.template_global()
    def site_header(request: Request, user: Any) -> Markup:
        if not user.is_authenticated:
            return written(request.root_path, None, None, (), "")
        rules = tuple([rule for rule in RULES if allows(rule, user)])
        form_token = app.jinja_env.globals["csrf_token"]()
        here = request.endpoint if request.endpoint in PLACES else None
        return written(request.root_path, here, user.name, rules, form_token)
