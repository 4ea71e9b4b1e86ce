"""Stylesheets and scripts under addresses that change with their bytes."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup


def install(app: Flask, files: Mapping[str, str]) -> None:
    """Give the templates of `app` the address of each file, under its name, and the mark of Rounds.

    `files` are paths below the static folder. An address holds the digest of the file's bytes: a browser
    may keep it, and still gets the new one after an upgrade. Bootstrap's stylesheet comes as
    `bootstrap_css`; Bootstrap-Flask must be there before.
    """
    with app.test_request_context():
        bootstrap = url_for("bootstrap.static", filename="css/bootstrap.min.css")
        addresses = {"bootstrap_css": bootstrap}
        for name, file in files.items():
            body = (Path(app.static_folder or "") / file).read_bytes()
            digest = sha256(body).hexdigest()[:12]
            addresses[name] = url_for("static", filename=file, v=digest)
    app.jinja_env.globals.update(addresses)
    app.jinja_env.globals["brand_mark"] = Markup(  # noqa: S704 - A file of our own, with no value in it.
        app.jinja_env.get_template("_mark.svg").render()
    )
