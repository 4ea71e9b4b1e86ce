"""Which people a list holds, and how an address says so (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

PLACES = ("job_title", "department", "site")
# What was typed to name a team, where there are too many for a list.
TYPED_TEAM = "team_name"
# No team has this id: as long as it is not clear which one is meant, a list holds nobody.
NO_TEAM = 0
_TEXTS = {"q": "search", "title": "job_title", "department": "department", "site": "site"}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which people a list holds: those who meet all that is given."""

    search: str = ""
    team_id: int | None = None
    job_title: str = ""
    department: str = ""
    site: str = ""
    # Those who have left instead of those who are here.
    left: bool = False
    # Those who have no password yet.
    waiting: bool = False

    @property
    def shape(self) -> "Filters":
        """What statements depend on that are built once: which filters there are, not their values.

        What is searched for is part of it: a database is asked for its spellings.
        """
        return replace(
            self,
            team_id=None if self.team_id is None else 0,
            **{name: "*" if getattr(self, name) else "" for name in PLACES},
        )

    @property
    def values(self) -> dict[str, str | int | None]:
        """The parameters of a statement that was built for its shape."""
        return {name: getattr(self, name) for name in ("team_id", *PLACES)}


def filters_of(values: Mapping[str, str]) -> Filters:
    """The filters in an address; what makes no sense is as if it were not there."""
    team = values.get("team", "")
    # No id is longer, and PostgreSQL would refuse to look for one.
    team_id = int(team) if team.isascii() and team.isdigit() and len(team) < 19 else None
    return Filters(
        **{name: values.get(key, "").strip() for key, name in _TEXTS.items()},
        team_id=NO_TEAM if values.get(TYPED_TEAM, "").strip() else team_id,
        left=values.get("left") == "1",
        waiting=values.get("waiting") == "1",
    )


def chosen(filters: Filters) -> dict[str, str]:
    """What an address must hold for these filters: nothing for those that are not used."""
    values = {key: getattr(filters, name) for key, name in _TEXTS.items()}
    values["team"] = "" if filters.team_id is None else str(filters.team_id)
    values["left"] = "1" if filters.left else ""
    values["waiting"] = "1" if filters.waiting else ""
    return {key: value for key, value in values.items() if value}
