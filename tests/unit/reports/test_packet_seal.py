"""The seal of a packet: whatever byte of it is changed, it is not believed."""

import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.reports import archive
from lms.reports.seal import (
    MANIFEST,
    PUBLIC_KEY,
    SIGNATURE,
    KeyNotUsable,
    NotGenuine,
    Signer,
    check,
    fingerprint_from,
    new_private_pem,
    seal,
)


def signer_of(secret: bytes) -> Signer:
    return Signer(Ed25519PrivateKey.from_private_bytes(secret * 32))


SIGNER, STRANGER = signer_of(b"a"), signer_of(b"b")
FACTS = {"organization": {"name": "Özil & Sons"}, "people": 2}
FILES = {"roster.csv": b"name\r\nAda\r\n", "lessons/privacy/revision-1/quiz.md": b"# Quiz\n" * 9}
PACKET = seal(FILES, FACTS, SIGNER)


def resealed(changes: dict[str, bytes | None], signer: Signer | None = None) -> bytes:
    """The packet with other files, signed again where there is somebody to sign."""
    files: dict[str, bytes | None] = {**archive.read(PACKET), **changes}
    kept = {name: body for name, body in files.items() if body is not None}
    if signer:
        kept[PUBLIC_KEY] = signer.public_pem
        kept[SIGNATURE] = signer.sign(kept[MANIFEST])
    return archive.write(kept)


def manifest_with(**changes: Any) -> bytes:
    return json.dumps(json.loads(archive.read(PACKET)[MANIFEST]) | changes).encode()


def test_a_sealed_packet_is_genuine_and_tells_what_it_is_about() -> None:
    genuine = check(PACKET)
    assert genuine.facts == {"format": "rounds-evidence-1", **FACTS}
    assert genuine.fingerprint == SIGNER.fingerprint
    # The key is a file like the others; manifest and signature are what they are checked with.
    assert genuine.count == 3


def test_the_manifest_lists_every_file_with_digest_and_size() -> None:
    files = archive.read(PACKET)
    listed = json.loads(files[MANIFEST])["files"]
    assert listed == {
        name: {"sha256": hashlib.sha256(files[name]).hexdigest(), "size": len(files[name])}
        for name in (*FILES, PUBLIC_KEY)
    }


def test_the_same_packet_is_the_same_bytes() -> None:
    assert seal(dict(reversed(FILES.items())), FACTS, SIGNER) == PACKET


def test_every_single_flipped_byte_is_found() -> None:
    for place in range(len(PACKET)):
        flipped = bytearray(PACKET)
        flipped[place] ^= 1 << place % 8
        with pytest.raises(NotGenuine):
            check(bytes(flipped))


def test_a_file_in_which_a_byte_is_flipped_is_named() -> None:
    for name, body in FILES.items():
        place = PACKET.index(body)
        flipped = bytearray(PACKET)
        flipped[place] ^= 1
        with pytest.raises(NotGenuine, match=f"{name} was altered or damaged"):
            check(bytes(flipped))


@settings(deadline=None)
@given(st.integers(0, len(PACKET) - 1), st.binary(min_size=1, max_size=8))
def test_whatever_is_put_over_some_bytes_is_found(place: int, patch: bytes) -> None:
    spoilt = PACKET[:place] + patch + PACKET[place + len(patch) :]
    if spoilt != PACKET:
        with pytest.raises(NotGenuine):
            check(spoilt)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise_anything_else(data: bytes) -> None:
    for start in (b"", b"PK\3\4", b"PK\5\6"):
        with pytest.raises(NotGenuine):
            check(start + data)


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (resealed({"roster.csv": None}), "roster.csv is missing"),
        (resealed({"roster.csv": b"name\r\nEve\r\n"}), "roster.csv was altered"),
        (resealed({"more.csv": b""}), "more.csv was added"),
        (resealed({MANIFEST: None}), "no manifest.json"),
        (resealed({SIGNATURE: None}), "no manifest.sig"),
        (resealed({PUBLIC_KEY: None}), "no public-key.pem"),
        (resealed({SIGNATURE: b""}), "signature does not fit"),
        (resealed({MANIFEST: manifest_with(people=3)}), "signature does not fit"),
        (resealed({PUBLIC_KEY: STRANGER.public_pem}), "signature does not fit"),
        (resealed({PUBLIC_KEY: b"none"}), "holds no key"),
        (resealed({PUBLIC_KEY: SIGNER.public_pem + b"\n"}), "holds no key"),
        # The stranger's own signature is right, and what it is under is not.
        (resealed({}, STRANGER), "public-key.pem was altered"),
        (resealed({MANIFEST: b"{}"}, SIGNER), "not an evidence packet"),
        (resealed({MANIFEST: b"[" * 100_000}, SIGNER), "not an evidence packet"),
        (resealed({MANIFEST: b"\xff"}, SIGNER), "not an evidence packet"),
        (resealed({MANIFEST: manifest_with(files=[])}, SIGNER), "lists no files"),
        (resealed({MANIFEST: manifest_with(format="rounds-evidence-2")}, SIGNER), "newer version"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(spoilt: bytes, words: str) -> None:
    with pytest.raises(NotGenuine, match=words):
        check(spoilt)


def test_another_signer_is_told_by_the_fingerprint() -> None:
    assert check(seal(FILES, FACTS, STRANGER)).fingerprint == STRANGER.fingerprint
    assert STRANGER.fingerprint != SIGNER.fingerprint


def test_a_public_key_of_another_kind_signs_no_packet() -> None:
    public = generate_private_key(SECP256R1()).public_key()
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(NotGenuine, match="holds no key"):
        check(resealed({PUBLIC_KEY: pem}))


def test_a_new_key_signs() -> None:
    signer = Signer.from_pem(new_private_pem())
    assert check(seal(FILES, FACTS, signer)).fingerprint == signer.fingerprint


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        (b"", "holds no private key"),
        (SIGNER.public_pem, "holds no private key"),
        (
            Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(b"secret"),
            ),
            "without a password",
        ),
        (
            generate_private_key(SECP256R1()).private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
            "not an Ed25519 key",
        ),
    ],
)
def test_what_is_no_key_to_sign_with_is_refused(pem: bytes, words: str) -> None:
    with pytest.raises(KeyNotUsable, match=words):
        Signer.from_pem(pem)


@pytest.mark.parametrize("typed", ["ab" * 32, "AB" * 32, ":".join(["ab"] * 32), " abab" * 16])
def test_a_fingerprint_is_read_however_it_is_written(typed: str) -> None:
    assert fingerprint_from(typed) == "ab" * 32


@pytest.mark.parametrize("typed", ["", "ab", "ab" * 33, "xy" * 32])
def test_what_is_no_fingerprint_is_told(typed: str) -> None:
    assert fingerprint_from(typed) is None
