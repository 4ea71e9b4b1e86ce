"""How the driver of PostgreSQL is asked for rows."""

from typing import Any

from psycopg import Column, Cursor

# A process asks for some hundred statements; lists of ids make a few more of one.
KEPT = 1_000
_described: dict[Any, list[Column]] = {}


class DescribingOnce(Cursor[Any]):
    """A cursor that describes the columns of a statement once, and not each time that it is run.

    SQLAlchemy asks for the description after every statement and looks at the first one alone, but the
    driver makes an object of each column each time: a fifth of what a small query takes. It is for
    connections that read: whoever changes tables gives the columns of the same words another meaning.
    """

    _asked: Any = None

    def execute(self, query: Any, params: Any = None, **options: Any) -> "DescribingOnce":
        """Execute a statement, and remember which."""
        self._asked = query
        return super().execute(query, params, **options)

    @property
    def description(self) -> list[Column] | None:
        """The columns of the rows; None where there are none."""
        result = self.pgresult
        known = _described.get(self._asked)
        if known is not None and result is not None and len(known) == result.nfields:
            return known
        columns = super().description
        if columns and len(_described) < KEPT:
            _described[self._asked] = columns
        return columns
