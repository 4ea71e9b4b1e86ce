"""The day of a moment in a time zone, as both databases compute it."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Date, Function
from sqlalchemy.ext.compiler import compiles

from .clock import in_zone


class day_in_zone(Function[date]):  # noqa: N801
    """`day_in_zone(moment, zone)` is the day that it is then in the zone, an IANA name."""

    inherit_cache = True
    type = Date()

    def __init__(self, moment: Any, zone: Any) -> None:
        super().__init__("day_in_zone", moment, zone, type_=Date())


@compiles(day_in_zone, "postgresql")
def _for_postgres(element: Any, compiler: Any, **options: Any) -> str:
    moment, zone = (compiler.process(part, **options) for part in element.clauses)
    return f"CAST(timezone({zone}, {moment}) AS DATE)"


def add_functions(connection: Any) -> None:
    """Teach a connection of SQLite what PostgreSQL can compute by itself."""
    connection.create_function("day_in_zone", 2, _day_in_zone, deterministic=True)


def _day_in_zone(moment: str | None, zone: str) -> str | None:
    """Of a moment as SQLite keeps it, in UTC and without its zone."""
    if moment is None:
        return None
    return in_zone(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone).date().isoformat()
