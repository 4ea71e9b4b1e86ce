"""How a certificate words its facts."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from lms.certificates.facts import CertificateFacts, CertificateModule, date_in_utc
from lms.foundation.wording import printable


def facts(**values: Any) -> CertificateFacts:
    defaults: dict[str, Any] = {
        "number": "RND-7K3M-Q9TZ-4WX0",
        "learner_name": "Ada Okafor",
        "course_title": "Care coordination",
        "course_revision": 1,
        "modules": [CertificateModule("Skills", 3)],
        "score": Fraction(23, 25),
        "hours": Decimal("2.50"),
        "issued_at": datetime(2026, 11, 21, tzinfo=UTC),
        "expires_at": None,
        "verify_address": "https://learn.example.org/verify/RND-7K3M-Q9TZ-4WX0",
    }
    return CertificateFacts(**(defaults | values))


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (Fraction(23, 25), "92%"),
        (Fraction(799, 1000), "79%"),
        (Fraction(1), "100%"),
        (Fraction(0), "0%"),
        (None, None),
    ],
)
def test_a_score_is_whole_percents_rounded_down(score: Fraction | None, text: str | None) -> None:
    assert facts(score=score).score_text == text


@pytest.mark.parametrize(
    ("hours", "text"),
    [("2.50", "2.5"), ("1.00", "1"), ("0.25", "0.25"), ("10", "10"), ("100.00", "100")],
)
def test_hours_lose_only_needless_zeros(hours: str, text: str) -> None:
    assert facts(hours=Decimal(hours)).hours_text == text


def test_dates_are_in_full() -> None:
    expiring = facts(expires_at=datetime(2027, 3, 2, tzinfo=UTC))
    assert expiring.issued_text == "21\xa0November\xa02026"
    assert expiring.expires_text == "2\xa0March\xa02027"
    assert facts().expires_text == "Does not expire"


def test_a_date_is_the_day_in_utc() -> None:
    early = datetime(2026, 11, 22, 1, 0, tzinfo=timezone(timedelta(hours=3)))
    assert date_in_utc(early) == "21\xa0November\xa02026"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada Okafor", "Ada Okafor"),
        ("  Ada\n\tOkafor ", "Ada Okafor"),
        ("Ada\x00Okafor\x07", "Ada Okafor"),
        ("Ada\ud800", "Ada"),
        ("Zoë O’Brien-Łuk", "Zoë O’Brien-Łuk"),
        ("", ""),
    ],
)
def test_printable_text_is_one_line_without_control_characters(text: str, shown: str) -> None:
    assert printable(text) == shown
