"""Addresses of pages: Flask's `url_for`, remembered.

A page writes dozens of addresses, and building one costs as much as a small query. What an endpoint and
its values lead to never changes while a process runs, so it is built once.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from flask import Flask, Request, request, url_for
from werkzeug.local import LocalProxy

KEPT = 20_000

# The request itself: each look at it through Flask's proxy takes longer than finding what is remembered.
_request: Callable[[], Request] = cast("LocalProxy[Request]", request)._get_current_object


def install(app: Flask) -> None:
    """Let the templates of `app` use remembered addresses under the usual name."""
    app.add_template_global(address_of, "url_for")


def address_of(endpoint: str, /, **values: Any) -> str:
    """The address of a view with these values, below the root that the site is served at."""
    return _build(_request().root_path, endpoint, **values)


@lru_cache(maxsize=KEPT)
def _build(_root: str, endpoint: str, /, **values: Any) -> str:
    return url_for(endpoint, **values)
