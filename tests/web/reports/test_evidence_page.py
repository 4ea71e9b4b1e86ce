"""The page of evidence packets: asking for one, the list, the file; and nothing of anybody else's."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from lms.accounts.models import User
from lms.app import create_app
from lms.courses.catalogue import Catalogue
from lms.foundation import web
from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.foundation.jobs import Job
from lms.foundation.mail import FolderMailer
from lms.foundation.settings import Settings, SettingsError
from lms.organizations.models import Membership, Organization, Position, Team
from lms.organizations.positions import append
from lms.organizations.teams import end_team
from lms.reports import archive, packets
from lms.reports.models import EvidencePacket
from lms.reports.seal import check
from lms.work import make_worker
from tests.conftest import StandingClock
from tests.factories import (
    BEGINNING,
    make_member,
    make_organization,
    make_team,
    make_team_member,
    make_user,
)
from tests.threads import at_once
from tests.web.test_query_counts import statements

SignIn = Callable[[int], FlaskClient]
PAGE = "/organizations/riverside/evidence"
FORM = {
    "course": "onboarding", "starts_on": "2026-01-01", "ends_on": "2026-02-28", "who": "everyone",
}  # fmt: skip


@dataclass(frozen=True)
class House:
    """The ids of two managers, and of a team of each of their organizations."""

    grace: int
    hugo: int
    team: int
    other_team: int


@pytest.fixture
def house(database: Database, sample: Catalogue) -> House:
    """Grace manages Riverside, where Mia is an aide; Hugo manages Hillside."""
    with database.transaction() as session:
        riverside = make_organization(session, slug="riverside", name="Riverside")
        hillside = make_organization(session, slug="hillside", name="Hillside")
        grace = make_user(session, name="Grace Manager")
        hugo = make_user(session, name="Hugo Other")
        mia = make_member(session, riverside, make_user(session, name="Mia Member"))
        mia.job_title = "Aide <b>"
        session.flush()
        members = [
            make_member(session, riverside, grace, "manager"),
            make_member(session, hillside, hugo, "manager"),
            mia,
        ]
        append(session, [one.id for one in members], BEGINNING)
        return House(
            grace.id,
            hugo.id,
            make_team(session, riverside, "Night shift").id,
            make_team(session, hillside, "Their team").id,
        )


@pytest.fixture
def grace(sign_in: SignIn, house: House) -> FlaskClient:
    return sign_in(house.grace)


def rows(database: Database) -> list[EvidencePacket]:
    with database.reading_session() as session:
        return list(session.scalars(sa.select(EvidencePacket).order_by(EvidencePacket.id)))


def text_of(client: FlaskClient) -> str:
    return client.get(PAGE).get_data(as_text=True)


def test_only_a_manager_of_the_whole_organization_sees_it(
    client: FlaskClient, sign_in: SignIn, house: House, grace: FlaskClient, database: Database
) -> None:
    grace.post(PAGE, data=FORM)
    [packet] = rows(database)
    for visitor, status in ((client, 302), (sign_in(house.hugo), 404)):
        assert visitor.get(PAGE).status_code == status
        assert visitor.get(f"{PAGE}/{packet.id}.zip").status_code == status
        assert visitor.post(PAGE, data=FORM).status_code == status
    # Nor does another organization's packet come under one's own address.
    address = f"/organizations/hillside/evidence/{packet.id}.zip"
    assert sign_in(house.hugo).get(address).status_code == 404
    assert grace.get(f"{PAGE}/999999.zip").status_code == 404
    assert len(rows(database)) == 1


def test_a_packet_about_few_people_is_made_at_once_and_can_be_checked(
    grace: FlaskClient, database: Database
) -> None:
    answer = grace.post(PAGE, data=FORM)
    assert (answer.status_code, answer.location) == (303, PAGE)
    [packet] = rows(database)
    page = text_of(grace)
    assert "Your packet is ready." in page
    assert f"{PAGE}/{packet.id}.zip" in page
    download = grace.get(f"{PAGE}/{packet.id}.zip")
    assert download.mimetype == "application/zip"
    assert "attachment" in download.headers["Content-Disposition"]
    genuine = check(download.data)
    assert genuine.fingerprint in page
    assert genuine.facts["organization"]["name"] == "Riverside"
    assert packet.digest is not None
    assert packet.digest in page


def test_asking_is_in_the_audit_trail_and_in_the_packets_own_manifest(
    grace: FlaskClient, database: Database
) -> None:
    grace.post(PAGE, data=FORM)
    [packet] = rows(database)
    assert packet.body is not None
    with database.reading_session() as session:
        last = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert last is not None
    assert (last.action, last.actor_name) == ("evidence.asked", "Grace Manager")
    assert last.details["about"] == "Everyone"
    head = check(packet.body).facts["audit_trail"]
    assert head == {"number": last.number, "digest": last.digest}


def test_whoever_presses_the_button_several_times_has_one_packet(
    house: House, sign_in: SignIn, database: Database, clock: StandingClock
) -> None:
    tabs = [sign_in(house.grace) for _ in range(3)]
    grace, *_others = tabs
    pressed = at_once([partial(tab.post, PAGE, data=FORM) for tab in tabs])
    assert [answer.status_code for answer in pressed] == [303] * 3
    [packet] = rows(database)
    assert packet.state == "ready"
    with database.reading_session() as session:
        told = sa.select(AuditEntry.number).where(AuditEntry.action == "evidence.asked")
        assert len(session.scalars(told).all()) == 1
    # Another question is another packet, and so is the same one of somebody else or later.
    about = {"who": "some", "job_titles": "Aide <b>"}
    for other in (about, {"ends_on": "2026-02-27"}, {"course": "refresher"}):
        grace.post(PAGE, data=FORM | other)
    assert len(rows(database)) == 4
    with database.transaction() as session:
        riverside = session.scalars(
            sa.select(Organization).where(Organization.slug == "riverside")
        ).one()
        make_member(session, riverside, session.get_one(User, house.hugo), "manager")
    sign_in(house.hugo).post(PAGE, data=FORM)
    assert len(rows(database)) == 5
    clock.advance(seconds=59)
    grace.post(PAGE, data=FORM)
    assert len(rows(database)) == 5
    clock.advance(seconds=1)
    grace.post(PAGE, data=FORM)
    assert len(rows(database)) == 6
    with database.transaction() as session:
        session.execute(sa.update(EvidencePacket).values(state="failed"))
    grace.post(PAGE, data=FORM)
    assert len(rows(database)) == 7


def test_a_packet_that_a_worker_has_made_meanwhile_is_told_to_be_ready(
    app: Flask, grace: FlaskClient, database: Database, clock: StandingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(packets, "MADE_AT_ONCE", 1)
    for _ in range(2):
        grace.post(PAGE, data=FORM)
        assert "is being made" in text_of(grace)
    services: web.Services = app.extensions["rounds"]
    make_worker(services.settings, database, clock, services.mailer).do_all()
    grace.post(PAGE, data=FORM)
    assert "Your packet is ready." in text_of(grace)
    assert len(rows(database)) == 1


def test_one_about_many_is_left_to_the_worker(
    app: Flask,
    grace: FlaskClient,
    database: Database,
    clock: StandingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(packets, "MADE_AT_ONCE", 1)
    grace.post(PAGE, data=FORM)
    page = text_of(grace)
    assert "is being made" in page
    assert "Being made" in page
    [packet] = rows(database)
    assert grace.get(f"{PAGE}/{packet.id}.zip").status_code == 404
    services: web.Services = app.extensions["rounds"]
    worker = make_worker(services.settings, database, clock, services.mailer)
    assert worker.do_all()
    [packet] = rows(database)
    assert packet.body is not None
    check(packet.body)
    with database.reading_session() as session:
        assert session.scalars(sa.select(Job.done_at).where(Job.kind == packets.JOB)).one()


class ServerEnded(BaseException):
    """The process is ended: nothing catches it, and nothing is done any more."""


def test_one_whose_server_is_ended_is_made_by_a_worker(
    app: Flask, grace: FlaskClient, database: Database, clock: StandingClock
) -> None:
    def end(_connection: object, _cursor: object, statement: str, *_told: object) -> None:
        if statement.startswith("UPDATE evidence_packet"):
            raise ServerEnded

    event.listen(sa.Engine, "before_cursor_execute", end)
    try:
        with pytest.raises(ServerEnded):
            grace.post(PAGE, data=FORM)
    finally:
        event.remove(sa.Engine, "before_cursor_execute", end)
    services: web.Services = app.extensions["rounds"]
    worker = make_worker(services.settings, database, clock, services.mailer)
    assert worker.do_all()
    # Not while the page might still make it.
    assert "Being made" in text_of(grace)
    clock.advance(minutes=4)
    assert worker.do_all()
    [packet] = rows(database)
    assert packet.body is not None
    assert check(packet.body).facts["organization"]["name"] == "Riverside"


def test_what_keeps_the_worker_from_making_one_is_told_on_the_page(
    settings: Settings, grace: FlaskClient, database: Database, clock: StandingClock,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setattr(packets, "MADE_AT_ONCE", 1)
    grace.post(PAGE, data=FORM)
    without_key = Settings.model_construct(**{**dict(settings), "env": "production"})
    mailer = FolderMailer(tmp_path / "mail", "x@example.org")
    make_worker(without_key, database, clock, mailer).do_all()
    assert "There is no key to sign it with" in text_of(grace)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"course": "unheard-of"}, "Not a valid choice"),
        ({"starts_on": ""}, "Type the first day."),
        ({"ends_on": "soon"}, "Not a valid date value"),
        ({"starts_on": "2026-02-28", "ends_on": "2026-02-27"}, "before the first one"),
        ({"ends_on": "2026-03-03"}, "Choose today or a day before"),
        ({"starts_on": "0001-01-01"}, "from 1900 on"),
        ({"who": "some"}, "Choose a team"),
        ({"who": "nobody"}, "Choose one of the two"),
        ({"who": "some", "job_titles": "Surgeon"}, "not a valid choice"),
        ({"who": "some", "teams": "other"}, "not a valid choice"),
    ],
)
def test_what_cannot_be_made_is_told_and_nothing_typed_is_lost(
    grace: FlaskClient, database: Database, house: House, changes: dict[str, str], words: str
) -> None:
    if changes.get("teams"):
        changes = changes | {"teams": str(house.other_team)}
    answer = grace.post(PAGE, data=FORM | changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert rows(database) == []
    if "who" in changes:
        assert 'value="2026-01-01"' in page


def test_an_audience_of_teams_and_titles_is_kept(
    grace: FlaskClient, database: Database, house: House
) -> None:
    some = {"who": "some", "teams": str(house.team), "job_titles": "Aide <b>"}
    assert grace.post(PAGE, data=FORM | some).status_code == 303
    [packet] = rows(database)
    assert packet.audience["team_ids"] == [house.team]
    assert packet.audience["job_titles"] == ["Aide <b>"]
    assert "Teams: Night shift; Job titles: Aide &lt;b&gt;" in text_of(grace)


@pytest.fixture
def past(database: Database, house: House) -> None:
    """In February Mia was a night aide in a house that nobody is in today; her team was closed in March."""
    with database.transaction() as session:
        mia = session.scalars(
            sa.select(Membership).join(Membership.user).where(User.name == "Mia Member")
        ).one()
        for month, values in (
            (2, {"job_title": "Night aide", "department": "Ward 3", "site": "Old house"}),
            (3, {"job_title": "aide <B>", "department": "", "site": ""}),
        ):
            moment = datetime(2026, month, 1, tzinfo=UTC)
            session.add(_position(mia, moment, values))
        shift = session.get_one(Team, house.team)
        make_team_member(session, shift, mia)
        end_team(session, shift, now=datetime(2026, 3, 1, 9, tzinfo=UTC))
        theirs = session.get_one(Team, house.other_team)
        end_team(session, theirs, now=datetime(2026, 3, 1, 9, tzinfo=UTC))
        hugo = session.scalars(sa.select(Membership).where(Membership.user_id == house.hugo)).one()
        before = {"job_title": "Their cook", "department": "Their ward", "site": "Theirs"}
        session.add(_position(hugo, BEGINNING, before))


def _position(membership: Membership, starts_at: datetime, placed: dict[str, str]) -> Position:
    """What a member was from a moment on."""
    whose = {"organization_id": membership.organization_id, "membership_id": membership.id}
    return Position(**whose, starts_at=starts_at, is_member=True, **placed)


def labels(page: str) -> list[str]:
    return re.findall(r'type="checkbox".*?<label[^>]*>([^<]*)</label>', page, re.DOTALL)


def test_what_people_were_and_teams_that_have_ended_are_offered_and_marked(
    grace: FlaskClient, past: None
) -> None:
    assert labels(text_of(grace)) == [
        "Night shift (ended)",
        "Aide &lt;b&gt;",
        "Night aide (former)",
        "Ward 3 (former)",
        "Old house (former)",
    ]
    # A rule is for whoever is here.
    rule = grace.get("/organizations/riverside/assignments/new?covers=some").text
    for old in ("Night shift", "Night aide", "Ward 3", "Old house"):
        assert old not in rule


@pytest.mark.parametrize(
    ("kind", "value", "of_others"),
    [
        ("teams", "", ""),
        ("job_titles", "Night aide", "Their cook"),
        ("departments", "Ward 3", "Their ward"),
        ("sites", "Old house", "Theirs"),
    ],
)
def test_a_packet_is_about_whoever_was_placed_so_on_its_last_day_and_nobody_elsewhere(
    grace: FlaskClient, database: Database, house: House, past: None,
    kind: str, value: str, of_others: str,
) -> None:  # fmt: skip
    about = FORM | {"who": "some", kind: value or str(house.team)}
    assert grace.post(PAGE, data=about).status_code == 303
    assert grace.post(PAGE, data=about | {"ends_on": "2026-03-02"}).status_code == 303
    then, today = (archive.read(one.body or b"")["roster.csv"] for one in rows(database))
    assert b"Mia Member" in then
    assert b"Mia Member" not in today
    theirs = grace.post(PAGE, data=about | {kind: of_others or str(house.other_team)})
    assert theirs.status_code == 422
    assert "not a valid choice" in theirs.text


def test_a_site_in_production_without_a_key_says_what_is_missing(
    app: Flask, grace: FlaskClient, database: Database
) -> None:
    services: web.Services = app.extensions["rounds"]
    without = Settings.model_construct(**{**dict(services.settings), "env": "production"})
    app.extensions["rounds"] = web.Services(
        without, services.database, services.clock, services.mailer
    )
    assert "LMS_SIGNING_KEY" in text_of(grace)
    assert grace.post(PAGE, data=FORM).status_code == 422
    assert rows(database) == []


@pytest.mark.parametrize(("text", "words"), [(None, "No such file"), ("none", "no private key")])
def test_a_site_does_not_start_with_a_key_that_cannot_be_used(
    settings: Settings, database: Database, tmp_path: Path, text: str | None, words: str
) -> None:
    file = tmp_path / "key.pem"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError, match=f"LMS_SIGNING_KEY: .*{words}"):
        create_app(settings.model_copy(update={"signing_key": file}), database=database)


def test_a_key_that_an_operator_gives_signs_the_packets(
    app: Flask, grace: FlaskClient, database: Database, tmp_path: Path
) -> None:
    first = re.findall(r"<code>([0-9a-f]{64})</code>", text_of(grace))
    kept = app.extensions["rounds"].settings.instance_path / "signing-key.pem"
    assert kept.stat().st_mode & 0o777 == 0o600
    moved = tmp_path / "elsewhere.pem"
    moved.write_bytes(kept.read_bytes())
    settings = app.extensions["rounds"].settings.model_copy(update={"signing_key": moved})
    again = create_app(settings, database=database)
    assert again.extensions["rounds"].settings.signing_key == moved
    grace.post(PAGE, data=FORM)
    [packet] = rows(database)
    assert packet.body is not None
    assert [check(packet.body).fingerprint] == first


def test_the_page_asks_as_often_for_many_packets_as_for_one(
    grace: FlaskClient, database: Database
) -> None:
    grace.post(PAGE, data=FORM)
    text_of(grace)
    with statements(database) as few:
        text_of(grace)
    for day in (25, 26, 27):
        grace.post(PAGE, data=FORM | {"ends_on": f"2026-02-{day}"})
    assert len(rows(database)) == 4
    with statements(database) as many:
        text_of(grace)
    assert few == many
    assert len(few) == 7
    assert not [one for one in few if "evidence_packet.body" in one]
