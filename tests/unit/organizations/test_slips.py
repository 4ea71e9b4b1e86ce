"""Sign-in slips: what is on paper, for eyes, readers and scanners."""

import io
from datetime import UTC, datetime

from pypdf import PdfReader

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


def test_the_longest_names_and_numbers_stay_on_their_slip() -> None:
    longest = Slip("N" * 200, "c" * 40, "9" * 50, "", MAYA.address + "t" * 40, "tomorrow")
    assert len(document(*[longest] * 8).pages) == 1
    # A letter without a shape in any font costs the standard, not the slip.
    assert "Maya" in words(document(Slip("Maya \U0001f9ff", "c", "1", "", MAYA.address, "x")))
