"""The figures of a course or of a team as a row of a table, written once for what they are.

A page about a whole organization has sixty of them, and most say what they said before.
"""

from collections.abc import Iterable

from flask import Flask
from markupsafe import Markup

from lms.foundation.written import Written

from .compliance import Group


def install(app: Flask) -> None:
    """Give the templates of `app` the filter `figure_rows`."""
    written = Written(app, "reports/_figures.html")

    @app.template_filter()
    def figure_rows(groups: Iterable[Group], address: str, people: str) -> Markup:
        """A row for each group.

        With a group's key behind them, the two addresses lead to its page and to the list of its people.
        """
        parts = [
            written.part(
                (address, people, group.key, group.name, tuple(group.figures.of.items())),
                address=address,
                people=people,
                group=group,
            )
            for group in groups
        ]
        return Markup("".join(parts))  # noqa: S704 - The template has escaped what they hold.
