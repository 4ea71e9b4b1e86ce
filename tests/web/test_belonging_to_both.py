"""What another employer has had somebody do who belongs to both is on no page and in no packet of ours."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.certificates.models import Certificate
from lms.foundation.database import Database
from lms.organizations.models import Membership
from lms.reports import archive
from lms.reports.models import EvidencePacket
from tests.factories import publish_sample
from tests.sample_content import PLEDGE, PLEDGE_FILE
from tests.sides import Side, belong_to_both

SignIn = Callable[[int], FlaskClient]
MARK = "Zanzibar"
ASKED = {
    "course": "pledge", "starts_on": "2026-01-01", "ends_on": "2026-02-28", "who": "everyone",
}  # fmt: skip


@pytest.fixture
def sides(database: Database) -> dict[str, Side]:
    """Two organizations, and Sam, who belongs to both."""
    with database.transaction() as session:
        sample = publish_sample(session, {PLEDGE_FILE: PLEDGE})
        ours = Side(session, sample, "ours", "Riverside", 1_000)
        theirs = Side(session, sample, "theirs", MARK, 70_000_000)
        belong_to_both(session, sample, ours, theirs)
        return {"ours": ours, "theirs": theirs}


def about_sam(client: FlaskClient, database: Database, side: Side) -> tuple[dict[str, bytes], str]:
    """The files of a packet that this organization asks for, and its page about Sam."""
    slug = side.values["slug"]
    assert client.post(f"/organizations/{slug}/evidence", data=ASKED).status_code == 303
    with database.reading_session() as session:
        body = session.scalars(
            sa.select(EvidencePacket.body).order_by(EvidencePacket.asked_at.desc())
        ).first()
        sam = session.scalars(
            sa.select(Membership.id)
            .join(User, User.id == Membership.user_id)
            .where(User.name == "Sam Both", Membership.organization_id == side.organization_id)
        ).one()
    assert body is not None
    page = client.get(f"/organizations/{slug}/people/{sam}/record").text
    return archive.read(body), page


def test_a_packet_and_a_page_tell_nothing_of_what_theirs_has_had_somebody_do(
    database: Database, sign_in: SignIn, sides: dict[str, Side]
) -> None:
    files, page = about_sam(sign_in(sides["ours"].manager_id), database, sides["ours"])
    with database.reading_session() as session:
        number = session.scalars(
            sa.select(Certificate.number)
            .join(User, User.id == Certificate.user_id)
            .where(User.name == "Sam Both")
        ).one()
    assert {name for name, body in files.items() if b"Sam Both" in body} == {"roster.csv"}
    for secret in (MARK, number):
        assert not [name for name, body in files.items() if secret.encode() in body]
    assert f"certificates/{number}.pdf" not in files
    assert "Sam Both" in page
    assert "Pledge" not in page


def test_theirs_is_there_to_be_found(
    database: Database, sign_in: SignIn, sides: dict[str, Side]
) -> None:
    files, page = about_sam(sign_in(sides["theirs"].manager_id), database, sides["theirs"])
    tables = ("roster", "owed", "completions", "lessons", "attempts", "attestations")
    about = {name for name, body in files.items() if b"Sam Both" in body and "/" not in name}
    assert about == {f"{name}.csv" for name in tables}
    assert f"Sam of {MARK}".encode() in files["attestations.csv"]
    assert [name for name in files if name.startswith("certificates/")]
    assert "Pledge" in page
