"""The options of a drop-down list, written once for all pages that offer the same."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

# Each as large as the list: a thousand teams take some fifty kilobytes.
KEPT = 100


def options(values: Mapping[Any, str], chosen: str | None = None) -> Markup:
    """An `<option>` for each text under its value; the one whose value is `chosen` is selected."""
    html = _written(tuple(values.items()))
    if chosen:
        # Quotes in texts are escaped: only an attribute can read like this.
        attribute = f' value="{escape(chosen)}"'
        html = html.replace(attribute, f"{attribute} selected", 1)
    return Markup(html)  # noqa: S704 - Texts and values are escaped where they are written.


@lru_cache(maxsize=KEPT)
def _written(values: tuple[tuple[Any, str], ...]) -> str:
    return "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in values
    )
