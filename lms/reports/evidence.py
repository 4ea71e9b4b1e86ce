"""What lies in an evidence packet, and what is said of it (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from lms.assignments.audience import Audience
from lms.foundation.tables import csv_bytes
from lms.foundation.wording import counted, date_in_full

# More than these are left out: their numbers are in completions.csv, and anyone can check a number.
MAX_CERTIFICATES = 2_000

PLACE = ("job title", "department", "site", "reports to", "manager's employee number")
# Each table with its columns and a sentence on what its rows are.
TABLES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "roster.csv": (
        ("name", "employee number", *PLACE, "hired on", "member since", "left on", "last completed at"),
        "Everyone of the audience who was a member at any time in the period, as they were on its last"
        " day, or on their own last day if they left before. Who last completed the course elsewhere has"
        " the day alone. Whom somebody reported to is told as it was then, here and in the other tables; what"
        " was before that was kept is empty.",
    ),
    "owed.csv": (
        ("name", "employee number", *PLACE, "assignment", "cycle", "opened at", "to do from", "due on",
         "state", "ended on"),
        "Who had to complete the course: each cycle that somebody owed at any time in the period, with the"
        " dates in force at the end of its last day, and where it stood then. Assignment is the number, on"
        " the site, of what asks for it: where two ask somebody for the course, each has cycles of its own."
        " What had ended before the period is not here; roster.csv tells when each person last completed"
        " the course.",
    ),
    "completions.csv": (
        (
            "name", "employee number", *PLACE, "completed at", "score in percent", "course revision",
            "module revisions", "certificate number", "valid until", "vouched for by", "vouched for at",
            "reason",
        ),
        "Every completion in the period, with what the person was at that moment, and the score of then:"
        " answers that are graded again later change attempts.csv and no completion. One that somebody"
        " vouches for, because it took place elsewhere, has their name and their reason; it has a day and"
        " no moment, and the person is there as they were at the end of that day.",
    ),
    "lessons.csv": (
        ("name", "employee number", "module", "module revision", "lesson", "finished at"),
        "Every lesson of the course that was finished, by the revision that was read: those finished in"
        " the period, and earlier ones that count for a completion in it.",
    ),
    "attempts.csv": (
        (
            "name", "employee number", "module", "module revision", "attempt", "started at",
            "submitted at", "time ran out", "points", "of", "passed", "graded at", "graded again because",
        ),
        "Every submitted attempt at a quiz of the course: those of the period, and earlier ones that"
        " count for a completion in it. The grade is the one in force when the packet was made. An attempt"
        " that another employer had them make, at a quiz that both courses share, is not here, though a"
        " completion may rest on it.",
    ),
    "attestations.csv": (
        ("name", "employee number", "signed as", "signed at", "statement", "where"),
        "Every statement that was signed, as it was worded.",
    ),
    "waivers.csv": (
        ("name", "employee number", *PLACE, "what", "cycle", "due on", "decided at", "decided by",
         "reason", "withdrawn at", "withdrawn by"),
        "Who did not have to complete the course, who decided so, and why.",
    ),
    "moves.csv": (
        ("name", "employee number", *PLACE, "assignment", "cycle", "due before", "due after", "moved at",
         "moved by", "reason"),
        "Every due date of a cycle in owed.csv that was moved, whenever that was: every other table has the"
        " one in force at the end of the period's last day. What the rule moved by itself has no name.",
    ),
    "overdue.csv": (
        ("name", "employee number", *PLACE, "assignment", "cycle", "due on", "days late", "how it ended",
         "ended on"),
        "What was overdue on the period's last day, because it was due before that day and not done by its"
        " end, and what was overdue when it ended undone in the period.",
    ),
}  # fmt: skip


# What has become of a packet that was asked for.
STATES = {"ready": "Ready", "failed": "Not made", "asked": "Being made"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a packet is about, and who made it when."""

    organization: str
    organization_slug: str
    course: str
    course_slug: str
    starts_on: date
    ends_on: date
    time_zone: str
    audience: str
    made_by: str
    made_at: datetime
    # Number and digest of the last entry of the audit trail.
    audit_number: int
    audit_digest: str

    def to_json(self) -> dict[str, Any]:
        """As the manifest tells it."""
        return {
            "organization": {"name": self.organization, "code": self.organization_slug},
            "course": {"title": self.course, "slug": self.course_slug},
            "period": {
                "first_day": self.starts_on.isoformat(),
                "last_day": self.ends_on.isoformat(),
                "time_zone": self.time_zone,
            },
            "audience": self.audience,
            "made_by": self.made_by,
            "made_at": self.made_at.astimezone(UTC).isoformat(timespec="seconds"),
            "audit_trail": {"number": self.audit_number, "digest": self.audit_digest},
        }


@dataclass(frozen=True, slots=True)
class RevisionFiles:
    """A published state of a module or a course: its files as they were written, and its pictures."""

    slug: str
    number: int
    texts: Mapping[str, str]
    pictures: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that goes into a packet. `certificates` are PDFs by number; None if there are too many."""

    facts: Facts
    tables: Mapping[str, Sequence[Sequence[object]]]
    modules: Sequence[RevisionFiles]
    courses: Sequence[RevisionFiles]
    certificates: Mapping[str, bytes] | None


def files_of(contents: Contents) -> dict[str, bytes]:
    """The files of a packet by their names, all but the seal."""
    files = {
        name: csv_bytes(columns, contents.tables[name]) for name, (columns, _) in TABLES.items()
    }
    for folder, revisions in (("lessons", contents.modules), ("course", contents.courses)):
        for revision in revisions:
            place = f"{folder}/{revision.slug}/revision-{revision.number}"
            for name, text in revision.texts.items():
                files[f"{place}/{safe_path(name)}"] = text.encode()
            for name, body in revision.pictures.items():
                files[f"{place}/{safe_path(name)}"] = body
    for number, pdf in (contents.certificates or {}).items():
        files[f"certificates/{number}.pdf"] = pdf
    files["README.txt"] = readme(contents).encode()
    return files


def safe_path(name: str) -> str:
    """The name of a file in letters that every machine has; two that differ still do."""
    return re.sub(r"[^A-Za-z0-9./-]", lambda found: f"_{ord(found[0]):04x}", name)


def packet_name(organization_slug: str, starts_on: date, ends_on: date, packet_id: int) -> str:
    """The name under which a packet is downloaded."""
    return f"evidence-{organization_slug}-{starts_on}-{ends_on}-{packet_id}.zip"


def audience_words(audience: Audience, teams: Mapping[int, str]) -> str:
    """Whom a packet is about; `teams` are the names of its teams by id."""
    if audience.everyone:
        return "Everyone"
    kinds = (
        ("Teams", sorted(teams.get(id_, f"team {id_}") for id_ in audience.team_ids)),
        ("Job titles", sorted(audience.job_titles)),
        ("Departments", sorted(audience.departments)),
        ("Sites", sorted(audience.sites)),
    )
    return "; ".join(f"{label}: {', '.join(names)}" for label, names in kinds if names)


def readme(contents: Contents) -> str:
    """What a surveyor needs to know to read the packet and to check it."""
    facts = contents.facts
    parts = [
        f"Evidence of training: {facts.course}",
        f"Organization: {facts.organization}\nPeriod: {_plain(facts.starts_on)} to"
        f" {_plain(facts.ends_on)}, both included, by the days of {facts.time_zone}\n"
        f"About: {facts.audience}\nPeople: {len(contents.tables['roster.csv'])}\n"
        f"Made by {facts.made_by} at {facts.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        "Everything here is as the record held it when the packet was made, and of this organization:"
        " what another employer has enrolled somebody in is not told. People have the names that they"
        " had then, also where they were called otherwise before. Moments are in UTC. What would"
        " run as a formula in a spreadsheet has an apostrophe before it.",
        *(f"{name}\n  {words}" for name, (_, words) in TABLES.items()),
        "lessons/, course/\n  The lessons, the quizzes with their keys, and the course, exactly as they were"
        " published, by revision: those in force in the period, and those that a completion, a lesson or an"
        " attempt names.",
        _certificates_words(contents.certificates),
        "manifest.json, manifest.sig, public-key.pem\n  The SHA-256 digest of every file, the signature"
        " of that list (Ed25519), and the key to check it with. audit_trail is the last entry of the"
        " site's audit trail when the packet was made: it bears witness to every entry before it.",
        "To check the packet, without a connection to anything:\n"
        "  lms verify PACKET.zip --fingerprint FINGERPRINT\n"
        "or, unpacked, with common tools:\n"
        "  openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json"
        " -sigfile manifest.sig\n"
        "  openssl pkey -pubin -in public-key.pem -outform der | sha256sum\n"
        "  sha256sum roster.csv\n"
        "The second line gives the fingerprint of the key. Ask the organization for the fingerprint by"
        " another way than this packet and compare: anyone can sign a packet with a key of their own.",
    ]
    return "\n\n".join(parts) + "\n"


def _certificates_words(certificates: Mapping[str, bytes] | None) -> str:
    if certificates is None:
        return (
            f"certificates/\n  Left out: there are more than {MAX_CERTIFICATES:,}. Anyone can check the"
            " numbers in completions.csv on the site, and a packet for a smaller audience holds them."
        )
    return f"certificates/\n  {counted(len(certificates), 'certificate')} as PDF, by number."


def _plain(day: date) -> str:
    return date_in_full(day).replace("\N{NO-BREAK SPACE}", " ")
