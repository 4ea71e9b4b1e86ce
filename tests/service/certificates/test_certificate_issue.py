"""Issuing certificates: once for each completion, whoever asks and however often."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.certificates import numbers, service
from lms.certificates.facts import CertificateModule
from lms.certificates.models import Certificate
from lms.foundation.database import Database
from tests.factories import BEGINNING, make_user
from tests.service.certificates.completions import (
    certificate_values,
    make_certificate,
    make_completion,
)

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
THREADS = 20


def test_a_certificate_keeps_what_was_true_when_it_was_issued(database: Database) -> None:
    with database.transaction() as session:
        user = make_user(session, name="Zoë O’Brien")
        completion = make_completion(session, user)
        values = certificate_values(completion, user, NOW)
        values["validity_months"] = 1
        issued = service.issue(session, **values).number
    with database.transaction() as session:
        kept = service.find(session, issued)
        assert kept is not None
        assert numbers.is_valid(kept.number)
        assert kept.course_completion_id == completion.id
        assert kept.user_id == user.id
        assert kept.learner_name == "Zoë O’Brien"
        assert kept.course_title == "Patient care coordination"
        assert kept.course_revision == 1
        assert kept.modules == values["modules"]
        assert kept.score == Fraction(23, 25)
        assert kept.hours == Decimal("2.5")
        assert kept.issued_at == NOW
        assert kept.expires_at == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)


def test_a_course_without_quiz_or_validity(session: Session) -> None:
    kept = make_certificate(session, make_user(session), score=None, validity_months=None)
    assert kept.score is None
    assert kept.expires_at is None


def test_a_second_call_gives_the_first_certificate_unchanged(session: Session) -> None:
    user = make_user(session)
    values = certificate_values(make_completion(session, user), user, NOW)
    first = service.issue(session, **values)
    number = first.number
    later = values | {"learner_name": "Another Name", "now": datetime(2027, 1, 1, tzinfo=UTC)}
    second = service.issue(session, **later)
    session.expire_all()
    assert (second.id, second.number) == (first.id, number)
    assert second.learner_name == user.name
    assert second.issued_at == NOW


def test_two_completions_have_two_certificates(session: Session) -> None:
    user = make_user(session)
    assert make_certificate(session, user).number != make_certificate(session, user).number


def test_a_number_that_is_taken_is_not_given_again(session: Session) -> None:
    user = make_user(session)
    drawn = iter([5, 5, 5, 6])

    def randbits(_count: int) -> int:
        return next(drawn)

    first = make_certificate(session, user, randbits=randbits)
    second = make_certificate(session, user, randbits=randbits)
    assert first.number == numbers.new_number(lambda _bits: 5)
    assert second.number == numbers.new_number(lambda _bits: 6)


def test_a_completion_that_does_not_exist_has_no_certificate(session: Session) -> None:
    user = make_user(session)
    values = certificate_values(make_completion(session, user), user, NOW)
    with pytest.raises(IntegrityError):
        _commit_issue(session, values | {"completion_id": values["completion_id"] + 1000})


def _commit_issue(session: Session, values: dict[str, object]) -> None:
    service.issue(session, **values)  # pyright: ignore[reportArgumentType]
    session.commit()


def test_twenty_threads_at_once_get_one_certificate(database: Database) -> None:
    with database.transaction() as session:
        user = make_user(session)
        values = certificate_values(make_completion(session, user), user, NOW)
    start = threading.Barrier(THREADS)
    given: list[str] = []

    def ask() -> None:
        start.wait()
        with database.transaction() as session:
            given.append(service.issue(session, **values).number)

    _run_all([ask] * THREADS)
    with database.transaction() as session:
        kept = session.scalars(select(Certificate.number)).all()
        assert session.scalar(select(func.count()).select_from(Certificate)) == 1
    assert given == list(kept) * THREADS


def _run_all(tasks: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_facts_are_the_certificate_in_words(session: Session) -> None:
    certificate = make_certificate(session, make_user(session), now=BEGINNING)
    facts = service.facts_of(certificate, verify_address="https://learn.example.org/verify/x")
    assert facts.number == certificate.number
    assert facts.learner_name == "Ada Okafor"
    assert facts.modules == [CertificateModule("Role overview", 2), CertificateModule("Skills", 3)]
    assert facts.verify_address == "https://learn.example.org/verify/x"
    assert (facts.issued_text, facts.expires_text) == (
        "5\xa0January\xa02026",
        "5\xa0January\xa02027",
    )
    assert (facts.score_text, facts.hours_text) == ("92%", "2.5")
