"""Pages of certificates: one's own, one as a page or PDF, and the public check of a number."""

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access, person
from lms.foundation import web

from . import document, expiry, numbers, service
from .facts import date_in_utc
from .models import Certificate

blueprint = Blueprint("certificates", __name__)
blueprint.add_app_template_filter(date_in_utc)


# Certificates of people who are signed in


@blueprint.get("/certificates")
@access(Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """One's own certificates, newest first."""
    certificates = service.list_for(web.session(), person().id)
    return render_template(
        "certificates/mine.html",
        certificates=[(certificate, _is_valid(certificate)) for certificate in certificates],
    )


@blueprint.get("/certificates/<number>")
@access(Access.SIGNED_IN)
def show(number: str) -> ResponseReturnValue:
    """A certificate as a page."""
    certificate = _readable(number)
    address = _verify_address(certificate.number)
    return render_template(
        "certificates/show.html",
        facts=service.facts_of(certificate, verify_address=address),
        qr_code=document.qr_code_address(address),
        is_valid=_is_valid(certificate),
        is_mine=certificate.user_id == person().id,
    )


@blueprint.get("/certificates/<number>.pdf")
@access(Access.SIGNED_IN)
def pdf(number: str) -> ResponseReturnValue:
    """A certificate to print and to keep."""
    certificate = _readable(number)
    facts = service.facts_of(certificate, verify_address=_verify_address(certificate.number))
    response = Response(document.render_pdf(facts), mimetype="application/pdf")
    name = f"certificate-{certificate.number}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    # Only the reader's own browser may keep it, and asks each time whether it may still be shown.
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


# What anyone may check


@blueprint.get("/verify")
@access(Access.PUBLIC)
def verify_form() -> ResponseReturnValue:
    """The form to type a number, or the way to the number that was typed."""
    typed = request.args.get("number")
    if typed is None:
        return _unindexed(render_template("certificates/verify_form.html", typed="", fault=None))
    fault = numbers.fault_in(typed)
    if fault is not None:
        page = render_template("certificates/verify_form.html", typed=typed, fault=fault)
        return _unindexed(page, status=422)
    return _unindexed(_to_number(numbers.normalize(typed)))


@blueprint.get("/verify/<number>")
@access(Access.PUBLIC)
def verify(number: str) -> ResponseReturnValue:
    """What the public may know of a certificate: whose, which course, from when until when."""
    canonical = numbers.normalize(number)
    if canonical != number:
        return _unindexed(_to_number(canonical))
    certificate = service.find(web.session(), number)
    if certificate is None:
        page = render_template(
            "certificates/unknown.html", typed=number, fault=numbers.fault_in(number)
        )
        return _unindexed(page, status=404)
    return _unindexed(
        render_template(
            "certificates/verify.html",
            certificate=certificate,
            is_valid=_is_valid(certificate),
            issuer_host=urlsplit(web.services().settings.base_url).netloc,
        )
    )


def _readable(number: str) -> Certificate:
    """The certificate, where the signed-in person may read it; else a 404 that does not tell why."""
    certificate = service.find_for_reader(
        web.session(),
        number,
        person_id=person().id,
        is_administrator=person().is_administrator,
    )
    if certificate is None:
        abort(404)
    return certificate


def _is_valid(certificate: Certificate) -> bool:
    return expiry.status(certificate.expires_at, web.now()) is expiry.Status.VALID


def _verify_address(number: str) -> str:
    path = url_for("certificates.verify", number=number)
    return f"{web.services().settings.base_url}{path}"


def _to_number(number: str) -> ResponseReturnValue:
    return redirect(url_for("certificates.verify", number=number), code=303)


def _unindexed(answer: ResponseReturnValue, status: int | None = None) -> Response:
    """An answer that search engines leave alone: a page about a person is not for them."""
    response = make_response(answer)
    if status is not None:
        response.status_code = status
    response.headers["X-Robots-Tag"] = "noindex"
    return response
