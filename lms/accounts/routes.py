"""Pages of accounts: signing in and out, one's own account, links to choose a password."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from lms.foundation import web
from lms.foundation.mail import Letter

from . import devices, passwords, service, throttle, zones
from .access import Access, access, person
from .destination import local_path
from .errors import LinkOver, PasswordNotSuitable
from .forms import ChangePasswordForm, ChoosePasswordForm, ForgottenForm, SignInForm, TimeZoneForm
from .models import AccountLink, User
from .signing_in import NOT_MATCHED, apart, enter, proves, refuse_haste
from .tokens import TOKEN_LENGTH, link_address

blueprint = Blueprint("accounts", __name__)


# Signing in and out


@blueprint.get("/sign-in")
@access(Access.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """The form to sign in with."""
    wanted = local_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(wanted or url_for("courses.home"))
    return render_template("accounts/sign_in.html", form=SignInForm(next=wanted))


@blueprint.post("/sign-in")
@access(Access.PUBLIC)
def check_sign_in() -> ResponseReturnValue:
    """Sign in, and go on to the page that was wanted."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 422
    name = form.name.data or ""
    with apart() as reading:
        account = service.find_by_name(reading, name)
    subjects = throttle.sign_in_subjects(name, request.remote_addr)
    if not proves(account, form.password.data or "", subjects) or account is None:
        web.commit()
        form.form_errors.append(NOT_MATCHED)
        return render_template("accounts/sign_in.html", form=form), 422
    enter(account.id, keep=form.keep.data)
    web.commit()
    return redirect(local_path(form.next.data) or url_for("courses.home"), code=303)


@blueprint.post("/sign-out")
@access(Access.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    service.end_session(web.session(), person().id, person().session_id, now=web.now())
    web.commit()
    return _leave("You are signed out. See you next time.")


# One's own account


@blueprint.get("/account")
@access(Access.SIGNED_IN)
def account() -> ResponseReturnValue:
    """Who one is here, one's devices and password."""
    return _account_page()


@blueprint.post("/account/time-zone")
@access(Access.SIGNED_IN)
def change_time_zone() -> ResponseReturnValue:
    """Show dates by another zone's clock."""
    form = TimeZoneForm()
    if not form.validate_on_submit():
        return _account_page(zone_form=form), 422
    service.set_time_zone(web.session(), person().id, form.time_zone.data or "")
    web.commit()
    flash("Dates and times are now shown in your new time zone.", "success")
    return _back_to_account()


@blueprint.post("/account/password")
@access(Access.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Change one's password, which signs every other device out."""
    form = ChangePasswordForm()
    with apart() as reading:
        account = reading.get_one(User, person().id)
    password_hash = _chosen(form, account)
    if password_hash is None:
        return _account_page(password_form=form), 422
    subjects = throttle.sign_in_subjects(
        account.email or account.user_name or "", request.remote_addr
    )
    if not proves(account, form.current.data or "", subjects):
        web.commit()
        form.current.errors = ["This is not your current password."]
        return _account_page(password_form=form), 422
    service.set_password(
        web.session(),
        account.id,
        password_hash=password_hash,
        keep_session_id=person().session_id,
        now=web.now(),
    )
    web.commit()
    flash("Your password is changed. Every other device is signed out.", "success")
    return _back_to_account()


@blueprint.post("/account/sessions/<int:session_id>/end")
@access(Access.SIGNED_IN)
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign one of one's own devices out."""
    if not service.end_session(web.session(), person().id, session_id, now=web.now()):
        abort(404)
    web.commit()
    if session_id == person().session_id:
        return _leave("This device is signed out.")
    flash("That device is signed out.", "success")
    return _back_to_account()


@blueprint.post("/account/sign-out-everywhere")
@access(Access.SIGNED_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign all of one's devices out, this one too."""
    service.end_sessions(web.session(), person().id, now=web.now())
    web.commit()
    return _leave("You are signed out on every device.")


# Links


@blueprint.get("/forgotten")
@access(Access.PUBLIC)
def forgotten() -> ResponseReturnValue:
    """The form that asks for a link."""
    return render_template("accounts/forgotten.html", form=ForgottenForm())


@blueprint.post("/forgotten")
@access(Access.PUBLIC)
def send_reset() -> ResponseReturnValue:
    """Send a link if there is somebody to send it to; the answer never tells."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form), 422
    session, name = web.session(), form.name.data or ""
    subjects = throttle.reset_subjects(name, request.remote_addr)
    service.take_turn(session, subjects)
    refuse_haste(session, subjects)
    service.record_try(session, subjects, now=web.now())
    account = service.find_by_name(session, name)
    if account and account.email and account.deactivated_at is None:
        token = service.issue_link(session, account.id, "reset", now=web.now())
        address = link_address(web.services().settings.base_url, "reset", token)
        text = render_template("accounts/letter_reset.txt", account=account, address=address)
        web.post(Letter(account.email, "Choose a new password for Rounds", text))
    web.commit()
    return redirect(url_for("accounts.forgotten_sent"), code=303)


@blueprint.get("/forgotten/sent")
@access(Access.PUBLIC)
def forgotten_sent() -> ResponseReturnValue:
    """What happens next, the same for every name."""
    return render_template("accounts/forgotten_sent.html")


@blueprint.get("/invitation/<token>")
@access(Access.PUBLIC)
def invitation(token: str) -> ResponseReturnValue:
    """Where the link of an invitation leads."""
    return _keep_token(token)


@blueprint.get("/reset/<token>")
@access(Access.PUBLIC)
def reset(token: str) -> ResponseReturnValue:
    """Where the link of a reset leads."""
    return _keep_token(token)


@blueprint.get("/choose-password")
@access(Access.PUBLIC)
def choose_password() -> ResponseReturnValue:
    """The form to choose a password with, for whoever came by a link."""
    try:
        link = service.open_link(web.session(), cookie.get("link", ""), now=web.now())
    except LinkOver:
        return _link_over()
    return _choose_page(ChoosePasswordForm(), link)


@blueprint.post("/choose-password")
@access(Access.PUBLIC)
def use_link() -> ResponseReturnValue:
    """Set the password, once, and sign in."""
    form, token = ChoosePasswordForm(), cookie.get("link", "")
    try:
        with apart() as reading:
            link = service.open_link(reading, token, now=web.now())
        password_hash = _chosen(form, link.user)
        if password_hash is None:
            return _choose_page(form, link), 422
        service.use_link(web.session(), token, password_hash=password_hash, now=web.now())
    except LinkOver:
        return _link_over()
    service.forget_failures(web.session(), link.user)
    enter(link.user.id, keep=False)
    web.commit()
    flash("Your password is set and you are signed in.", "success")
    return redirect(url_for("courses.home"), code=303)


# What the views share


def _chosen(form: ChoosePasswordForm, user: User) -> str | None:
    """The hash of the password chosen in `form`, or None when the form now says what is wrong."""
    if not form.validate_on_submit():
        return None
    try:
        return passwords.choose(form.new.data or "", names=(user.name, user.email, user.user_name))
    except PasswordNotSuitable as error:
        form.new.errors = [str(error)]
        return None


def _leave(message: str) -> ResponseReturnValue:
    """Forget who used this browser, and go to the page to sign in."""
    logout_user()
    cookie.clear()
    flash(message, "success")
    return redirect(url_for("accounts.sign_in"), code=303)


def _keep_token(token: str) -> ResponseReturnValue:
    """Move a link's token from the address, which histories and logs keep, into the cookie."""
    cookie["link"] = token if len(token) == TOKEN_LENGTH else ""
    return redirect(url_for("accounts.choose_password"), code=303)


def _choose_page(form: ChoosePasswordForm, link: AccountLink) -> str:
    return render_template("accounts/choose_password.html", form=form, link=link)


def _link_over() -> ResponseReturnValue:
    return render_template("accounts/link_over.html"), 410


def _back_to_account() -> ResponseReturnValue:
    # The forms are sent to their own place on the page, and a browser would go back there: the
    # message that all is well stands at the top.
    return redirect(url_for("accounts.account", _anchor="main"), code=303)


def _account_page(
    *, password_form: ChangePasswordForm | None = None, zone_form: TimeZoneForm | None = None
) -> str:
    """The account page; a form that was sent shows what is wrong with it, the others are fresh."""
    session, who = web.session(), person()
    user = session.get_one(User, who.id)
    sessions = service.live_sessions(session, who.id, now=web.now())
    return render_template(
        "accounts/account.html",
        user=user,
        zone_form=zone_form or TimeZoneForm(formdata=None),
        zones=[(zone, zones.label(zone)) for zone in zones.offered(user.time_zone)],
        password_form=password_form or ChangePasswordForm(formdata=None),
        sessions=[(row, devices.describe(row.user_agent)) for row in sessions],
    )
