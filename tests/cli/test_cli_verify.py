"""`lms verify`: a packet is checked without a database, and nothing makes it stumble."""

import zipfile
from pathlib import Path

import pytest

from lms.reports.seal import Signer, new_private_pem, seal
from tests.cli.command import Run, run_process, run_with

SIGNER = Signer.from_pem(new_private_pem())
FACTS = {
    "organization": {"name": "Riverside\x1b[31m Clinic"},
    "course": {"title": "Onboarding"},
    "period": {"first_day": "2026-01-01", "last_day": "2026-03-31"},
    "audience": "Everyone",
    "made_by": "Grace Manager",
    "made_at": "2026-04-01T09:00:00+00:00",
    "audit_trail": {"number": 12, "digest": "ab" * 32},
}
PACKET = seal({"roster.csv": b"name\r\nAda\r\n"}, FACTS, SIGNER)


@pytest.fixture
def run() -> Run:
    """The command with no settings at all but ones that would stop everything that reads them."""
    return run_with({"LMS_DATABASE_URL": "nonsense"})


@pytest.fixture
def packet(tmp_path: Path) -> Path:
    file = tmp_path / "packet.zip"
    file.write_bytes(PACKET)
    return file


def test_a_packet_as_it_was_made_is_valid_and_says_what_it_is(run: Run, packet: Path) -> None:
    result = run("verify", str(packet))
    assert result.exit_code == 0
    assert result.output.startswith("Valid. All 2 files are as they were signed, with the key\n")
    assert f"  {SIGNER.fingerprint}\n" in result.output
    assert "Compare this" in result.output
    for line in ("Course        Onboarding", "Last day      2026-03-31", "Audit trail   12"):
        assert line in result.output
    assert "\x1b" not in result.output


def test_the_expected_fingerprint_is_compared(run: Run, packet: Path) -> None:
    typed = ":".join(SIGNER.fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
    result = run("verify", str(packet), "--fingerprint", typed)
    assert result.exit_code == 0
    assert "Compare this" not in result.output
    result = run("verify", str(packet), "--fingerprint", "0" * 64)
    assert result.exit_code == 1
    assert result.output.startswith("NOT VALID. It is whole, but signed with another key")
    result = run("verify", str(packet), "--fingerprint", "12")
    assert result.exit_code == 2
    assert "64 digits" in result.output


def test_one_flipped_byte_makes_it_not_valid(run: Run, packet: Path) -> None:
    for place in range(0, len(PACKET), len(PACKET) // 60):
        flipped = bytearray(PACKET)
        flipped[place] ^= 0x10
        packet.write_bytes(flipped)
        result = run("verify", str(packet))
        assert result.exit_code == 1, place
        assert result.output.startswith("NOT VALID. "), place
        assert result.output.count("\n") == 1


def test_a_signed_packet_that_tells_nonsense_is_told_without_stumbling(
    run: Run, packet: Path
) -> None:
    packet.write_bytes(seal({}, {"organization": 3, "period": None, "audit_trail": []}, SIGNER))
    result = run("verify", str(packet))
    assert result.exit_code == 0
    assert "Organization  –" in result.output


def test_bombs_and_path_tricks_are_refused_with_a_sentence(run: Run, packet: Path) -> None:
    with zipfile.ZipFile(packet, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("bomb.csv", b"\0" * 50_000_000)
    result = run("verify", str(packet))
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "compressed" in result.output
    with zipfile.ZipFile(packet, "w") as tricky:
        tricky.writestr("../../outside.csv", b"x")
    result = run("verify", str(packet))
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "a name that no packet has" in result.output


def test_what_is_not_there_is_said(run: Run, tmp_path: Path) -> None:
    assert run("verify", str(tmp_path / "none.zip")).exit_code == 2
    assert run("verify", str(tmp_path)).exit_code == 2
    packet = tmp_path / "unreadable.zip"
    packet.mkdir()
    assert run("verify", str(packet)).exit_code == 2


def test_it_works_as_a_program_of_its_own(packet: Path) -> None:
    done = run_process("verify", str(packet))
    assert done.returncode == 0
    assert done.stdout.startswith("Valid.")
    packet.write_bytes(b"")
    done = run_process("verify", str(packet))
    assert (done.returncode, done.stdout) == (1, "NOT VALID. The file is not a ZIP file.\n")
