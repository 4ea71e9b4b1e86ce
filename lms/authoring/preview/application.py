"""The application of a preview: the look of Rounds, and nothing of its people or records."""

from pathlib import Path

from flask import Flask
from flask_bootstrap import Bootstrap5

from lms.foundation import assets, filters, headers

from .desk import Desk
from .routes import preview

ASSETS = {
    "theme_css": "css/theme.css",
    "learning_css": "css/learning.css",
    "preview_css": "css/preview.css",
    "ordering_js": "js/ordering.js",
    "preview_js": "js/preview.js",
}


def create_preview(root: Path, *, loopback_only: bool) -> Flask:
    """A preview of the content at `root`: a content folder, a module's folder, or one file.

    With `loopback_only` it refuses requests whose `Host` header names another machine.
    """
    app = Flask("lms")
    app.config.update(
        BOOTSTRAP_SERVE_LOCAL=True, SEND_FILE_MAX_AGE_DEFAULT=86400, LOOPBACK_ONLY=loopback_only
    )
    app.extensions["rounds_preview"] = Desk(root)
    Bootstrap5(app)
    filters.install(app)
    app.after_request(headers.protect)
    app.register_blueprint(preview)
    assets.install(app, ASSETS)
    return app
