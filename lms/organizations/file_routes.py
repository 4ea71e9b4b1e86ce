"""The lists of people, of teams, of rosters and of what is wrong in one, as files for a spreadsheet."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access
from lms.foundation import web
from lms.foundation.clock import in_zone, sortable
from lms.foundation.database import stream
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.workbook import Cell

from . import current, imports, people, request_lists, teams
from .filters import filters_of
from .member_records import record_of
from .member_routes import blueprint
from .people import Member
from .request_routes import blueprint as requests
from .roster_changes import Kind
from .roster_routes import COUNTED, STATES, import_or_404
from .roster_routes import blueprint as rosters
from .slip_routes import blueprint as slips
from .slip_routes import waiting
from .team_routes import blueprint as teams_blueprint
from .team_routes import team_or_404

PEOPLE = (
    "Name",
    "Signs in as",
    "Employee number",
    "Role",
    "Job title",
    "Department",
    "Site",
    "Belongs since",
    "Left on",
    "Has signed in",
)
TEAMS = ("Team", "People", "Managers")
_PLACED = ("Name", "Signs in as", "Employee number", "Job title", "Department", "Site")
TEAM_MEMBERS = (*_PLACED, "In the team")
WAITING = (*_PLACED, "Belongs since")
PROBLEMS = ("Row", "Column", "What is wrong")
CHANGES = ("What", "Employee number", "Name", "Field", "Before", "After")
KINDS = {
    Kind.ADDED: "New",
    Kind.ASKED: "Asked to join",
    Kind.RETURNED: "Back again",
    Kind.CHANGED: "Changed",
    Kind.DEACTIVATED: "Left",
    Kind.WITHDRAWN: "Not asked any more",
}
POSITIONS = (
    "From",
    "Job title",
    "Department",
    "Site",
    "Employee number",
    "Hired on",
    "Reports to",
    "Manager's employee number",
    "Left",
)
REQUESTS = (
    "Name",
    "E-mail",
    "Employee number",
    "Role",
    "Job title",
    "Department",
    "Site",
    "Hire date",
    "Asked on",
    "Asked by",
    "Answer",
    "Answered on",
)
IN_TEAM = {"manager": "Manages it", "member": "Member"}


@blueprint.get(f"/organizations/<slug>/people.{KIND}")
@access(Access.TEAM_MANAGER)
def people_file(slug: str, kind: str) -> ResponseReturnValue:
    """The people whom the filters leave, as a file."""
    scope = current.scope_or_404(slug)
    condition = people.condition_of(scope, filters_of(request.args))

    def day(moment: datetime | None) -> date | None:
        return moment and in_zone(moment, scope.time_zone).date()

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for row in stream(session, people.members(condition)):
            one = Member(*row)
            yield (
                one.name,
                one.sign_in_name,
                one.employee_number,
                one.role,
                one.job_title,
                one.department,
                one.site,
                day(one.joined_at),
                day(one.ended_at),
                "yes" if one.has_password else "no",
            )

    today = day(web.now())
    return download(Table(f"people-{slug}-{today}", "People", PEOPLE, rows), kind)


@teams_blueprint.get(f"/organizations/<slug>/teams.{KIND}")
@access(Access.TEAM_MANAGER)
def teams_file(slug: str, kind: str) -> ResponseReturnValue:
    """The teams whose names hold what is searched for, as a file."""
    scope = current.scope_or_404(slug)
    search = request.args.get("q", "")

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for team in teams.every_team(session, scope, search=search):
            yield team.name, team.count, ", ".join(team.managers)

    today = in_zone(web.now(), scope.time_zone).date()
    return download(Table(f"teams-{slug}-{today}", "Teams", TEAMS, rows), kind)


@teams_blueprint.get(f"/organizations/<slug>/teams/<int:team_id>.{KIND}")
@access(Access.TEAM_MANAGER)
def team_file(slug: str, team_id: int, kind: str) -> ResponseReturnValue:
    """The members of a team whom the search finds, as a file."""
    scope = current.scope_or_404(slug)
    found = team_or_404(scope, team_id).id
    search = request.args.get("q", "")

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in teams.every_team_member(session, found, search=search):
            yield *_placed(one.member), IN_TEAM[one.role]

    today = in_zone(web.now(), scope.time_zone).date()
    return download(Table(f"team-{slug}-{team_id}-{today}", "Team", TEAM_MEMBERS, rows), kind)


@slips.get(f"/organizations/<slug>/slips.{KIND}")
@access(Access.MANAGER)
def waiting_file(slug: str, kind: str) -> ResponseReturnValue:
    """Those who have not signed in yet, as a file: no link and no code stands in it."""
    scope = current.whole_or_404(slug)
    condition = people.condition_of(scope, waiting(filters_of(request.args)))

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for row in stream(session, people.members(condition)):
            one = Member(*row)
            yield *_placed(one), in_zone(one.joined_at, scope.time_zone).date()

    today = in_zone(web.now(), scope.time_zone).date()
    return download(Table(f"not-signed-in-{slug}-{today}", "People", WAITING, rows), kind)


@requests.get(f"/organizations/<slug>/requests.{KIND}")
@access(Access.MANAGER)
def requests_file(slug: str, kind: str) -> ResponseReturnValue:
    """Those who were asked to join and have not answered or declined, whom the search finds, as a file."""
    scope = current.whole_or_404(slug)
    search = request.args.get("q", "")

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in request_lists.every_request(session, scope.organization_id, search=search):
            answered_at = one.answered_at
            yield (
                one.name,
                one.email,
                one.employee_number,
                one.role,
                one.job_title,
                one.department,
                one.site,
                one.hired_on,
                in_zone(one.requested_at, scope.time_zone).date(),
                one.by,
                "declined" if answered_at else "none yet",
                answered_at and in_zone(answered_at, scope.time_zone).date(),
            )

    today = in_zone(web.now(), scope.time_zone).date()
    return download(Table(f"asked-to-join-{slug}-{today}", "Requests", REQUESTS, rows), kind)


@blueprint.get(f"/organizations/<slug>/people/<int:membership_id>/positions.{KIND}")
@access(Access.TEAM_MANAGER)
def positions_file(slug: str, membership_id: int, kind: str) -> ResponseReturnValue:
    """What a member was from when on, the latest first, as a file."""
    scope = current.scope_or_404(slug)
    found = record_of(web.session(), scope, membership_id) or abort(404)

    def rows(_session: Session) -> Iterator[Sequence[Cell]]:
        for one in found.positions:
            starts_on = in_zone(one.starts_at, scope.time_zone).date()
            placed = (one.job_title, one.department, one.site, one.employee_number, one.hired_on,
                      one.manager, one.manager_number)  # fmt: skip
            if one.is_member:
                yield starts_on, *placed, "no"
            else:
                yield starts_on, *[None] * len(placed), "yes"

    today = in_zone(web.now(), scope.time_zone).date()
    name = f"positions-{slug}-{membership_id}-{today}"
    return download(Table(name, "Positions", POSITIONS, rows), kind)


@rosters.get(f"/organizations/<slug>/roster/files.{KIND}")
@access(Access.MANAGER)
def imports_file(slug: str, kind: str) -> ResponseReturnValue:
    """The rosters that were handed in, and what became of them, as a file."""
    scope = current.whole_or_404(slug)

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for name, uploaded_at, state, outcome in imports.every(session, scope.organization_id):
            figures: tuple[int | None, ...] = (None,) * 4
            if state in COUNTED:
                changed = outcome["changed"] + outcome["returned"]
                # Of rosters of before nobody was asked.
                asked = outcome.get("asked", 0)
                figures = (outcome["added"], asked, changed, outcome["deactivated"])
            yield name, sortable(uploaded_at, scope.time_zone), STATES[state], *figures

    headings = (
        "File",
        f"Handed in ({scope.time_zone})",
        "State",
        "New",
        "Asked",
        "Changed",
        "Left",
    )
    today = in_zone(web.now(), scope.time_zone).date()
    return download(Table(f"rosters-{slug}-{today}", "Rosters", headings, rows), kind)


@rosters.get(f"/organizations/<slug>/roster/<int:import_id>/problems.{KIND}")
@access(Access.MANAGER)
def problems_file(slug: str, import_id: int, kind: str) -> ResponseReturnValue:
    """What a check has found wrong in a roster, as a file: nothing where it was not checked."""
    scope = current.whole_or_404(slug)
    one = import_or_404(scope, import_id)
    problems = one.problems if one.state == "checked" else []

    def rows(_session: Session) -> Iterator[Sequence[Cell]]:
        for problem in problems:
            yield problem["row"], problem["column"], problem["message"]

    return download(Table(f"roster-{slug}-{import_id}-problems", "Roster", PROBLEMS, rows), kind)


@rosters.get(f"/organizations/<slug>/roster/<int:import_id>/changes.{KIND}")
@access(Access.MANAGER)
def changes_file(slug: str, import_id: int, kind: str) -> ResponseReturnValue:
    """Everything that a roster would change, as a file: nothing where it cannot be applied as it is."""
    scope = current.whole_or_404(slug)
    one = import_or_404(scope, import_id, with_body=True)
    can_be_applied = one.state == "checked" and not one.problems

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for change in imports.every_change(session, one) if can_be_applied else ():
            field = change.difference
            told = (field.column, field.before, field.after) if field else (None, None, None)
            yield KINDS[change.kind], change.employee_number, change.name, *told

    return download(Table(f"roster-{slug}-{import_id}-changes", "Roster", CHANGES, rows), kind)


def _placed(one: Member) -> tuple[str | None, ...]:
    """The cells of `_PLACED`."""
    return (
        one.name,
        one.sign_in_name,
        one.employee_number,
        one.job_title,
        one.department,
        one.site,
    )
