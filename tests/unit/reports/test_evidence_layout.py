"""What lies in an evidence packet, by name, and what its README says."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from lms.assignments.audience import Audience
from lms.reports.archive import is_safe_name
from lms.reports.evidence import (
    TABLES,
    Contents,
    Facts,
    RevisionFiles,
    audience_words,
    files_of,
    packet_name,
    safe_path,
)
from lms.reports.tenure import Position, Stay, position_at, stay_in

FACTS = Facts(
    organization="Özil & Sons",
    organization_slug="ozil",
    course="Onboarding",
    course_slug="onboarding",
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 3, 31),
    time_zone="UTC",
    audience="Everyone",
    made_by="Grace",
    made_at=datetime(2026, 4, 1, 11, tzinfo=timezone(timedelta(hours=2))),
    audit_number=7,
    audit_digest="ab",
)


def contents(certificates: dict[str, bytes] | None) -> Contents:
    tables = {name: [("x",) * len(columns)] for name, (columns, _) in TABLES.items()}
    module = RevisionFiles("privacy", 3, {"quiz.md": "# Ö"}, {"figures/a b.svg": b"<svg/>"})
    course = RevisionFiles("onboarding", 1, {"course.md": "x"}, {})
    return Contents(FACTS, tables, [module], [course], certificates)


def test_every_file_has_its_place() -> None:
    files = files_of(contents({"RND-1": b"%PDF"}))
    assert set(files) == {
        *TABLES,
        "README.txt",
        "certificates/RND-1.pdf",
        "course/onboarding/revision-1/course.md",
        "lessons/privacy/revision-3/figures/a_0020b.svg",
        "lessons/privacy/revision-3/quiz.md",
    }
    assert files["lessons/privacy/revision-3/quiz.md"] == "# Ö".encode()
    assert all(map(is_safe_name, files))


def test_the_readme_says_what_it_is_and_how_to_check_it() -> None:
    words = files_of(contents({}))["README.txt"].decode()
    for part in ("Özil & Sons", "1 January 2026 to 31 March 2026", "Grace at 2026-04-01 09:00 UTC",
                 "People: 1", "0 certificates", "lms verify", "openssl pkeyutl", *TABLES):  # fmt: skip
        assert part in words
    assert "Left out: there are more than 2,000" in files_of(contents(None))["README.txt"].decode()


def test_the_manifest_tells_moments_in_utc() -> None:
    assert FACTS.to_json()["made_at"] == "2026-04-01T09:00:00+00:00"


@pytest.mark.parametrize(("first", "second"), [("a b", "a_0020b"), ("é", "e"), ("a_b", "ab")])
def test_two_names_that_differ_still_do(first: str, second: str) -> None:
    assert safe_path(first) != safe_path(second)
    assert is_safe_name(safe_path(first))


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        (Audience(everyone=True), "Everyone"),
        (
            Audience(team_ids=frozenset({2, 1}), sites=frozenset({"North"})),
            "Teams: Night shift, team 2; Sites: North",
        ),
        (Audience(job_titles=frozenset({"Nurse", "Aide"})), "Job titles: Aide, Nurse"),
    ],
)
def test_an_audience_is_told_in_words(audience: Audience, words: str) -> None:
    assert audience_words(audience, {1: "Night shift"}) == words


def test_a_packet_is_named_after_whose_it_is_and_its_days() -> None:
    name = packet_name("ozil", FACTS.starts_on, FACTS.ends_on, 7)
    assert name == "evidence-ozil-2026-01-01-2026-03-31-7.zip"


# What somebody was


def on(month: int) -> datetime:
    return datetime(2026, month, 1, tzinfo=UTC)


AIDE, NURSE, BACK = (
    Position(on(1), is_member=True, job_title="Aide"),
    Position(on(4), is_member=True, job_title="Nurse"),
    Position(on(8), is_member=True, job_title="Lead"),
)
LEFT = Position(on(6), is_member=False, job_title="Nurse")
HISTORY = [AIDE, NURSE, LEFT, BACK]


@pytest.mark.parametrize(
    ("month", "position"),
    [(1, AIDE), (3, AIDE), (4, NURSE), (7, LEFT), (12, BACK)],
)
def test_the_position_at_a_moment_is_the_latest_one_begun(month: int, position: Position) -> None:
    assert position_at(HISTORY, on(month)) == position


def test_before_the_first_position_it_is_the_first() -> None:
    assert position_at(HISTORY, datetime(2020, 1, 1, tzinfo=UTC)) == AIDE


@pytest.mark.parametrize(
    ("start", "end", "stay"),
    [
        (2, 3, Stay(AIDE, on(1), None)),
        (2, 4, Stay(AIDE, on(1), None)),
        (2, 5, Stay(NURSE, on(1), None)),
        (2, 6, Stay(NURSE, on(1), None)),
        (5, 7, Stay(NURSE, on(1), on(6))),
        (6, 8, None),
        (6, 7, None),
        (2, 9, Stay(BACK, on(8), None)),
        (11, 12, Stay(BACK, on(8), None)),
    ],
)
def test_a_stay_is_the_last_one_in_the_period(start: int, end: int, stay: Stay | None) -> None:
    assert stay_in(HISTORY, on(start), on(end)) == stay


def test_a_position_that_was_replaced_at_the_same_moment_never_was() -> None:
    mistaken = [AIDE, Position(on(4), is_member=True, job_title="Cook"), NURSE]
    assert stay_in(mistaken, on(4), on(5)) == Stay(NURSE, on(1), None)
    assert stay_in([AIDE, Position(on(1), is_member=False)], on(1), on(5)) is None
    assert stay_in([], on(1), on(5)) is None
