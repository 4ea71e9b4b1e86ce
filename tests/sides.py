"""An organization with one of everything, every text of it marked, for tests of two that must not meet."""

import itertools
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.assignments.audience import Audience
from lms.assignments.models import Obligation
from lms.certificates.models import Certificate
from lms.courses.catalogue import Catalogue
from lms.courses.models import Attestation
from lms.organizations.models import (
    LeaveOfAbsence,
    Membership,
    MembershipRequest,
    Organization,
    RosterImport,
    Team,
    TeamMembership,
)
from lms.organizations.positions import append
from lms.organizations.roster import Mapped
from lms.quizzes import accommodations
from lms.quizzes.models import Accommodation
from lms.reports.models import EvidencePacket
from lms.retention.models import Hold
from tests.factories import (
    BEGINNING,
    complete_course,
    enrol,
    make_assignment,
    make_member,
    make_user,
    take_quiz,
)


class Side:
    """An organization with a manager, a member and one of everything; `values` are their ids."""

    def __init__(self, session: Session, sample: Catalogue, slug: str, mark: str, ids: int) -> None:
        self.session, self.mark, self._ids = session, mark, itertools.count(ids + 1)
        organization = self._add(
            Organization, slug=slug, name=f"{mark} Care", created_at=BEGINNING, time_zone="UTC"
        )
        self.organization_id = organization.id
        self.manager_id, manager = self._member("Hugo", "manager", "1")
        self.user_id, member = self._member("Nora", "member", "2")
        team = self._add(
            Team, organization_id=organization.id, name=f"{mark} team", created_at=BEGINNING
        )
        place = {"team_id": team.id, "membership_id": member, "joined_at": BEGINNING}
        self._add(TeamMembership, role="member", **place)
        assignment_id = make_assignment(
            session, organization, sample.courses["onboarding"], self.manager_id
        )
        owed = sa.select(Obligation.id).where(
            Obligation.assignment_id == assignment_id, Obligation.membership_id == member
        )
        obligation_id = session.scalars(owed).one()
        row = enrol(session, self.user_id, sample.courses["refresher"])
        complete_course(session, row, sample)
        attempt = take_quiz(session, row, sample)
        accommodations.grant(
            session,
            user_id=self.user_id,
            module_id=None,
            extra_time=25,
            reason=f"{mark} doctor",
            by_id=self.manager_id,
            organization_id=organization.id,
            now=BEGINNING,
        )
        own_grant = sa.select(Accommodation.id).where(Accommodation.user_id == self.user_id)
        number = sa.select(Certificate.number).where(Certificate.user_id == self.user_id)
        self.values: dict[str, Any] = {
            "slug": slug,
            "membership_id": member,
            "team_id": team.id,
            "assignment_id": assignment_id,
            "obligation_id": obligation_id,
            "user_id": self.user_id,
            "attempt_id": attempt.id,
            "accommodation_id": session.scalars(own_grant).one(),
            "number": session.scalars(number).first(),
            "leave_id": self._leave(member),
            "hold_id": self._hold(),
            "request_id": self._request(),
            **self.hand_in_and_prove(sample),
        }
        self.marks = {str(one) for one in (organization.id, self.user_id, member, team.id, manager)}

    def _add(self, kind: type[Any], **values: Any) -> Any:
        row = kind(id=next(self._ids), **values)
        self.session.add(row)
        self.session.flush()
        return row

    def _member(self, name: str, role: str, number: str) -> tuple[int, int]:
        user = make_user(
            self.session,
            id=next(self._ids),
            name=f"{name} {self.mark}",
            email=f"{name}.{self.mark}@example.org".lower(),
            password_hash="h" if role == "manager" else None,
        )
        membership = self._add(
            Membership,
            organization_id=self.organization_id,
            user_id=user.id,
            role=role,
            joined_at=BEGINNING,
            employee_number=f"{self.mark}-{number}",
            job_title=f"{self.mark} nurse",
            department=f"{self.mark} ward",
            site=f"{self.mark} house",
        )
        return user.id, membership.id

    def _leave(self, member: int) -> int:
        leave = self._add(
            LeaveOfAbsence,
            membership_id=member,
            starts_on=date(2025, 3, 1),
            ends_on=date(2025, 3, 9),
            recorded_by_id=self.manager_id,
            recorded_at=BEGINNING,
        )
        return int(leave.id)

    def _hold(self) -> int:
        hold = self._add(
            Hold,
            user_id=self.user_id,
            organization_id=self.organization_id,
            reason=f"{self.mark} lawsuit",
            placed_by_id=self.manager_id,
            placed_at=BEGINNING,
        )
        return int(hold.id)

    def _request(self) -> int:
        asked = make_user(self.session, id=next(self._ids), name="Olga Asked")
        request = self._add(
            MembershipRequest,
            organization_id=self.organization_id,
            user_id=asked.id,
            name=f"Olga {self.mark}",
            email=f"olga.{self.mark}@example.org".lower(),
            role="member",
            employee_number=f"{self.mark}-3",
            job_title=f"{self.mark} nurse",
            department=f"{self.mark} ward",
            site=f"{self.mark} house",
            requested_by_id=self.manager_id,
            requested_at=BEGINNING,
        )
        return int(request.id)

    def hand_in_and_prove(self, sample: Catalogue) -> dict[str, int]:
        """A roster and an evidence packet: their ids."""
        roster = self._add(
            RosterImport,
            organization_id=self.organization_id,
            file_name=f"{self.mark}.csv",
            body=b"Name\n",
            mapping=Mapped().to_json(),
            is_complete=False,
            state="uploaded",
            outcome={},
            problems=[],
            uploaded_by_id=self.manager_id,
            uploaded_at=BEGINNING,
        )
        packet = self._add(
            EvidencePacket,
            organization_id=self.organization_id,
            course_id=sample.courses["onboarding"].id,
            starts_on=BEGINNING.date(),
            ends_on=BEGINNING.date(),
            audience=Audience(everyone=True).to_json(),
            state="ready",
            asked_by_id=self.manager_id,
            asked_at=BEGINNING,
            body=f"PK {self.mark}".encode(),
            digest="0" * 64,
        )
        return {"import_id": roster.id, "packet_id": packet.id}


def belong_to_both(session: Session, sample: Catalogue, ours: Side, theirs: Side) -> None:
    """Sam, whom theirs has had complete and sign a course that ours never assigned."""
    sam = make_user(session, name="Sam Both")
    both = [session.get_one(Organization, side.organization_id) for side in (ours, theirs)]
    append(session, [make_member(session, one, sam).id for one in both], BEGINNING)
    pledge = sample.courses["pledge"]
    make_assignment(session, both[1], pledge, theirs.manager_id)
    row = enrol(session, sam.id, pledge)
    session.add(
        Attestation(
            enrolment_id=row.id,
            course_revision_id=pledge.revision_id,
            statement=f"I keep to what {theirs.mark} says.",
            signed_name=f"Sam of {theirs.mark}",
            signed_at=BEGINNING,
        )
    )
    complete_course(session, row, sample)
