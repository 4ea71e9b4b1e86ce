"""The seal of a packet: a manifest of digests, signed; and the check of it, offline (pure)."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from . import archive

MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "manifest.sig", "public-key.pem"
FORMAT = "rounds-evidence-1"


class KeyNotUsable(ValueError):
    """Why a text is not a key to sign with, in a sentence."""


class NotGenuine(ValueError):
    """Why a packet must not be believed, in a sentence."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key to sign with."""

    _key: Ed25519PrivateKey

    @classmethod
    def from_pem(cls, pem: bytes) -> "Signer":
        """The signer whose Ed25519 private key is in `pem`, without a password. Raises KeyNotUsable."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise KeyNotUsable("it holds no private key in PEM form without a password") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyNotUsable("its key is not an Ed25519 key")
        return cls(key)

    def sign(self, message: bytes) -> bytes:
        """The signature, of 64 bytes."""
        return self._key.sign(message)

    @property
    def public_pem(self) -> bytes:
        """The key to check its signatures with."""
        return _pem_of(self._key.public_key())

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the public key, as 64 hex digits: short enough to be read out."""
        return _fingerprint_of(self._key.public_key())


def new_private_pem() -> bytes:
    """A new private key to sign with, in PEM form."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def seal(files: Mapping[str, bytes], facts: Mapping[str, Any], signer: Signer) -> bytes:
    """The archive of some files, with a manifest that tells `facts` and every file's digest, signed.

    The same files and facts give the same bytes.
    """
    files = {**files, PUBLIC_KEY: signer.public_pem}
    listed = {
        name: {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
        for name, body in sorted(files.items())
    }
    told = {"format": FORMAT, **facts, "files": listed}
    manifest = json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n"
    return archive.write({**files, MANIFEST: manifest, SIGNATURE: signer.sign(manifest)})


@dataclass(frozen=True, slots=True)
class Genuine:
    """A packet that is whole, with what its manifest tells and the fingerprint of the key it is signed with.

    Anyone can sign a packet of their own: it is the fingerprint that tells whose it is.
    """

    facts: Mapping[str, Any]
    fingerprint: str
    count: int


def check(data: bytes) -> Genuine:
    """What the packet in these bytes tells, if every byte is as it was signed. Raises NotGenuine."""
    try:
        files = archive.read(data)
    except archive.BadArchive as error:
        raise NotGenuine(str(error)) from None
    lacking = [name for name in (MANIFEST, SIGNATURE, PUBLIC_KEY) if name not in files]
    if lacking:
        raise NotGenuine(f"It holds no {lacking[0]}, which every packet has.")
    manifest = files.pop(MANIFEST)
    key = _public_key(files[PUBLIC_KEY])
    try:
        key.verify(files.pop(SIGNATURE), manifest)
    except InvalidSignature:
        raise NotGenuine("The signature does not fit the manifest.") from None
    facts = _facts(manifest)
    _compare(facts.pop("files"), files)
    return Genuine(facts, _fingerprint_of(key), len(files))


def fingerprint_from(text: str) -> str | None:
    """The fingerprint that somebody typed, with or without colons and spaces; None if it is none."""
    digits = re.sub(r"[\s:]", "", text).lower()
    return digits if re.fullmatch(r"[0-9a-f]{64}", digits) else None


def _compare(listed: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    for name in sorted(files.keys() | listed.keys()):
        if name not in files:
            raise NotGenuine(f"{name} is missing.")
        if name not in listed:
            raise NotGenuine(f"{name} was added: the manifest does not list it.")
        found = {"sha256": hashlib.sha256(files[name]).hexdigest(), "size": len(files[name])}
        if listed[name] != found:
            raise NotGenuine(f"{name} was altered.")


def _facts(manifest: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(manifest)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise NotGenuine("It is not an evidence packet, or one of a newer version of Rounds.")
    if not isinstance(facts.get("files"), dict):
        raise NotGenuine("Its manifest lists no files.")
    return facts


def _public_key(pem: bytes) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey) or _pem_of(key) != pem:
        raise NotGenuine(f"{PUBLIC_KEY} holds no key that a packet can be signed with.")
    return key


def _pem_of(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _fingerprint_of(key: Ed25519PublicKey) -> str:
    body = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(body).hexdigest()
