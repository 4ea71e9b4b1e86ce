"""What a certificate says, and how it words it: the same on paper and on the page (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from lms.foundation.wording import date_in_full, percent


@dataclass(frozen=True, slots=True)
class CertificateModule:
    """A module of the course, with the number of the revision that was passed."""

    title: str
    revision: int


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Everything that a certificate shows. `score` is a share from 0 to 1, or None without a quiz."""

    number: str
    learner_name: str
    course_title: str
    course_revision: int
    modules: Sequence[CertificateModule]
    score: Fraction | None
    hours: Decimal
    issued_at: datetime
    expires_at: datetime | None
    verify_address: str

    @property
    def score_text(self) -> str | None:
        """The score in whole percents, rounded down."""
        return None if self.score is None else percent(self.score)

    @property
    def hours_text(self) -> str:
        """The hours of instruction without trailing zeros, such as `1` or `2.5`."""
        hours = f"{self.hours:f}"
        return hours.rstrip("0").rstrip(".") if "." in hours else hours

    @property
    def issued_text(self) -> str:
        return date_in_utc(self.issued_at)

    @property
    def expires_text(self) -> str:
        """The date of expiry, or that there is none."""
        return "Does not expire" if self.expires_at is None else date_in_utc(self.expires_at)


def date_in_utc(moment: datetime) -> str:
    """The date in UTC: whoever reads a certificate, and wherever, it names one day."""
    return date_in_full(moment.astimezone(UTC).date())
