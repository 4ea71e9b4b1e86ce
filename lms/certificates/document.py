"""A certificate as PDF, typeset by Typst and tagged for screen readers (PDF/UA-1) (pure).

Typst keeps threads of its own, which a fork does not copy: a process must not be forked after its
first certificate, so nothing is made before one is asked for.
"""

import io
import json
import logging
import threading
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst

from lms.foundation.wording import NBSP

from .facts import CertificateFacts, printable

INK = "#1e2b29"
TEMPLATE = Path(__file__).with_name("certificate.typ")

log = logging.getLogger(__name__)

NOTE = "An empty box stands for a letter that could not be printed. At this address the names can be read."

# A compiler belongs to the thread that made it.
_of_thread = threading.local()


def render_pdf(facts: CertificateFacts) -> bytes:
    """The certificate as a tagged PDF, the same bytes for the same facts on the same machine.

    One A4 page; a second one lists the modules where they are too many for the first.

    It declares PDF/UA-1 unless a letter of a name has no shape in Typst's fonts or the machine's:
    the standard forbids that, so the document then only keeps its tags, shows an empty box, and says
    so. The log says which letter it was: whoever runs the site can install a font.
    """
    try:
        return _compile(facts, note="", standards=["ua-1"])
    except typst.TypstError as error:
        log.warning("a certificate lacks a letter, install a font that has it: %s", error)
        return _compile(facts, note=NOTE, standards=[])


def qr_code_address(address: str) -> str:
    """A picture of `address` as a QR code, as a `data:` address for a page."""
    return _qr_code(address).svg_data_uri(border=0, dark=INK)


def _compile(facts: CertificateFacts, *, note: str, standards: list[Literal["ua-1"]]) -> bytes:
    document = _compiler().compile(
        format="pdf",
        sys_inputs={"certificate": json.dumps(_texts(facts) | {"note": note})},
        pdf_standards=[*standards],
        timestamp=int(facts.issued_at.timestamp()),
    )
    assert isinstance(document, bytes)
    return document


def _texts(facts: CertificateFacts) -> dict[str, Any]:
    """What the template shows, as texts: it words and computes nothing."""
    name, title = printable(facts.learner_name), printable(facts.course_title)
    details = [
        ("Score", facts.score_text),
        ("Hours of instruction", facts.hours_text),
        ("Statement signed", facts.signed_text),
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
        "qr": _qr_svg(facts.verify_address),
    }


def _qr_code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False)


def _qr_svg(address: str) -> str:
    picture = io.BytesIO()
    _qr_code(address).save(picture, kind="svg", border=0, dark=INK)
    return picture.getvalue().decode()


def _compiler() -> typst.Compiler:
    if not hasattr(_of_thread, "compiler"):
        _of_thread.compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=_fonts())
    return _of_thread.compiler


@cache
def _fonts() -> typst.Fonts:
    """Typst's own fonts, and the machine's for letters that they lack."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
