"""Attestations in the contract: whether the statement is accepted, and the name typed."""

from typing import Any

from ..grading import Response
from ..grading.attestation import MAX_NAME
from ..model import AttestationQuestion
from ..plaintext import text_of
from .kind import Kind, WrongShape


def _describe(question: AttestationQuestion) -> dict[str, Any]:
    return {"statement": question.statement}


def _key(question: AttestationQuestion) -> list[str]:
    return [text_of(question.statement)]


def _shape(_question: AttestationQuestion) -> str:
    return 'an object such as {"accepted": true, "name": "Ada Okafor"}'


def _read(_question: AttestationQuestion, value: object) -> Response:
    if not isinstance(value, dict) or set(value) != {"accepted", "name"}:
        raise WrongShape
    name = value["name"]
    if not isinstance(value["accepted"], bool) or not isinstance(name, str) or len(name) > MAX_NAME:
        raise WrongShape
    return value


KIND = Kind(describe=_describe, key=_key, shape=_shape, read=_read)
