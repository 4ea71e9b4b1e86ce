"""A member's page: what they are and were, teams, leaves; leaving, and coming back."""

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access, person
from lms.foundation import web
from lms.foundation.clock import in_zone

from . import current, leaves, people, positions, requests
from .errors import AlreadyAsked, LeaveOverlaps, NotAMember, NumberTaken, WasErased
from .forms import ROLES, LeaveForm, MemberForm, RehireForm
from .member_records import MemberRecord, record_of
from .models import Membership, MembershipRequest
from .placements import Placement
from .routes import blueprint, tell_of_request
from .scopes import Scope

CHANGED_MEANWHILE = (
    "Position or role were changed since you opened this form: what they are now stands at the top of the"
    " page. Nothing of yours was saved, and what you typed is kept. Save it again to have it so all the same."
)


@blueprint.get("/organizations/<slug>/people/<int:membership_id>")
@access(Access.TEAM_MANAGER)
def member(slug: str, membership_id: int) -> ResponseReturnValue:
    """Everything that the organization keeps of one of its people."""
    return _page(current.scope_or_404(slug), membership_id)


@blueprint.post("/organizations/<slug>/people/<int:membership_id>")
@access(Access.MANAGER)
def change_member(slug: str, membership_id: int) -> ResponseReturnValue:
    """Say what a member is from now on."""
    scope = current.whole_or_404(slug)
    form, found = MemberForm(), _locked_or_404(scope, membership_id)
    known = record_of(web.session(), scope, membership_id)
    if known is None or found.ended_at is not None:
        abort(404)
    changes = _changed(form, known)
    if changes is None:
        return _page(scope, membership_id, member_form=form), 422
    if changes:
        _record(scope, "membership.changed", found, changes=_as_texts(changes))
        web.commit()
    flash("Saved." if changes else "Nothing was changed.", "success")
    return _back_to(scope, membership_id)


@blueprint.post("/organizations/<slug>/people/<int:membership_id>/end")
@access(Access.MANAGER)
def end_member(slug: str, membership_id: int) -> ResponseReturnValue:
    """Note that a member has left; their record stays."""
    scope = current.whole_or_404(slug)
    found = _locked_or_404(scope, membership_id)
    if found.ended_at is not None:
        return web.done_already(_address(scope, membership_id))
    if found.user_id == person().id:
        abort(403, description="You cannot end your own membership. Another manager can.")
    positions.end_memberships(web.session(), scope.organization_id, [membership_id], now=web.now())
    _record(scope, "membership.ended", found)
    web.commit()
    flash(f"{found.user.name} has left. Their record stays.", "success")
    return _back_to(scope, membership_id)


@blueprint.post("/organizations/<slug>/people/<int:membership_id>/rehire")
@access(Access.MANAGER)
def rehire(slug: str, membership_id: int) -> ResponseReturnValue:
    """Take somebody back in who had left."""
    scope = current.whole_or_404(slug)
    found, form = _locked_or_404(scope, membership_id), RehireForm()
    if found.ended_at is None:
        if not positions.has_been_away(web.session(), membership_id):
            abort(404)
        return web.done_already(_address(scope, membership_id))
    if requests.is_waiting(web.session(), scope.organization_id, found.user_id):
        flash(f"{found.user.name} is asked already.", "warning")
        return _back_to(scope, membership_id)
    one = _rehired(form, found)
    if one is None:
        return _page(scope, membership_id, rehire_form=form), 422
    if isinstance(one, MembershipRequest):
        tell_of_request(scope, one)
        words = "is asked to come back, since their account is in use elsewhere"
    else:
        _record(scope, "membership.resumed", found, hired_on=str(form.hired_on.data))
        words = "is back"
    web.commit()
    flash(f"{found.user.name} {words}.", "success")
    return _back_to(scope, membership_id)


@blueprint.post("/organizations/<slug>/people/<int:membership_id>/leaves")
@access(Access.MANAGER)
def add_leave(slug: str, membership_id: int) -> ResponseReturnValue:
    """Record the days on which a member is away."""
    scope = current.whole_or_404(slug)
    found, form = _membership_or_404(scope, membership_id), LeaveForm()
    if found.ended_at is not None:
        abort(404)
    if not _is_recorded(form, found):
        return _page(scope, membership_id, leave_form=form), 422
    days = {"starts_on": str(form.starts_on.data), "ends_on": str(form.ends_on.data)}
    _record(scope, "leave.recorded", found, **days)
    web.commit()
    flash("The leave is recorded.", "success")
    return _back_to(scope, membership_id)


@blueprint.post("/organizations/<slug>/people/<int:membership_id>/leaves/<int:leave_id>/withdraw")
@access(Access.MANAGER)
def withdraw_leave(slug: str, membership_id: int, leave_id: int) -> ResponseReturnValue:
    """Take back a leave that was recorded by mistake."""
    scope = current.whole_or_404(slug)
    found = _membership_or_404(scope, membership_id)
    leave = leaves.withdraw(web.session(), found, leave_id, now=web.now())
    if leave is None:
        if not leaves.is_withdrawn(web.session(), found, leave_id):
            abort(404)
        return web.done_already(_address(scope, membership_id))
    days = {"starts_on": str(leave.starts_on), "ends_on": str(leave.ends_on)}
    _record(scope, "leave.withdrawn", found, **days)
    web.commit()
    flash("The leave is withdrawn.", "success")
    return _back_to(scope, membership_id)


def _membership_or_404(scope: Scope, membership_id: int) -> Membership:
    return people.find_membership(web.session(), scope, membership_id) or abort(404)


def _locked_or_404(scope: Scope, membership_id: int) -> Membership:
    """The membership, which nobody else changes before this request is over: of two, one comes second."""
    found = _membership_or_404(scope, membership_id)
    web.session().refresh(found, with_for_update={"key_share": True})
    return found


def _changed(form: MemberForm, known: MemberRecord) -> dict[str, tuple[object, object]] | None:
    """What the form has changed about a member; None when it now says what is wrong."""
    if not form.validate_on_submit():
        return None
    session, found = web.session(), known.membership
    # Whoever takes their own role away may be the last who has it.
    role = found.role if found.user_id == person().id else form.role.data or found.role
    try:
        placement = _placement(form, known)
        is_same = (placement, role) == (positions.placement_of(found), found.role)
        if request.form.get("seen", known.seen) != known.seen and not is_same:
            form.form_errors = [CHANGED_MEANWHILE]
            return None
        changes = positions.place(session, found, placement, now=web.now())
    except NotAMember as error:
        form.manager.errors = [str(error)]
        return None
    except NumberTaken as error:
        form.employee_number.errors = [str(error)]
        return None
    if role != found.role:
        changes["role"] = (found.role, role)
        found.role = role
        session.flush()
    return changes


def _placement(form: MemberForm, known: MemberRecord) -> Placement:
    """What the form says; raises NotAMember when its manager is nobody, or the member."""
    name, found = form.manager.data or "", known.membership
    manager_id = found.manager_id
    # Whoever stands there already stays, even if they have left.
    if name != known.manager_named:
        named = people.find_named(web.session(), found.organization_id, [name]) if name else {}
        manager_id = named.get(name)
        if name and manager_id in (None, found.id):
            raise NotAMember(name)
    return Placement(
        employee_number=form.employee_number.data or None,
        job_title=form.job_title.data or "",
        department=form.department.data or "",
        site=form.site.data or "",
        hired_on=form.hired_on.data,
        manager_id=manager_id,
    )


def _rehired(form: RehireForm, found: Membership) -> Membership | MembershipRequest | None:
    """Whoever is back, or is asked to come back; None when the form now says what is wrong."""
    if not form.validate_on_submit():
        return None
    session, who = web.session(), (found.organization_id, found.user_id)
    placement = replace(positions.placement_of(found), hired_on=form.hired_on.data)
    terms: dict[str, Any] = {"role": "member", "placement": placement, "now": web.now()}
    try:
        if requests.is_to_be_asked(session, *who):
            asked = {"name": found.user.name, "email": None, "by_id": person().id}
            return requests.ask(session, *who, **asked, **terms)
        positions.add_member(session, *who, **terms)
    except (AlreadyAsked, WasErased) as error:
        form.form_errors = [str(error)]
        return None
    return found


def _is_recorded(form: LeaveForm, found: Membership) -> bool:
    """Whether the leave is recorded; the form says what is wrong if it is not."""
    if not form.validate_on_submit():
        return False
    assert form.starts_on.data
    assert form.ends_on.data
    try:
        leaves.record(
            web.session(),
            found,
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
            by_id=person().id,
            now=web.now(),
        )
    except LeaveOverlaps as error:
        form.starts_on.errors = [str(error)]
        return False
    return True


def _record(scope: Scope, action: str, found: Membership, **details: object) -> None:
    current.record(scope, action, "membership", found.id, found.user.name, **details)


def _as_texts(changes: dict[str, tuple[object, object]]) -> dict[str, list[object]]:
    """Changes as the audit trail keeps them: texts and whole numbers."""
    return {
        name: [one if isinstance(one, int) else str(one or "") for one in pair]
        for name, pair in changes.items()
    }


def _back_to(scope: Scope, membership_id: int) -> ResponseReturnValue:
    return redirect(_address(scope, membership_id), code=303)


def _address(scope: Scope, membership_id: int) -> str:
    return url_for("organizations.member", slug=scope.slug, membership_id=membership_id)


def _page(
    scope: Scope,
    membership_id: int,
    *,
    member_form: MemberForm | None = None,
    rehire_form: RehireForm | None = None,
    leave_form: LeaveForm | None = None,
) -> str:
    """The member's page; a form that was sent shows what is wrong with it, the others are fresh."""
    record = record_of(web.session(), scope, membership_id) or abort(404)
    return render_template(
        "organizations/member.html",
        organization=scope,
        record=record,
        roles=ROLES,
        member_form=member_form or _member_form(record),
        rehire_form=rehire_form or RehireForm(formdata=None),
        leave_form=leave_form or LeaveForm(formdata=None),
        today=in_zone(web.now(), scope.time_zone).date(),
    )


def _member_form(record: MemberRecord) -> MemberForm:
    """The form with what the member is now."""
    return MemberForm(formdata=None, obj=record.membership, data={"manager": record.manager_named})
