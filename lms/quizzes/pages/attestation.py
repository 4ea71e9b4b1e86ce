"""Attestations on pages."""

from dataclasses import dataclass

from ..draw import PaperItem
from ..grading import Response
from ..grading.attestation import ACCEPTED, MAX_NAME, is_accepted, signature
from ..model import AttestationQuestion
from .kind import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationForm:
    """The statement as HTML, the box and what it sends, the name and how long it may be."""

    statement: str
    value: str
    is_ticked: bool
    name: str
    name_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationReview:
    """The statement as HTML, and who accepted it; "" where nobody did."""

    statement: str
    name: str


def _ask(question: AttestationQuestion, item: PaperItem, response: Response) -> AttestationForm:
    is_ticked, name = signature(response)
    return AttestationForm(
        statement=question.statement,
        value=ACCEPTED,
        is_ticked=is_ticked,
        name=name,
        name_length=MAX_NAME,
    )


def _review(
    question: AttestationQuestion, item: PaperItem, response: Response, shows_key: bool
) -> AttestationReview:
    name = signature(response)[1] if is_accepted(question, response) else ""
    return AttestationReview(statement=question.statement, name=name)


KIND = Kind(template="attestation", ask=_ask, review=_review)
