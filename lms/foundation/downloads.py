"""A list as a file for a spreadsheet: exactly the rows that the page lists, under its filters."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from tempfile import TemporaryFile

from flask import Response, send_file
from sqlalchemy.orm import Session

from . import web
from .tables import csv_text
from .wording import percent
from .workbook import Cell, write_workbook

# The part of an address that says which kind of file is wanted.
KIND = "<any(csv, xlsx):kind>"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Table:
    """A list: the name of its file without an ending, of its sheet, its headings, and what reads it."""

    file_name: str
    title: str
    headings: Sequence[str]
    rows: Callable[[Session], Iterable[Sequence[Cell]]]


def download(table: Table, kind: str) -> Response:
    """The table as `csv`, sent row by row while it is read, or as `xlsx`, which has to be whole first."""
    response = _csv(table) if kind == "csv" else _xlsx(table)
    # It is about people: no proxy and no browser keeps it.
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _csv(table: Table) -> Response:
    database = web.services().database

    def text() -> Iterator[str]:
        # The request's own session is closed before the last row is sent.
        with closing(database.reading_session()) as session:
            yield from csv_text(table.headings, map(_as_shown, table.rows(session)))

    response = Response(text(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{table.file_name}.csv"'
    return response


def _as_shown(row: Sequence[Cell]) -> list[Cell]:
    """The row with shares as the text on the page."""
    return [percent(one) if isinstance(one, Fraction) else one for one in row]


def _xlsx(table: Table) -> Response:
    # The response closes it, and with that it is gone.
    file = TemporaryFile()  # noqa: SIM115
    write_workbook(file, table.title, table.headings, table.rows(web.session()), web.now())
    file.seek(0)
    return send_file(file, XLSX, as_attachment=True, download_name=f"{table.file_name}.xlsx")
