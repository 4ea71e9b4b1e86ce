"""Sign-in slips for paper: a code to scan, and what to sign in with afterwards (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lms.foundation.typesetting import make_pdf, qr_svg
from lms.foundation.wording import printable

TEMPLATE = Path(__file__).with_name("slips.typ")


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's slip. `address` is that of their single-use link, `until` its last day in words.

    Later they sign in with the organization's `code` and their `number` or, without one, with `name_typed`.
    """

    name: str
    code: str
    number: str | None
    name_typed: str
    address: str
    until: str


def make_slips(slips: Sequence[Slip], *, organization: str, site: str, made_at: datetime) -> bytes:
    """The slips as a tagged PDF, eight to a page of A4, to be cut apart. `site` is where one signs in."""
    texts = {
        "organization": printable(organization),
        "site": site,
        "slips": [
            {
                "name": printable(slip.name),
                "later": _later(slip),
                "address": slip.address,
                "until": slip.until,
                "qr": qr_svg(slip.address),
            }
            for slip in slips
        ],
    }
    return make_pdf(TEMPLATE, texts, made_at)


def _later(slip: Slip) -> list[dict[str, str]]:
    if slip.number is None:
        return [{"label": "Sign in as", "value": printable(slip.name_typed)}]
    return [
        {"label": "Organization code", "value": slip.code},
        {"label": "Employee number", "value": printable(slip.number)},
    ]
