"""The page of an organization's evidence packets: ask for one, see them all, download."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access, person
from lms.assignments.audience import Audience
from lms.foundation import downloads, jobs, web
from lms.foundation.clock import in_zone, sortable
from lms.foundation.downloads import KIND, Table
from lms.foundation.workbook import Cell
from lms.organizations import current
from lms.organizations.choices import Choices, choices, typed_name
from lms.organizations.scopes import Scope

from . import packets
from .evidence import STATES, audience_words, packet_name
from .evidence_forms import KINDS, WHO, PacketForm
from .signing import signer_of

blueprint = Blueprint("evidence", __name__)
# By then a server that was ended while it made a packet has left it, and a worker makes it.
TAKEN_UP_AFTER = timedelta(minutes=3)


@blueprint.get("/organizations/<slug>/evidence")
@access(Access.MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """The form for a new packet, filled in as the address says, and the packets that there are."""
    scope, form = current.whole_or_404(slug), PacketForm(formdata=request.args or None)
    return _page(scope, form, _offer(scope, form))


@blueprint.post("/organizations/<slug>/evidence")
@access(Access.MANAGER)
def ask(slug: str) -> ResponseReturnValue:
    """Have a packet made: at once where it is about few people, else by a worker."""
    scope = current.whole_or_404(slug)
    form = PacketForm()
    offered, signer = _offer(scope, form), signer_of(web.services().settings)
    if signer is None or not form.validate_on_submit():
        return _page(scope, form, offered), 422
    packet_id, is_at_once = _asked(scope, form)
    if is_at_once:
        services = web.services()
        packets.make(
            services.database,
            packet_id,
            signer=signer,
            base_url=services.settings.base_url,
            now=web.now(),
        )
        flash("Your packet is ready.", "success")
    else:
        flash("Your packet is being made. Look here again in a few minutes.", "info")
    return redirect(url_for("evidence.overview", slug=slug), code=303)


@blueprint.get("/organizations/<slug>/evidence/<int:packet_id>.zip")
@access(Access.MANAGER)
def download(slug: str, packet_id: int) -> ResponseReturnValue:
    """A packet, as it was made."""
    scope = current.whole_or_404(slug)
    packet = packets.find_ready(web.session(), scope.organization_id, packet_id) or abort(404)
    response = Response(packet.body, mimetype="application/zip")
    name = packet_name(slug, packet.starts_on, packet.ends_on, packet.id)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get(f"/organizations/<slug>/evidence.{KIND}")
@access(Access.MANAGER)
def packets_file(slug: str, kind: str) -> ResponseReturnValue:
    """The list of packets, as a file: each with the name and the digest of its own file."""
    scope = current.whole_or_404(slug)

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        teams = packets.team_names(session, scope.organization_id)
        for one in packets.every_packet(session, scope.organization_id):
            about = audience_words(Audience.from_json(one.audience), teams)
            asked_at, state = sortable(one.asked_at, scope.time_zone), STATES[one.state]
            file = (
                packet_name(slug, one.starts_on, one.ends_on, one.id)
                if one.state == "ready"
                else None
            )
            asked = (one.course, one.starts_on, one.ends_on, about, one.asked_by, asked_at)
            yield *asked, state, one.fault, file, one.digest

    asked = (
        "Course",
        "First day",
        "Last day",
        "About",
        "Asked for by",
        f"Asked ({scope.time_zone})",
    )
    headings = (*asked, "State", "Fault", "File", "SHA-256")
    today = in_zone(web.now(), scope.time_zone).date()
    return downloads.download(Table(f"packets-{slug}-{today}", "Packets", headings, rows), kind)


def _asked(scope: Scope, form: PacketForm) -> tuple[int, bool]:
    """Commit what a valid form asks for; the packet's id, and whether it can be had at once."""
    session = web.session()
    assert form.starts_on.data is not None
    assert form.ends_on.data is not None
    wanted = packets.wanted(
        session,
        scope,
        course_slug=form.course.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        audience=form.audience(),
        by_id=person().id,
        now=web.now(),
    )
    packet, is_new = packets.ask(session, wanted)
    is_at_once = packet.state == "ready" or packets.is_small(session, packet)
    if is_new:
        _note(scope, form, packet.id, is_at_once=is_at_once)
    web.commit()
    return packet.id, is_at_once


def _note(scope: Scope, form: PacketForm, packet_id: int, *, is_at_once: bool) -> None:
    """Write who asked for what, and ask a worker for it.

    One that is made at once it finds made, unless this process was ended meanwhile.
    """
    session = web.session()
    run_at = web.now() + TAKEN_UP_AFTER if is_at_once else web.now()
    key = f"{packets.JOB}:{packet_id}"
    jobs.ask(session, packets.JOB, {"packet_id": packet_id}, run_at=run_at, key=key)
    teams = packets.team_names(session, scope.organization_id)
    current.record(
        scope,
        "evidence.asked",
        "packet",
        packet_id,
        packets.course_titles(session)[form.course.data],
        first_day=str(form.starts_on.data),
        last_day=str(form.ends_on.data),
        about=audience_words(form.audience(), teams),
    )


def _offer(scope: Scope, form: PacketForm) -> Choices:
    """Give the form what there is to choose from, which this answers with too."""
    session = web.session()
    typed = typed_name(form.find.data or "")
    offered = choices(session, scope, form.teams.data or [], typed, ever=True)
    today = in_zone(web.now(), scope.time_zone).date()
    form.offer(packets.course_titles(session), offered, today)
    return offered


def _page(scope: Scope, form: PacketForm, offered: Choices) -> str:
    session = web.session()
    signer = signer_of(web.services().settings)
    teams = packets.team_names(session, scope.organization_id)
    number = request.args.get("page", 1, type=int)
    page = packets.packets_page(session, scope.organization_id, number)
    return render_template(
        "reports/evidence.html",
        organization=scope,
        form=form,
        choices=offered,
        kinds=KINDS,
        who=WHO,
        states=STATES,
        page=page,
        packets=[
            (one, audience_words(Audience.from_json(one.audience), teams)) for one in page.rows
        ],
        fingerprint=signer and signer.fingerprint,
    )
