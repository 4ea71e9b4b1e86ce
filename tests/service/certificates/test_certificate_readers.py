"""Who may read a certificate: its owner, the owner's current managers, administrators."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.certificates import service
from lms.certificates.models import Certificate
from tests.factories import BEGINNING, make_member, make_organization, make_user
from tests.service.certificates.completions import make_certificate

LEFT = BEGINNING + timedelta(days=30)


def found(session: Session, certificate: Certificate, reader: User) -> Certificate | None:
    return service.find_for_reader(
        session,
        certificate.number,
        person_id=reader.id,
        is_administrator=reader.role == "administrator",
    )


def test_a_number_finds_its_certificate_and_nothing_else_does(session: Session) -> None:
    certificate = make_certificate(session, make_user(session))
    assert service.find(session, certificate.number) is certificate
    assert service.find(session, "RND-0000-0000-0000") is None
    # PostgreSQL would refuse a NUL with an error of its own.
    for impossible in (certificate.number.lower(), "nonsense", "\x00", ""):
        assert service.find(session, impossible) is None


def test_the_list_has_only_the_persons_own_newest_first(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    moments: Sequence[datetime] = [BEGINNING + timedelta(days=days) for days in (1, 3, 2, 3)]
    own = [make_certificate(session, user, now=moment) for moment in moments]
    make_certificate(session, other)
    assert service.list_for(session, user.id) == [own[3], own[1], own[2], own[0]]


def test_its_owner_reads_it(session: Session) -> None:
    user = make_user(session)
    certificate = make_certificate(session, user)
    assert found(session, certificate, user) is certificate


def test_an_administrator_reads_it(session: Session) -> None:
    certificate = make_certificate(session, make_user(session))
    administrator = make_user(session, role="administrator")
    assert found(session, certificate, administrator) is certificate


@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_anyone_else_does_not(session: Session, role: str) -> None:
    certificate = make_certificate(session, make_user(session))
    assert found(session, certificate, make_user(session, role=role)) is None


def test_a_number_that_is_not_known_is_nobodys(session: Session) -> None:
    administrator = make_user(session, role="administrator")
    assert (
        service.find_for_reader(
            session, "RND-0000-0000-0000", person_id=administrator.id, is_administrator=True
        )
        is None
    )


@pytest.mark.parametrize(
    ("reader_role", "same_organization", "owner_left", "reader_left", "reads"),
    [
        ("manager", True, None, None, True),
        ("member", True, None, None, False),
        ("manager", False, None, None, False),
        ("manager", True, LEFT, None, False),
        ("manager", True, None, LEFT, False),
    ],
)
def test_a_manager_reads_it_while_both_belong_to_the_organization(
    session: Session,
    *,
    reader_role: str,
    same_organization: bool,
    owner_left: datetime | None,
    reader_left: datetime | None,
    reads: bool,
) -> None:
    owner, reader = make_user(session), make_user(session)
    organization, other = make_organization(session), make_organization(session)
    make_member(session, organization, owner).ended_at = owner_left
    place = organization if same_organization else other
    make_member(session, place, reader, role=reader_role).ended_at = reader_left
    certificate = make_certificate(session, owner)
    assert (found(session, certificate, reader) is certificate) == reads


def test_managing_one_organization_opens_nothing_in_another(session: Session) -> None:
    owner, reader = make_user(session), make_user(session)
    here, there = make_organization(session), make_organization(session)
    make_member(session, here, owner)
    make_member(session, here, reader)
    make_member(session, there, reader, role="manager")
    assert found(session, make_certificate(session, owner), reader) is None


def test_two_common_organizations_find_one_certificate(session: Session) -> None:
    owner, reader = make_user(session), make_user(session)
    for organization in (make_organization(session), make_organization(session)):
        make_member(session, organization, owner)
        make_member(session, organization, reader, role="manager")
    certificate = make_certificate(session, owner)
    assert found(session, certificate, reader) is certificate
