"""What a migration makes of what people owed and of the figures that were kept, on both databases."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms.assignments import keeping
from lms.assignments.models import Obligation
from lms.foundation import migrations
from lms.foundation.database import Database
from tests.test_migrations import EMPLOYERS, FIRST_ROWS, MOMENT, insert


@pytest.fixture
def before(empty_address: str) -> Iterator[Database]:
    """A database as the version before left it."""
    database = Database(empty_address)
    migrations.upgrade(database, "0006")
    yield database
    database.dispose()


def test_figures_that_were_kept_by_the_dates_of_today_are_counted_anew(before: Database) -> None:
    for name, values in EMPLOYERS[2:3]:
        insert(before, name, values)
    insert(before, "kept_standing", {"organization_id": 1, "day": MOMENT.date()})
    with before.reading_session() as session:
        assert keeping.organizations_to_keep(session, MOMENT) == []
    assert migrations.upgrade(before)
    with before.reading_session() as session:
        assert keeping.organizations_to_keep(session, MOMENT) == [(1, "America/Chicago", True)]
        assert keeping.changed_since(session, 1, "America/Chicago", MOMENT.date()) is None


def test_what_follows_a_waiver_is_known_of_what_was_there(before: Database) -> None:
    for name in ("user", "publication", "module", "module_revision", "course", "enrolment"):
        insert(before, name, FIRST_ROWS[name])
    rows = {name: values for name, values in EMPLOYERS if name in ("assignment", "obligation")}
    for name, values in EMPLOYERS:
        if name in ("user", "organization", "membership", "enrolment", "assignment"):
            insert(before, name, values)
    # Each person's times in their order; each but the last one has ended.
    lives = {1: "waived", 2: "met", 3: "waived met", 4: "met waived", 5: "waived expired", 6: ""}
    expected: list[bool] = []
    for number, ended in lives.items():
        user = {"name": "P", "user_name": f"p{number}", "role": "learner", "time_zone": "UTC"}
        insert(before, "user", user | {"id": 10 + number})
        how = [*ended.split(), None]
        for cycle, closed_how in enumerate(how, start=1):
            ending = {
                "closed_how": closed_how,
                "closed_at": closed_how and MOMENT,
                "closed_by_id": 2 if closed_how in ("met", "waived") else None,
                "completed_on": MOMENT.date() if closed_how == "met" else None,
                "reason": closed_how,
            }
            own = {
                "id": 10 * number + cycle,
                "user_id": 10 + number,
                "cycle": cycle,
                "is_current": closed_how is None,
                "enrolment_id": None,
            }
            insert(before, "obligation", rows["obligation"] | ending | own)
            kept = [one for one in how[: cycle - 1] if one in ("met", "waived")]
            expected.append(kept[-1:] == ["waived"])
    assert migrations.upgrade(before)
    with before.reading_session() as session:
        told = session.scalars(sa.select(Obligation.after_waiver).order_by(Obligation.id)).all()
    assert told == expected
    assert expected.count(True) == 5
    with pytest.raises(IntegrityError):
        insert(before, "obligation", rows["obligation"] | {"id": 99, "after_waiver": True})
