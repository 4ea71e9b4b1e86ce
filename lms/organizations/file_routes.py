"""The lists of people and teams as files for a spreadsheet."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access
from lms.foundation import web
from lms.foundation.clock import in_zone
from lms.foundation.database import stream
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.workbook import Cell

from . import current, people, teams
from .filters import filters_of
from .member_routes import blueprint
from .people import Member
from .team_routes import blueprint as teams_blueprint

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
