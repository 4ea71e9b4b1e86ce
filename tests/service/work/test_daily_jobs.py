"""The daily jobs of each organization: asked for once, when its own day has begun."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from lms.foundation.database import Database
from lms.foundation.jobs import Job
from lms.work import AskDaily, Daily
from tests.conftest import StandingClock
from tests.factories import make_organization
from tests.web.test_query_counts import statements

DAILY = (Daily("sweep.daily"), Daily("remind.daily", after=timedelta(minutes=30)))


def asked(database: Database) -> list[tuple[str, int | None, str, datetime]]:
    with database.reading_session() as session:
        found = session.scalars(sa.select(Job).order_by(Job.id))
        return [(job.kind, *job.payload.values(), job.run_at) for job in found]


def test_each_organization_has_its_daily_jobs_once_from_its_own_midnight_on(
    database: Database, clock: StandingClock
) -> None:
    with database.transaction() as session:
        berlin = make_organization(session, time_zone="Europe/Berlin").id
        tokyo = make_organization(session, time_zone="Asia/Tokyo").id
    clock.moment = datetime(2026, 3, 28, 22, 59, tzinfo=UTC)
    ask = AskDaily(database, clock, DAILY)
    assert ask()
    assert asked(database) == [
        ("sweep.daily", berlin, "2026-03-28", datetime(2026, 3, 27, 23, tzinfo=UTC)),
        ("remind.daily", berlin, "2026-03-28", datetime(2026, 3, 27, 23, 30, tzinfo=UTC)),
        ("sweep.daily", tokyo, "2026-03-29", datetime(2026, 3, 28, 15, tzinfo=UTC)),
        ("remind.daily", tokyo, "2026-03-29", datetime(2026, 3, 28, 15, 30, tzinfo=UTC)),
    ]
    clock.advance(minutes=1)
    ask()
    # The night of this day is one hour shorter in Berlin: its midnight is at the old offset.
    assert asked(database)[4:] == [
        ("sweep.daily", berlin, "2026-03-29", datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("remind.daily", berlin, "2026-03-29", datetime(2026, 3, 28, 23, 30, tzinfo=UTC)),
    ]
    # Another process, started later, finds that all is asked for, and writes nothing.
    with statements(database) as seen:
        assert not AskDaily(database, clock, DAILY)()
    assert len(asked(database)) == 6
    assert not [statement for statement in seen if not statement.startswith("SELECT")]


def test_what_covers_those_in_no_organization_is_asked_for_without_any(
    database: Database, clock: StandingClock
) -> None:
    ask = AskDaily(database, clock, (*DAILY, Daily("erase.daily", covers_others=True)))
    ask()
    clock.advance(minutes=2)
    ask()
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert asked(database) == [("erase.daily", None, "2026-03-02", midnight)]


def test_it_looks_once_a_minute_at_most(database: Database, clock: StandingClock) -> None:
    ask = AskDaily(database, clock, DAILY)
    counts = []
    for seconds in (0, 59, 1, 30):
        clock.advance(seconds=seconds)
        with statements(database) as seen:
            ask()
        counts.append(bool(seen))
    assert counts == [True, False, True, False]
    # A clock that was set back must not keep it from looking.
    clock.advance(hours=-1)
    with statements(database) as seen:
        ask()
    assert seen
