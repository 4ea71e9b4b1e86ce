"""Addresses of pages: Flask's `url_for`, remembered.

A page writes dozens of addresses, and building one costs as much as a small query. What an endpoint and
its values lead to never changes while a process runs, so it is built once.
"""

from functools import lru_cache
from typing import Any

from flask import Flask, url_for

from .web import this_request

KEPT = 20_000


def install(app: Flask) -> None:
    """Let the templates of `app` use remembered addresses under the usual name."""
    app.add_template_global(address_of, "url_for")


def address_of(endpoint: str, /, **values: Any) -> str:
    """The address of a view with these values, below the root that the site is served at."""
    return _build(this_request().root_path, endpoint, **values)


@lru_cache(maxsize=KEPT)
def _build(_root: str, endpoint: str, /, **values: Any) -> str:
    return url_for(endpoint, **values)
