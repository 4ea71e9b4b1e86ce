"""The page on what is kept of a member: holds, and erasing their data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access, person
from lms.accounts.models import User
from lms.foundation import audit, web
from lms.foundation.clock import in_zone, sortable
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.workbook import Cell
from lms.organizations import current, people
from lms.organizations.models import Membership
from lms.organizations.scopes import Scope

from . import erasing, holds
from .errors import HeldAlready, NotErasable
from .forms import EraseForm, HoldForm
from .models import Hold
from .terms import BASES, LAWS, YEARS, Outlook

blueprint = Blueprint("retention", __name__)
PAGE = "/organizations/<slug>/people/<int:membership_id>/retention"


@dataclass(frozen=True, slots=True)
class Kept:
    """A member, here or gone, of an organization that the signed-in person manages whole."""

    scope: Scope
    membership: Membership
    outlook: Outlook

    @property
    def user_id(self) -> int:
        """Their account."""
        return self.membership.user_id

    @property
    def address(self) -> str:
        """The page about them."""
        return url_for("retention.overview", slug=self.scope.slug, membership_id=self.membership.id)

    def record(self, action: str, **details: object) -> None:
        """Append to the audit trail that the signed-in person did this to them."""
        membership = self.membership
        current.record(
            self.scope, action, "membership", membership.id, membership.user.name, **details
        )


@blueprint.get(PAGE)
@access(Access.MANAGER)
def overview(slug: str, membership_id: int) -> ResponseReturnValue:
    """What is kept of a member and until when, holds, and for an administrator the way to erase it."""
    return _page(_kept_or_404(slug, membership_id))


@blueprint.get(f"{PAGE}/holds.{KIND}")
@access(Access.MANAGER)
def holds_file(slug: str, membership_id: int, kind: str) -> ResponseReturnValue:
    """The organization's holds on a member, as a file."""
    kept = _kept_or_404(slug, membership_id)
    scope, user_id = kept.scope, kept.user_id

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in holds.holds_of(session, scope.organization_id, user_id):
            placed_at = sortable(one.placed_at, scope.time_zone)
            lifted_at = one.lifted_at and sortable(one.lifted_at, scope.time_zone)
            yield one.reason, one.placed_by, placed_at, one.lifted_by, lifted_at

    zone, today = scope.time_zone, in_zone(web.now(), scope.time_zone).date()
    headings = ("Reason", "Placed by", f"Placed ({zone})", "Lifted by", f"Lifted ({zone})")
    name = f"holds-{slug}-{membership_id}-{today}"
    return download(Table(name, "Holds", headings, rows), kind)


@blueprint.post(f"{PAGE}/holds")
@access(Access.MANAGER)
def place_hold(slug: str, membership_id: int) -> ResponseReturnValue:
    """Place a hold: nothing of the person's is erased until it is lifted."""
    kept, form = _kept_or_404(slug, membership_id), HoldForm()
    if not form.validate_on_submit():
        return _page(kept, hold_form=form), 422
    try:
        hold = holds.place(
            web.session(),
            kept.scope.organization_id,
            kept.user_id,
            reason=form.hold_reason.data or "",
            by_id=person().id,
            now=web.now(),
        )
    except HeldAlready:
        return web.done_already(kept.address)
    kept.record("hold.placed", reason=form.hold_reason.data)
    web.commit()
    flash(_placed_in_words(kept, hold), "success")
    return redirect(kept.address, code=303)


@blueprint.post(f"{PAGE}/holds/<int:hold_id>/lift")
@access(Access.MANAGER)
def lift_hold(slug: str, membership_id: int, hold_id: int) -> ResponseReturnValue:
    """Lift a hold of this organization's."""
    kept = _kept_or_404(slug, membership_id)
    reason = holds.lift(
        web.session(),
        kept.scope.organization_id,
        kept.user_id,
        hold_id,
        by_id=person().id,
        now=web.now(),
    )
    if reason is None:
        if not holds.is_lifted(web.session(), kept.scope.organization_id, kept.user_id, hold_id):
            abort(404)
        return web.done_already(kept.address)
    kept.record("hold.lifted", reason=reason)
    web.commit()
    flash("The hold is lifted.", "success")
    return redirect(kept.address, code=303)


@blueprint.post(f"{PAGE}/erase")
@access(Access.ADMINISTRATOR)
def erase(slug: str, membership_id: int) -> ResponseReturnValue:
    """Erase a person's data as far as no law wants it kept."""
    kept = _kept_or_404(slug, membership_id)
    form = EraseForm(kept.membership.user.name, is_over=kept.outlook.is_over)
    if kept.outlook.obstacles or not form.validate_on_submit():
        return _page(kept, erase_form=form), 422
    try:
        carry_out(
            kept.membership.user,
            form,
            zone=kept.scope.time_zone,
            organization_id=kept.scope.organization_id,
        )
    except NotErasable:
        # Somebody placed a hold or took them back in a moment ago.
        web.session().rollback()
        return _page(_kept_or_404(slug, membership_id), erase_form=form), 409
    web.commit()
    flash("Erased. What is left is told below.", "success")
    return redirect(kept.address, code=303)


def _placed_in_words(kept: Kept, hold: Hold) -> str:
    """That a hold is in force, and who placed others for the same reason."""
    others = [
        one.placed_by
        for one in holds.holds_of(web.session(), kept.scope.organization_id, kept.user_id)
        if one.reason == hold.reason and one.lifted_at is None and one.id != hold.id
    ]
    if not others:
        return "The hold is in force."
    return (
        f"The hold is in force. {' and '.join(others)} placed one for the same reason: each is lifted"
        " by itself."
    )


def carry_out(user: User, form: EraseForm, *, zone: str, organization_id: int | None) -> None:
    """Erase what may be, and put it on the trail under the name that the person had.

    Raises NotErasable.
    """
    who, name = person(), user.name
    basis, reason = form.basis.data or "", form.reason.data or ""
    erasure = erasing.erase(
        web.session(),
        current_app.extensions["rounds_quizzes"],
        user.id,
        basis=basis,
        reason=reason,
        by_id=who.id,
        zone=zone,
        now=web.now(),
    )
    told = {"ground": basis, "reason": reason, "record_kept_until": str(erasure.keeps_until or "")}
    act = audit.Act("person.erased", "person", user.id, name, organization_id, told)
    audit.record(web.session(), audit.Actor(who.name, who.id), act, web.now())


def _kept_or_404(slug: str, membership_id: int) -> Kept:
    scope = current.whole_or_404(slug)
    found = people.find_membership(web.session(), scope, membership_id) or abort(404)
    outlook = erasing.outlook(
        web.session(),
        found.user_id,
        by_id=person().id,
        zone=scope.time_zone,
        now=web.now(),
        # Whoever may erase has to know of everything.
        left_at=None if person().is_administrator else found.ended_at,
    )
    return Kept(scope, found, outlook)


def _page(
    kept: Kept, *, hold_form: HoldForm | None = None, erase_form: EraseForm | None = None
) -> str:
    """The page; a form that was sent shows what is wrong with it, the other is fresh."""
    scope, user = kept.scope, kept.membership.user
    return render_template(
        "retention/member.html",
        organization=scope,
        membership=kept.membership,
        user=user,
        outlook=kept.outlook,
        laws=LAWS,
        bases=BASES,
        years=YEARS,
        holds=holds.holds_of(web.session(), scope.organization_id, user.id),
        hold_form=hold_form or HoldForm(formdata=None),
        erase_form=erase_form or EraseForm(user.name, is_over=kept.outlook.is_over, formdata=None),
    )
