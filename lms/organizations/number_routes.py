"""Signing in with an organization's code and an employee number, for staff without e-mail."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.accounts import throttle
from lms.accounts.access import Access, access
from lms.accounts.destination import local_path
from lms.accounts.signing_in import apart, enter, proves
from lms.foundation import web

from . import people
from .forms import NumberForm

blueprint = Blueprint("numbers", __name__)

# One sentence for every reason: it must not tell which organizations and numbers exist.
NOT_MATCHED = (
    "Code, number and password do not match an account. Check all three and try again, or ask your"
    " manager for a new sign-in slip."
)


@blueprint.get("/sign-in/number")
@access(Access.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """The form to sign in with; a slip's address names the organization's code."""
    wanted = local_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(wanted or url_for("courses.home"))
    form = NumberForm(formdata=None, next=wanted, code=request.args.get("code", "")[:100])
    return render_template("organizations/sign_in.html", form=form)


@blueprint.post("/sign-in/number")
@access(Access.PUBLIC)
def check_sign_in() -> ResponseReturnValue:
    """Sign in, and go on to the page that was wanted."""
    form = NumberForm()
    if not form.validate_on_submit():
        return render_template("organizations/sign_in.html", form=form), 422
    code, number = form.named()
    with apart() as reading:
        account = people.find_by_number(reading, code, number)
    subjects = throttle.sign_in_subjects(f"{code}/{number}", request.remote_addr)
    if not proves(account, form.password.data or "", subjects) or account is None:
        web.commit()
        form.form_errors.append(NOT_MATCHED)
        return render_template("organizations/sign_in.html", form=form), 422
    enter(account.id, keep=form.keep.data)
    web.commit()
    return redirect(local_path(form.next.data) or url_for("courses.home"), code=303)
