"""Sign-in slips: what is on paper, for eyes, readers and scanners."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader
from pypdf.generic import StreamObject

from lms.organizations.slips import Slip, make_slips

AT = datetime(2026, 3, 2, tzinfo=UTC)
MAYA = Slip(
    name="Maya *Torres*",
    code="riverside",
    number="1001",
    name_typed="maya@example.org",
    address="https://learn.example.org/invitation/" + "t" * 43,
    until="9 March 2026, 09:00",
)


def document(*slips: Slip) -> PdfReader:
    made = make_slips(slips, organization="Riverside", site="learn.example.org", made_at=AT)
    return PdfReader(io.BytesIO(made))


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_slip_says_whose_it_is_how_long_it_works_and_what_comes_after() -> None:
    text = words(document(MAYA))
    for said in ("Maya *Torres*", "Riverside", "until 9 March 2026, 09:00", "learn.example.org"):
        assert said in text
    assert "Organization code riverside Employee number 1001" in text
    assert "maya@example.org" not in text
    assert MAYA.address in text.replace(" ", "")


def test_whoever_has_no_number_is_told_their_name() -> None:
    text = words(document(Slip("Maya", "riverside", None, "maya.t", MAYA.address, "tomorrow")))
    assert "Sign in as maya.t" in text
    assert "Organization code" not in text


def test_eight_slips_fit_a_page_of_a_tagged_document() -> None:
    assert [len(document(*[MAYA] * count).pages) for count in (1, 8, 9)] == [1, 1, 2]
    reader = document(MAYA)
    assert "/StructTreeRoot" in reader.root_object
    assert reader.metadata
    assert reader.metadata.title == "Sign-in slips of Riverside"


@pytest.mark.parametrize("name", ["Maya *Torres*", "N" * 200, "Wolfeschlegelstein von " * 5])
def test_a_sheet_meets_the_standard_and_each_name_is_a_heading(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    reader = document(*[replace(MAYA, name=name)] * 3)
    metadata = reader.root_object["/Metadata"].get_object()
    assert isinstance(metadata, StreamObject)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata.get_data()
    assert [entry["/Title"] for entry in reader.outline] == [name.strip()] * 3  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert caplog.messages == []


def test_the_log_says_what_it_is_that_keeps_a_sheet_from_the_standard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name, level, reason in (
        ("Maya \U0003fffe", "WARNING", "install a font that has it"),
        ("", "ERROR", "slips.typ does not meet PDF/UA-1, and is made without it"),
    ):
        caplog.clear()
        assert "/StructTreeRoot" in document(replace(MAYA, name=name)).root_object
        ((_, _, told),) = caplog.record_tuples
        assert (caplog.records[0].levelname, reason in told) == (level, True)


def test_the_longest_names_and_numbers_stay_on_their_slip() -> None:
    longest = Slip("N" * 200, "c" * 40, "9" * 50, "", MAYA.address + "t" * 40, "tomorrow")
    assert len(document(*[longest] * 8).pages) == 1
    # A letter without a shape in any font costs the standard, not the slip.
    assert "Maya" in words(document(Slip("Maya \U0001f9ff", "c", "1", "", MAYA.address, "x")))
