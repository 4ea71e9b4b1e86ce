"""A roster carried out, batch by batch: accounts, memberships, positions, teams, and who reports to whom."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.database import batches

from . import positions, requests, teams
from .models import Membership, Organization, TeamMembership
from .roster import fold
from .roster_changes import PLACED, Kind, Known, Planned, user_name_for
from .roster_reading import Reading


class Writing:
    """What has to be known from one batch to the next: the teams, and whose manager is still to be found."""

    def __init__(self, session: Session, reading: Reading, by_id: int, now: datetime) -> None:
        self._session = session
        self._organization_id = reading.organization_id
        self._slug = session.get_one(Organization, reading.organization_id).slug
        self._teams = reading.teams
        self._by_id = by_id
        self._now = now
        # By membership, the employee number of the manager whom the file names; "" for none.
        self._managers: dict[int, str] = {}
        # The members who are something else from now on, by whatever of it.
        self._moved: set[int] = set()

    def write(self, batch: Sequence[Planned]) -> None:
        """Do what a batch of rows asks for."""
        added = [one for one in batch if one.kind is Kind.ADDED]
        returned = [one for one in batch if one.kind is Kind.RETURNED]
        changed = [one for one in batch if one.kind is Kind.CHANGED and one.known and not one.asked]
        self._ask([one for one in batch if one.kind is Kind.ASKED])
        self._ask_otherwise([one for one in batch if one.kind is Kind.CHANGED and one.asked])
        ids = {one.row.row: key for one, key in zip(added, self._add(added), strict=True)}
        for one in (*returned, *changed):
            assert one.known
            ids[one.row.row] = one.known.membership_id
        self._take_back(returned)
        self._place([*returned, *changed])
        self._correct([*returned, *changed])
        moved = [one for one in changed if one.known and _is_placed_elsewhere(one, one.known)]
        self._moved.update(ids[one.row.row] for one in (*added, *returned, *moved))
        self._settle_teams((one, ids[one.row.row]) for one in (*added, *returned, *changed))
        for one in (*added, *returned, *changed):
            before = one.known.manager_told if one.known else ""
            if one.row.manager is not None and one.row.manager != before:
                self._managers[ids[one.row.row]] = one.row.manager

    def write_managers(self) -> None:
        """Say who reports to whom, now that everybody is there, and append what has changed by all of it."""
        numbers = sorted(set(self._managers.values()) - {""})
        found: dict[str, int] = {}
        for some in batches(numbers):
            rows = self._session.execute(
                select(Membership.employee_number, Membership.id).where(
                    Membership.organization_id == self._organization_id,
                    Membership.employee_number.in_(some),
                    Membership.ended_at.is_(None),
                )
            )
            found |= {number: key for number, key in rows if number}
        for part in batches(list(self._managers)):
            rows = self._session.execute(
                select(Membership.id, Membership.manager_id).where(Membership.id.in_(part))
            )
            # A manager who had no number until now may be the same as before.
            before = {row[0]: row[1] for row in rows}
            # Who is not found was asked and has not accepted: whoever it was before stays.
            after = {
                key: found.get(number)
                for key in part
                if not (number := self._managers[key]) or number in found
            }
            changed = [key for key, manager_id in after.items() if before[key] != manager_id]
            self._update(Membership, [{"id": key, "manager_id": after[key]} for key in changed])
            self._moved.update(changed)
        positions.append(self._session, sorted(self._moved), self._now)

    def _ask(self, asked: Sequence[Planned]) -> None:
        """Ask those who have an account already."""
        requests.ask_all(
            self._session,
            [
                {
                    "organization_id": self._organization_id,
                    "user_id": one.user_id,
                    "name": one.row.name,
                    "email": one.row.email,
                    "role": "member",
                    "employee_number": one.row.employee_number,
                    **_EMPTY,
                    **(one.known.placed if one.known else {}),
                    **one.row.placed,
                    "manager_number": one.row.manager,
                    "teams": None if one.row.teams is None else list(one.row.teams),
                    "requested_by_id": self._by_id,
                    "requested_at": self._now,
                }
                for one in asked
            ],
        )

    def _ask_otherwise(self, changed: Sequence[Planned]) -> None:
        """Let what waits for an answer say what the file says."""
        requests.change_all(
            self._session,
            [
                {
                    "request_id": asked.request_id,
                    "name": one.row.name,
                    "email": one.row.email or asked.email,
                    "employee_number": one.row.employee_number,
                    **asked.placed,
                    **one.row.placed,
                    "manager_number": asked.manager if one.row.manager is None else one.row.manager,
                    "teams": asked.teams if one.row.teams is None else list(one.row.teams),
                }
                for one in changed
                if (asked := one.asked)
            ],
        )

    def _add(self, added: Sequence[Planned]) -> Sequence[int]:
        """New members, with new accounts; the ids of the memberships, in order."""
        if not added:
            return ()
        user_ids = self._insert(User, self._accounts(added))
        return self._insert(
            Membership,
            [
                {
                    "organization_id": self._organization_id,
                    "user_id": user_id,
                    "role": "member",
                    "joined_at": self._now,
                    "employee_number": one.row.employee_number,
                    **{name: one.row.placed.get(name, _EMPTY[name]) for name in PLACED},
                }
                for one, user_id in zip(added, user_ids, strict=True)
            ],
        )

    def _accounts(self, fresh: Sequence[Planned]) -> list[dict[str, Any]]:
        """New accounts: those without an e-mail address get a user name of code and number."""
        wanted = [
            None if one.row.email else user_name_for(self._slug, one.row.employee_number)
            for one in fresh
        ]
        free = self._free_names([name for name in wanted if name])
        return [
            {
                "name": one.row.name,
                "email": one.row.email,
                "user_name": name and free.pop(0),
                "role": "learner",
                "time_zone": "UTC",
                "is_demo": False,
                "created_at": self._now,
            }
            for one, name in zip(fresh, wanted, strict=True)
        ]

    def _free_names(self, wanted: Sequence[str]) -> list[str]:
        """A user name for each that is wanted, with a number after it where it is taken."""
        taken = set(self._taken(wanted))
        found: list[str] = []
        for name in wanted:
            free, count = name, 2
            while free in taken:
                free, count = f"{name}-{count}", count + 1
                # A name that nobody of this batch wanted may be somebody's all the same.
                taken.update(self._taken([free]))
            taken.add(free)
            found.append(free)
        return found

    def _taken(self, names: Sequence[str]) -> Sequence[str | None]:
        return self._session.scalars(select(User.user_name).where(User.user_name.in_(names))).all()

    def _take_back(self, returned: Sequence[Planned]) -> None:
        positions.reactivate(self._session, [one.user_id for one in returned if one.user_id])
        self._update(
            Membership,
            [
                {
                    "id": one.known.membership_id,
                    "role": "member",
                    "joined_at": self._now,
                    "ended_at": None,
                }
                for one in returned
                if one.known
            ],
        )

    def _place(self, changed: Sequence[Planned]) -> None:
        self._update(
            Membership,
            [
                {
                    "id": one.known.membership_id,
                    "employee_number": one.row.employee_number,
                    **one.known.placed,
                    **one.row.placed,
                }
                for one in changed
                if one.known and _is_placed_elsewhere(one, one.known)
            ],
        )

    def _correct(self, changed: Sequence[Planned]) -> None:
        """Correct names and addresses, of accounts that are of use nowhere else."""
        values = [
            {"id": known.user_id, "name": one.row.name, "email": one.row.email or known.email}
            for one in changed
            if (known := one.known)
            and known.is_ours
            and (one.row.name != known.name or one.row.email not in (None, known.email))
        ]
        self._update(User, values)

    def _settle_teams(self, placed: Iterable[tuple[Planned, int]]) -> None:
        """Bring people into the teams that the file names, and out of the others."""
        coming: list[dict[str, Any]] = []
        leaving: list[tuple[int, int]] = []
        for one, membership_id in placed:
            if one.row.teams is None:
                continue
            now_in = one.known.teams if one.known and not one.known.has_left else {}
            managed = one.known.managed if one.known else {}
            wanted = {self._team_id(name) for name in one.row.teams}
            leaving += [(team_id, membership_id) for team_id in set(now_in) - wanted]
            coming += [
                {
                    "team_id": team_id,
                    "membership_id": membership_id,
                    "role": "member",
                    "joined_at": self._now,
                }
                for team_id in sorted(wanted - set(now_in) - set(managed))
            ]
        if coming:
            self._session.execute(insert(TeamMembership), coming)
        for team_id, membership_id in leaving:
            self._session.execute(
                update(TeamMembership)
                .where(
                    TeamMembership.team_id == team_id,
                    TeamMembership.membership_id == membership_id,
                    TeamMembership.ended_at.is_(None),
                )
                .values(ended_at=self._now)
                .execution_options(synchronize_session=False)
            )

    def _team_id(self, name: str) -> int:
        key = fold(name)
        if key not in self._teams:
            self._teams[key] = teams.create_team(
                self._session, self._organization_id, name, now=self._now
            )
        return self._teams[key]

    def _insert(self, table: Any, values: list[dict[str, Any]]) -> Sequence[int]:
        """Insert many rows; their ids, in order."""
        if not values:
            return ()
        statement = insert(table).returning(table.id, sort_by_parameter_order=True)
        return self._session.scalars(statement, values).all()

    def _update(self, table: Any, values: list[dict[str, Any]]) -> None:
        if values:
            self._session.execute(update(table), values)


_EMPTY: dict[str, Any] = {"job_title": "", "department": "", "site": "", "hired_on": None}


def _is_placed_elsewhere(one: Planned, known: Known) -> bool:
    """Whether what the history tells of has changed, apart from whom they report to."""
    return known.employee_number != one.row.employee_number or any(
        known.placed[name] != value for name, value in one.row.placed.items()
    )
