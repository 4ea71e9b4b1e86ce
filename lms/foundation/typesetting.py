"""Documents for paper: texts put into a Typst template, as a PDF tagged for screen readers (pure).

Typst keeps threads of its own, which a fork does not copy: a process must not be forked after its
first document, so nothing is made before one is asked for.
"""

import io
import json
import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst

INK = "#1e2b29"
# What Typst says of a letter for which there is no font.
NO_SHAPE = "could not be displayed with font"

log = logging.getLogger(__name__)

# A compiler belongs to the thread that made it.
_of_thread = threading.local()


def make_pdf(
    template: Path, texts: Mapping[str, Any], made_at: datetime, *, note_on_gaps: str = ""
) -> bytes:
    """A tagged PDF, the same bytes for the same texts and moment on the same machine.

    The template finds `texts` as JSON in `sys.inputs.texts`: they are values there, never source. It
    declares PDF/UA-1 unless a letter has no shape in Typst's fonts or the machine's: the standard forbids
    that, so the document then only keeps its tags, shows an empty box, and the template finds
    `note_on_gaps` as `note`. The log says which letter it was: whoever runs the site can install a font.
    For whatever else the standard forbids, it says that the template is at fault.
    """
    try:
        return _compile(template, {**texts, "note": ""}, made_at, standards=["ua-1"])
    except typst.TypstError as error:
        if NO_SHAPE in str(error):
            log.warning("a document lacks a letter, install a font that has it: %s", error)
            return _compile(template, {**texts, "note": note_on_gaps}, made_at, standards=[])
        log.error("%s does not meet PDF/UA-1, and is made without it: %s", template.name, error)
        return _compile(template, {**texts, "note": ""}, made_at, standards=[])


def qr_code(address: str) -> segno.QRCode:
    """`address` as a QR code."""
    return segno.make(address, error="m", micro=False)


def qr_svg(address: str) -> str:
    """A picture of `address` as a QR code, for a template."""
    picture = io.BytesIO()
    qr_code(address).save(picture, kind="svg", border=0, dark=INK)
    return picture.getvalue().decode()


def _compile(
    template: Path,
    texts: Mapping[str, Any],
    made_at: datetime,
    *,
    standards: list[Literal["ua-1"]],
) -> bytes:
    document = _compiler(template).compile(
        format="pdf",
        sys_inputs={"texts": json.dumps(texts)},
        pdf_standards=[*standards],
        timestamp=int(made_at.timestamp()),
    )
    assert isinstance(document, bytes)
    return document


def _compiler(template: Path) -> typst.Compiler:
    compilers: dict[Path, typst.Compiler] = _of_thread.__dict__.setdefault("compilers", {})
    if template not in compilers:
        compilers[template] = typst.Compiler(template, root=template.parent, font_paths=_fonts())
    return compilers[template]


@cache
def _fonts() -> typst.Fonts:
    """Typst's own fonts, and the machine's for letters that they lack."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
