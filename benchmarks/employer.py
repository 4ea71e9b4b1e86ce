"""Measure an employer's pages: `python -m benchmarks.employer --people 500 5000 50000`.

Every person owes 40 courses. A page's figure is the median of its times over that of a bare page of
the same size (see `server.py`), asked for in turns by one visitor of the same server. What counts is
the ratio, how it grows with the number of people, and how many queries the page makes.
"""

import argparse
import http.client
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import KEY, credentials, serving
from benchmarks.large_employer import COURSES, SLUG, Place, make_organization
from benchmarks.visitors import Visitor
from lms.app import create_app
from lms.foundation.database import Database
from lms.foundation.settings import Settings
from tests.postgres import find_binaries, running_server
from tests.web.test_query_counts import statements

SIZES = (500, 5_000)
TURNS = 15
# Nobody waits longer for the figures of one page.
SECONDS = 20
MEBIBYTE = 2**20


def main() -> None:
    """Measure on SQLite and, where its binaries are, on PostgreSQL; print one table for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.employer", description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=SIZES, metavar="NUMBER")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="only this one")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if told.database != "postgresql":
            _measure("SQLite", told.people, lambda size: f"sqlite:///{folder}/{size}.sqlite")
        if told.database == "sqlite":
            return
        binaries = find_binaries()
        if binaries is None:
            Console().print("PostgreSQL is not measured: its server binaries are not installed.")
            return
        with running_server(binaries) as address:
            _measure("PostgreSQL", told.people, lambda size: _created(address, size))


def _created(address: str, size: int) -> str:
    engine = sa.create_engine(address % "postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE people{size}")
    engine.dispose()
    return address % f"people{size}"


@dataclass(frozen=True, slots=True)
class Measured:
    """A page at one size of the organization. Times are in seconds."""

    people: int
    size: int
    queries: int
    floor: float
    time: float

    @property
    def ratio(self) -> float:
        """What the page costs in bare pages."""
        return self.time / self.floor


@dataclass(frozen=True, slots=True)
class Exported:
    """The CSV of everybody's compliance, and the most that the server held while it was sent."""

    people: int
    size: int
    seconds: float
    resident_before: int
    resident_most: int


def _measure(name: str, sizes: Sequence[int], address: Callable[[int], str]) -> None:
    pages: dict[str, list[Measured]] = {}
    exports: list[Exported] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(
                instance_path=Path(folder), database_url=address(size), secret_key=KEY
            )
            database = Database(settings.database)
            place = make_organization(database, size, f"{name}, {size:,} people")
            for label, measured in _pages(settings, database, place, size):
                pages.setdefault(label, []).append(measured)
            exports.append(_export(settings, database, place, size))
            database.dispose()
    Console().print(_table(name, pages))
    Console().print(_export_table(name, exports))


def paths(place: Place) -> dict[str, str]:
    """The pages that are measured, by what they are called."""
    home = f"/organizations/{SLUG}"
    rule = (
        "do=preview&course=course-0&covers=everyone&first=after-assignment&renewal=none&earlier=yes"
    )
    return {
        "compliance": f"{home}/compliance",
        "compliance of a team": f"{home}/compliance?team={place.team_id}",
        "compliance list": f"{home}/compliance/people",
        "the overdue": f"{home}/compliance/people?state=overdue",
        "list of a team": f"{home}/compliance/people?team={place.team_id}",
        "teams": f"{home}/teams",
        "team": f"{home}/teams/{place.team_id}",
        "people": f"{home}/people",
        "person": f"{home}/people/{place.membership_id}",
        "person's record": f"{home}/people/{place.membership_id}/record",
        "assignments": f"{home}/assignments",
        "preview of a new rule": f"{home}/assignments/new?{rule}",
        "preview of a change": f"{home}/assignments/{place.assignment_id}/change?{rule}",
    }


def _pages(
    settings: Settings, database: Database, place: Place, size: int
) -> Iterator[tuple[str, Measured]]:
    app = create_app(settings, database=database)
    who = credentials(app, place.token)
    browser = app.test_client()
    browser.set_cookie("rounds", who[0])
    with serving(settings) as port:
        visitor = Visitor(port, *who)
        for label, path in paths(place).items():
            # A process asks for the catalogue once.
            browser.get(path)
            with statements(database) as asked:
                browser.get(path)
            measured = _against_floor(visitor, path)
            yield label, Measured(size, measured[0], len(asked), *measured[1:])
        visitor.close()


def _against_floor(visitor: Visitor, path: str) -> tuple[int, float, float]:
    """A page's size, and the medians of the bare page's times and of its own."""
    answers = [visitor.get(path) for _ in range(3)]
    assert answers[-1].status == 200, (path, answers[-1].status)
    size = len(answers[-1].body)
    floors, times = [], []
    begun = time.perf_counter()
    while len(times) < TURNS and (len(times) < 3 or time.perf_counter() - begun < SECONDS):
        floors += [visitor.get(f"/floor/{size}").seconds for _ in range(3)]
        times.append(visitor.get(path).seconds)
    return size, median(floors), median(times)


def _table(name: str, pages: dict[str, list[Measured]]) -> Table:
    table = Table(title=f"{name}, {COURSES} courses each, one visitor")
    headings = ("page", "people", "bytes", "queries", "floor ms", "median ms", "ratio", "growth")
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "page" else "right")
    for label, found in pages.items():
        for before, one in zip([None, *found], found, strict=False):
            table.add_row(
                label if before is None else "",
                f"{one.people:,}",
                f"{one.size:,}",
                str(one.queries),
                f"{1000 * one.floor:.1f}",
                f"{1000 * one.time:.1f}",
                f"{one.ratio:.1f}",
                "" if before is None else f"{one.ratio / before.ratio:.1f}",
            )
    return table


# The export


def _export(settings: Settings, database: Database, place: Place, size: int) -> Exported:
    """Have a server that has done nothing else send the CSV of everybody."""
    who = credentials(create_app(settings, database=database), place.token)
    path = f"/organizations/{SLUG}/compliance/people.csv"
    with serving(settings) as port, _connection(port) as connection:
        cookie = {"Cookie": f"rounds={who[0]}"}
        # What the process holds for good it holds after a page.
        for _ in range(8):
            connection.request(
                "GET", f"/organizations/{SLUG}/compliance/people?team=1", headers=cookie
            )
            connection.getresponse().read()
        before = _most_resident(port)
        begun, count = time.perf_counter(), 0
        connection.request("GET", path, headers=cookie)
        response = connection.getresponse()
        assert response.status == 200, response.status
        while piece := response.read(MEBIBYTE):
            count += len(piece)
        return Exported(size, count, time.perf_counter() - begun, before, _most_resident(port))


@contextmanager
def _connection(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        yield connection
    finally:
        connection.close()


def _most_resident(port: int) -> int:
    """The most memory that any process of the server at that port has held so far, in bytes."""
    most = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"--port={port}\0".encode() in (folder / "cmdline").read_bytes():
                status = (folder / "status").read_text(encoding="ascii")
                most = max(most, 1024 * int(status.split("VmHWM:")[1].split()[0]))
        # Processes end while they are looked at.
        except (OSError, IndexError):
            continue
    return most


def _export_table(name: str, exports: Sequence[Exported]) -> Table:
    table = Table(title=f"{name}, the compliance CSV of everybody")
    for heading in ("people", "bytes", "seconds", "MiB before", "MiB at most"):
        table.add_column(heading, justify="right")
    for one in exports:
        table.add_row(
            f"{one.people:,}",
            f"{one.size:,}",
            f"{one.seconds:.1f}",
            f"{one.resident_before / MEBIBYTE:.0f}",
            f"{one.resident_most / MEBIBYTE:.0f}",
        )
    return table


if __name__ == "__main__":
    main()
