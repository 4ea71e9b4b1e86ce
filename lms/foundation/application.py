"""Flask without what it does anew for each request though it always comes out the same."""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment
from itsdangerous import URLSafeTimedSerializer


class Templates(Environment):
    """Jinja with a template's globals in one plain dictionary.

    Jinja chains two of them, so that a global which changes later is seen. Each page copies the chain
    entry by entry, which takes longer than what a small page writes. Here all globals are set before a
    template is loaded that uses them.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of the environment, overlaid by those of the template."""
        return {**self.globals, **(d or {})}


class CookieSessions(SecureCookieSessionInterface):
    """Flask's sessions in signed cookies; what checks the signatures is made once, not per request."""

    def __init__(self) -> None:
        self._signers: dict[Any, URLSafeTimedSerializer | None] = {}

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs and checks with the key of `app`."""
        if app.secret_key not in self._signers:
            self._signers[app.secret_key] = super().get_signing_serializer(app)
        return self._signers[app.secret_key]


class Application(Flask):
    """The Flask of Rounds. It has no views that wait: it asks of no function whether it is one of those."""

    jinja_environment = Templates

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.session_interface = CookieSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func
