"""Statements to be accepted with one's name."""

from dataclasses import dataclass

from .quiz import Question


@dataclass(frozen=True, kw_only=True)
class AttestationQuestion(Question):
    """A statement, as HTML. It gives no points, and a quiz is not passed until it is accepted.

    The question's digest tells which wording of the statement was accepted.
    """

    statement: str

    @property
    def type(self) -> str:
        return "attestation"
