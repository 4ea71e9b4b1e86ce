"""The pages of an employer, and what their addresses name on a site with the demo's people."""

from datetime import date, timedelta
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.models import Assignment, Obligation
from lms.assignments.notices import make_notices
from lms.courses.models import Course
from lms.demo.people import ZONE
from lms.foundation.clock import in_zone, system_clock
from lms.foundation.database import Database
from lms.organizations import imports, roster_jobs
from lms.organizations.models import Membership, Organization, Team
from lms.organizations.roster import guessed
from tests.live_server import LiveServer

HERE = "/organizations/riverside"
PREVIEW = urlencode(
    {
        "do": "preview",
        "course": "clinical-coordinator",
        "covers": "everyone",
        "first": "after-hire",
        "first_days": "30",
        "renewal": "calendar",
        "month": "1",
        "day": "31",
        "window_days": "60",
        "minimum_days": "90",
        "earlier": "yes",
        "hired_on": "2026-11-15",
    }
)
# Aisha is late with both courses, Luis is on leave and without e-mail, Ingrid's onboarding was waived,
# Tomás has never signed in, Grace was late once and is up to date.
MANAGER = (
    f"{HERE}/compliance",
    f"{HERE}/compliance?q=a&team={{team}}&course=privacy-and-ethics",
    f"{HERE}/compliance/people",
    f"{HERE}/compliance/people?state=overdue&sort=due",
    f"{HERE}/people/{{aisha}}/record",
    f"{HERE}/people/{{ingrid}}/record",
    f"{HERE}/people/{{grace}}/record",
    f"{HERE}/assignments",
    f"{HERE}/assignments/new",
    f"{HERE}/assignments/new?{PREVIEW}",
    f"{HERE}/assignments/{{yearly}}",
    f"{HERE}/assignments/{{yearly}}/change",
    f"{HERE}/assignments/{{yearly}}/change?{PREVIEW}",
    f"{HERE}/assignments/{{yearly}}/again",
    f"{HERE}/assignments/{{yearly}}/end",
    f"{HERE}/assignments/{{yearly}}/people/{{luis}}",
    f"{HERE}/assignments/{{onboarding}}/people/{{ingrid}}",
    f"{HERE}/people",
    f"{HERE}/people?q=maya&department=Community+care",
    f"{HERE}/people/{{luis}}",
    f"{HERE}/people/{{tomas}}",
    f"{HERE}/people/{{tomas}}/retention",
    f"{HERE}/invite",
    f"{HERE}/slips",
    f"{HERE}/requests",
    f"{HERE}/teams",
    f"{HERE}/teams/{{team}}?find=a",
    f"{HERE}/roster",
    f"{HERE}/roster/{{columns}}",
    f"{HERE}/roster/{{checked}}",
    f"{HERE}/roster/{{wrong}}",
    f"{HERE}/reminders",
    f"{HERE}/reminders/letters/{{late}}/{{letter_day}}",
    f"{HERE}/reminders/log",
    f"{HERE}/reminders/settings",
    f"{HERE}/evidence",
    f"{HERE}/audit",
    f"{HERE}/audit?action=assignment.created&by=Samuel",
)
# They answer with a file.
FILES = {
    "assignments.assignments_file",
    "assignments.outdated_file",
    "assignments.people_file",
    "audit.file",
    "compliance.courses_file",
    "compliance.months_file",
    "compliance.nudges_file",
    "compliance.people_file",
    "compliance.record_file",
    "compliance.teams_file",
    "compliance.transcript",
    "evidence.download",
    "evidence.packets_file",
    "obligations.cycles_file",
    "organizations.people_file",
    "organizations.positions_file",
    "reminders.log_file",
    "reminders.outlook_file",
    "requests.requests_file",
    "retention.holds_file",
    "rosters.imports_file",
    "rosters.changes_file",
    "rosters.problems_file",
    "rules.change_people_file",
    "rules.new_people_file",
    "slips.waiting_file",
    "teams.team_file",
    "teams.teams_file",
}
HEADER = b"Employee number,Name,Job title\n"
ROSTERS = {"columns": b"", "checked": b"", "wrong": b"8,,Nurse\n1001,,Nurse\n"}


def employer_values(site: LiveServer) -> dict[str, object]:
    """What stands in the places of these addresses; rosters and reminders are made for it."""
    database, now = Database(site.database_url), system_clock()
    with database.reading_session() as session:
        riverside = session.scalars(select(Organization)).one()
        found = _found(session, in_zone(now, ZONE).date())
        boss = session.scalars(
            select(Membership.user_id).where(Membership.role == "manager").limit(1)
        ).one()
    for state, rows in ROSTERS.items():
        found[state] = _roster(database, riverside.id, boss, state, rows)
    make_notices(database, riverside.id, now)
    database.dispose()
    return found


def _found(session: Session, today: date) -> dict[str, object]:
    people = {
        name.split()[0].lower().replace("á", "a"): key
        for name, key in session.execute(
            select(User.name, Membership.id).join(Membership, Membership.user_id == User.id)
        )
    }
    by_course = select(Course.slug, Assignment.id).join(Assignment)
    assigned = {row.slug: row.id for row in session.execute(by_course)}
    late = session.scalars(
        select(Obligation)
        .where(Obligation.membership_id == people["aisha"], Obligation.is_current)
        .limit(1)
    ).one()
    # She is reminded on the day after the last one, and every week from then on.
    days_since = (today - late.due_on).days - 1
    return {
        **people,
        "yearly": assigned["privacy-and-ethics"],
        "onboarding": assigned["care-coordinator-onboarding"],
        "team": session.scalars(select(Team.id).limit(1)).one(),
        "late": late.id,
        "account": late.user_id,
        "letter_day": today + timedelta(days=7 - days_since % 7),
    }


def _roster(database: Database, organization_id: int, by_id: int, state: str, rows: bytes) -> int:
    """A roster that was handed in and, unless its columns are to be chosen, checked."""
    mapped = guessed(HEADER.decode().strip().split(","))
    with database.transaction() as session:
        key = imports.start(
            session,
            organization_id,
            file_name=f"{state}.csv",
            body=HEADER + b"1001,Maya Torres,Charge nurse\n9,Ada Okafor,Nurse\n" + rows,
            mapped=mapped,
            row_count=2,
            by_id=by_id,
            now=system_clock(),
        )
        if state != "columns":
            imports.begin_check(session, key, mapped=mapped, is_complete=False, now=system_clock())
    roster_jobs.check(database, {"import_id": key}, system_clock())
    return key
