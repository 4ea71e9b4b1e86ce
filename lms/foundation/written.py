"""Parts of pages that a template writes once for all that they depend on, and that are kept.

Writing what is the same on page after page takes longer than all else that such a page needs.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from flask import Flask
from markupsafe import Markup

# Of each kind of part; one takes one or two kilobytes.
KEPT = 4_000


class Written:
    """The parts that one template has written, by their keys."""

    def __init__(self, app: Flask, template: str) -> None:
        self._app, self._template = app, template
        self._parts: OrderedDict[Hashable, Markup] = OrderedDict()

    def part(self, key: Hashable, **values: Any) -> Markup:
        """What the template makes of `values`; `key` must tell apart whatever it makes of others."""
        html = self._parts.get(key)
        if html is None:
            template = self._app.jinja_env.get_template(self._template)
            html = Markup(template.render(values))  # noqa: S704 - The template has escaped what it holds.
            self._parts[key] = html
            if len(self._parts) > KEPT:
                self._parts.popitem(last=False)
        return html
