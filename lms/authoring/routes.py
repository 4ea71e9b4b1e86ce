"""The instructors' pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access
from lms.courses import current
from lms.foundation import web

from . import service

blueprint = Blueprint("authoring", __name__)


@blueprint.get("/content")
@access(Access.INSTRUCTOR)
def content() -> ResponseReturnValue:
    """What is in force, and every publication that led there."""
    catalogue = current.catalogue()
    return render_template(
        "authoring/content.html",
        courses=list(catalogue.courses.values()),
        modules=sorted(catalogue.modules.values(), key=lambda module: module.title),
        publications=service.publications(web.session()),
    )
