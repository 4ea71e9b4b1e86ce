"""A certificate as PDF, typeset by Typst (pure)."""

from pathlib import Path
from typing import Any

from lms.foundation.typesetting import INK, make_pdf, qr_code, qr_svg
from lms.foundation.wording import NBSP, printable

from .facts import CertificateFacts

TEMPLATE = Path(__file__).with_name("certificate.typ")


def render_pdf(facts: CertificateFacts) -> bytes:
    """The certificate as a tagged PDF, the same bytes for the same facts on the same machine.

    One A4 page; a second one lists the modules where they are too many for the first.
    """
    return make_pdf(TEMPLATE, _texts(facts), facts.issued_at)


def qr_code_address(address: str) -> str:
    """A picture of `address` as a QR code, as a `data:` address for a page."""
    return qr_code(address).svg_data_uri(border=0, dark=INK)


def _texts(facts: CertificateFacts) -> dict[str, Any]:
    """What the template shows, as texts: it words and computes nothing."""
    name, title = printable(facts.learner_name), printable(facts.course_title)
    details = [
        ("Score", facts.score_text),
        ("Hours of instruction", facts.hours_text),
        ("Issued", facts.issued_text),
        ("Expires", facts.expires_text),
    ]
    return {
        "document": f"Certificate of completion: {title}, {name}",
        "number": facts.number,
        "name": name,
        "title": title,
        "revision": f"Course revision {facts.course_revision}",
        "modules": [
            {"title": printable(module.title), "revision": f"revision{NBSP}{module.revision}"}
            for module in facts.modules
        ],
        "details": [{"label": label, "value": value} for label, value in details if value],
        "address": facts.verify_address,
        "qr": qr_svg(facts.verify_address),
    }
