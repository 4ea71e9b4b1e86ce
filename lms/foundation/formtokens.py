"""Form tokens in templates: Flask-WTF's, remembered.

Every page holds one, for its sign-out button at least, and signing it anew takes as long as a query. A token
does not expire by itself here (it ends with the cookie's session), so the one signed first serves on.
"""

from collections import OrderedDict

from flask import Flask, session
from flask_wtf.csrf import generate_csrf

KEPT = 10_000


def install(app: Flask) -> None:
    """Let the templates of `app` use remembered tokens under the usual name."""
    signed: OrderedDict[str, str] = OrderedDict()

    def remembered() -> str:
        secret = session.get("csrf_token")
        if secret is None:
            return generate_csrf()
        token = signed.get(secret)
        if token is None:
            token = signed[secret] = generate_csrf()
            if len(signed) > KEPT:
                signed.popitem(last=False)
        return token

    # Flask-WTF puts its own into both: macros see the one, templates the other.
    app.add_template_global(remembered, "csrf_token")
    app.context_processor(lambda: {"csrf_token": remembered})
