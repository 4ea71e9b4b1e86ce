"""Evidence packets: asked for, made, listed, handed out."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session, defer

from lms.accounts.models import User
from lms.assignments.audience import Audience
from lms.certificates import document
from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.courses.models import (
    Course,
    CourseRevision,
    Figure,
    Module,
    ModuleRevision,
    Publication,
)
from lms.foundation import audit
from lms.foundation.database import Database, batches, fetch, stream
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page
from lms.organizations.models import Organization, Team
from lms.organizations.scopes import Scope

from . import seal
from .audit_trail import start_of
from .evidence import (
    MAX_CERTIFICATES,
    Contents,
    Facts,
    RevisionFiles,
    audience_words,
    files_of,
)
from .models import EvidencePacket
from .packet_owed import Owing
from .packet_people import Period, people_of
from .packet_rows import Learning

JOB = "evidence.make"
# Up to so many people a packet is made while the one who asked for it waits.
MADE_AT_ONCE = 200
# An identical packet asked for again within so long is the same one.
SAME_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PacketRow:
    """One line of the list of packets."""

    id: int
    course: str
    starts_on: date
    ends_on: date
    audience: Mapping[str, Any]
    state: str
    asked_by: str
    asked_at: datetime
    digest: str | None
    fault: str


def course_titles(session: Session) -> dict[str, str]:
    """The title of every course that was ever published, by its slug, in the order of titles."""
    latest = select(func.max(CourseRevision.id)).group_by(CourseRevision.course_id)
    rows = session.execute(
        select(Course.slug, CourseRevision.rendered)
        .join(CourseRevision, CourseRevision.course_id == Course.id)
        .where(CourseRevision.id.in_(latest))
    )
    titles = {slug: page["title"] for slug, page in rows}
    return dict(sorted(titles.items(), key=lambda item: (item[1].casefold(), item[0])))


def wanted(
    session: Session,
    scope: Scope,
    *,
    course_slug: str,
    starts_on: date,
    ends_on: date,
    audience: Audience,
    by_id: int,
    now: datetime,
) -> EvidencePacket:
    """A packet to `ask` for."""
    return EvidencePacket(
        organization_id=scope.organization_id,
        course_id=session.scalars(select(Course.id).where(Course.slug == course_slug)).one(),
        starts_on=starts_on,
        ends_on=ends_on,
        audience=audience.to_json(),
        state="asked",
        asked_by_id=by_id,
        asked_at=now,
    )


def ask(session: Session, packet: EvidencePacket) -> tuple[EvidencePacket, bool]:
    """Note that a packet is wanted, which `make` makes: the packet, and whether it is new.

    Whoever asks for the same within a minute, as by a double click, means the one that they asked for
    before. Those who ask at once take turns at the organization's row, so that each sees what the one
    before it asked for.
    """
    take_turns = select(Organization.id).where(Organization.id == packet.organization_id)
    session.execute(take_turns.with_for_update(key_share=True))
    same = ("organization_id", "course_id", "starts_on", "ends_on", "asked_by_id")
    lately = session.scalars(
        select(EvidencePacket)
        .where(
            *(getattr(EvidencePacket, name) == getattr(packet, name) for name in same),
            EvidencePacket.asked_at > packet.asked_at - SAME_WITHIN,
            EvidencePacket.state != "failed",
        )
        .order_by(EvidencePacket.id.desc())
        .options(defer(EvidencePacket.body))
    )
    for one in lately:
        if one.audience == packet.audience:
            return one, False
    session.add(packet)
    session.flush()
    return packet, True


def is_small(session: Session, packet: EvidencePacket) -> bool:
    """Whether it is about so few people that it can be made at once."""
    period = _period(packet, _zone(session, packet))
    return len(people_of(session, period, Audience.from_json(packet.audience))) <= MADE_AT_ONCE


def make(
    database: Database, packet_id: int, *, signer: seal.Signer, base_url: str, now: datetime
) -> None:
    """Make the packet that was asked for; one that was made already stays as it is.

    Reading and rendering may take minutes: they hold no transaction that others would wait for.
    """
    with database.reading_session() as session:
        packet = session.get_one(EvidencePacket, packet_id)
        if packet.state == "ready":
            return
        contents = gather(session, packet, base_url=base_url, now=now)
    body = seal.seal(files_of(contents), contents.facts.to_json(), signer)
    with database.transaction() as session:
        _settle(session, packet_id, now, state="ready", body=body, fault="",
                digest=hashlib.sha256(body).hexdigest())  # fmt: skip


def give_up(session: Session, packet_id: int, fault: str, now: datetime) -> None:
    """Note why a packet could not be made."""
    _settle(session, packet_id, now, state="failed", fault=fault)


def _settle(session: Session, packet_id: int, now: datetime, **values: Any) -> None:
    session.execute(
        update(EvidencePacket)
        .where(EvidencePacket.id == packet_id, EvidencePacket.state != "ready")
        .values(finished_at=now, **values)
    )


def packets_page(session: Session, organization_id: int, page: int = 1) -> Page[PacketRow]:
    """An organization's packets, the latest first, 50 to a page, without the files themselves.

    A page outside the list is taken for the nearest one that exists.
    """
    mine = EvidencePacket.organization_id == organization_id
    count = session.scalar(select(func.count()).select_from(EvidencePacket).where(mine)) or 0
    number = nearest_page(page, count)
    shown = _PACKETS.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    rows = fetch(session, shown, organization_id=organization_id)
    return Page([PacketRow(*row) for row in rows], number, count)


def every_packet(session: Session, organization_id: int) -> Iterator[PacketRow]:
    """All of them in the same order, as they come."""
    rows = stream(session, _PACKETS, organization_id=organization_id)
    return (PacketRow(*row) for row in rows)


_PACKETS = (
    select(
        EvidencePacket.id,
        CourseRevision.rendered["title"].as_string(),
        EvidencePacket.starts_on,
        EvidencePacket.ends_on,
        EvidencePacket.audience,
        EvidencePacket.state,
        User.name,
        EvidencePacket.asked_at,
        EvidencePacket.digest,
        EvidencePacket.fault,
    )
    .join(User, User.id == EvidencePacket.asked_by_id)
    .join(CourseRevision, CourseRevision.course_id == EvidencePacket.course_id)
    .where(
        EvidencePacket.organization_id == bindparam("organization_id"),
        CourseRevision.id.in_(
            select(func.max(CourseRevision.id)).group_by(CourseRevision.course_id)
        ),
    )
    .order_by(EvidencePacket.id.desc())
)


def find_ready(session: Session, organization_id: int, packet_id: int) -> EvidencePacket | None:
    """The organization's packet with that id, as far as it is made."""
    return session.scalar(
        select(EvidencePacket).where(
            EvidencePacket.id == packet_id,
            EvidencePacket.organization_id == organization_id,
            EvidencePacket.state == "ready",
        )
    )


def team_names(session: Session, organization_id: int) -> dict[int, str]:
    """The names of an organization's teams, of those that were closed too."""
    rows = session.execute(
        select(Team.id, Team.name).where(Team.organization_id == organization_id)
    )
    return {row[0]: row[1] for row in rows}


def gather(session: Session, packet: EvidencePacket, *, base_url: str, now: datetime) -> Contents:
    """Everything that belongs into a packet, as the record holds it now."""
    period = _period(packet, _zone(session, packet))
    audience = Audience.from_json(packet.audience)
    people = people_of(session, period, audience)
    learning, owing = Learning(session, period, people), Owing(session, period, people)
    return Contents(
        facts=_facts(session, packet, audience, period, now),
        tables={
            "roster.csv": learning.roster(owing.completed_elsewhere),
            "owed.csv": owing.owed(),
            "completions.csv": learning.completions() + owing.vouched(),
            "lessons.csv": learning.lessons(),
            "attempts.csv": learning.attempts(),
            "attestations.csv": learning.attestations(),
            "waivers.csv": owing.waivers(),
            "moves.csv": owing.moves(),
            "overdue.csv": owing.overdue(),
        },
        modules=_modules(session, period, learning),
        courses=_courses(session, period, learning.named_courses),
        certificates=_certificates(session, learning.certificates, base_url),
    )


def _zone(session: Session, packet: EvidencePacket) -> str:
    return session.scalars(
        select(Organization.time_zone).where(Organization.id == packet.organization_id)
    ).one()


def _period(packet: EvidencePacket, zone: str) -> Period:
    return Period(
        packet.organization_id,
        packet.course_id,
        packet.starts_on,
        packet.ends_on,
        zone,
        start=start_of(packet.starts_on, zone),
        end=start_of(packet.ends_on + timedelta(days=1), zone),
    )


def _facts(
    session: Session, packet: EvidencePacket, audience: Audience, period: Period, now: datetime
) -> Facts:
    organization = session.get_one(Organization, packet.organization_id)
    course = session.get_one(Course, packet.course_id)
    number, digest = audit.head_of(session)
    return Facts(
        organization=organization.name,
        organization_slug=organization.slug,
        course=course_titles(session)[course.slug],
        course_slug=course.slug,
        starts_on=packet.starts_on,
        ends_on=packet.ends_on,
        time_zone=period.zone,
        audience=audience_words(audience, team_names(session, organization.id)),
        made_by=session.get_one(User, packet.asked_by_id).name,
        made_at=now,
        audit_number=number,
        audit_digest=digest,
    )


def _courses(session: Session, period: Period, named: Collection[int]) -> list[RevisionFiles]:
    rows = session.execute(
        select(Course.slug, CourseRevision.number, CourseRevision.source, Publication.published_at)
        .join(CourseRevision, CourseRevision.course_id == Course.id)
        .join(Publication, Publication.id == CourseRevision.publication_id)
        .where(Course.id == period.course_id)
        .order_by(CourseRevision.number)
    ).all()
    in_force = _in_force([(row.number, row.published_at) for row in rows], period)
    return [
        RevisionFiles(row.slug, row.number, row.source, {})
        for row in rows
        if row.number in in_force | set(named)
    ]


def _modules(session: Session, period: Period, learning: Learning) -> list[RevisionFiles]:
    """The modules of the course as they were in the period, and as completions and attempts name them."""
    rows = session.execute(
        select(Module.slug, ModuleRevision.number, ModuleRevision.id, Publication.published_at)
        .join(ModuleRevision, ModuleRevision.module_id == Module.id)
        .join(Publication, Publication.id == ModuleRevision.publication_id)
        .where(Module.slug.in_(learning.slugs))
        .order_by(Module.slug, ModuleRevision.number)
    ).all()
    wanted = set(learning.named_revisions)
    for slug in learning.slugs:
        numbers = [(row.number, row.published_at) for row in rows if row.slug == slug]
        wanted |= {(slug, number) for number in _in_force(numbers, period)}
    ids = [row.id for row in rows if (row.slug, row.number) in wanted]
    return [found for some in batches(ids) for found in _with_files(session, some)]


def _with_files(session: Session, revision_ids: Sequence[int]) -> list[RevisionFiles]:
    revisions = session.execute(
        select(Module.slug, ModuleRevision.number, ModuleRevision.source, ModuleRevision.figures)
        .join(ModuleRevision, ModuleRevision.module_id == Module.id)
        .where(ModuleRevision.id.in_(revision_ids))
    ).all()
    digests = sorted({digest for row in revisions for digest in row.figures.values()})
    bodies: dict[str, bytes] = {}
    for some in batches(digests):
        rows = session.execute(select(Figure.digest, Figure.body).where(Figure.digest.in_(some)))
        bodies |= {row[0]: row[1] for row in rows}
    return [
        RevisionFiles(
            row.slug,
            row.number,
            row.source,
            {name: bodies[digest] for name, digest in row.figures.items()},
        )
        for row in revisions
    ]


def _in_force(published: Sequence[tuple[int, datetime]], period: Period) -> set[int]:
    """The numbers of the revisions in force at any time of a period, from numbers in order with moments."""
    before = [number for number, moment in published if moment < period.start]
    return set(before[-1:]) | {number for number, moment in published if period.holds(moment)}


def _certificates(
    session: Session, numbers: Sequence[str], base_url: str
) -> dict[str, bytes] | None:
    if len(numbers) > MAX_CERTIFICATES:
        return None
    found: dict[str, bytes] = {}
    for some in batches(numbers):
        for one in session.scalars(select(Certificate).where(Certificate.number.in_(some))):
            facts = certificates.facts_of(one, verify_address=f"{base_url}/verify/{one.number}")
            found[one.number] = document.render_pdf(facts)
    return found
