"""Who is who at the demo's employer, and what they did (pure).

Days are counted back from the day on which the demo is made, so that it looks the same on any day.
"""

from dataclasses import dataclass

from lms.accounts.person import Role

ORGANIZATION = ("riverside", "Riverside Care Partners")
ZONE = "America/New_York"
FOUNDED = 450
DAY_TEAM, NIGHT_TEAM = "Day team", "Night team"
TEAMS = (DAY_TEAM, NIGHT_TEAM)
HOUSE, ANNEX = "Riverside House", "Hillside annex"
COORDINATOR = "Care coordinator"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo. `role_word` tells a visitor what they see as them; others never sign in.

    They were hired `hired` days ago. `completed` are the days on which they completed the yearly
    course, `missed` how many questions of its quiz they left out.
    """

    number: str
    name: str
    job_title: str
    department: str
    site: str
    hired: int
    email: str | None = None
    role_word: str = ""
    role: Role = Role.LEARNER
    membership: str = "member"
    team: str | None = None
    leads: bool = False
    completed: tuple[int, ...] = ()
    missed: int = 0


LEARNER = DemoPerson(
    "1001",
    "Maya Torres",
    COORDINATOR,
    "Community care",
    HOUSE,
    hired=16,
    email="learner@demo.example",
    role_word="learner",
    team=DAY_TEAM,
)
MANAGER = DemoPerson(
    "1002",
    "Samuel Osei",
    "Director of nursing",
    "Management",
    HOUSE,
    hired=440,
    email="manager@demo.example",
    role_word="manager",
    membership="manager",
    completed=(405, 60),
)
# Whoever may be signed in as.
PEOPLE = (
    LEARNER,
    MANAGER,
    DemoPerson(
        "1003",
        "Priya Nair",
        "Nurse educator",
        "Education",
        HOUSE,
        hired=440,
        email="instructor@demo.example",
        role_word="instructor",
        role=Role.INSTRUCTOR,
        completed=(398, 52),
    ),
    DemoPerson(
        "1004",
        "Lena Fischer",
        "Systems manager",
        "Management",
        HOUSE,
        hired=440,
        email="administrator@demo.example",
        role_word="administrator",
        role=Role.ADMINISTRATOR,
        completed=(380, 16),
        missed=1,
    ),
)
# Without e-mail and never signed in: somebody for whom to print a slip.
NEW_AIDE = DemoPerson(
    "1005", "Tomás Rivera", "Home health aide", "Community care", ANNEX, hired=34, team=NIGHT_TEAM
)
LATE_COORDINATOR = DemoPerson(
    "1006",
    "Aisha Mahmoud",
    COORDINATOR,
    "Community care",
    HOUSE,
    hired=60,
    email="aisha.mahmoud@demo.example",
    team=DAY_TEAM,
)
# She did the onboarding at her last employer.
EXPERIENCED_COORDINATOR = DemoPerson(
    "1007",
    "Hana Yoshida",
    COORDINATOR,
    "Community care",
    HOUSE,
    hired=120,
    email="hana.yoshida@demo.example",
    team=DAY_TEAM,
    completed=(90,),
)
AWAY = DemoPerson(
    "1008",
    "Luis Herrera",
    "Home health aide",
    "Community care",
    ANNEX,
    hired=440,
    team=NIGHT_TEAM,
    completed=(392,),
    missed=1,
)
# She needed no onboarding when that came to be asked for.
SEASONED_COORDINATOR = DemoPerson(
    "1009",
    "Ingrid Solberg",
    COORDINATOR,
    "Community care",
    HOUSE,
    hired=440,
    email="ingrid.solberg@demo.example",
    team=DAY_TEAM,
    completed=(395, 47),
)
COLLEAGUES = (
    NEW_AIDE,
    LATE_COORDINATOR,
    EXPERIENCED_COORDINATOR,
    AWAY,
    SEASONED_COORDINATOR,
    # Late in the first year.
    DemoPerson(
        "1010",
        "Grace Okonkwo",
        "Charge nurse",
        "Nursing",
        ANNEX,
        hired=440,
        email="grace.okonkwo@demo.example",
        team=NIGHT_TEAM,
        leads=True,
        completed=(370, 2),
    ),
    DemoPerson(
        "1011",
        "Daniel Kowalski",
        "Registered nurse",
        "Nursing",
        ANNEX,
        hired=440,
        email="daniel.kowalski@demo.example",
        team=NIGHT_TEAM,
        completed=(391, 50),
        missed=1,
    ),
    # Late by now.
    DemoPerson(
        "1012",
        "Noor Haddad",
        "Billing specialist",
        "Management",
        HOUSE,
        hired=440,
        email="noor.haddad@demo.example",
        completed=(385,),
    ),
)
EVERYBODY = (*PEOPLE, *COLLEAGUES)
# She has an account already, and was asked to join on the day on which she was to be hired.
ASKED = DemoPerson(
    "1013",
    "Elena Petrova",
    "Registered nurse",
    "Nursing",
    ANNEX,
    hired=3,
    email="elena.petrova@demo.example",
)
