"""The certificate as PDF: what it says, that it is accessible, that no name can break it."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import unquote

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

from lms.certificates.document import qr_code_address, render_pdf
from lms.certificates.facts import CertificateFacts, CertificateModule

NUMBER = "RND-7K3M-Q9TZ-4WX0"
ADDRESS = f"https://learn.example.org/verify/{NUMBER}"
FACTS = CertificateFacts(
    number=NUMBER,
    learner_name="Ada Okafor",
    course_title="Patient care coordination",
    course_revision=7,
    modules=[CertificateModule("Role overview", 2), CertificateModule("Core skills", 4)],
    score=Fraction(23, 25),
    hours=Decimal("2.50"),
    issued_at=datetime(2026, 11, 21, 14, 5, tzinfo=UTC),
    expires_at=datetime(2027, 11, 21, 14, 5, tzinfo=UTC),
    verify_address=ADDRESS,
    signed_at=datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
)


def read(document: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(document))


def catalog(document: PdfReader) -> DictionaryObject:
    root = document.trailer["/Root"]
    assert isinstance(root, DictionaryObject)
    return root


def metadata(document: PdfReader) -> str:
    stream = catalog(document)["/Metadata"].get_object()
    assert isinstance(stream, StreamObject)
    return stream.get_data().decode()


def text_of(document: bytes) -> str:
    """All text with its blanks made one: where a line breaks is not what is tested."""
    pages = (page.extract_text() for page in read(document).pages)
    return " ".join(" ".join(pages).split())


def letters_of(text: str) -> str:
    return "".join(text.split())


def tags(node: Any) -> list[DictionaryObject]:
    """Every element of a structure tree, in reading order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for child in node for tag in tags(child)]
    if not isinstance(node, DictionaryObject):
        return []
    own = [node] if "/S" in node else []
    return own + (tags(node["/K"]) if "/K" in node else [])


def test_it_says_all_its_facts_in_reading_order() -> None:
    text = text_of(render_pdf(FACTS))
    expected = [
        "Rounds",
        "Certificate of completion",
        "Ada Okafor",
        "has completed the course",
        "Patient care coordination",
        "Course revision 7",
        "Role overview, revision 2",
        "Core skills, revision 4",
        "Score 92%",
        "Hours of instruction 2.5",
        "Statement signed 20 November 2026",
        "Issued 21 November 2026",
        "Expires 21 November 2027",
        f"Certificate number {NUMBER}",
    ]
    places = [text.find(part) for part in expected]
    assert -1 not in places
    assert places == sorted(places)
    assert ADDRESS in letters_of(text)


def test_what_there_is_not_is_left_out() -> None:
    text = text_of(
        render_pdf(replace(FACTS, score=None, expires_at=None, signed_at=None, modules=[]))
    )
    assert "Score" not in text
    assert "Modules" not in text
    assert "Statement" not in text
    assert "Expires Does not expire" in text


def test_it_is_tagged_and_declares_pdf_ua() -> None:
    document = read(render_pdf(FACTS))
    root = catalog(document)
    assert root["/MarkInfo"]["/Marked"]  # pyright: ignore[reportIndexIssue]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]  # pyright: ignore[reportIndexIssue]
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata(document)
    elements = tags(root["/StructTreeRoot"]["/K"])  # pyright: ignore[reportIndexIssue]
    kinds = [str(element["/S"]) for element in elements]
    assert [kind for kind in kinds if kind in ("/H1", "/H2")] == ["/H1", "/H2"]
    assert kinds.count("/LI") == 2
    figures = [element for element in elements if element["/S"] == "/Figure"]
    assert [figure["/Alt"] for figure in figures] == [f"QR code that opens {ADDRESS}"]


def test_its_metadata_names_it_and_its_date() -> None:
    information = read(render_pdf(FACTS)).metadata
    assert information is not None
    assert information.title == ("Certificate of completion: Patient care coordination, Ada Okafor")
    assert information.creation_date == FACTS.issued_at


def test_it_is_one_landscape_page() -> None:
    (page,) = read(render_pdf(FACTS)).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)


def test_its_address_can_be_followed() -> None:
    (page,) = read(render_pdf(FACTS)).pages
    # The library's types do not say what an annotation holds.
    notes: Any = page["/Annots"]
    links = [note.get_object()["/A"]["/URI"] for note in notes]
    assert set(links) == {ADDRESS}


def test_the_same_facts_make_the_same_bytes_on_every_thread() -> None:
    with ThreadPoolExecutor(4) as threads:
        documents = set(threads.map(lambda _number: render_pdf(FACTS), range(12)))
    assert documents == {render_pdf(FACTS)}
    assert render_pdf(replace(FACTS, learner_name="Ada Okafo")) not in documents


def test_another_process_makes_the_same_bytes() -> None:
    program = (
        (
            "import sys; from datetime import UTC, datetime; from decimal import Decimal;"
            "from fractions import Fraction; from lms.certificates.document import render_pdf;"
            "from lms.certificates.facts import CertificateFacts, CertificateModule;"
            f"sys.stdout.buffer.write(render_pdf({FACTS!r}))"
        )
        .replace("datetime.datetime", "datetime")
        .replace("datetime.timezone.utc", "UTC")
    )
    made = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert made.stdout == render_pdf(FACTS)


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Ştefănescu-O’Brien",
        "Siobhán O'Connor",
        "Νίκος Ωμέγας",
        "Иван Петров",
        "Đặng",
        '#panic() $x$ *bold* _it_ `raw` = h // c /* d */ @ref <b> [x] \\ "q"',
        "#sys.inputs",
        '"}) #read("/etc/passwd")',
    ],
)
def test_a_name_is_shown_as_it_is_written(name: str) -> None:
    document = render_pdf(replace(FACTS, learner_name=name, course_title=name))
    assert letters_of(text_of(document)).count(letters_of(name)) == 2
    assert "pdfuaid:part" in metadata(read(document))


@pytest.mark.parametrize(
    "text",
    [
        ("Wolfeschlegelstein von Bergerdorff und zu " * 5)[:200],
        "W" * 200,
        "m" * 200,
        "\N{GRINNING FACE}" * 200,
        "\N{HEBREW LETTER ALEF}" * 200,
    ],
)
def test_the_longest_name_and_title_stay_on_the_page(text: str) -> None:
    document = render_pdf(replace(FACTS, learner_name=text, course_title=text))
    (page,) = read(document).pages
    places: list[tuple[float, float]] = []

    def visit(_text: str, current: Any, matrix: Any, _font: Any, _size: float) -> None:
        if _text.strip():
            x, y = matrix[4], matrix[5]
            places.append(
                (
                    x * current[0] + y * current[2] + current[4],
                    x * current[1] + y * current[3] + current[5],
                )
            )

    page.extract_text(visitor_text=visit)
    assert places
    assert all(0 < x < 842 and 0 < y < 595 for x, y in places)
    # Where a line ends is not told; at these sizes no line of the column holds 100 letters.
    assert max(len(line) for line in page.extract_text().splitlines()) < 100
    assert NUMBER in text_of(document)


def test_a_long_name_keeps_no_invisible_characters() -> None:
    text = text_of(render_pdf(replace(FACTS, learner_name="Wolf" * 50)))
    assert "Wolf" * 50 in letters_of(text)
    assert "\u200b" not in text


def test_a_letter_that_no_font_has_does_not_stop_the_certificate(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # No font has a shape for a noncharacter, whatever is installed.
    document = render_pdf(replace(FACTS, learner_name="Ada \ufffe\U0003fffe"))
    assert "An empty box stands for a letter" in " ".join(text_of(document).split())
    assert "empty box" not in text_of(render_pdf(FACTS))
    (told,) = caplog.messages
    assert "install a font" in told
    assert "fffe" in told
    assert "Ada" not in told
    reader = read(document)
    assert "Ada" in text_of(document)
    assert "/StructTreeRoot" in catalog(reader)
    # The standard forbids letters without a shape, so the document must not claim it.
    assert "pdfuaid" not in metadata(reader)


@pytest.mark.parametrize("name", ["", "\x00", "Ada\x07\ud800", "山田 太郎", "أحمد", "\u202eadA"])
def test_any_name_makes_a_certificate(name: str) -> None:
    assert NUMBER in text_of(render_pdf(replace(FACTS, learner_name=name)))


def test_too_many_modules_are_listed_overleaf() -> None:
    modules = [CertificateModule(f"Module about topic {number}", 1) for number in range(1, 81)]
    document = render_pdf(replace(FACTS, modules=modules))
    first, second = (" ".join(page.extract_text().split()) for page in read(document).pages)
    assert "The 80 modules are listed on the next page." in first
    assert f"Modules of certificate {NUMBER}, Ada Okafor" in second
    assert all(f"{module.title}, revision 1" in second for module in modules)


def test_a_dozen_modules_fit_on_the_page() -> None:
    modules = [CertificateModule(f"Module about topic {number}", 1) for number in range(1, 13)]
    document = render_pdf(replace(FACTS, modules=modules))
    assert len(read(document).pages) == 1
    assert "Module about topic 12, revision 1" in text_of(document)


def test_a_qr_code_for_a_page_is_a_picture_of_the_address_alone() -> None:
    picture = unquote(qr_code_address(ADDRESS))
    assert picture.startswith("data:image/svg+xml")
    assert "<path" in picture
    assert picture != unquote(qr_code_address(ADDRESS + "X"))
